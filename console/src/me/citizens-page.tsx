/** The citizen's page: who used which of my data, what was wrong with them, what is mine to confirm, how it went. */
import { useEffect, useState } from 'react';
import { Refusal, signOut } from '../api/ask.js';
import { useSessionQuery } from '../parts/session.js';
import { type Language, LanguageContext, useWords } from '../words.js';
import { Cases } from './cases.js';
import { Disputes } from './disputes.js';
import { Offers } from './offers.js';
import { Failed, Loading, useMay } from './parts.js';
import { Uses } from './uses.js';
import { ME } from './words.js';

const TABS = [
  { id: 'uses', page: Uses },
  { id: 'disputes', page: Disputes },
  { id: 'offers', page: Offers },
  { id: 'cases', page: Cases },
] as const;

type Tab = (typeof TABS)[number]['id'];

function startLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('mianzheng.language');
  return asked === 'en' ? 'en' : 'zh';
}

function tabOfAddress(): Tab {
  return TABS.find(({ id }) => `#${id}` === location.hash)?.id ?? 'uses';
}

/** The page as a whole. */
export function CitizensPage() {
  const [language, setLanguage] = useState(startLanguage);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = `${ME[language].title} · ${ME[language].place}`;
    localStorage.setItem('mianzheng.language', language);
  }, [language]);
  return (
    <LanguageContext value={language}>
      <header className="bar">
        <span className="place">{ME[language].place}</span>
        <button type="button" className="quiet" onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}>
          {ME[language].other}
        </button>
      </header>
      <Door />
    </LanguageContext>
  );
}

/** Who is here: nobody yet, staff, or a citizen. */
function Door() {
  const say = useWords(ME);
  const session = useSessionQuery();
  if (session.isPending) return <Loading />;
  if (session.isError) {
    const { error } = session;
    const stranger = error instanceof Refusal && error.code === 'UNAUTHENTICATED';
    if (!stranger) return <Failed error={error} onAgain={() => void session.refetch()} />;
    return (
      <main>
        <h1>{say('welcome')}</h1>
        <p className="lead">{say('welcomeLead')}</p>
        <a className="primary" href="/console/login?returnTo=%2Fme">
          {say('signIn')}
        </a>
      </main>
    );
  }
  if (!session.data.roles.includes('CITIZEN')) {
    return (
      <main>
        <h1>{say('title')}</h1>
        <p className="lead">{say('notCitizen')}</p>
        <a className="secondary" href="/console">
          {say('toConsole')}
        </a>
        <SignOut />
      </main>
    );
  }
  return <Own />;
}

function SignOut() {
  const say = useWords(ME);
  const leave = async () => {
    await signOut();
    location.assign('/me');
  };
  return (
    <button type="button" className="secondary" onClick={() => void leave()}>
      {say('signOut')}
    </button>
  );
}

/** What is the citizen's own. */
function Own() {
  const say = useWords(ME);
  const may = useMay();
  const [tab, setTab] = useState(tabOfAddress);
  useEffect(() => {
    const follow = () => {
      setTab(tabOfAddress());
      window.scrollTo(0, 0);
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const Page = TABS.find(({ id }) => id === tab)?.page ?? Uses;
  if (!may('Query.mine')) {
    return (
      <main>
        <h1>{say('title')}</h1>
        <p className="lead">{say('unserved')}</p>
        <SignOut />
      </main>
    );
  }
  return (
    <>
      <nav className="tabs" aria-label={say('title')}>
        {TABS.map(({ id }) => (
          <a key={id} href={`#${id}`} aria-current={id === tab ? 'page' : undefined}>
            {say(id)}
          </a>
        ))}
      </nav>
      <main key={tab}>
        <Page />
        <SignOut />
      </main>
    </>
  );
}
