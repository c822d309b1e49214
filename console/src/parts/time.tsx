/** Times as the office reads them: Asia/Shanghai, whatever the browser's zone. */
import { type Language, useLanguage } from '../words.js';

const ZONE = 'Asia/Shanghai';
const TAGS: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };
const SHORT = { dateStyle: undefined, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;

/** An instant as `2026-11-29 15:30`, or with seconds. */
export function instantText(iso: string, seconds = false): string {
  // Swedish writes dates as ISO 8601 does.
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  });
  return parts.format(new Date(iso));
}

/** Month, day, hour and minute of an instant, for an axis. */
export function shortText(iso: string, language: Language): string {
  const { dateStyle: _, ...options } = SHORT;
  return new Intl.DateTimeFormat(TAGS[language], { ...options, timeZone: ZONE, hour12: false }).format(new Date(iso));
}

/** The calendar date of an instant, `YYYY-MM-DD`. */
export function dayOf(instant: Date): string {
  return instantText(instant.toISOString()).slice(0, 10);
}

/** The instant at which a day begins. */
export function dayStart(day: string): string {
  return `${day}T00:00:00+08:00`;
}

/** An instant. Its time stands below its day where there is no room for both. */
export function Instant({ at, seconds = false }: { readonly at: string; readonly seconds?: boolean }) {
  const [day, time] = instantText(at, seconds).split(' ');
  return (
    <time dateTime={at}>
      <span className="mz-time">{day}</span> <span className="mz-time">{time}</span>
    </time>
  );
}

/** Whole numbers with separators. */
export function useNumber(): (value: number, digits?: number) => string {
  const language = useLanguage();
  return (value, digits = 0) => new Intl.NumberFormat(TAGS[language], { maximumFractionDigits: digits }).format(value);
}
