/**
 * A commitment (告知承诺, 国办发〔2020〕42号): the applicant signs what will be shown later, the office issues first, and the
 * documents are complete within some days. Where it stands is reckoned from its events. Pure.
 */

/** Who committed. */
export interface CommitmentSubject {
  /** As in the schema's enum `SubjectKind`. */
  readonly kind: string;
  /** Canonical identifier. */
  readonly id: string;
}

/** What happened, with who did it: `client:<id>`, `person:<name>` or `gateway`. */
export type CommitmentEvent = {
  /** ms since the epoch. */
  readonly at: number;
  readonly by: string;
} & (
  | { readonly kind: 'SIGNED' }
  /** A document that was promised has come. */
  | { readonly kind: 'DOCUMENT_RECEIVED'; readonly document: string }
  /** The deadline passed with documents missing: a person has to look. */
  | { readonly kind: 'FOLLOW_UP_OPENED' }
  /** Everything has come, or a person found it kept. */
  | { readonly kind: 'COMPLETED'; readonly reason: string | null }
  /** A person found it false or not kept. */
  | { readonly kind: 'BREACHED'; readonly reason: string }
  /** A person lifted the bar that follows a breach (信用修复). */
  | { readonly kind: 'REINSTATED'; readonly reason: string }
);

/** A commitment. There is one for a case at most. */
export interface Commitment {
  /** UUID. */
  readonly id: string;
  readonly client: string;
  /** Case number (办件编号). */
  readonly number: string;
  readonly matter: string;
  readonly subject: CommitmentSubject;
  /** Documents promised, by their names in the matter. */
  readonly documents: readonly string[];
  /** SHA-256 of the text signed, lower-case hex. */
  readonly textDigest: string;
  /** Who signed, in the office's words: an office or role, never an identity number. */
  readonly signatory: string;
  /** When it was signed, ms since the epoch, as the office says. */
  readonly signedAt: number;
  /** Last day for the documents, `YYYY-MM-DD`. */
  readonly dueOn: string;
  /** In order; the first is SIGNED. */
  readonly events: readonly CommitmentEvent[];
}

/** Where a commitment stands. */
export type CommitmentState =
  | { readonly is: 'AWAITING_DOCUMENTS'; readonly missing: readonly string[] }
  | { readonly is: 'FOLLOW_UP'; readonly missing: readonly string[] }
  | { readonly is: 'COMPLETED' }
  /** It bars every later commitment of the subject. */
  | { readonly is: 'BREACHED' }
  /** It was breached, and bars no more. */
  | { readonly is: 'REINSTATED' };

/** Where a commitment stands after its events. */
export function commitmentState({ documents, events }: Pick<Commitment, 'documents' | 'events'>): CommitmentState {
  const received = new Set(events.flatMap((event) => (event.kind === 'DOCUMENT_RECEIVED' ? event.document : [])));
  const missing = documents.filter((document) => !received.has(document));
  const kinds = events.map(({ kind }) => kind);
  const last = kinds.findLast((kind) => kind !== 'DOCUMENT_RECEIVED' && kind !== 'SIGNED');
  switch (last) {
    case 'FOLLOW_UP_OPENED':
      return { is: 'FOLLOW_UP', missing };
    case 'COMPLETED':
    case 'BREACHED':
    case 'REINSTATED':
      return { is: last };
    default:
      return { is: 'AWAITING_DOCUMENTS', missing };
  }
}

/** What somebody wants to do about a commitment. */
export type CommitmentAct =
  | { readonly act: 'RECEIVE'; readonly document: string }
  /** `today`: `YYYY-MM-DD`. */
  | { readonly act: 'OPEN_FOLLOW_UP'; readonly today: string }
  | { readonly act: 'COMPLETE' | 'BREACH' | 'REINSTATE'; readonly reason: string };

/** Why an act is not done. */
export type ActRefusal =
  /** The matter promises no such document. */
  | 'NOT_PROMISED'
  /** It is not for where the commitment stands. */
  | 'NOT_NOW';

