/** The state of a case as the control store keeps it: that of its events, as test/cases/case-states.yaml has it, however they came. */
import { randomUUID } from 'node:crypto';
import knex from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseState } from '../../src/cases/standing.js';
import { compareText } from '../../src/domain/calendar.js';
import type { CaseEvent, CaseKey } from '../../src/store/case-events.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { happening, STATES, type StateCase } from '../life-cycle/states.js';
import { handOf, STORE_PLACES } from '../support/store-places.js';

const ALL_STATES: readonly CaseState[] = ['REGISTERED', 'JUDGED', 'DECIDED', 'UNDER_REVIEW', 'WITHDRAWN'];

/** Ways that events come into the store. */
const WAYS: Readonly<
  Record<string, (store: ControlStore, key: CaseKey, events: readonly CaseEvent[]) => Promise<void>>
> = {
  'noted-at-once': (store, _key, events) => store.cases.note(events, true),
  async 'noted-again'(store, _key, events) {
    for (const event of events) await store.cases.note([event], false);
    await store.cases.note(events, true);
  },
  async 'by-acts'(store, key, events) {
    for (const event of events) await store.cases.change(key, () => ({ events: [event], notices: [] }), 0);
  },
};

const eventsOf = ({ events }: StateCase, key: CaseKey): readonly CaseEvent[] =>
  events.map((written) => ({
    ...happening(written),
    ...key,
    id: randomUUID(),
    matter: 'enrolment',
    at: 1,
    actor: 'gateway',
    requestId: null,
    record: null,
  }));

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;

  beforeAll(async () => {
    place = await create();
    store = await openControlStore(place.url);
    for (const [client, bring] of Object.entries(WAYS)) {
      for (const [i, line] of STATES.entries()) {
        const key = { client, number: `C-${i}` };
        await store.registerCase({ ...key, matter: 'enrolment', filedOn: '2026-07-01', subjects: [] });
        await bring(store, key, eventsOf(line, key));
      }
    }
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  /** Names of the table's lines whose cases are listed under a state. */
  async function listed(from: ControlStore, client: string, state: CaseState): Promise<readonly string[]> {
    const { items, total } = await from.listCases({ client, state }, { offset: 0, most: 200 });
    expect(total).toBe(items.length);
    return items.map(({ number }) => STATES[Number(number.slice(2))]?.name ?? '').sort(compareText);
  }

  const expected = (state: CaseState) =>
    STATES.filter((line) => line.state === state)
      .map(({ name }) => name)
      .sort(compareText);
  const cells = Object.keys(WAYS).flatMap((way) => ALL_STATES.map((state) => [way, state] as const));

  it.each(cells)('%s, it lists %s', async (way, state) => {
    expect(await listed(store, way, state)).toEqual(expected(state));
  });

  it('is reckoned for the cases of an earlier version', async () => {
    const byHand = knex(handOf(place.url));
    try {
      await byHand.schema.alterTable('case_file', (table) => void table.dropIndex(['state', 'filed_on']));
      await byHand.schema.alterTable('case_file', (table) => void table.dropColumn('state'));
    } finally {
      await byHand.destroy();
    }
    const opened = await Promise.all([openControlStore(place.url), openControlStore(place.url)]);
    try {
      for (const [way, state] of cells) expect(await listed(opened[1], way, state)).toEqual(expected(state));
    } finally {
      for (const one of opened) await one.close();
    }
  });
});
