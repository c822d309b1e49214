/** How the pages of cases show where one stands. */
import type { CaseListQuery } from '../../api/generated.js';
import { DueDay } from '../../parts/deadline.js';
import { Status, type Tone } from '../../parts/tags.js';
import { CASE_DEADLINES, CASE_STATES, DECISIONS, RATINGS, RECTIFICATIONS, term } from '../../parts/terms.js';
import { useLanguage } from '../../words.js';

/** A case, as far as these parts go. */
export type Standing = Pick<CaseListQuery['cases']['items'][number], 'state' | 'decision' | 'deadlines' | 'rating'>;

function toneOf({ state, decision }: Standing): Tone {
  // A department is not told the decision.
  if (state === 'DECIDED' && decision !== null) return decision.outcome === 'REFUSED' ? 'bad' : 'good';
  if (state === 'DECIDED') return 'off';
  return state === 'WITHDRAWN' ? 'off' : 'wait';
}

/** The state; of a decided case the decision with it. */
export function CaseStatus({ of }: { readonly of: Standing }) {
  const language = useLanguage();
  const state = term(CASE_STATES, of.state, language);
  const decided = of.state === 'DECIDED' && of.decision !== null;
  return (
    <Status tone={toneOf(of)}>
      {decided ? `${state} · ${term(DECISIONS, of.decision?.outcome ?? '', language)}` : state}
    </Status>
  );
}

/** What waits, and its last day. */
export function Deadline({ of }: { readonly of: Standing['deadlines'][number] }) {
  const language = useLanguage();
  return (
    <span className="mz-title-cell">
      <DueDay on={of.dueOn} overdue={of.overdue} />
      <span className="mz-quiet">{term(CASE_DEADLINES, of.kind, language)}</span>
    </span>
  );
}

/** The rating, and where the rectification of a bad one stands. */
export function Rating({ of }: { readonly of: NonNullable<Standing['rating']> }) {
  const language = useLanguage();
  const { level, rectification } = of;
  const settled = rectification === 'NONE_NEEDED' || rectification === 'RESOLVED';
  return (
    <span className="mz-title-cell">
      <Status tone={level <= 2 ? (settled ? 'off' : 'bad') : 'good'}>{term(RATINGS, String(level), language)}</Status>
      {rectification !== 'NONE_NEEDED' && (
        <span className="mz-quiet">{term(RECTIFICATIONS, rectification, language)}</span>
      )}
    </span>
  );
}
