/**
 * Policy runs (免申即享) and the offers they make. A page of a run is entered whole or not at all, and only where the run
 * still stands where the page began: so a page repeated after a crash, or by two processes at once, counts once.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { answering } from './answering.js';
import { appendCaseEvents, type CaseEvent } from './case-events.js';
import { type CaseFile, insertCase } from './case-files.js';

/** How far a run is: the department's list, then those whom earlier runs could not judge, then done. */
export type RunPhase = 'SCAN' | 'KEPT' | 'DONE';

/** A run of one application. */
export interface PolicyRun {
  readonly client: string;
  /** Name the application gave it, unique within the application. */
  readonly id: string;
  readonly matter: string;
  /** Rule set that people are judged by. */
  readonly ruleSet: string;
  /** Day judged by, `YYYY-MM-DD`. */
  readonly asOf: string;
  readonly phase: RunPhase;
  /** Where the next page begins. */
  readonly cursor: string;
  readonly pages: number;
  readonly scanned: number;
  readonly unreadable: number;
  readonly notMet: number;
  readonly kept: number;
}

/** State of an offer. */
export type OfferState = 'FOUND' | 'NOTIFIED' | 'CONFIRMED' | 'DECLINED' | 'EXPIRED' | 'WITHDRAWN';

/** An offer to one person. */
export interface PolicyOffer {
  /** Opaque; also the number of the case that a confirmation registers. */
  readonly number: string;
  readonly client: string;
  readonly matter: string;
  readonly run: string;
  /** Canonical citizen ID. */
  readonly subject: string;
  readonly state: OfferState;
  /** Last day to answer, `YYYY-MM-DD`; null before its notice. */
  readonly answerBy: string | null;
}

/** What a page of a run came to. */
export interface RunPage {
  /** Where the run goes on. */
  readonly phase: RunPhase;
  readonly cursor: string;
  readonly listed: number;
  readonly unreadable: number;
  /** People who meet the rule, each with the number their offer gets. */
  readonly met: readonly { readonly subject: string; readonly number: string }[];
  readonly notMet: readonly string[];
  /** People who could not be judged, with the verdict. */
  readonly unknown: readonly { readonly subject: string; readonly verdict: string }[];
}

/** By what somebody answers an offer. */
export type AnswerProof = { readonly token: string } | { readonly subject: string };

/** What a confirmation leaves: the case of the benefit, and the event of it that tells of the answer. */
export interface ConfirmedOffer {
  readonly file: CaseFile;
  readonly event: CaseEvent;
  /** ms since the epoch: until then only the caller records the event. */
  readonly claimedUntil: number;
}

/** Rows of one INSERT. */
const ROWS = 250;

