/** How the control plane's answers are said to a citizen. */
import { ERROR_WORDS } from '../parts/error-words.js';
import type { Language } from '../words.js';

/** What went wrong, in plain words. @param code of the closed list (docs/errors.md), or OFFLINE */
export function failureIn(code: string, language: Language): string {
  const [zh, en] = ERROR_WORDS[code] ?? ERROR_WORDS.INTERNAL ?? ['', ''];
  return language === 'zh' ? zh : en;
}

/** An instant in China, to the minute. @param time RFC 3339 */
export function moment(time: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: language === 'zh' ? 'numeric' : 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(time));
}

/** A day. @param day `YYYY-MM-DD`, or an instant */
export function dayIn(day: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: language === 'zh' ? 'numeric' : 'short',
    day: 'numeric',
  }).format(new Date(day.length === 10 ? `${day}T00:00:00+08:00` : day));
}

/** Departments of the demonstration city, as a citizen calls them. */
const DEPARTMENTS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  HOUSEHOLD: ['公安户籍', 'Household registration'],
  PROPERTY: ['不动产登记', 'Real-estate registration'],
  SOCIAL_SECURITY: ['人力社保', 'Social security'],
  LICENCES: ['电子证照', 'Electronic licences'],
  VACCINATION: ['疾控接种', 'Vaccination'],
  PLATFORM: ['共享平台', 'The platform'],
};

/** A department's name; its code where none is known. */
export function departmentIn(code: string, language: Language): string {
  const [zh, en] = DEPARTMENTS[code] ?? [code, code];
  return language === 'zh' ? zh : en;
}
