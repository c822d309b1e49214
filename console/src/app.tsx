/** The administrators' page: sign-in, frame and routes. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Button, Result, Spin } from 'antd';
import type { ReactNode } from 'react';
import { BrowserRouter, Link, matchPath, Route, Routes } from 'react-router';
import { Refusal } from './api/ask.js';
import { Failure, signInAddress } from './parts/failure.js';
import { SESSION_QUERY, SessionProvider, useSession, useSessionQuery } from './parts/session.js';
import { Frame } from './shell/frame.js';
import { GROUPS, type LoadedPage, pageOf } from './shell/pages.js';
import { SHELL } from './shell/words.js';
import { useWords } from './words.js';

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 10_000, refetchOnWindowFocus: true } } });

/** Pages that open from another one; the first whose path fits is shown. */
const FURTHER: readonly (LoadedPage & { readonly path: string; readonly needs: string })[] = [
  {
    path: '/applications/new',
    needs: 'Mutation.createApplication',
    ...pageOf(() => import('./pages/applications/new.js')),
  },
  {
    path: '/applications/:id/edit',
    needs: 'Mutation.updateApplication',
    ...pageOf(() => import('./pages/applications/new.js')),
  },
  { path: '/applications/:id', needs: 'Query.application', ...pageOf(() => import('./pages/applications/one.js')) },
  { path: '/grants/compare', needs: 'Query.compareGrants', ...pageOf(() => import('./pages/grants/compare.js')) },
  { path: '/grants/use', needs: 'Query.grantUse', ...pageOf(() => import('./pages/grants/use.js')) },
  { path: '/grants/:id/edit', needs: 'Mutation.narrowGrant', ...pageOf(() => import('./pages/grants/edit.js')) },
  { path: '/grants/:id', needs: 'Query.grant', ...pageOf(() => import('./pages/grants/one.js')) },
  { path: '/cases/:client/:number', needs: 'Query.case', ...pageOf(() => import('./pages/cases/one.js')) },
  { path: '/seasons/new', needs: 'Mutation.createSeason', ...pageOf(() => import('./pages/seasons/new.js')) },
  { path: '/seasons/:id', needs: 'Query.season', ...pageOf(() => import('./pages/seasons/one.js')) },
  { path: '/matters/:code', needs: 'Query.matter', ...pageOf(() => import('./pages/matters/one.js')) },
];

const PAGES = [...FURTHER, ...GROUPS.flatMap(({ pages }) => pages)];

/** Begins what the first page needs at once: who is signed in, and the page's own module. */
export function begin(): void {
  void queries.prefetchQuery(SESSION_QUERY);
  const path = location.pathname.replace(/^\/console/, '');
  const first = PAGES.find((page) => matchPath(page.path, path === '' ? '/' : path) !== null);
  // Where it cannot be loaded, showing the page tells.
  first?.load().catch(() => undefined);
}

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
  return (
    <SessionProvider me={session.data}>
      <Frame>
        <Routes>
          {PAGES.map(({ path, needs, page: Shown }) => (
            <Route
              key={path}
              path={path}
              element={
                <Allowed needs={needs}>
                  <Shown />
                </Allowed>
              }
            />
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
