/**
 * What happened to cases (办件), in order. A row is only ever added: the state of a case is reckoned from its events
 * (`src/cases/standing.ts`). An event is written with what it changes, in one transaction; a gateway then puts it into
 * the record and only after that tells anybody of it (`src/cases/case-desk.ts`).
 */
import type { Knex } from 'knex';
import type { VerdictKind } from '../matters/index.js';
import { type AddedTo, addRows, type RowValues } from './add-rows.js';
import type { Dialect } from './exactly.js';
import { runSteps, type Steps } from './steps.js';
import {
  addWordings,
  createWordingTable,
  readWordings,
  type WordedHappening,
  type Wording,
  worded,
  wordedApart,
} from './verdict-wordings.js';

/** A decision (决定) of the office. */
export type DecisionOutcome = 'GRANTED' | 'REFUSED';

/** A level of 好差评, best first: 非常满意, 满意, 基本满意, 不满意, 非常不满意. */
export const RATING_LEVELS = [
  'VERY_SATISFIED',
  'SATISFIED',
  'BASICALLY_SATISFIED',
  'DISSATISFIED',
  'VERY_DISSATISFIED',
] as const;
export type RatingLevel = (typeof RATING_LEVELS)[number];

/** A requirement that did not hold, or could not be known, as the verdict told it. */
export interface TroubledRequirement {
  readonly id: string;
  readonly outcome: 'FALSE' | 'UNKNOWN';
  readonly element: string | null;
  readonly department: string;
  readonly reasonZh: string | null;
  readonly reasonEn: string | null;
}

/** A department asked for a verdict. */
export interface AskedSource {
  readonly department: string;
  /** RFC 3339, UTC. */
  readonly fetchedAt: string;
  readonly state: 'UP' | 'DOWN';
}

/** What is kept of a verdict, to explain it later. No fact is in it but what its reasons say. */
export interface JudgedVerdict {
  readonly verdict: VerdictKind;
  readonly receipt: string;
  readonly ruleSet: string;
  readonly asOf: string;
  /** Its reasons, as the verdict told them; empty where only its receipt is known. */
  readonly reasonsZh: readonly string[];
  readonly reasonsEn: readonly string[];
  /** In the matter's order. */
  readonly troubled: readonly TroubledRequirement[];
  readonly sources: readonly AskedSource[];
}

/** What kind of thing happened, with what belongs to it. Days are `YYYY-MM-DD`; a `due` of null could not be told. */
export type CaseHappening =
  /** Registered (登记). */
  | { readonly kind: 'REGISTERED' }
  /** Judged (核验): a verdict left. `receipt`: identifier of its receipt. */
  | ({ readonly kind: 'JUDGED' } & JudgedVerdict)
  /** Decided (决定) by the office, on a verdict. `operator`: the person; null: by machine. */
  | {
      readonly kind: 'DECIDED';
      readonly outcome: DecisionOutcome;
      readonly verdict: VerdictKind;
      readonly receipt: string;
      readonly operator: string | null;
      /** Why, in the office's words; null where the verdict's own reasons say it. */
      readonly reason: string | null;
    }
  /** A commitment (告知承诺) was signed. `commitment`: its identifier. */
  | { readonly kind: 'COMMITTED'; readonly commitment: string; readonly due: string | null }
  /** What was promised was shown. */
  | { readonly kind: 'COMMITMENT_KEPT'; readonly commitment: string }
  /** It was not. */
  | { readonly kind: 'COMMITMENT_BREACHED'; readonly commitment: string; readonly reason: string }
  /** A department is asked to verify a proof (部门核验). */
  | {
      readonly kind: 'TASK_OPENED';
      readonly task: string;
      readonly department: string;
      readonly proof: string;
      readonly due: string | null;
    }
  /** It answered. */
  | { readonly kind: 'TASK_ANSWERED'; readonly task: string; readonly department: string; readonly answer: string }
  /** Review by a person (人工复核) is asked for. `by`: who wants it. */
  | {
      readonly kind: 'REVIEW_ASKED';
      readonly review: string;
      readonly by: 'APPLICANT' | 'OFFICE';
      readonly reason: string;
      readonly due: string | null;
    }
  /** A person has looked. CHANGED: the case is open again. */
  | {
      readonly kind: 'REVIEW_DECIDED';
      readonly review: string;
      readonly outcome: 'UPHELD' | 'CHANGED';
      readonly operator: string;
      readonly reason: string;
    }
  /** Open again (重新办理). */
  | { readonly kind: 'REOPENED'; readonly operator: string; readonly reason: string }
  /** Withdrawn (撤回) by the applicant. */
  | { readonly kind: 'WITHDRAWN'; readonly reason: string | null }
  /** A benefit (免申即享) was offered, and taken or not. */
  | { readonly kind: 'OFFERED' | 'OFFER_CONFIRMED' | 'OFFER_DECLINED'; readonly offer: string }
  /** A fact used was disputed (异议), and what its owner answered. */
  | { readonly kind: 'FACT_DISPUTED'; readonly dispute: string; readonly coordinate: string }
  | {
      readonly kind: 'DISPUTE_ANSWERED';
      readonly dispute: string;
      readonly coordinate: string;
      readonly outcome: 'CORRECTED' | 'UPHELD';
    }
  /** A licence (电子证照) that a verdict rests on has another status. `receipt`: of that verdict. */
  | { readonly kind: 'LICENCE_STATUS_CHANGED'; readonly coordinate: string; readonly receipt: string }
  /** Rated (好差评). */
  | { readonly kind: 'RATED'; readonly rating: string; readonly level: RatingLevel; readonly comment: string | null }
  /** A bad rating has to be put right (整改) by a day. */
  | { readonly kind: 'RECTIFICATION_OPENED'; readonly rating: string; readonly due: string | null }
  /** What the office did about it. */
  | { readonly kind: 'RECTIFIED'; readonly rating: string; readonly answer: string }
  /** Who rated it, or an administrator, is content with that, or not. */
  | { readonly kind: 'RECTIFICATION_CLOSED'; readonly rating: string; readonly resolved: boolean };

