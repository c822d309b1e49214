/** Watches of licences: one a case, taken up by one process, replaced by a later verdict. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { enterSeen, type LicenceWatch } from '../../src/store/licence-watches.js';
import { STORE_PLACES } from '../support/store-places.js';

const NOW = Date.parse('2026-07-01T02:00:00Z');

function watch(number: string, others: Partial<LicenceWatch> = {}): LicenceWatch {
  return {
    client: 'office',
    number,
    matter: 'm',
    receipt: 'r.1',
    seen: ['a'.repeat(22), 'b'.repeat(22)],
    due: NOW,
    until: NOW + 1000,
    ...others,
  };
}

describe.each(STORE_PLACES)('watches of licences, on $name', ({ skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  let elsewhere: ControlStore;

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    store = await openControlStore(place.url);
    elsewhere = await openControlStore(place.url);
    for (const number of ['C-1', 'C-2']) {
      await store.registerCase({ client: 'office', number, matter: 'm', filedOn: '2026-07-01', subjects: [] });
    }
  });

  afterEach(async () => {
    if (skip) return;
    await store.close();
    await elsewhere.close();
    await place.remove();
  });

  it.skipIf(skip)('are taken up when they are due, longest due first, by one', async () => {
    const all = [watch('C-1', { due: NOW + 2 }), watch('C-2', { due: NOW + 1 }), watch('C-3', { due: NOW + 3 })];
    await store.licenceWatches.put(all);
    expect(await store.licenceWatches.claim(NOW, NOW + 100, 10)).toEqual([]);
    expect(await store.licenceWatches.claim(NOW + 2, NOW + 100, 10)).toEqual([all[1], all[0]]);
    expect(await elsewhere.licenceWatches.claim(NOW + 2, NOW + 100, 10)).toEqual([]);
    // Whoever took them up died.
    const again = await elsewhere.licenceWatches.claim(NOW + 100, NOW + 200, 2);
    expect(again).toHaveLength(2);
  });

  it.skipIf(skip)('are one a case: a later verdict’s replaces the earlier, which then changes nothing', async () => {
    const [earlier, later] = [watch('C-1'), watch('C-1', { receipt: 'r.2', due: NOW + 5 })];
    await store.licenceWatches.put([earlier]);
    await store.licenceWatches.put([later]);
    await store.licenceWatches.postpone(earlier, NOW + 9999);
    await store.licenceWatches.remove(earlier);
    expect(await store.licenceWatches.claim(NOW + 5, NOW + 5, 10)).toEqual([later]);
    await store.licenceWatches.remove(later);
    expect(await store.licenceWatches.claim(NOW + 5, NOW + 5, 10)).toEqual([]);
  });

  it.skipIf(skip)('take what was seen last with the event that tells of it, once', async () => {
    const one = watch('C-1');
    await store.licenceWatches.put([one]);
    const entered: boolean[] = [];
    const enter = (seen: readonly string[]) =>
      store.cases.change(
        one,
        () => ({
          events: [],
          notices: [],
          also: async (db) => void entered.push(await enterSeen(db, one, seen, NOW + 7)),
        }),
        0,
      );
    await enter(['c'.repeat(22)]);
    await enter(['d'.repeat(22)]);
    expect(entered).toEqual([true, false]);
    const [claimed] = await store.licenceWatches.claim(NOW + 7, NOW + 8, 10);
    expect(claimed).toEqual({ ...one, seen: ['c'.repeat(22)], due: NOW + 7 });
  });

  it.skipIf(skip)('end when nothing is left to be seen, and with their case', async () => {
    const [one, two] = [watch('C-1'), watch('C-2')];
    await store.licenceWatches.put([one, two]);
    await store.cases.change(
      one,
      () => ({ events: [], notices: [], also: async (db) => void (await enterSeen(db, one, [], NOW)) }),
      0,
    );
    expect(await store.licenceWatches.claim(NOW, NOW, 10)).toEqual([two]);
    await store.removeCasesFiledBefore('2026-07-02', 10);
    expect(await store.licenceWatches.claim(NOW, NOW, 10)).toEqual([]);
  });
});
