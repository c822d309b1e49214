/**
 * The state of each case (办件状态), kept beside it so that cases can be listed by it. What counts are the case's events: it
 * is reckoned from them whenever some are added.
 */
import type { Knex } from 'knex';
import { type CaseState, standingOf } from '../cases/standing.js';
import { type CaseEvent, type CaseKey, readEventsOf } from './case-events.js';
import { byCase } from './read-together.js';
import { marks, type Steps } from './steps.js';

/** Cases of one statement: a power of two. */
const CASES_A_STATEMENT = 256;

const named = (db: Knex, keys: readonly CaseKey[]) =>
  db('case_file').whereIn(
    ['client', 'number'],
    keys.map(({ client, number }) => [client, number]),
  );

/** Keeps the state of cases. @param db the transaction that changes them @param keys at most a few hundred */
export async function putCaseState(db: Knex, keys: readonly CaseKey[], state: CaseState): Promise<void> {
  await named(db, keys).update({ state });
}

/** Reckons the states of cases anew. @param db the transaction that has added events of theirs */
export async function reckonCaseStates(db: Knex, keys: readonly CaseKey[]): Promise<void> {
  for (let from = 0; from < keys.length; from += CASES_A_STATEMENT) {
    const some = keys.slice(from, from + CASES_A_STATEMENT);
    // Locks them before their events are read: of two who add some the later one sees all.
    await named(db, some).update({ division: db.ref('division') });
    const events = byCase(some, await readEventsOf(db, some));
    const states = events.map((own) => standingOf(own).state);
    for (const state of new Set(states)) {
      const those = some.filter((_, i) => states[i] === state);
      await putCaseState(db, those, state);
    }
  }
}

/** The cases of events, each once. */
export function casesOf(events: readonly CaseEvent[]): readonly CaseKey[] {
  return [...new Map(events.map(({ client, number }) => [`${client} ${number}`, { client, number }])).values()];
}

/** Whether an event moves the state of its case whatever else has happened to it, so that nothing need be reckoned. */
export function movesByItself({ kind }: Pick<CaseEvent, 'kind'>): boolean {
  return kind === 'REGISTERED' || kind === 'JUDGED';
}

/** `values` in lists as long as a power of two, the last value repeated: few texts of statements. */
function* listsOf(values: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < values.length; from += CASES_A_STATEMENT) {
    const some = values.slice(from, from + CASES_A_STATEMENT);
    const length = 2 ** Math.ceil(Math.log2(some.length));
    yield [...some, ...Array<string>(length - some.length).fill(some.at(-1) ?? '')];
  }
}

/**
 * Moves the states of cases that are judged for the first time. A season notes verdicts by the thousand: nothing of their
 * cases is read for it.
 * @param events that are about to be noted; of one that is there already nothing is moved, for its case may have been reopened since
 */
export function* moveJudged(events: readonly CaseEvent[]): Steps<{ readonly id: string }, void> {
  const judged = events.filter(({ kind }) => kind === 'JUDGED');
  const known = new Set<string>();
  for (const ids of listsOf(judged.map(({ id }) => id))) {
    const sql = `SELECT id FROM case_event WHERE id IN (${marks(ids.length)})`;
    for (const { id } of (yield { sql, bindings: ids, reads: true }).rows) known.add(id);
  }
  const fresh = judged.filter(({ id }) => !known.has(id));
  for (const client of new Set(fresh.map((event) => event.client))) {
    const numbers = new Set(fresh.flatMap((event) => (event.client === client ? [event.number] : [])));
    for (const list of listsOf([...numbers])) {
      const sql = `UPDATE case_file SET state = 'JUDGED' WHERE client = ? AND state = 'REGISTERED' AND number IN (${marks(list.length)})`;
      yield { sql, bindings: [client, ...list], reads: false };
    }
  }
}

/** Reckons the states of cases that have none: those of an earlier version. */
export async function reckonMissingStates(db: Knex): Promise<void> {
  for (;;) {
    const keys: CaseKey[] = await db('case_file')
      .whereNull('state')
      .select('client', 'number')
      .limit(CASES_A_STATEMENT);
    if (keys.length === 0) return;
    await reckonCaseStates(db, keys);
  }
}