/** What an act comes to: events to add, none where it was done before; or why it is not done. */
export type ActResult =
  | { readonly ok: true; readonly events: readonly CommitmentEvent[] }
  | { readonly ok: false; readonly refusal: ActRefusal };

/**
 * Decides an act.
 *
 * Documents are taken until a person has found a breach. The last one completes the commitment. Nobody but a person
 * finds a breach, and that at any time: a commitment may turn out false after it was completed.
 */
export function decideAct(commitment: Commitment, wanted: CommitmentAct, at: number, by: string): ActResult {
  const state = commitmentState(commitment);
  const done = (...events: CommitmentEvent[]): ActResult => ({ ok: true, events });
  const refused = (refusal: ActRefusal): ActResult => ({ ok: false, refusal });
  const open = state.is === 'AWAITING_DOCUMENTS' || state.is === 'FOLLOW_UP';
  switch (wanted.act) {
    case 'RECEIVE': {
      const { document } = wanted;
      if (!commitment.documents.includes(document)) return refused('NOT_PROMISED');
      if (state.is === 'COMPLETED') return done();
      if (!open) return refused('NOT_NOW');
      if (!state.missing.includes(document)) return done();
      const received: CommitmentEvent = { kind: 'DOCUMENT_RECEIVED', at, by, document };
      return state.missing.length > 1 ? done(received) : done(received, { kind: 'COMPLETED', at, by, reason: null });
    }
    case 'OPEN_FOLLOW_UP':
      if (state.is === 'FOLLOW_UP') return done();
      return state.is === 'AWAITING_DOCUMENTS' && wanted.today > commitment.dueOn
        ? done({ kind: 'FOLLOW_UP_OPENED', at, by })
        : refused('NOT_NOW');
    case 'COMPLETE':
      return open ? done({ kind: 'COMPLETED', at, by, reason: wanted.reason }) : refused('NOT_NOW');
    case 'BREACH':
      return open || state.is === 'COMPLETED'
        ? done({ kind: 'BREACHED', at, by, reason: wanted.reason })
        : refused('NOT_NOW');
    case 'REINSTATE':
      return state.is === 'BREACHED' ? done({ kind: 'REINSTATED', at, by, reason: wanted.reason }) : refused('NOT_NOW');
  }
}

/** Shortest and longest reason, characters. */
export const ACT_REASON_LENGTH = { min: 5, max: 500 } as const;

/** As many digits in a row as the shortest identity number has. */
const IDENTIFIER = /\d{15}/;

/** What is wrong with a text that stands in the record, in one sentence; null where nothing is. */
export function wordsFault(words: string, { min, max }: { readonly min: number; readonly max: number }): string | null {
  const length = words.trim().length;
  if (length < min || length > max) return `takes ${min} to ${max} characters`;
  return IDENTIFIER.test(words) ? 'stands in the record: it names no identity number' : null;
}

/** What the record says of a commitment: where it stands and what was signed, without any name. */
function recordedState({ number, matter, dueOn, textDigest, documents, events }: Commitment) {
  const last = events.at(-1);
  const reason = last !== undefined && 'reason' in last ? last.reason : null;
  const received = events.flatMap((event) => (event.kind === 'DOCUMENT_RECEIVED' ? event.document : []));
  const state = commitmentState({ documents, events }).is;
  return { state, case: number, matter, due: dueOn, textDigest, received, reason };
}

/** A change of a commitment as the record has it. @param before null where it is signed */
export function recordedChange(before: Commitment | null, after: Commitment) {
  const kind = after.events.at(-1)?.kind.toLowerCase().replaceAll('_', '-') ?? 'signed';
  return {
    action: `commitment.${kind}`,
    subject: `commitment:${after.id}`,
    before: before === null ? null : recordedState(before),
    after: recordedState(after),
  };
}

/** A commitment as lists tell it, without whom it is about. */
export function toldCommitment(commitment: Commitment, today: string) {
  const { id, client, number, matter, dueOn } = commitment;
  const state = commitmentState(commitment);
  const missing = 'missing' in state ? state.missing : [];
  return {
    id,
    client,
    case: number,
    matter,
    dueOn,
    state: state.is,
    missing,
    overdue: 'missing' in state && dueOn < today,
  };
}
