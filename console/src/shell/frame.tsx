import { LogoutOutlined, MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons';
import { Button, Dropdown, Grid, Layout, Menu, type MenuProps, Skeleton } from 'antd';
import { type ReactNode, Suspense, useState } from 'react';
import { Link, useLocation } from 'react-router';
import { signOut } from '../api/ask.js';
import { useSession } from '../parts/session.js';
import { ROLES, term } from '../parts/terms.js';
import { instantText } from '../parts/time.js';
import { usePreferences } from '../preferences.js';
import { useJoined, useLanguage, useWords } from '../words.js';
import { Crash } from './crash.js';
import { ICONS } from './icons.js';
import { GROUPS } from './pages.js';
import { SHELL } from './words.js';

type MenuItem = NonNullable<MenuProps['items']>[number];

function Navigation() {
  const { may } = useSession();
  const say = useWords(SHELL);
  const { pathname } = useLocation();
  const entries = GROUPS.flatMap(({ pages }) => pages);
  const here = entries
    .filter(({ path }) => (path === '/' ? pathname === '/' : pathname.startsWith(path)))
    .map(({ path }) => path);
  const item = ({ path, word, search = '' }: (typeof entries)[number]): MenuItem => ({
    key: path,
    icon: ICONS[path],
    label: <Link to={path + search}>{say(word)}</Link>,
    title: say(word),
  });
  const items = GROUPS.flatMap(({ word, pages }): readonly MenuItem[] => {
    const seen = pages.filter(({ needs }) => may(needs)).map(item);
    if (word === null || seen.length === 0) return seen;
    return [{ key: word, type: 'group' as const, label: say(word), children: seen }];
  });
  return <Menu mode="inline" selectedKeys={here} items={items} className="mz-menu" />;
}

function Person() {
  const { me } = useSession();
  const language = useLanguage();
  const joined = useJoined();
  const say = useWords(SHELL);
  const roles = joined(me.roles.map((role) => term(ROLES, role, language)));
  const items = [
    { key: 'roles', disabled: true, label: roles },
    { key: 'ends', disabled: true, label: say('sessionEnds', { at: instantText(me.expiresAt) }) },
    { type: 'divider' as const },
    { key: 'out', icon: <LogoutOutlined />, label: say('signOut'), onClick: () => void signOut() },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
      <Button type="text" className="mz-person">
        <span className="mz-avatar" aria-hidden="true">
          {me.name.slice(0, 1).toUpperCase()}
        </span>
        {me.name}
      </Button>
    </Dropdown>
  );
}

/** The frame around every page: product, navigation, person, language, brightness. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { me } = useSession();
  const { language, setLanguage, brightness, setBrightness } = usePreferences();
  const say = useWords(SHELL);
  const { pathname } = useLocation();
  const wide = Grid.useBreakpoint().xl ?? window.innerWidth >= 1200;
  const [folded, setFolded] = useState<boolean | null>(null);
  return (
    <Layout className="mz-frame">
      <a className="mz-skip" href="#content">
        {say('skip')}
      </a>
      <Layout.Sider
        width={216}
        collapsedWidth={60}
        collapsible
        collapsed={folded ?? !wide}
        onCollapse={setFolded}
        theme={brightness}
        className="mz-sider"
      >
        <Link to="/" className="mz-mark">
          <span className="mz-mark-image" aria-hidden="true" />
          <span className="mz-mark-text">
            {say('product')}
            <small>{say('console')}</small>
          </span>
        </Link>
        <nav aria-label={say('navigation')}>
          <Navigation />
        </nav>
      </Layout.Sider>
      <Layout>
        <Layout.Header className="mz-header">
          {me.development && <span className="mz-chip mz-masked">{say('development')}</span>}
          <span className="mz-grow" />
          <Button
            type="text"
            icon={<TranslationOutlined />}
            lang={language === 'zh' ? 'en' : 'zh-CN'}
            onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
          >
            {say('otherLanguage')}
          </Button>
          <Button
            type="text"
            icon={brightness === 'dark' ? <SunOutlined /> : <MoonOutlined />}
            aria-label={brightness === 'dark' ? say('toLight') : say('toDark')}
            onClick={() => setBrightness(brightness === 'dark' ? 'light' : 'dark')}
          />
          <Person />
        </Layout.Header>
        <Layout.Content>
          <main id="content" tabIndex={-1}>
            <Crash key={pathname}>
              <Suspense fallback={<Skeleton active className="mz-page" paragraph={{ rows: 8 }} />}>{children}</Suspense>
            </Crash>
          </main>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
