/** `Mutation.commitCase`, `receiveDocument`, `concludeCommitment`: the applicant's commitment (告知承诺) and what becomes of it. */
import { randomUUID } from 'node:crypto';
import type { NewEntry } from '../audit/entries.js';
import {
  ACT_REASON_LENGTH,
  type ActRefusal,
  type Commitment,
  type CommitmentAct,
  decideAct,
  recordedChange,
  wordsFault,
} from '../commitments/commitment.js';
import { addDays } from '../domain/calendar.js';
import { MianzhengError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import { type Matter, noticeDigest, type Verdict } from '../matters/index.js';
import type { RecordDraft } from '../record-draft.js';
import type { RecordCommitment, StoredCommitment } from '../store/commitments.js';
import type { CaseFile } from '../store/control-store.js';
import { describeCommitment } from './beside-facts.js';

/** The schema's `CommitCaseInput`, coerced. */
export interface CommitCaseInput {
  readonly textDigest: string;
  /** RFC 3339. */
  readonly signedAt: string;
  readonly signatory: string;
}

/** The schema's `CommitmentRefusal`. */
export type CommitmentRefusal =
  | ActRefusal
  | 'NOT_OFFERED'
  | 'OTHER_TEXT'
  | 'NOT_NEEDED'
  | 'BARRED'
  | 'OTHER_VERDICT'
  | 'NO_COMMITMENT'
  | 'OPERATOR_NEEDED'
  | 'OVERTAKEN';

/** For whom an act is done. */
export interface CommitmentContext {
  readonly gateway: Pick<Gateway, 'store' | 'record' | 'pseudonym' | 'now' | 'commitmentDays'>;
  readonly matter: Matter;
  readonly file: CaseFile;
  readonly draft: Pick<RecordDraft, 'requestId' | 'operator'>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** The schema's `CommitmentResult`. */
function resultOf(
  stored: StoredCommitment | null,
  refusal: CommitmentRefusal | null,
  matter: Matter,
  verdict: Pick<Verdict, 'reasonsZh' | 'reasonsEn'> | null = null,
) {
  return {
    commitment: stored === null ? null : describeCommitment(stored, matter),
    refusal,
    reasonsZh: verdict?.reasonsZh ?? [],
    reasonsEn: verdict?.reasonsEn ?? [],
  };
}

/** Puts a change of a commitment into the record. @param append resolves with the place, `chain/seq` @param actor who did it */
export function recordCommitment(
  append: (entry: Extract<NewEntry, { kind: 'administration' }>) => Promise<string | undefined>,
  actor: string,
  now: () => number,
): RecordCommitment {
  return async (before, after) => {
    const time = new Date(now()).toISOString();
    return append({ kind: 'administration', time, actor, ...recordedChange(before, after) });
  };
}

/** Puts changes into the gateway's own chain. */
function recordIn({ record, now }: Pick<Gateway, 'record' | 'now'>, actor: string): RecordCommitment {
  const append = async (entry: NewEntry): Promise<string> => {
    const { chain, seq } = await record.append(entry);
    return `${chain}/${seq}`;
  };
  return recordCommitment(append, actor, now);
}

/**
 * Enters a signed commitment. What the text says and who signed it is the office's word, for which it answers; that
 * the text is the one in force, that nothing else stands in the way and that nobody is barred is checked here.
 * @param judge judges the case now; called only where the text is the one in force
 * @throws MianzhengError BAD_USER_INPUT naming the field
 */
export async function commitCase(
  context: CommitmentContext,
  { textDigest, signedAt, signatory }: CommitCaseInput,
  judge: () => Promise<Verdict>,
) {
  const { gateway, matter, file, draft, today } = context;
  const { store, now } = gateway;
  const { commitment } = matter;
  if (commitment === undefined) return resultOf(null, 'NOT_OFFERED', matter);
  const at = Date.parse(signedAt);
  if (!Number.isFinite(at) || at > now()) throw bad('input.signedAt', 'takes an instant, not later than now');
  const fault = wordsFault(signatory, { min: 1, max: 64 });
  if (fault !== null) throw bad('input.signatory', fault);
  const known = await store.commitments.ofCase(file);
  if (textDigest !== noticeDigest(commitment.notice)) return resultOf(known, 'OTHER_TEXT', matter);
  if (known !== null) return resultOf(known, null, matter);
  const subject = file.subjects.find(({ role }) => role === commitment.subject);
  if (subject === undefined) return resultOf(null, 'NOT_OFFERED', matter);
  const verdict = await judge();
  if (verdict.verdict === 'APPROVED') return resultOf(null, 'NOT_NEEDED', matter);
  if (verdict.verdict !== 'NEEDS_COMMITMENT') {
    return resultOf(null, isBarred(verdict, matter) ? 'BARRED' : 'OTHER_VERDICT', matter, verdict);
  }
  const by = `client:${file.client}`;
  const signed: Commitment = {
    id: randomUUID(),
    client: file.client,
    number: file.number,
    matter: matter.code,
    subject: { kind: subject.kind, id: subject.id },
    documents: commitment.documents.map(({ document }) => document),
    textDigest,
    signatory: signatory.trim(),
    signedAt: at,
    dueOn: addDays(today, commitment.days ?? gateway.commitmentDays),
    events: [{ kind: 'SIGNED', at: now(), by }],
  };
  const record = recordIn(gateway, by);
  await store.commitments.sign(signed, draft.requestId, record);
  const kept = await store.commitments.ofCase(file);
  return kept === null ? resultOf(null, 'BARRED', matter) : resultOf(kept, null, matter);
}

/** Whether nothing but a bar stands in the way: a condition of the commitment, or an earlier breach. */
function isBarred({ verdict, requirements }: Verdict, { commitment }: Matter): boolean {
  const bars = new Set(['no-earlier-breach', ...(commitment?.conditions ?? []).map(({ id }) => id)]);
  return verdict === 'NEEDS_REVIEW' && requirements.some(({ id, outcome }) => outcome === 'FALSE' && bars.has(id));
}

/** Notes that a document has come. */
export function receiveDocument(context: CommitmentContext, document: string) {
  return change(context, { act: 'RECEIVE', document }, `client:${context.file.client}`);
}

/** Enters a person's conclusion. @throws MianzhengError BAD_USER_INPUT naming the field */
export async function concludeCommitment(
  context: CommitmentContext,
  outcome: 'COMPLETED' | 'BREACHED',
  reason: string,
) {
  const { matter, file, draft } = context;
  if (draft.operator === null) return resultOf(null, 'OPERATOR_NEEDED', matter);
  const fault = wordsFault(reason, ACT_REASON_LENGTH);
  if (fault !== null) throw bad('reason', fault);
  const act = outcome === 'COMPLETED' ? 'COMPLETE' : 'BREACH';
  return change(context, { act, reason: reason.trim() }, `client:${file.client}/${draft.operator}`.slice(0, 100));
}

async function change({ gateway, matter, file, draft }: CommitmentContext, act: CommitmentAct, by: string) {
  const { store, now } = gateway;
  const stored = await store.commitments.ofCase(file);
  if (stored === null) return resultOf(null, 'NO_COMMITMENT', matter);
  const result = decideAct(stored.commitment, act, now(), by);
  if (!result.ok) return resultOf(stored, result.refusal, matter);
  const record = recordIn(gateway, by);
  const after = await store.commitments.add(stored, result.events, draft.requestId, record);
  if (after === null) return resultOf(stored, 'OVERTAKEN', matter);
  return resultOf({ commitment: after, revision: stored.revision + 1 }, null, matter);
}

function bad(field: string, message: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', `${field}: ${message}`, { field });
}