/** Creates the tables where they are missing. */
export async function createPolicyTables(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (!(await db.schema.hasTable('policy_run'))) {
    await db.schema.createTable('policy_run', (table) => {
      exactly(table);
      table.string('client', 64).notNullable();
      table.string('id', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.string('rule_set', 100).notNullable();
      table.string('as_of', 10).notNullable();
      table.string('phase', 8).notNullable();
      table.string('cursor', 100).notNullable();
      for (const count of ['pages', 'scanned', 'unreadable', 'not_met', 'kept']) table.integer(count).notNullable();
      table.primary(['client', 'id']);
    });
  }
  if (!(await db.schema.hasTable('policy_kept'))) {
    await db.schema.createTable('policy_kept', (table) => {
      exactly(table);
      table.string('client', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.string('subject', 18).notNullable();
      table.string('run', 64).notNullable();
      table.string('verdict', 20).notNullable();
      table.primary(['client', 'matter', 'subject']);
    });
  }
  if (!(await db.schema.hasTable('policy_offer'))) {
    await db.schema.createTable('policy_offer', (table) => {
      exactly(table);
      table.string('number', 64).primary();
      table.string('unique_key', 43).notNullable().unique();
      table.string('client', 64).notNullable();
      table.string('matter', 64).notNullable();
      table.string('run', 64).notNullable();
      table.string('subject', 18).notNullable().index();
      table.string('state', 16).notNullable();
      table.string('answer_by', 10);
      table.string('token_hash', 43);
      table.bigInteger('changed_at').notNullable();
      table.index(['client', 'run', 'state']);
      table.index(['state', 'answer_by']);
    });
  }
}

interface RunRow {
  readonly client: string;
  readonly id: string;
  readonly matter: string;
  readonly rule_set: string;
  readonly as_of: string;
  readonly phase: RunPhase;
  readonly cursor: string;
  readonly pages: number;
  readonly scanned: number;
  readonly unreadable: number;
  readonly not_met: number;
  readonly kept: number;
}

interface KeptRow {
  readonly client: string;
  readonly matter: string;
  readonly subject: string;
  readonly run: string;
  readonly verdict: string;
}

interface OfferRow {
  readonly number: string;
  readonly unique_key: string;
  readonly client: string;
  readonly matter: string;
  readonly run: string;
  readonly subject: string;
  readonly state: OfferState;
  readonly answer_by: string | null;
  readonly token_hash: string | null;
  readonly changed_at: number;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

const runOf = ({ rule_set, as_of, not_met, ...row }: RunRow): PolicyRun => ({
  ...row,
  ruleSet: rule_set,
  asOf: as_of,
  notMet: not_met,
});

const offerOf = ({ number, client, matter, run, subject, state, answer_by }: OfferRow): PolicyOffer => ({
  number,
  client,
  matter,
  run,
  subject,
  state,
  answerBy: answer_by,
});

/** A run; null where the application began none of this name. */
export async function findRun(db: Knex, client: string, id: string): Promise<PolicyRun | null> {
  const row = await db<RunRow>('policy_run').where({ client, id }).first();
  return row === undefined ? null : runOf(row);
}

/** Begins a run; one of its name that there is already stays as it is. @returns the run as it stands */
export async function beginRun(
  db: Knex,
  run: Pick<PolicyRun, 'client' | 'id' | 'matter' | 'ruleSet' | 'asOf'>,
): Promise<PolicyRun> {
  const { client, id, matter, ruleSet, asOf } = run;
  const counts = { pages: 0, scanned: 0, unreadable: 0, not_met: 0, kept: 0 };
  const row = { client, id, matter, rule_set: ruleSet, as_of: asOf, phase: 'SCAN', cursor: '', ...counts };
  await db('policy_run').insert(row).onConflict(['client', 'id']).ignore();
  const begun = await findRun(db, client, id);
  if (begun === null) throw new Error('a policy run is gone as soon as it began');
  return begun;
}

/** People whom another run could not judge, by identifier from `after` on. */
export async function readKept(db: Knex, run: PolicyRun, after: string, most: number): Promise<readonly string[]> {
  const rows = await db<KeptRow>('policy_kept')
    .where({ client: run.client, matter: run.matter })
    .where('run', '<>', run.id)
    .where('subject', '>', after)
    .orderBy('subject')
    .limit(most)
    .select('subject');
  return rows.map(({ subject }) => subject);
}

/**
 * Enters a page.
 * @param db a transaction
 * @param run as it was read before the page was judged
 * @param at ms since the epoch
 * @returns whether it was entered; false where the run stands elsewhere by now, and then nothing changed
 */
export async function enterPage(db: Knex, run: PolicyRun, page: RunPage, at: number): Promise<boolean> {
  const { client, id, matter, phase, cursor } = run;
  const moved = await db('policy_run')
    .where({ client, id, phase, cursor, pages: run.pages })
    .update({
      phase: page.phase,
      cursor: page.cursor,
      pages: run.pages + 1,
      scanned: run.scanned + page.listed,
      unreadable: run.unreadable + page.unreadable,
      not_met: run.notMet + page.notMet.length,
      kept: run.kept + page.unknown.length,
    });
  if (moved === 0) return false;
  const offers = page.met.map(
    ({ subject, number }): OfferRow => ({
      number,
      // Offered once under one rule set: whoever declined is not asked again by the next run.
      unique_key: digest([client, matter, run.ruleSet, subject].join('\n')),
      client,
      matter,
      run: id,
      subject,
      state: 'FOUND',
      answer_by: null,
      token_hash: null,
      changed_at: at,
    }),
  );
  const kept = page.unknown.map(({ subject, verdict }) => ({ client, matter, subject, run: id, verdict }));
  const settled = [...page.met.map(({ subject }) => subject), ...page.notMet];
  for (const rows of portions(offers)) await db('policy_offer').insert(rows).onConflict('unique_key').ignore();
  for (const rows of portions(kept)) {
    await db('policy_kept').insert(rows).onConflict(['client', 'matter', 'subject']).merge(['run', 'verdict']);
  }
  for (const subjects of portions(settled)) {
    await db('policy_kept').where({ client, matter }).whereIn('subject', subjects).delete();
  }
  return true;
}

function portions<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / ROWS) }, (_, i) => list.slice(i * ROWS, (i + 1) * ROWS));
}