/** Names of what can happen. */
export type CaseEventKind = CaseHappening['kind'];

/** The case that something happened to. */
export interface CaseKey {
  /** The application that registered it. */
  readonly client: string;
  /** Case number (办件编号). */
  readonly number: string;
}

/** What an event says besides its kind's own. */
export interface Happened extends CaseKey {
  /** UUID. Of two events with one id the first is kept. */
  readonly id: string;
  readonly matter: string;
  /** When, ms since the epoch. */
  readonly at: number;
  /** Who did it: `client:<id>`, `person:<id>`, `department:<name>`, `citizen` or `gateway`; at most 100 characters, never an identifier of a citizen. */
  readonly actor: string;
  /** The request that brought it; null where none did. */
  readonly requestId: string | null;
  /** Place of its entry in the record, `chain/seq`; null until it stands there. */
  readonly record: string | null;
}

/** An event of a case. */
export type CaseEvent = Happened & CaseHappening;

/** What was taken up is taken up by another where it is not done after this, ms. */
const CLAIM_MS = 10_000;
/** An event as its row. */
export interface EventRow {
  readonly no: number;
  readonly id: string;
  readonly client: string;
  readonly number: string;
  readonly matter: string;
  readonly kind: string;
  readonly at: number;
  readonly actor: string;
  readonly request_id: string | null;
  readonly record: string;
  /** JSON of the kind's own members. */
  readonly body: string;
  /** 1 once it stands in the record and whoever is told of it has his message. */
  readonly settled: number;
  readonly claimed_until: number;
}

