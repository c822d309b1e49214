/** Where a case stands after its events, and what may be done with it. */
import { describe, expect, test } from 'vitest';
import { type CaseAct, type Deciding, requireAct, requireGround, standingOf } from '../../src/cases/standing.js';
import { MianzhengError } from '../../src/errors.js';
import { tableCases } from '../domain/cases.js';
import { happening, STATES } from './states.js';

const { grounds = [] } = tableCases<unknown>('case-states.yaml') as {
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
  test.each(STATES)('$name', ({ events, state, verdict, rectification, may }) => {
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