/** Offers of a run by state; states without any are not in it. */
export async function countOffers(db: Knex, client: string, run: string): Promise<ReadonlyMap<OfferState, number>> {
  const rows = (await db('policy_offer')
    .where({ client, run })
    .groupBy('state')
    .select('state')
    .count({ offers: '*' })) as unknown as { state: OfferState; offers: number | string }[];
  return new Map(rows.map(({ state, offers }) => [state, Number(offers)]));
}

/** Offers of a run by number, from behind `after` on. */
export async function readOffers(
  db: Knex,
  {
    client,
    run,
    after,
    most,
  }: { readonly client: string; readonly run: string; readonly after: string; readonly most: number },
): Promise<readonly PolicyOffer[]> {
  const rows = await db<OfferRow>('policy_offer')
    .where({ client, run })
    .where('number', '>', after)
    .orderBy('number')
    .limit(most);
  return rows.map(offerOf);
}

/** Offers of a run that nobody was told of. */
export async function readUntold(db: Knex, client: string, run: string, most: number): Promise<readonly PolicyOffer[]> {
  const rows = await db<OfferRow>('policy_offer').where({ client, run, state: 'FOUND' }).orderBy('number').limit(most);
  return rows.map(offerOf);
}

/**
 * An offer was told: it waits for an answer.
 * @param db the transaction that writes its notice
 * @returns whether nobody told it before
 */
export async function markNotified(
  db: Knex,
  number: string,
  { token, answerBy, at }: { readonly token: string; readonly answerBy: string; readonly at: number },
): Promise<boolean> {
  const change = { state: 'NOTIFIED', token_hash: digest(token), answer_by: answerBy, changed_at: at };
  return (await db('policy_offer').where({ number, state: 'FOUND' }).update(change)) > 0;
}

/** Offers whose last day has passed are EXPIRED. */
export async function expireOffers(db: Knex, today: string, at: number): Promise<void> {
  await db('policy_offer')
    .where('state', 'NOTIFIED')
    .where('answer_by', '<', today)
    .update({ state: 'EXPIRED', changed_at: at });
}

/** Takes back what nobody has answered. @returns how many */
export async function withdrawOffers(db: Knex, client: string, run: string, at: number): Promise<number> {
  return db('policy_offer')
    .where({ client, run })
    .whereIn('state', ['FOUND', 'NOTIFIED'])
    .update({ state: 'WITHDRAWN', changed_at: at });
}

/** An offer whose number and proof fit; null otherwise, and it is not told which of the two is wrong. */
export async function findOffer(db: Knex, number: string, proof: AnswerProof): Promise<PolicyOffer | null> {
  const proven = 'token' in proof ? { token_hash: digest(proof.token) } : { subject: proof.subject };
  const row = await db<OfferRow>('policy_offer')
    .where({ number, ...proven })
    .first();
  return row === undefined ? null : offerOf(row);
}

/** Offers to one person that were told, latest first, at most 100. */
export async function readOffersTo(db: Knex, subject: string): Promise<readonly PolicyOffer[]> {
  const rows = await db<OfferRow>('policy_offer')
    .where({ subject })
    .whereNotNull('answer_by')
    .orderBy('changed_at', 'desc')
    .limit(100);
  return rows.map(offerOf);
}

/**
 * Answers an offer that is open, and registers its case.
 * @param db a transaction
 * @param confirmed null: it is declined
 * @param when `today` as `YYYY-MM-DD`, `at` in ms since the epoch
 * @returns whether it was open
 */
