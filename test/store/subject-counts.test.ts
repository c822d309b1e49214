/** Distinct subjects counted by several processes, and what happens to applications, in the control store. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../src/store/client-events.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { STORE_PLACES } from '../support/store-places.js';

const HOUR = 500_000;
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `name-${from + i}`);
const told = (from: number, to: number, rest: { client?: string; scope?: string; hour?: number } = {}) => ({
  client: 'school',
  scope: 'ORDINARY',
  hour: HOUR,
  ...rest,
  names: names(from, to),
});
const alarm = (client = 'school'): ClientEvent => ({
  id: randomUUID(),
  kind: 'ALARM',
  client,
  at: 1000,
  actor: null,
  reason: null,
  alarm: '{}',
});

describe.each(STORE_PLACES)('on $name', ({ skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  let elsewhere: ControlStore;

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    store = await openControlStore(place.url);
    elsewhere = await openControlStore(place.url);
    const clients = ['school', 'clinic'].map((id) => ({ id, nameZh: id, nameEn: id, active: true }));
    await store.putPolicy(clients, []);
  });

  afterEach(async () => {
    if (skip) return;
    await store.close();
    await elsewhere.close();
    await place.remove();
  });

  it.skipIf(skip)('names count once, whoever tells them and however often', async () => {
    expect(await store.counts.exchange([told(0, 2500)])).toEqual([2500]);
    expect(await elsewhere.counts.exchange([told(2000, 3000)])).toEqual([3000]);
    expect(await store.counts.exchange([told(0, 2500), told(0, 5, { client: 'clinic' })])).toEqual([3000, 5]);
    const apart = [told(0, 0), told(0, 1, { scope: 'SEASON' }), told(0, 2, { hour: HOUR + 1 })];
    expect(await store.counts.exchange(apart)).toEqual([3000, 1, 2]);
  });

  it.skipIf(skip)('two processes that tell the same at once lose nothing', async () => {
    const tell = async (on: ControlStore, from: number) => {
      for (let i = 0; i < 10; i += 1) {
        const part = told(from + i * 50, from + i * 50 + 100);
        // A deadlock or a busy database is answered as the gateway does: told again.
        for (let tries = 0; ; tries += 1) {
          try {
            await on.counts.exchange([part]);
            break;
          } catch (error) {
            if (tries > 20) throw error;
          }
        }
      }
    };
    await Promise.all([tell(store, 0), tell(elsewhere, 25)]);
    expect(await store.counts.exchange([told(0, 0)])).toEqual([575]);
  });

  it.skipIf(skip)('hours that have passed are removed, also many names', async () => {
    await store.counts.exchange([told(0, 6000, { hour: HOUR - 2 }), told(0, 3, { hour: HOUR - 1 })]);
    await store.counts.prune(HOUR - 1);
    const asked = [told(0, 0, { hour: HOUR - 2 }), told(0, 0, { hour: HOUR - 1 })];
    expect(await store.counts.exchange(asked)).toEqual([0, 3]);
    // Told anew, all of them count: none was left behind.
    expect(await store.counts.exchange([told(0, 6000, { hour: HOUR - 2 })])).toEqual([6000]);
  });

  it.skipIf(skip)('an alarm holds once, whichever processes raise it, as a change of the policy', async () => {
    const before = await store.policyVersion();
    // One after the other: whoever waits for SQLite's lock within the process that has it waits for itself.
    await store.events.raise(alarm(), true, 'key');
    await elsewhere.events.raise(alarm(), true, 'key');
    expect(await store.policyVersion()).toBe(before + 1);
    expect((await store.readChanges(before))?.clients).toMatchObject([{ id: 'school', held: true, releases: 0 }]);
    expect(await store.events.claim(1000, 10)).toHaveLength(1);
  });

  it.skipIf(skip)('an alarm that holds nobody changes no policy', async () => {
    const before = await store.policyVersion();
    await store.events.raise(alarm(), false, 'key');
    expect(await store.policyVersion()).toBe(before);
    expect((await store.events.clients()).map(({ held }) => held)).toEqual([false, false]);
  });

  it.skipIf(skip)(
    'a hold stays when applications are put again, and an earlier alarm does not hold after a release',
    async () => {
      await store.events.raise(alarm(), true, 'key');
      await store.putPolicy([{ id: 'school', nameZh: 'new', nameEn: 'new', active: true }], []);
      expect((await store.readPolicy()).clients.get('school')).toMatchObject({ nameZh: 'new', held: true });
      const release: ClientEvent = { ...alarm(), kind: 'RELEASE', actor: 'a', reason: 'b', alarm: null };
      expect(await store.events.setHold(release)).toBe(true);
      expect(await store.events.setHold({ ...release, id: randomUUID() })).toBe(false);
      await elsewhere.events.raise(alarm(), true, 'key');
      expect((await store.readPolicy()).clients.get('school')).toMatchObject({ held: false, releases: 1 });
    },
  );

  it.skipIf(skip)('an event is taken up by one process, and by another when the first did not record it', async () => {
    await store.events.raise(alarm(), true, 'key');
    const [mine, theirs] = await Promise.all([store.events.claim(1000, 10), elsewhere.events.claim(1000, 10)]);
    expect(mine.length + theirs.length).toBe(1);
    expect(await elsewhere.events.claim(10_999, 10)).toEqual([]);
    const [again] = await elsewhere.events.claim(11_000, 10);
    await elsewhere.events.recorded(again?.id ?? '', 'gateway-2/7', [], 11_000);
    expect(await store.events.claim(99_000, 10)).toEqual([]);
  });
});
