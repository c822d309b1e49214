/** The order in which events may be told: complete for whoever has read up to a number, whichever process numbers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseEvent } from '../../src/store/case-events.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { event } from '../subscriptions/watcher.js';
import { STORE_PLACES } from '../support/store-places.js';

describe.each(STORE_PLACES)('events told, on $name', ({ name, skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  let elsewhere: ControlStore;

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    store = await openControlStore(place.url);
    elsewhere = await openControlStore(place.url);
  });

  afterEach(async () => {
    if (skip) return;
    await store.close();
    await elsewhere.close();
    await place.remove();
  });

  const all = async (after = 0): Promise<readonly CaseEvent[]> =>
    (await elsewhere.cases.told(after, 10_000)).events.map((told) => told.event);

  it.skipIf(skip)('are those that stand in the record, in the order they came to stand there, each once', async () => {
    const [first, second, third] = [event(), event(), event()];
    expect(await store.cases.lastTold()).toBe(0);
    await store.cases.note([{ ...first, record: null }], false);
    expect(await all()).toEqual([]);
    await store.cases.note([second, third, second], true);
    await elsewhere.cases.settle(first, 'test/9', [], [], 0);
    await elsewhere.cases.settle(first, 'test/10', [], [], 0);
    await store.cases.note([third], true);
    expect((await all()).map(({ id }) => id)).toEqual([second.id, third.id, first.id]);
    const number = await store.cases.toldNumber('school', third.id);
    expect((await all(number ?? 0)).map(({ id }) => id)).toEqual([first.id]);
    expect(await store.cases.toldNumber('another', third.id)).toBeNull();
    expect(await store.cases.toldNumber('school', 'unknown')).toBeNull();
  });

  it.skipIf(skip)('are read by page and by application', async () => {
    const own = Array.from({ length: 5 }, () => event());
    const others = Array.from({ length: 5 }, () => event(undefined, { client: 'another' }));
    await store.cases.note(
      own.flatMap((one, i) => [one, others[i] ?? one]),
      true,
    );
    const page = await store.cases.told(0, 3, ['school']);
    expect(page.full).toBe(true);
    expect(page.events.map((told) => told.event.id)).toEqual(own.slice(0, 3).map(({ id }) => id));
    const rest = await store.cases.told(page.last ?? 0, 3, ['school']);
    expect(rest).toMatchObject({ full: false });
    expect(rest.events.map((told) => told.event.id)).toEqual(own.slice(3).map(({ id }) => id));
    expect(await store.cases.told(rest.last ?? 0, 3, ['school'])).toEqual({ events: [], last: null, full: false });
  });

  it.skipIf(skip)('miss nothing for a reader that goes on from where it was, while two processes write', async () => {
    // Two SQLite stores of one process would wait inside the driver for one another.
    const other = name === 'SQLite' ? store : elsewhere;
    const written: string[] = [];
    const read: string[] = [];
    let writing = true;
    const write = async (on: ControlStore, i: number): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        const some = Array.from({ length: 1 + ((round + i) % 4) }, () => event());
        written.push(...some.map(({ id }) => id));
        if (round % 2 === 0) await on.cases.note(some, true);
        else {
          await on.cases.note(some, false);
          for (const one of some) await on.cases.settle(one, 'test/1', [], [], 0);
        }
      }
    };
    let at = 0;
    const follow = async (): Promise<void> => {
      const { events, last } = await elsewhere.cases.told(at, 7);
      read.push(...events.map((told) => told.event.id));
      at = last ?? at;
    };
    const reading = (async () => {
      while (writing) await follow();
    })();
    await Promise.all([write(store, 0), write(other, 1), write(store, 2), write(other, 3)]);
    writing = false;
    await reading;
    for (let before = -1; before < at; ) {
      before = at;
      await follow();
    }
    expect(read).toHaveLength(written.length);
    expect(new Set(read)).toEqual(new Set(written));
  });

  it.skipIf(skip)('go with their case', async () => {
    await store.registerCase({ client: 'school', number: 'C-1', matter: 'm', filedOn: '2026-07-01', subjects: [] });
    const [one, other] = [event(), event(undefined, { number: 'C-2' })];
    await store.cases.note([one, other], true);
    expect(await store.removeCasesFiledBefore('2026-07-02', 10)).toBe(1);
    expect((await all()).map(({ id }) => id)).toEqual([other.id]);
    expect(await store.cases.toldNumber('school', one.id)).toBeNull();
  });
});
