/** Language and light or dark: kept in this browser, and put on the page. */
import { App, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { look } from './look.js';
import { type Language, LanguageContext } from './words.js';

/** How bright the page is. */
export type Brightness = 'light' | 'dark';

/** What a person has chosen, and how to choose otherwise. */
export interface Preferences {
  readonly language: Language;
  readonly brightness: Brightness;
  readonly setLanguage: (language: Language) => void;
  readonly setBrightness: (brightness: Brightness) => void;
}

const PreferencesContext = createContext<Preferences | null>(null);

/** @throws Error outside {@link PreferencesProvider} */
export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (preferences === null) throw new Error('usePreferences stands outside PreferencesProvider');
  return preferences;
}

function kept<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(key);
  return allowed.find((one) => one === value) ?? otherwise;
}

function startLanguage(): Language {
  // A link sent to a colleague may say in which language it was seen.
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'zh' || asked === 'en') return asked;
  return kept('mianzheng.language', ['zh', 'en'], navigator.language.startsWith('zh') ? 'zh' : 'en');
}

function startBrightness(): Brightness {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  return kept('mianzheng.brightness', ['light', 'dark'], system);
}

/** Gives language, brightness and the design system's look to all below. */
export function PreferencesProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(startLanguage);
  const [brightness, setBrightness] = useState(startBrightness);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    localStorage.setItem('mianzheng.language', language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset.theme = brightness;
    localStorage.setItem('mianzheng.brightness', brightness);
  }, [brightness]);
  const preferences = useMemo(() => ({ language, brightness, setLanguage, setBrightness }), [language, brightness]);
  return (
    <PreferencesContext value={preferences}>
      <LanguageContext value={language}>
        <ConfigProvider
          locale={language === 'zh' ? zhCN : enUS}
          theme={look(brightness)}
          button={{ autoInsertSpace: false }}
        >
          <App>{children}</App>
        </ConfigProvider>
      </LanguageContext>
    </PreferencesContext>
  );
}
