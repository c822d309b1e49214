/** From the requirements' outcomes to the verdict. Pure; its truth table is test/cases/verdicts.yaml. */

/** Three-valued truth, as the schema's enum. */
export type Truth = 'TRUE' | 'FALSE' | 'UNKNOWN';

/** Conclusion, as the schema's enum `VerdictKind`. */
export type VerdictKind = 'APPROVED' | 'NOT_MET' | 'NEEDS_COMMITMENT' | 'NEEDS_REVIEW' | 'PENDING';

/** What follows where a requirement does not hold. */
export type WhenFalse = 'NOT_MET' | 'NEEDS_REVIEW' | 'NEEDS_COMMITMENT';

/** One requirement with its outcome. */
export interface JudgedRequirement {
  readonly id: string;
  readonly effect: 'MANDATORY' | 'TIER' | 'ADVISORY';
  /** Without meaning for ADVISORY. */
  readonly whenFalse: WhenFalse;
  readonly outcome: Truth;
  /** Of an UNKNOWN outcome: nothing but departments that did not answer stands in the way. */
  readonly retryHelps: boolean;
}

/** One tier, by its requirements. */
export interface TierRequirements {
  readonly id: string;
  /** Requirements of which none may fail for the tier to be the applicant's kind. */
  readonly applies: readonly string[];
  /** Requirements besides. */
  readonly requires: readonly string[];
}

/** The verdict and what it rests on. */
export interface Decision {
  readonly verdict: VerdictKind;
  /** The tier reached, or of NEEDS_COMMITMENT the tier that a commitment reaches; else null. */
  readonly tier: string | null;
  /** Requirements whose reasons are told, in the order given. */
  readonly because: readonly string[];
}

type TierState = 'TRUE' | 'COMMITMENT' | 'UNKNOWN' | 'FALSE';

/**
 * Decides.
 *
 * - A MANDATORY requirement that fails decides by its `whenFalse`, NOT_MET before NEEDS_REVIEW;
 *   NEEDS_COMMITMENT only where everything else would be approved, as it would help nobody otherwise.
 * - One that is UNKNOWN: PENDING where asking again can settle all unknown ones, else NEEDS_REVIEW.
 * - Tiers in order: those that fail are passed over; the first that does not decides. It holds:
 *   APPROVED. It is UNKNOWN: PENDING or NEEDS_REVIEW, even if a later tier holds, for that would be
 *   the wrong tier. It lacks a commitment only: a later tier that holds is approved, else NEEDS_COMMITMENT.
 * - All fail: NOT_MET with what failed in the nearest tier: among those that apply (or all, where
 *   none does) the one with the fewest failures, the first of equals.
 * - ADVISORY requirements decide nothing; their reasons are told unless they hold.
 *
 * NOT_MET rests on FALSE outcomes only: turning any outcome into UNKNOWN never yields it anew.
 */
export function decide(requirements: readonly JudgedRequirement[], tiers: readonly TierRequirements[]): Decision {
  const advice = requirements.filter((r) => r.effect === 'ADVISORY' && r.outcome !== 'TRUE').map((r) => r.id);
  const decided = (verdict: VerdictKind, because: readonly string[], tier: string | null = null): Decision => {
    const told = new Set([...because, ...advice]);
    return { verdict, tier, because: requirements.map((r) => r.id).filter((id) => told.has(id)) };
  };
  const mandatory = requirements.filter((r) => r.effect === 'MANDATORY');
  const failed = mandatory.filter((r) => r.outcome === 'FALSE');
  for (const verdict of ['NOT_MET', 'NEEDS_REVIEW'] as const) {
    if (failed.some((r) => r.whenFalse === verdict)) return decided(verdict, idsOf(failed));
  }
  const unknown = mandatory.filter((r) => r.outcome === 'UNKNOWN');
  if (unknown.length > 0) return decided(whenUnknown(unknown), idsOf(unknown));
  const reached = reachTier(requirements, tiers);
  if (failed.length > 0 && (reached.verdict === 'APPROVED' || reached.verdict === 'NEEDS_COMMITMENT')) {
    return decided('NEEDS_COMMITMENT', [...idsOf(failed), ...reached.because], reached.tier);
  }
  return decided(reached.verdict, reached.because, reached.tier);
}

function reachTier(requirements: readonly JudgedRequirement[], tiers: readonly TierRequirements[]): Decision {
  if (tiers.length === 0) return { verdict: 'APPROVED', tier: null, because: [] };
  const byId = new Map(requirements.map((r) => [r.id, r]));
  const find = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const judged = tiers.map((tier) => {
    const members = find([...tier.applies, ...tier.requires]);
    return {
      id: tier.id,
      members,
      state: stateOf(members),
      applies: find(tier.applies).every((r) => r.outcome !== 'FALSE'),
      failures: idsOf(members.filter((r) => r.outcome === 'FALSE')),
    };
  });
  const first = judged.findIndex((tier) => tier.state !== 'FALSE');
  const deciding = judged[first];
  if (deciding === undefined) {
    const applying = judged.filter((tier) => tier.applies);
    const candidates = applying.length > 0 ? applying : judged;
    const fewest = Math.min(...candidates.map((tier) => tier.failures.length));
    const nearest = candidates.find((tier) => tier.failures.length === fewest);
    return { verdict: 'NOT_MET', tier: null, because: nearest?.failures ?? [] };
  }
  if (deciding.state === 'UNKNOWN') {
    const unknown = deciding.members.filter((r) => r.outcome === 'UNKNOWN');
    return { verdict: whenUnknown(unknown), tier: null, because: idsOf(unknown) };
  }
  const rest = judged.slice(first);
  const next = rest.findIndex((tier) => tier.state === 'TRUE' || tier.state === 'UNKNOWN');
  const approved = rest[next];
  if (approved?.state !== 'TRUE') return { verdict: 'NEEDS_COMMITMENT', tier: deciding.id, because: deciding.failures };
  const passed = judged.slice(0, first + next).filter((tier) => tier.applies);
  return { verdict: 'APPROVED', tier: approved.id, because: passed.flatMap((tier) => tier.failures) };
}

function stateOf(members: readonly JudgedRequirement[]): TierState {
  if (members.some((r) => r.outcome === 'FALSE' && r.whenFalse !== 'NEEDS_COMMITMENT')) return 'FALSE';
  if (members.some((r) => r.outcome === 'UNKNOWN')) return 'UNKNOWN';
  return members.some((r) => r.outcome === 'FALSE') ? 'COMMITMENT' : 'TRUE';
}

function whenUnknown(unknown: readonly JudgedRequirement[]): 'PENDING' | 'NEEDS_REVIEW' {
  return unknown.every((r) => r.retryHelps) ? 'PENDING' : 'NEEDS_REVIEW';
}

const idsOf = (requirements: readonly JudgedRequirement[]): string[] => requirements.map((r) => r.id);
