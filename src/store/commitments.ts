/** Commitments (告知承诺): one for a case at most. A breach outlives its case, because it bars later ones. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import {
  type Commitment,
  type CommitmentEvent,
  type CommitmentState,
  type CommitmentSubject,
  commitmentState,
} from '../commitments/commitment.js';
import { MianzhengError } from '../errors.js';
import { answering } from './answering.js';
import {
  appendCaseEvents,
  type CaseEvent,
  type CaseKey,
  lockCase,
  placeCaseEvents,
  placeHeldEvents,
} from './case-events.js';
import type { CaseJournal } from './case-journal.js';
import { byCase, readTogether } from './read-together.js';
import { removeReminders } from './reminders.js';

/** A change of a commitment on its way into the record; nothing of it is kept where this throws. `before`: null where there was none. @returns its place there, `chain/seq`; undefined: it has none yet */
export type RecordCommitment = (before: Commitment | null, after: Commitment) => Promise<string | undefined>;

/** A commitment as it is read, to be changed only as long as nobody else changed it. */
export interface StoredCommitment {
  readonly commitment: Commitment;
  /** Grows with every change. */
  readonly revision: number;
}

/** Which commitments; all conditions must hold. */
export interface CommitmentFilter {
  readonly state?: CommitmentState['is'];
  /** Of these matters; empty: none. */
  readonly matters?: readonly string[];
  /** Their last day for documents was before this one, `YYYY-MM-DD`. */
  readonly dueBefore?: string;
  /** Not concluded, and their last day for documents was before this one. */
  readonly overdueOn?: string;
}

/** A commitment after a change, and the events of its case that tell of it. */
export interface ChangedCommitment {
  readonly commitment: Commitment;
  readonly events: readonly CaseEvent[];
}

/** The commitments of a control store. What fails throws MianzhengError OVERLOADED where the store does not answer. */
export interface Commitments {
  /** That of a case; null where it has none. */
  ofCase(key: CaseKey): Promise<StoredCommitment | null>;
  /** One; null where there is none. */
  find(id: string): Promise<StoredCommitment | null>;
  /** Whether one of these has breached a commitment, in whatever matter and application, and was not reinstated. */
  breachedBy(subjects: readonly CommitmentSubject[]): Promise<boolean>;
  /**
   * Keeps a new commitment.
   * @returns whether it is kept: false where the case has one, or its subject has breached another meanwhile
   * @throws MianzhengError CASE_UNKNOWN; what `record` throws
   */
  sign(commitment: Commitment, request: string | null, record: RecordCommitment): Promise<boolean>;
  /**
   * Adds events.
   * @returns the commitment after them; null where it was changed by somebody else since it was read
   * @throws MianzhengError CASE_UNKNOWN where its case is no longer kept; what `record` throws
   */
  add(
    stored: StoredCommitment,
    events: readonly CommitmentEvent[],
    request: string | null,
    record: RecordCommitment,
  ): Promise<Commitment | null>;
  /** A page, those due first before others. */
  list(
    filter: CommitmentFilter,
    page: { readonly offset: number; readonly most: number },
  ): Promise<{ readonly items: readonly StoredCommitment[]; readonly total: number }>;
}

interface CommitmentRow {
  readonly id: string;
  readonly client: string;
  readonly number: string;
  readonly matter: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly state: string;
  readonly due_on: string;
  readonly revision: number;
  /** JSON of what is neither a column nor an event. */
  readonly terms: string;
  /** JSON of the events, in order. */
  readonly events: string;
}

type Terms = Pick<Commitment, 'documents' | 'textDigest' | 'signatory' | 'signedAt'>;

