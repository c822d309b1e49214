/** Events of cases and the notices that tell of them, as the control store offers them. */
import type { Knex } from 'knex';
import { standingOf } from '../cases/standing.js';
import { MianzhengError } from '../errors.js';
import { answering } from './answering.js';
import {
  addCaseEvents,
  appendCaseEvents,
  type CaseEvent,
  type CaseKey,
  claimCaseEvents,
  lockCase,
  readCaseEvents,
  readEventsOf,
  settleCaseEvent,
} from './case-events.js';
import { casesOf, moveJudged, movesByItself, putCaseState, reckonCaseStates } from './case-states.js';
import type { Dialect } from './exactly.js';
import {
  addNotices,
  handOverNotice,
  type NewNotice,
  type Notice,
  readCaseNotices,
  readNoticesOf,
  readReleasedNotices,
  settleNotice,
} from './notices.js';
import { countRatings, type Rating, type RatingSelection, type RatingTotals, readWaitingRatings } from './ratings.js';
import { inOneTransaction, runSteps, type Steps } from './steps.js';
import { addNumbers, lastNumber, numberEvents, numberOf, readTold, type ToldPage } from './told-events.js';
import { addMessages, type WebhookMessage } from './webhook-outbox.js';

/** A change of a case: what happened, whom to tell, and what else is written with it. */
export interface CaseChange {
  /** In order; none: nothing changes. */
  readonly events: readonly CaseEvent[];
  readonly notices: readonly NewNotice[];
  /** Writes of other tables, in the same transaction. */
  readonly also?: (db: Knex) => Promise<void>;
}

/** A notice and the message that carries it; null: nobody does. */
export interface HandedNotice {
  readonly id: string;
  readonly message: Omit<WebhookMessage, 'attempts'> | null;
}

/**
 * Changes a case in a transaction of the caller's: nobody else changes it between the reading of its events and the end.
 * @param decide makes the change of the events so far, or throws; called once
 * @param claimedUntil as in `appendCaseEvents`
 * @throws MianzhengError CASE_UNKNOWN where there is no such case; what `decide` throws
 */
export async function changeCaseIn<Change extends CaseChange>(
  trx: Knex,
  key: CaseKey,
  decide: (events: readonly CaseEvent[]) => Change,
  claimedUntil = 0,
): Promise<Change> {
  if (!(await lockCase(trx, key))) {
    throw new MianzhengError('CASE_UNKNOWN', 'this application has registered no such case');
  }
  const events = await readCaseEvents(trx, key);
  const change = decide(events);
  await appendCaseEvents(trx, change.events, { claimedUntil });
  const { state } = standingOf([...events, ...change.events]);
  if (state !== standingOf(events).state) await putCaseState(trx, [key], state);
  await addNotices(trx, change.notices);
  await change.also?.(trx);
  return change;
}

