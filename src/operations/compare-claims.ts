/** `Mutation.compareClaims`: what the citizen typed, compared with the facts, which stay here. */
import { parseClaim } from '../domain/claim-value.js';
import { MianzhengError } from '../errors.js';
import {
  type ClaimOutcome,
  type ClaimUnknown,
  compareClaims,
  type Matter,
  type StatedClaim,
} from '../matters/index.js';
import type { RecordDraft } from '../record-draft.js';
import type { CaseFile } from '../store/control-store.js';
import type { ClaimAttempts } from './claim-attempts.js';
import { type RunFacts, subjectsByRole, unknownFacts } from './verify.js';

/** The schema's `ClaimInput`. */
export interface ClaimInput {
  readonly claim: string;
  readonly value: string;
}

/** The schema's `ComparedClaim`. */
export interface ComparedClaimAnswer {
  readonly claim: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly outcome: ClaimOutcome;
  readonly unknown: ClaimUnknown | null;
  readonly element: string;
  readonly department: string;
}

/** Reads the claims. @throws MianzhengError BAD_USER_INPUT for one that the matter does not have, or that is not of its form */
export function statedClaims(matter: Matter, given: readonly ClaimInput[]): readonly StatedClaim[] {
  const known = matter.claims?.all ?? [];
  return given.map(({ claim: name, value }, i) => {
    const claim = known.find((one) => one.claim === name);
    if (claim === undefined) {
      const names = known.map((one) => one.claim).join(', ');
      throw bad(`claims.${i}.claim`, `the matter has no such claim; it has ${names === '' ? 'none' : names}`);
    }
    if (given.findIndex((other) => other.claim === name) < i) throw bad(`claims.${i}.claim`, 'stands twice');
    const parsed = parseClaim(claim.kind, value);
    if (!parsed.ok) throw bad(`claims.${i}.value`, `${parsed.group}: ${parsed.reason}`);
    return { claim, value: parsed.value };
  });
}

function bad(field: string, message: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', `${field}: ${message}`, { field });
}

/** What a comparison is made with. */
export interface ComparisonDesk {
  readonly matter: Matter;
  readonly file: CaseFile;
  readonly attempts: ClaimAttempts;
  /** Runs a document for use in rules: what it yields does not leave. */
  readonly runFacts: RunFacts;
  readonly draft: RecordDraft;
}

/**
 * Compares. A value of the wrong form is refused before it counts; what counts is written down before a department
 * is asked, and what told nothing of a wrong value is taken back.
 * @throws MianzhengError BAD_USER_INPUT, CLAIM_ATTEMPTS_EXCEEDED, OVERLOADED, SUBJECT_BUDGET_EXCEEDED
 */
export async function comparedClaims(
  given: readonly ClaimInput[],
  { matter, file, attempts, runFacts, draft }: ComparisonDesk,
): Promise<readonly ComparedClaimAnswer[]> {
  const stated = statedClaims(matter, given);
  const { claims } = matter;
  if (claims === null || stated.length === 0) return [];
  const subjects = subjectsByRole(file);
  stated.forEach(({ claim }, i) => {
    if (subjects[claim.role] === undefined) throw bad(`claims.${i}.claim`, `the case names no ${claim.role}`);
  });
  for (const { kind, id } of file.subjects) draft.concern([`${kind}:${id}`]);
  const counted = await attempts.count(file, subjects, stated);
  const document = claims.documentOf(stated.map(({ claim }) => claim.claim));
  const { plan, execution } = await runFacts(document, { ...subjects, asOf: file.filedOn }, file.filedOn);
  const compared = compareClaims(stated, execution.data, unknownFacts(plan, execution));
  draft.executed(plan, execution);
  draft.compared(compared);
  await counted.release(compared.flatMap(({ outcome }, i) => (outcome === 'MISMATCH' ? [] : [i])));
  return compared.map(({ claim, outcome, unknown }) => ({
    claim: claim.claim,
    nameZh: claim.name.zh,
    nameEn: claim.name.en,
    outcome,
    unknown,
    element: claim.of.join('.'),
    department: claim.department,
  }));
}
