/** A case and its events as the schema shows them. */
import { type DepartmentNames, explanationOf, type MatterWords } from '../cases/explanation.js';
import { outcomeOf, standingOf } from '../cases/standing.js';
import { type CaseEvent, RATING_LEVELS } from '../store/case-events.js';
import type { CaseFile } from '../store/control-store.js';
import type { Notice } from '../store/notices.js';
import type { RatingTotals } from '../store/ratings.js';

/** Events and notices that are shown. */
const EVENTS = 500;
const NOTICES = 100;

const instant = (at: number): string => new Date(at).toISOString();

/** What somebody said at an event. */
function reasonOf(event: CaseEvent): string | null {
  if (event.kind === 'RECTIFIED') return event.answer;
  if (event.kind === 'RATED') return event.comment;
  return 'reason' in event ? event.reason : null;
}

/** An event as the schema's `CaseEvent`. */
export function shownEvent(event: CaseEvent) {
  const { id, kind, at, actor, record } = event;
  return {
    id,
    kind,
    time: instant(at),
    actor,
    operator: 'operator' in event ? event.operator : null,
    outcome: outcomeOf(event),
    reason: reasonOf(event),
    due: 'due' in event ? event.due : null,
    receipt: 'receipt' in event ? event.receipt : null,
    record,
  };
}

/** A case as the schema's `CaseProgress`. */
export function caseProgress(
  file: CaseFile,
  events: readonly CaseEvent[],
  notices: readonly Notice[],
  words: MatterWords,
  departments: DepartmentNames,
) {
  const { state, judged, decided, review, openTasks, disputed, rating } = standingOf(events);
  const explanation = judged === null ? null : explanationOf(judged, words, departments);
  return {
    number: file.number,
    matter: file.matter,
    filedOn: file.filedOn,
    state,
    verdict: judged?.verdict ?? null,
    decision: decided?.outcome ?? null,
    review,
    openTasks,
    disputed,
    rating,
    explanation: explanation && {
      textZh: explanation.zh,
      textEn: explanation.en,
      reviewZh: words.review.zh,
      reviewEn: words.review.en,
    },
    events: events.slice(-EVENTS).map(shownEvent),
    notices: notices.slice(-NOTICES).map(({ id, kind, at, state: sent, textZh, textEn }) => {
      return { id, kind, time: instant(at), state: sent, textZh, textEn };
    }),
  };
}

/** Counts of ratings as the schema's `RatingCounts`. */
export function ratingCounts({ levels, open, overdue }: RatingTotals) {
  const counted = RATING_LEVELS.map((level) => ({ level, count: levels[level] ?? 0 }));
  return { rated: counted.reduce((sum, { count }) => sum + count, 0), levels: counted, open, overdue };
}