/** Creates the table where it is missing. */
export async function createCommitmentTable(
  db: Knex,
  exactly: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
  if (await db.schema.hasTable('commitment')) return;
  await db.schema.createTable('commitment', (table) => {
    exactly(table);
    table.string('id', 36).primary();
    table.string('client', 64).notNullable();
    table.string('number', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('subject_kind', 16).notNullable();
    table.string('subject_id', 120).notNullable();
    table.string('state', 24).notNullable();
    table.string('due_on', 10).notNullable();
    table.integer('revision').notNullable();
    table.text('terms').notNullable();
    table.text('events').notNullable();
    table.unique(['client', 'number']);
    table.index(['subject_id', 'state']);
    table.index(['state', 'due_on']);
  });
}

const rows = (db: Knex) => db<CommitmentRow>('commitment');

function storedOf(row: CommitmentRow): StoredCommitment {
  const { id, client, number, matter, subject_kind: kind, subject_id, due_on: dueOn, revision } = row;
  const terms = JSON.parse(row.terms) as Terms;
  const events = JSON.parse(row.events) as CommitmentEvent[];
  const subject = { kind, id: subject_id };
  return { commitment: { id, client, number, matter, subject, ...terms, dueOn, events }, revision };
}

async function first(query: PromiseLike<CommitmentRow | undefined>): Promise<StoredCommitment | null> {
  const row = await answering(query);
  return row === undefined ? null : storedOf(row);
}

/** What the case's own events tell of a commitment's. */
function caseEventOf(
  { id, client, number, matter, dueOn }: Commitment,
  event: CommitmentEvent,
  request: string | null,
): CaseEvent | null {
  const common = { client, number, matter, at: event.at, actor: event.by, requestId: request, record: null };
  const happened = { ...common, id: randomUUID() };
  switch (event.kind) {
    case 'SIGNED':
      return { ...happened, kind: 'COMMITTED', commitment: id, due: dueOn };
    case 'COMPLETED':
      return { ...happened, kind: 'COMMITMENT_KEPT', commitment: id };
    case 'BREACHED':
      return { ...happened, kind: 'COMMITMENT_BREACHED', commitment: id, reason: event.reason };
    default:
      return null;
  }
}

const told = (commitment: Commitment, events: readonly CommitmentEvent[], request: string | null): CaseEvent[] =>
  events.flatMap((event) => caseEventOf(commitment, event, request) ?? []);

async function readOfCases(db: Knex, keys: readonly CaseKey[]): Promise<readonly (StoredCommitment | null)[]> {
  const found = await rows(db).whereIn(
    ['client', 'number'],
    keys.map(({ client, number }) => [client, number]),
  );
  return byCase(keys, found).map(([row]) => (row === undefined ? null : storedOf(row)));
}

/** For each group of subjects, whether one of them has breached. */
async function breached(db: Knex, groups: readonly (readonly CommitmentSubject[])[]): Promise<readonly boolean[]> {
  const ids = new Set(groups.flatMap((subjects) => subjects.map(({ id }) => id)));
  if (ids.size === 0) return groups.map(() => false);
  const found = await rows(db)
    .whereIn('subject_id', [...ids])
    .where({ state: 'BREACHED' })
    .select('subject_kind', 'subject_id');
  const nameOf = (kind: string, id: string) => `${kind} ${id}`;
  const breaching = new Set(found.map(({ subject_kind, subject_id }) => nameOf(subject_kind, subject_id)));
  return groups.map((subjects) => subjects.some(({ kind, id }) => breaching.has(nameOf(kind, id))));
}

/** Somebody else was first: the transaction is given up. */
class Overtaken extends MianzhengError {
  constructor() {
    super('OVERLOADED', 'somebody else changed the commitment at the same time', { retryAfter: 1 });
  }
}

async function unlessOvertaken<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Overtaken) return null;
    throw error;
  }
}

const OPEN_STATES: readonly CommitmentState['is'][] = ['AWAITING_DOCUMENTS', 'FOLLOW_UP'];

/** How long a conclusion given in the control plane is left to be recorded by it, ms; see verification-tasks.ts. */
const HELD_MS = 600_000;

/**
 * Adds events to a commitment, and tells its case. Nobody is told before the change is recorded: whoever begins the
 * transaction gives the events their place.
 * @param db a transaction
 * @returns the commitment after them; null where somebody else changed it since it was read
 * @throws MianzhengError CASE_UNKNOWN where its case is no longer kept
 */
