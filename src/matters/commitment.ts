/** What a commitment (告知承诺) makes of a verdict. Pure; its truth table is test/cases/commitment-verdicts.yaml. */
import { createHash } from 'node:crypto';
import type { Truth, VerdictKind, WhenFalse } from './decision.js';
import type { Text } from './definition.js';

/** What is known of commitments when a case is judged. */
export interface CommitmentStanding {
  /** The case's own: none; KEPT: signed, and not found breached; BREACHED: found breached, even where the bar was lifted since. */
  readonly own: 'NONE' | 'KEPT' | 'BREACHED';
  /** Whether its subject has breached another, in whatever matter, and was not reinstated. */
  readonly earlierBreach: boolean;
}

/** A condition without which an applicant may not commit. */
export interface JudgedCondition {
  readonly id: string;
  readonly outcome: Truth;
  /** As of a requirement. */
  readonly retryHelps: boolean;
}

/** What the verdict is then, and which conditions' reasons are told. */
export interface CommitmentDecision {
  readonly verdict: VerdictKind;
  readonly because: readonly string[];
}

/** Name of the condition that holds in every matter: no earlier breach. */
export const NO_EARLIER_BREACH = 'no-earlier-breach';
/** Name under which a breach of the case's own commitment is told. */
export const OWN_COMMITMENT = 'own-commitment';

/**
 * Decides for a case that lacks nothing but what may be committed to.
 *
 * - Its own commitment, once signed, stands in the place of what it lacks: issue first. Found breached, a person looks.
 * - Who breached one before, or does not meet a condition, is not refused: the case takes the ordinary way, which a
 *   person handles.
 * - Where a condition is not known, nobody is let commit and nobody is barred: PENDING or NEEDS_REVIEW.
 */
export function decideCommitment(
  { own, earlierBreach }: CommitmentStanding,
  conditions: readonly JudgedCondition[],
): CommitmentDecision {
  if (own === 'KEPT') return { verdict: 'APPROVED', because: [] };
  if (own === 'BREACHED') return { verdict: 'NEEDS_REVIEW', because: [OWN_COMMITMENT] };
  const failed = conditions.filter(({ outcome }) => outcome === 'FALSE').map(({ id }) => id);
  if (earlierBreach) failed.push(NO_EARLIER_BREACH);
  if (failed.length > 0) return { verdict: 'NEEDS_REVIEW', because: failed };
  const unknown = conditions.filter(({ outcome }) => outcome === 'UNKNOWN');
  if (unknown.length === 0) return { verdict: 'NEEDS_COMMITMENT', because: [] };
  const verdict = unknown.every(({ retryHelps }) => retryHelps) ? 'PENDING' : 'NEEDS_REVIEW';
  return { verdict, because: unknown.map(({ id }) => id) };
}

/** Departments that look after a matter's commitments: those whose requirements a commitment stands in the place of, sorted. */
export function commitmentOwners(
  requirements: readonly { readonly department: string; readonly effect: string; readonly whenFalse?: WhenFalse }[],
): readonly string[] {
  const leading = requirements.filter(
    ({ effect, whenFalse }) => effect !== 'ADVISORY' && whenFalse === 'NEEDS_COMMITMENT',
  );
  return [...new Set(leading.map(({ department }) => department))].sort();
}

/** Digest of a notice as the applicant signs it: SHA-256 of its Chinese text in UTF-8, lower-case hex. */
export function noticeDigest({ zh }: Pick<Text, 'zh'>): string {
  return createHash('sha256').update(zh).digest('hex');
}
