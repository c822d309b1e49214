/** Where a case stands after its events, and what may be done with it. */
import { describe, expect, test } from 'vitest';
import { type CaseAct, type Deciding, requireAct, requireGround, standingOf } from '../../src/cases/standing.js';
import { MianzhengError } from '../../src/errors.js';
import type { CaseHappening } from '../../src/store/case-events.js';
import { tableCases } from '../domain/cases.js';

interface StateCase {
  readonly name: string;
  readonly events: readonly (string | Readonly<Record<string, object>>)[];
  readonly state: string;
  readonly verdict?: string;
  readonly rectification?: string;
  readonly may: readonly string[];
}

const { states = [], grounds = [] } = tableCases<unknown>('case-states.yaml') as {
  readonly states?: readonly StateCase[];
  readonly grounds?: readonly (Partial<Deciding> &
    Pick<Deciding, 'verdict' | 'outcome'> & { readonly refused?: string })[];
};

const ACTS: readonly CaseAct[] = [
  'DECIDE',
  'REOPEN',
  'WITHDRAW',
  'ASK_REVIEW',
  'DECIDE_REVIEW',
  'RATE',
  'RECTIFY',
  'CLOSE_RECTIFICATION',
];

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

function happening(written: StateCase['events'][number]): CaseHappening {
  const [kind, own] = typeof written === 'string' ? [written, {}] : (Object.entries(written)[0] ?? ['', {}]);
  return { ...FILLED, ...own, kind } as unknown as CaseHappening;
}

/** What is thrown; null where nothing is. */
function refusal(act: () => void): MianzhengError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof MianzhengError) return error;
    throw error;
  }
}

describe('a case', () => {
  test.each(states)('$name', ({ events, state, verdict, rectification, may }) => {
    const standing = standingOf(events.map(happening));
    expect(standing.state).toBe(state);
    if (verdict !== undefined) expect(standing.judged?.verdict).toBe(verdict);
    expect(standing.rating?.rectification).toBe(rectification);
    const refusals = ACTS.map((act) => [act, refusal(() => requireAct(standing, act))] as const);
    expect(refusals.filter(([, why]) => why === null).map(([act]) => act)).toEqual(
      [...may].sort((a, b) => ACTS.indexOf(a as CaseAct) - ACTS.indexOf(b as CaseAct)),
    );
    for (const [, why] of refusals) {
      if (why !== null)
        expect(why).toMatchObject({ code: 'CASE_STATE', message: expect.stringMatching(/^the case is [A-Z_]+/) });
    }
  });
});

describe('a decision', () => {
  test.each(grounds)('$outcome on $verdict, reason $reason, by $operator', ({ refused, ...given }) => {
    const deciding: Deciding = { committed: false, operator: null, reason: null, ...given };
    expect(refusal(() => requireGround(deciding))?.detail.field).toBe(refused);
  });
});