export async function changeCommitmentIn(
  db: Knex,
  { commitment, revision }: StoredCommitment,
  events: readonly CommitmentEvent[],
  request: string | null,
): Promise<ChangedCommitment | null> {
  const after: Commitment = { ...commitment, events: [...commitment.events, ...events] };
  if (!(await lockCase(db, commitment))) {
    throw new MianzhengError('CASE_UNKNOWN', 'this application has registered no such case');
  }
  const change = { state: commitmentState(after).is, revision: revision + 1, events: JSON.stringify(after.events) };
  if ((await rows(db).where({ id: commitment.id, revision }).update(change)) === 0) return null;
  const tellings = told(commitment, events, request);
  await appendCaseEvents(db, tellings, { claimedUntil: (events.at(-1)?.at ?? 0) + HELD_MS });
  return { commitment: after, events: tellings };
}

/** The commitments of a control store. */
export function commitments(db: Knex, journal: CaseJournal): Commitments {
  return {
    ofCase: readTogether((keys) => readOfCases(db, keys)),
    find: (id) => first(rows(db).where({ id }).first()),
    breachedBy: readTogether((groups) => breached(db, groups)),
    async sign(commitment, request, record) {
      const { id, client, number, matter, subject, dueOn, documents, textDigest, signatory, signedAt } = commitment;
      const terms: Terms = { documents, textDigest, signatory, signedAt };
      const done = await unlessOvertaken(
        journal.change(
          { client, number },
          (events) => {
            if (events.some(({ kind }) => kind === 'COMMITTED')) throw new Overtaken();
            const tellings = told(commitment, commitment.events, request);
            return {
              events: tellings,
              notices: [],
              async also(trx) {
                if ((await breached(trx, [[subject]]))[0] === true) throw new Overtaken();
                await rows(trx).insert({
                  id,
                  client,
                  number,
                  matter,
                  subject_kind: subject.kind,
                  subject_id: subject.id,
                  state: commitmentState(commitment).is,
                  due_on: dueOn,
                  revision: 1,
                  terms: JSON.stringify(terms),
                  events: JSON.stringify(commitment.events),
                });
                await placeCaseEvents(trx, tellings, await record(null, commitment));
              },
            };
          },
          0,
        ),
      );
      return done !== null;
    },
    async add(stored, events, request, record) {
      if (events.length === 0) return stored.commitment;
      return answering(
        db.transaction(async (trx) => {
          const changed = await changeCommitmentIn(trx, stored, events, request);
          if (changed === null) return null;
          const place = await record(stored.commitment, changed.commitment);
          const ids = changed.events.map(({ id }) => id);
          if (place !== undefined) await placeHeldEvents(trx, ids, place);
          return changed.commitment;
        }),
      );
    },
    async list({ state, matters, dueBefore, overdueOn }, { offset, most }) {
      const selected = () => {
        const query = rows(db);
        if (state !== undefined) query.where({ state });
        if (matters !== undefined) query.whereIn('matter', [...matters]);
        if (dueBefore !== undefined) query.where('due_on', '<', dueBefore);
        if (overdueOn !== undefined) query.whereIn('state', OPEN_STATES).where('due_on', '<', overdueOn);
        return query;
      };
      const [counted] = (await answering(selected().count({ n: '*' }))) as unknown as { readonly n: number }[];
      const found = await answering(selected().orderBy(['due_on', 'id']).offset(offset).limit(most));
      return { items: found.map(storedOf), total: Number(counted?.n ?? 0) };
    },
  };
}

/** Removes the commitments of cases and their reminders, but those that bar. @param db a transaction @param keys at most a few hundred */
export async function removeCommitments(db: Knex, keys: readonly (readonly string[])[]): Promise<void> {
  const theirs = () =>
    db('commitment')
      .whereIn(
        ['client', 'number'],
        keys.map((key) => [...key]),
      )
      .whereNot({ state: 'BREACHED' });
  await removeReminders(db, 'COMMITMENT', theirs().select('id'));
  await theirs().delete();
}