export async function settleOffer(
  db: Knex,
  number: string,
  confirmed: ConfirmedOffer | null,
  { today, at }: { readonly today: string; readonly at: number },
): Promise<boolean> {
  const state: OfferState = confirmed === null ? 'DECLINED' : 'CONFIRMED';
  const settled = await db('policy_offer')
    .where({ number, state: 'NOTIFIED' })
    .where('answer_by', '>=', today)
    .update({ state, changed_at: at });
  if (settled === 0) return false;
  if (confirmed !== null) {
    await insertCase(db, confirmed.file);
    const { event, claimedUntil } = confirmed;
    await appendCaseEvents(db, [event], { claimedUntil });
  }
  return true;
}

/** What is told of an offer when its notice is written. */
export interface ToldOffer {
  readonly number: string;
  /** The one-time token; the store keeps its digest only. */
  readonly token: string;
  /** Last day to answer, `YYYY-MM-DD`. */
  readonly answerBy: string;
}

/** Runs and offers of the control store. Every member throws MianzhengError OVERLOADED where it does not answer. */
export interface PolicyOffers {
  findRun(client: string, id: string): Promise<PolicyRun | null>;
  /** See {@link beginRun}. */
  beginRun(run: Pick<PolicyRun, 'client' | 'id' | 'matter' | 'ruleSet' | 'asOf'>): Promise<PolicyRun>;
  /** See {@link readKept}. */
  kept(run: PolicyRun, after: string, most: number): Promise<readonly string[]>;
  /** See {@link enterPage}. */
  enterPage(run: PolicyRun, page: RunPage, at: number): Promise<boolean>;
  /** See {@link countOffers}. */
  counts(client: string, run: string): Promise<ReadonlyMap<OfferState, number>>;
  /** See {@link readOffers}. */
  offers(page: {
    readonly client: string;
    readonly run: string;
    readonly after: string;
    readonly most: number;
  }): Promise<readonly PolicyOffer[]>;
  /** See {@link readUntold}. */
  untold(client: string, run: string, most: number): Promise<readonly PolicyOffer[]>;
  /**
   * Offers were told: their notices are written and they wait for an answer, all in one transaction. One that is no longer
   * FOUND gets no notice.
   * @param tell writes the notice of one offer in the transaction
   */
  notify(told: readonly ToldOffer[], at: number, tell: (db: Knex, told: ToldOffer) => Promise<void>): Promise<void>;
  /** See {@link expireOffers}. */
  expire(today: string, at: number): Promise<void>;
  /** See {@link withdrawOffers}. */
  withdraw(client: string, run: string, at: number): Promise<number>;
  /** See {@link findOffer}. */
  find(number: string, proof: AnswerProof): Promise<PolicyOffer | null>;
  /** See {@link readOffersTo}. */
  offersTo(subject: string): Promise<readonly PolicyOffer[]>;
  /** See {@link settleOffer}. */
  settle(
    number: string,
    confirmed: ConfirmedOffer | null,
    when: { readonly today: string; readonly at: number },
  ): Promise<boolean>;
}

/** The store's part. */
export function policyOffers(db: Knex): PolicyOffers {
  return {
    findRun: (client, id) => answering(findRun(db, client, id)),
    beginRun: (run) => answering(beginRun(db, run)),
    kept: (run, after, most) => answering(readKept(db, run, after, most)),
    enterPage: (run, page, at) => answering(db.transaction((trx) => enterPage(trx, run, page, at))),
    counts: (client, run) => answering(countOffers(db, client, run)),
    offers: (page) => answering(readOffers(db, page)),
    untold: (client, run, most) => answering(readUntold(db, client, run, most)),
    notify: (told, at, tell) =>
      answering(
        db.transaction(async (trx) => {
          for (const one of told) if (await markNotified(trx, one.number, { ...one, at })) await tell(trx, one);
        }),
      ),
    expire: (today, at) => answering(expireOffers(db, today, at)),
    withdraw: (client, run, at) => answering(withdrawOffers(db, client, run, at)),
    find: (number, proof) => answering(findOffer(db, number, proof)),
    offersTo: (subject) => answering(readOffersTo(db, subject)),
    settle: (number, confirmed, when) => answering(db.transaction((trx) => settleOffer(trx, number, confirmed, when))),
  };
}
