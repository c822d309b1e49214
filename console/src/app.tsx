/** The administrators' page: sign-in, frame and routes. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Button, Result, Spin } from 'antd';
import { lazy, type ReactNode } from 'react';
import { BrowserRouter, Link, Route, Routes } from 'react-router';
import { Refusal } from './api/ask.js';
import { Failure, signInAddress } from './parts/failure.js';
import { SessionProvider, useSession, useSessionQuery } from './parts/session.js';
import { Frame } from './shell/frame.js';
import { GROUPS } from './shell/pages.js';
import { SHELL } from './shell/words.js';
import { useWords } from './words.js';

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 10_000, refetchOnWindowFocus: true } } });

const ApplicationPage = lazy(() => import('./pages/applications/one.js'));
const NewApplicationPage = lazy(() => import('./pages/applications/new.js'));
const GrantPage = lazy(() => import('./pages/grants/one.js'));
const GrantEditPage = lazy(() => import('./pages/grants/edit.js'));
const GrantComparePage = lazy(() => import('./pages/grants/compare.js'));
const GrantUsePage = lazy(() => import('./pages/grants/use.js'));
const MatterPage = lazy(() => import('./pages/matters/one.js'));

/** Pages that open from another one. */
const FURTHER: readonly { readonly path: string; readonly needs: string; readonly page: ReactNode }[] = [
  { path: '/applications/new', needs: 'Mutation.createApplication', page: <NewApplicationPage /> },
  { path: '/applications/:id', needs: 'Query.application', page: <ApplicationPage /> },
  { path: '/applications/:id/edit', needs: 'Mutation.updateApplication', page: <NewApplicationPage /> },
  { path: '/grants/compare', needs: 'Query.compareGrants', page: <GrantComparePage /> },
  { path: '/grants/use', needs: 'Query.grantUse', page: <GrantUsePage /> },
  { path: '/grants/:id', needs: 'Query.grant', page: <GrantPage /> },
  { path: '/grants/:id/edit', needs: 'Mutation.narrowGrant', page: <GrantEditPage /> },
  { path: '/matters/:code', needs: 'Query.matter', page: <MatterPage /> },
];

/** Shows a page to those whose role may ask for what it needs; the control plane refuses the others anyway. */
function Allowed({ needs, children }: { readonly needs: string; readonly children: ReactNode }) {
  const { may } = useSession();
  const say = useWords(SHELL);
  if (may(needs)) return children;
  return <Result status="403" title={say('notAllowed')} subTitle={say('notAllowedAbout')} extra={<Home />} />;
}

function Home() {
  const say = useWords(SHELL);
  return (
    <Link to="/">
      <Button type="primary">{say('home')}</Button>
    </Link>
  );
}

function NotFound() {
  const say = useWords(SHELL);
  return <Result status="404" title={say('notFound')} subTitle={say('notFoundAbout')} extra={<Home />} />;
}

function SignIn() {
  const say = useWords(SHELL);
  return (
    <main className="mz-sign-in">
      <div className="mz-sign-in-card">
        <span className="mz-mark-image" aria-hidden="true" />
        <h1>{say('signInTitle')}</h1>
        <p className="mz-quiet">{say('signInAbout')}</p>
        <Button type="primary" size="large" block href={signInAddress()}>
          {say('signIn')}
        </Button>
      </div>
    </main>
  );
}

function CitizenHint() {
  const say = useWords(SHELL);
  return (
    <main>
      <Result
        title={say('citizen')}
        extra={
          <Button type="primary" href="/me">
            {say('toMe')}
          </Button>
        }
      />
    </main>
  );
}

function SignedIn() {
  const session = useSessionQuery();
  if (session.error instanceof Refusal && session.error.code === 'UNAUTHENTICATED') return <SignIn />;
  if (session.error !== null) {
    return (
      <main className="mz-sign-in">
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  if (session.data === undefined) return <Spin fullscreen />;
  if (session.data.roles.every((role) => role === 'CITIZEN')) return <CitizenHint />;
  const pages = [
    ...GROUPS.flatMap((group) => group.pages.map(({ page: P, ...rest }) => ({ ...rest, page: <P /> }))),
    ...FURTHER,
  ];
  return (
    <SessionProvider me={session.data}>
      <Frame>
        <Routes>
          {pages.map(({ path, needs, page }) => (
            <Route key={path} path={path} element={<Allowed needs={needs}>{page}</Allowed>} />
          ))}
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Frame>
    </SessionProvider>
  );
}

/** Everything that administrators see. */
export function AdministratorsPage() {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter basename="/console">
        <SignedIn />
      </BrowserRouter>
    </QueryClientProvider>
  );
}
