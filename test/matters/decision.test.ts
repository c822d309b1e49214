import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Decision,
  decide,
  type JudgedRequirement,
  type TierRequirements,
  type Truth,
  type WhenFalse,
} from '../../src/matters/decision.js';
import { table } from './support.js';

interface VerdictCase {
  readonly name: string;
  readonly requirements: Readonly<Record<string, string>>;
  readonly tiers?: Readonly<Record<string, string>>;
  readonly verdict: Decision['verdict'];
  readonly tier?: string;
  readonly because?: readonly string[];
}

function requirementOf(id: string, text: string): JudgedRequirement {
  const [effect, outcome, more] = text.split(' ') as [JudgedRequirement['effect'], Truth, string | undefined];
  const whenFalse = outcome === 'FALSE' && more !== undefined ? (more as WhenFalse) : 'NOT_MET';
  return { id, effect, outcome, whenFalse, retryHelps: more === 'RETRY' };
}

function tierOf(id: string, text: string): TierRequirements {
  const [applies = [], requires = []] = text.split('|').map((ids) => ids.split(' ').filter((part) => part !== ''));
  return { id, applies, requires };
}

it.each(table<readonly VerdictCase[]>('verdicts.yaml').map((one) => [one.name, one] as const))('%s', (_, one) => {
  const requirements = Object.entries(one.requirements).map(([id, text]) => requirementOf(id, text));
  const tiers = Object.entries(one.tiers ?? {}).map(([id, text]) => tierOf(id, text));
  expect(decide(requirements, tiers)).toEqual({
    verdict: one.verdict,
    tier: one.tier ?? null,
    because: one.because ?? [],
  });
});

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;
const requirement = (id: string): fc.Arbitrary<JudgedRequirement> =>
  fc.record({
    id: fc.constant(id),
    effect: fc.constantFrom('MANDATORY', 'TIER', 'TIER', 'ADVISORY'),
    whenFalse: fc.constantFrom('NOT_MET', 'NEEDS_REVIEW', 'NEEDS_COMMITMENT'),
    outcome: fc.constantFrom('TRUE', 'FALSE', 'UNKNOWN'),
    retryHelps: fc.boolean(),
  });
const matter = fc.tuple(
  fc.tuple(...IDS.map(requirement)),
  fc.array(fc.record({ applies: fc.subarray([...IDS]), requires: fc.subarray([...IDS]) }), { maxLength: 4 }),
  fc.subarray([...IDS]),
);

it('holds whatever is made unknown: no new NOT_MET, and an approval in the same tier as before', () => {
  fc.assert(
    fc.property(matter, ([requirements, shapes, hidden]) => {
      const ofTier = (id: string) => requirements.some((r) => r.id === id && r.effect === 'TIER');
      const tiers = shapes.map((shape, i) => ({
        id: `T${i}`,
        applies: shape.applies.filter(ofTier),
        requires: shape.requires.filter(ofTier),
      }));
      const known = decide(requirements, tiers);
      const less = decide(
        requirements.map((r) => (hidden.some((id) => id === r.id) ? { ...r, outcome: 'UNKNOWN' as const } : r)),
        tiers,
      );
      if (less.verdict === 'NOT_MET') expect(known.verdict).toBe('NOT_MET');
      if (less.verdict === 'APPROVED') expect(known).toMatchObject({ verdict: 'APPROVED', tier: less.tier });
    }),
    { numRuns: 2000 },
  );
});
