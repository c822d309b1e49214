/**
 * The state of each case (办件状态), kept beside it so that cases can be listed by it. What counts are the case's events: it
 * is reckoned from them whenever some are added.
 */
import type { Knex } from 'knex';
import { type CaseState, standingOf } from '../cases/standing.js';
import { type CaseEvent, type CaseKey, readEventsOf } from './case-events.js';
import { byCase } from './read-together.js';

/** Cases of one statement. */
const CASES_A_STATEMENT = 200;

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
function casesOf(events: readonly CaseEvent[]): readonly CaseKey[] {
  return [...new Map(events.map(({ client, number }) => [`${client} ${number}`, { client, number }])).values()];
}

/**
 * Keeps the states of cases whose events are noted without a look at them. A season notes verdicts by the thousand: of a
 * case of which nothing else is noted, the verdict moves the state by itself.
 * @param db the transaction that notes them, before it does
 * @returns cases whose states are to be reckoned once they are noted
 */
export async function keepNotedStates(db: Knex, events: readonly CaseEvent[]): Promise<readonly CaseKey[]> {
  const others = casesOf(events.filter(({ kind }) => kind !== 'REGISTERED' && kind !== 'JUDGED'));
  const reckoned = new Set(others.map(({ client, number }) => `${client} ${number}`));
  const judged = events.filter(({ kind, client, number }) => kind === 'JUDGED' && !reckoned.has(`${client} ${number}`));
  const ids = judged.map(({ id }) => id);
  const known = new Set((await db<CaseEvent>('case_event').whereIn('id', ids).select('id')).map(({ id }) => id));
  const fresh = judged.filter(({ id }) => !known.has(id));
  for (const client of new Set(fresh.map((event) => event.client))) {
    const numbers = fresh.flatMap((event) => (event.client === client ? [event.number] : []));
    await db('case_file')
      .where({ client, state: 'REGISTERED' satisfies CaseState })
      .whereIn('number', numbers)
      .update({ state: 'JUDGED' satisfies CaseState });
  }
  return others;
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
