import { Tag, Tooltip } from 'antd';
import type { Sensitivity, SharingClass } from '../api/generated.js';
import { useJoined, useLanguage, useWords } from '../words.js';
import { useNames } from './session.js';
import { CLASSES, DISCLOSURES, SCOPES, SENSITIVITIES, term } from './terms.js';
import { useNumber } from './time.js';
import { COMMON } from './words.js';

/** How a field is shown: a disclosure, or WITHHELD; null: withheld. */
export function DisclosureTag({ of }: { readonly of: string | null }) {
  const language = useLanguage();
  const key = of ?? 'WITHHELD';
  return <span className={`mz-chip mz-${key.toLowerCase()}`}>{term(DISCLOSURES, key, language)}</span>;
}

/** A sharing class, by its colour. */
export function ClassTag({ of }: { readonly of: SharingClass }) {
  const language = useLanguage();
  return <span className={`mz-chip mz-class-${of.toLowerCase()}`}>{term(CLASSES, of, language)}</span>;
}

/** A sensitivity; the sensitive one stands out. */
export function SensitivityTag({ of }: { readonly of: Sensitivity }) {
  const language = useLanguage();
  const text = term(SENSITIVITIES, of, language);
  return of === 'SENSITIVE' ? <span className="mz-chip mz-bad">{text}</span> : <span className="mz-quiet">{text}</span>;
}

/** A field: what it holds, and its coordinate. */
export function FieldName({ of, inline = false }: { readonly of: string; readonly inline?: boolean }) {
  const names = useNames();
  const name = names.field(of);
  // Two lines from the beginning, so that nothing moves when the names come.
  if (name === of && (names.ready || inline)) return <span className="mz-code">{of}</span>;
  return (
    <span className={inline ? 'mz-field mz-field-inline' : 'mz-field'}>
      <span>{name === of ? '\u00a0' : name}</span>
      <span className="mz-code mz-quiet">{of}</span>
    </span>
  );
}

/** A department's name. */
export function DepartmentName({ of }: { readonly of: string }) {
  return <>{useNames().department(of)}</>;
}

/** A status. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={`mz-status mz-tone-${tone}`}>
      <span aria-hidden="true" className="mz-dot" />
      {children}
    </span>
  );
}

/** How good or bad a status is. */
export type Tone = 'good' | 'wait' | 'bad' | 'off';

/** Whose data. */
export function Scope({ of, hops }: { readonly of: keyof typeof SCOPES; readonly hops: number }) {
  const language = useLanguage();
  const say = useWords(COMMON);
  const text = term(SCOPES, of, language);
  return <>{of === 'RELATED' ? `${text}（${say('hops', { hops })}）` : text}</>;
}

/** Codes in a row; beyond a few, the rest on demand. */
export function Codes({ of, most = 3 }: { readonly of: readonly string[]; readonly most?: number }) {
  const joined = useJoined();
  const say = useWords(COMMON);
  if (of.length === 0) return <span className="mz-quiet">{say('none')}</span>;
  return (
    <span className="mz-codes">
      {of.slice(0, most).map((code) => (
        <Tag key={code}>{code}</Tag>
      ))}
      {of.length > most && (
        <Tooltip title={joined(of.slice(most))}>
          <Tag tabIndex={0}>+{of.length - most}</Tag>
        </Tooltip>
      )}
    </span>
  );
}

/** How many people and enterprises may be asked about in a day. */
export function Quota({ of }: { readonly of: number | null }) {
  const say = useWords(COMMON);
  const number = useNumber();
  return of === null ? say('noBound') : say('quotaOf', { count: number(of) });
}

/** The statutory clock of a duty: days left, or how long it is overdue. */
export function Clock({ left }: { readonly left: number }) {
  const say = useWords(COMMON);
  if (left < 0) return <Status tone="bad">{say('overdue', { days: -left })}</Status>;
  if (left === 0) return <Status tone="wait">{say('dueToday')}</Status>;
  return <Status tone={left <= 2 ? 'wait' : 'good'}>{say('daysLeft', { days: left })}</Status>;
}