/** The journal. What fails throws; nothing of a change is then written. */
export interface CaseJournal {
  /** As {@link changeCaseIn}, in a transaction of its own. @throws MianzhengError OVERLOADED where the store does not answer */
  change<Change extends CaseChange>(
    key: CaseKey,
    decide: (events: readonly CaseEvent[]) => Change,
    claimedUntil: number,
  ): Promise<Change>;
  /** Adds events of any cases that need no decision: those there already are left. @param settled as in `appendCaseEvents` */
  note(events: readonly CaseEvent[], settled: boolean): Promise<void>;
  /** Events of a case, in order. @throws MianzhengError OVERLOADED as above */
  events(key: CaseKey): Promise<readonly CaseEvent[]>;
  /** Events of cases, at most 200, each case's in order. @throws MianzhengError OVERLOADED as above */
  eventsOf(keys: readonly CaseKey[]): Promise<readonly CaseEvent[]>;
  /** Notices of a case, oldest first. @throws MianzhengError OVERLOADED as above */
  notices(key: CaseKey): Promise<readonly Notice[]>;
  /** Notices that tell of an event. */
  noticesOf(event: string): Promise<readonly Notice[]>;
  /** As `readTold`. */
  told(after: number, most: number, clients?: readonly string[]): Promise<ToldPage>;
  /** As `lastNumber`. @throws MianzhengError OVERLOADED as above */
  lastTold(): Promise<number>;
  /** As `numberOf`. @throws MianzhengError OVERLOADED as above */
  toldNumber(client: string, id: string): Promise<number | null>;
  /** As `claimCaseEvents`. */
  claim(now: number, most: number): Promise<readonly CaseEvent[]>;
  /** The event stands in the record at `chain/seq`, and may be told; its messages and those of its notices wait to be sent from `now` on. */
  settle(
    event: Pick<CaseEvent, 'id' | 'client'>,
    position: string,
    messages: readonly Omit<WebhookMessage, 'attempts'>[],
    notices: readonly HandedNotice[],
    now: number,
  ): Promise<void>;
  /** As `readReleasedNotices`. */
  released(most: number): Promise<readonly Notice[]>;
  /** Hands over a notice whose matter is recorded already. */
  handOver(notice: HandedNotice, now: number): Promise<void>;
  /** As `countRatings`. @throws MianzhengError OVERLOADED as above */
  ratings(of: RatingSelection, today: string): Promise<RatingTotals>;
  /** As `readWaitingRatings`. */
  rectifications(most: number): Promise<readonly Rating[]>;
  /** As `settleNotice`. */
  delivered(id: string, state: 'DELIVERED' | 'EXPIRED'): Promise<void>;
}

async function handOver(db: Knex, { id, message }: HandedNotice, now: number): Promise<void> {
  const first = await handOverNotice(db, id, message === null ? 'NO_CHANNEL' : 'QUEUED');
  if (first && message !== null) await addMessages(db, [message], now);
}

function* adding(
  dialect: Dialect,
  events: readonly CaseEvent[],
  settled: boolean,
): Steps<{ readonly id: string }, void> {
  yield* moveJudged(events);
  yield* addCaseEvents(dialect, events, { settled });
}

function* noting(
  dialect: Dialect,
  events: readonly CaseEvent[],
  settled: boolean,
): Steps<{ readonly id: string; readonly last: number }, void> {
  yield* adding(dialect, events, settled);
  if (settled) yield* addNumbers(dialect, events);
}

/** The journal of a control store. */
export function caseJournal(db: Knex): CaseJournal {
  return {
    change: (key, decide, claimedUntil) =>
      answering(db.transaction((trx) => changeCaseIn(trx, key, decide, claimedUntil))),
    note: (events, settled) =>
      events.every(movesByItself)
        ? // What is settled stands in the record, and a wait for the disk would hold up every request beside it.
          inOneTransaction(db, (dialect) => noting(dialect, events, settled), settled ? 'WITH_THE_NEXT' : 'AT_ONCE')
        : db.transaction(async (trx) => {
            await runSteps(trx, (dialect) => adding(dialect, events, settled));
            await reckonCaseStates(trx, casesOf(events.filter((event) => !movesByItself(event))));
            if (settled) await numberEvents(trx, events);
          }),
    events: (key) => answering(readCaseEvents(db, key)),
    eventsOf: (keys) => answering(readEventsOf(db, keys)),
    notices: (key) => answering(readCaseNotices(db, key)),
    noticesOf: (event) => readNoticesOf(db, event),
    told: (after, most, clients) => readTold(db, after, most, clients),
    lastTold: () => answering(lastNumber(db)),
    toldNumber: (client, id) => answering(numberOf(db, client, id)),
    claim: (now, most) => claimCaseEvents(db, now, most),
    settle: (event, position, messages, notices, now) =>
      db.transaction(async (trx) => {
        await settleCaseEvent(trx, event.id, position);
        await addMessages(trx, messages, now);
        for (const notice of notices) await handOver(trx, notice, now);
        await numberEvents(trx, [event]);
      }),
    released: (most) => readReleasedNotices(db, most),
    handOver: (notice, now) => db.transaction((trx) => handOver(trx, notice, now)),
    ratings: (of, today) => answering(countRatings(db, of, today)),
    rectifications: (most) => readWaitingRatings(db, most),
    delivered: (id, state) => settleNotice(db, id, state),
  };
}
