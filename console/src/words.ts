/** The words of the console, in Chinese and English. A page keeps its own beside it; both languages are complete by type. */
import { createContext, useContext } from 'react';

/** A language of the console. */
export type Language = 'zh' | 'en';

/** The words of one part of the console, by key. `{name}` in a text is replaced by what is given for it. */
export interface Words<K extends string> {
  readonly zh: Readonly<Record<K, string>>;
  readonly en: Readonly<Record<K, string>>;
}

/** Takes the words of one part: a key in one language and not in the other does not compile. */
export function words<const Z extends Readonly<Record<string, string>>>(
  zh: Z,
  en: Readonly<Record<keyof Z, string>>,
): Words<Extract<keyof Z, string>> {
  return { zh, en };
}

/** Says a key's text. */
export type Say<K extends string> = (key: K, values?: Readonly<Record<string, string | number>>) => string;

/** The language that the person reads now. */
export const LanguageContext = createContext<Language>('zh');

/** Replaces `{name}` by its value. A name without a value stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The language now. */
export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** The words of one part in the language of now. */
export function useWords<K extends string>(all: Words<K>): Say<K> {
  const language = useLanguage();
  return (key, values = {}) => fill(all[language][key], values);
}

/** Joins names as the language of now does. */
export function useJoined(): (names: readonly string[]) => string {
  const language = useLanguage();
  return (names) => names.join(language === 'zh' ? '、' : ', ');
}
