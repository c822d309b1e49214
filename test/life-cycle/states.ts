/** The table of what a case's state is after its events, `test/cases/case-states.yaml`. */
import type { CaseHappening } from '../../src/store/case-events.js';
import { tableCases } from '../domain/cases.js';

/** A line of the table. */
export interface StateCase {
  readonly name: string;
  readonly events: readonly (string | Readonly<Record<string, object>>)[];
  readonly state: string;
  readonly verdict?: string;
  readonly rectification?: string;
  readonly may: readonly string[];
}

/** The table. */
export const STATES: readonly StateCase[] = tableCases<StateCase>('case-states.yaml').states ?? [];

/** What events of any kind need, under the names their kinds have for it. */
const FILLED = {
  verdict: 'NOT_MET',
  outcome: 'REFUSED',
  review: 'review-1',
  rating: 'rating-1',
  level: 'VERY_DISSATISFIED',
  task: 't-1',
  commitment: 'c-1',
  offer: 'o-1',
  dispute: 'd-1',
  due: '2026-07-08',
};

/** An event of the table as it is reckoned with. */
export function happening(written: StateCase['events'][number]): CaseHappening {
  const [kind, own] = typeof written === 'string' ? [written, {}] : (Object.entries(written)[0] ?? ['', {}]);
  return { ...FILLED, ...own, kind } as unknown as CaseHappening;
}