/** Creates the tables where they are missing. */
export async function createCaseEventTable(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  await createWordingTable(db, exactly);
  if (await db.schema.hasTable('case_event')) return;
  await db.schema.createTable('case_event', (table) => {
    exactly(table);
    table.bigIncrements('no');
    table.string('id', 36).notNullable().unique();
    table.string('client', 64).notNullable();
    table.string('number', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('kind', 32).notNullable();
    table.bigInteger('at').notNullable();
    table.string('actor', 100).notNullable();
    table.string('request_id', 64);
    table.string('record', 100).notNullable();
    table.text('body').notNullable();
    table.integer('settled').notNullable();
    table.bigInteger('claimed_until').notNullable();
    table.index(['client', 'number']);
    table.index(['settled', 'no']);
  });
}

function eventOf(row: EventRow, wordings: ReadonlyMap<string, Wording>): CaseEvent {
  const { id, client, number, matter, at, actor, request_id, record } = row;
  const happened: Happened = {
    id,
    client,
    number,
    matter,
    at: Number(at),
    actor,
    requestId: request_id,
    record: record === '' ? null : record,
  };
  return { ...happened, ...worded(JSON.parse(row.body) as WordedHappening, wordings) };
}

/** The events of rows, in their order. */
export async function eventsOf(db: Knex, rows: readonly EventRow[]): Promise<readonly CaseEvent[]> {
  const wordings = await readWordings(
    db,
    rows.map(({ body }) => body),
  );
  return rows.map((row) => eventOf(row, wordings));
}

/** The members that belong to an event's kind, its kind among them. */
export function happeningOf(event: CaseEvent): CaseHappening {
  const { id: _id, client: _client, number: _number, matter: _matter, at: _at, ...beside } = event;
  const { actor: _actor, requestId: _requestId, record: _record, ...happening } = beside;
  return happening;
}

const TABLE: AddedTo = {
  table: 'case_event',
  columns: [
    'id',
    'client',
    'number',
    'matter',
    'kind',
    'at',
    'actor',
    'request_id',
    'record',
    'body',
    'settled',
    'claimed_until',
  ],
  key: ['id'],
};

/**
 * Makes the rest of a transaction the only one that changes a case: to be called before its events are read.
 * @param db a transaction
 * @returns whether the case is registered
 */
export async function lockCase(db: Knex, { client, number }: CaseKey): Promise<boolean> {
  // A statement that writes takes the lock on every database; a read would not, and on SQLite could not be raised to one.
  return (await db('case_file').where({ client, number }).update({ number })) > 0;
}

/** How events are added. */
export interface Adding {
  /** Until when only the caller settles them, ms since the epoch; default: anybody at once. */
  readonly claimedUntil?: number;
  /** Whether they stand in the record and nobody is to be told; default: no. */
  readonly settled?: boolean;
}

/**
 * Adds events, in order. An event whose id is there already is left as it is. Those that may change a case's state come
 * through the journal, which keeps the state.
 */
export function* addCaseEvents(
  dialect: Dialect,
  events: readonly CaseEvent[],
  { claimedUntil = 0, settled = false }: Adding,
): Steps<unknown, void> {
  const wordings = new Map<string, string>();
  const rows = events.map((event): RowValues => {
    const { id, client, number, matter, kind, at, actor, requestId, record } = event;
    const body = JSON.stringify(wordedApart(happeningOf(event), wordings));
    return [id, client, number, matter, kind, at, actor, requestId, record ?? '', body, settled ? 1 : 0, claimedUntil];
  });
  yield* addWordings(dialect, wordings);
  yield* addRows(dialect, TABLE, rows);
}

/** The same in the transaction of what the events tell. @param db the transaction */
export function appendCaseEvents(db: Knex, events: readonly CaseEvent[], how: Adding = {}): Promise<void> {
  return runSteps(db, (dialect) => addCaseEvents(dialect, events, how));
}

/** The events of a case, in order. */
export async function readCaseEvents(db: Knex, { client, number }: CaseKey): Promise<readonly CaseEvent[]> {
  return eventsOf(db, await db<EventRow>('case_event').where({ client, number }).orderBy('no'));
}

/** The events of cases, each case's in order. @param keys at most a few hundred */
export async function readEventsOf(db: Knex, keys: readonly CaseKey[]): Promise<readonly CaseEvent[]> {
  if (keys.length === 0) return [];
  const these = keys.map(({ client, number }) => [client, number]);
  return eventsOf(db, await db<EventRow>('case_event').whereIn(['client', 'number'], these).orderBy('no'));
}

/**
 * Notes where the change that an event tells stands in the record, so that whoever settles the event does not record it
 * once more.
 * @param db the transaction of the change
 * @param place `chain/seq`; undefined: nowhere yet
 */
export async function placeCaseEvents(
  db: Knex,
  events: readonly Pick<CaseEvent, 'id'>[],
  place: string | undefined,
): Promise<void> {
  if (place === undefined || events.length === 0) return;
  const ids = events.map(({ id }) => id);
  await db('case_event').whereIn('id', ids).update({ record: place });
}

/**
 * The same of events that were held back until their change would be recorded by the request that made it; whoever
 * settles events takes them up now.
 */
export async function placeHeldEvents(db: Knex, ids: readonly string[], place: string): Promise<void> {
  await db('case_event')
    .whereIn('id', [...ids])
    .where({ record: '' })
    .update({ record: place, claimed_until: 0 });
}

/** Takes up events that nobody has settled, oldest first. @param now ms since the epoch */
export async function claimCaseEvents(db: Knex, now: number, most: number): Promise<readonly CaseEvent[]> {
  const rows = await db<EventRow>('case_event')
    .where('settled', 0)
    .where('claimed_until', '<=', now)
    .orderBy('no')
    .limit(most);
  const claimed: EventRow[] = [];
  for (const row of rows) {
    const taken = await db('case_event')
      .where({ id: row.id, settled: 0, claimed_until: row.claimed_until })
      .update({ claimed_until: now + CLAIM_MS });
    if (taken > 0) claimed.push(row);
  }
  return eventsOf(db, claimed);
}

/** The event stands in the record, and who is told of it has his message. @param db a transaction @param position `chain/seq` */
export async function settleCaseEvent(db: Knex, id: string, position: string): Promise<void> {
  await db('case_event').where({ id }).update({ record: position, settled: 1 });
}

/** Removes the events of cases. @param keys at most a few hundred */
export async function removeCaseEvents(db: Knex, keys: readonly (readonly string[])[]): Promise<void> {
  const theirs = () =>
    db('case_event').whereIn(
      ['client', 'number'],
      keys.map((key) => [...key]),
    );
  await db('told_event').whereIn('id', theirs().select('id')).delete();
  await theirs().delete();
}
