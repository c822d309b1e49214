/** What happened to cases, and their notices, in the control store. */
import { randomUUID } from 'node:crypto';
import knex from 'knex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseEvent, CaseHappening } from '../../src/store/case-events.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import type { NewNotice } from '../../src/store/notices.js';
import { handOf, STORE_PLACES } from '../support/store-places.js';

const KEY = { client: 'school', number: 'C-1' };
const NOW = 1_000_000;

function event(happening: CaseHappening = { kind: 'WITHDRAWN', reason: null }, number = KEY.number): CaseEvent {
  const common = { matter: 'enrolment', at: NOW, actor: 'client:school', requestId: 'r-1', record: null };
  return { id: randomUUID(), client: KEY.client, number, ...common, ...happening };
}

function notice(of: Partial<NewNotice>): NewNotice {
  const texts = { textZh: '已办结', textEn: 'Decided' };
  const common = { ...KEY, matter: 'enrolment', kind: 'DECISION' as const, ...texts, recipient: 'sealed', at: NOW };
  return { id: randomUUID(), event: null, record: null, ...common, ...of };
}

function judged(receipt: string): CaseHappening {
  const troubled = { outcome: 'FALSE', element: 'child.birthDate', department: 'HOUSEHOLD' } as const;
  return {
    kind: 'JUDGED',
    verdict: 'NOT_MET',
    receipt,
    ruleSet: 'set-1',
    asOf: '2026-07-01',
    reasonsZh: ['未满六周岁。'],
    reasonsEn: ['Not six years old.'],
    troubled: [{ id: 'old-enough', ...troubled, reasonZh: '未满六周岁。', reasonEn: 'Not six years old.' }],
    sources: [{ department: 'HOUSEHOLD', fetchedAt: '2026-07-01T00:00:00.000Z', state: 'UP' }],
  };
}

const message = (id: string) => ({ id, url: 'https://sms.test/', body: '{}', at: NOW });

describe.each(STORE_PLACES)('on $name', ({ name, skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  let elsewhere: ControlStore;

  beforeEach(async () => {
    if (skip) return;
    place = await create();
    store = await openControlStore(place.url);
    elsewhere = await openControlStore(place.url);
    for (const number of ['C-1', 'C-2']) {
      await store.registerCase({ client: 'school', number, matter: 'enrolment', filedOn: '2026-07-01', subjects: [] });
    }
  });

  afterEach(async () => {
    if (skip) return;
    await store.close();
    await elsewhere.close();
    await place.remove();
  });

  it.skipIf(skip)('keeps events in order, each once by its id', async () => {
    const first = event({ kind: 'REGISTERED' });
    const second = event({ kind: 'REOPENED', operator: 'li', reason: '材料补正' });
    await store.cases.note([first, second, event(undefined, 'C-2')], false);
    await elsewhere.cases.note([first], false);
    expect(await elsewhere.cases.events(KEY)).toEqual([first, second]);
  });

  it.skipIf(skip)('keeps what verdicts say in words once, and verdicts of an earlier version as they are', async () => {
    const first = event(judged('r-1.1'));
    const second = event(judged('r-2.1'), 'C-2');
    await store.cases.note([first, event({ kind: 'REGISTERED' }, 'C-2'), second], true);
    const byHand = knex(handOf(place.url));
    try {
      expect(await byHand('verdict_wording').pluck('name')).toEqual([expect.stringMatching(/^[\w-]{32}$/)]);
      const whole = JSON.stringify(judged('r-2.1'));
      await byHand('case_event').where({ id: second.id }).update({ body: whole });
    } finally {
      await byHand.destroy();
    }
    expect(await elsewhere.cases.events(KEY)).toEqual([first]);
    expect((await elsewhere.cases.eventsOf([KEY, { ...KEY, number: 'C-2' }])).at(-1)).toEqual(second);
    expect((await elsewhere.cases.told(0, 10)).events.map((told) => told.event)).toContainEqual(first);
  });

  it.skipIf(skip)('changes a case for one after the other, whichever gateway asks', async () => {
    const once = (on: ControlStore) =>
      on.cases.change(
        KEY,
        (events) => ({ events: events.length === 0 ? [event()] : [], notices: [], found: events.length }),
        0,
      );
    // Two SQLite stores of one process would wait inside the driver for one another.
    const other = name === 'SQLite' ? store : elsewhere;
    const asked = [once(store), once(other), once(store), once(other)];
    const changes = await Promise.all(asked);
    expect(changes.filter(({ found }) => found === 0)).toHaveLength(1);
    expect(await store.cases.events(KEY)).toHaveLength(1);
  });

  it.skipIf(skip)('writes events, notices and what goes with them together or not at all', async () => {
    const told = event();
    const written = store.cases.change(
      KEY,
      () => ({
        events: [told],
        notices: [notice({ event: told.id })],
        also: () => Promise.reject(new RangeError('it fails')),
      }),
      0,
    );
    await expect(written).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await store.cases.events(KEY)).toEqual([]);
    expect(await store.cases.noticesOf(told.id)).toEqual([]);
    await expect(
      store.cases.change(
        { client: 'clinic', number: 'C-1' },
        () => {
          throw new TypeError();
        },
        0,
      ),
    ).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
  });

  it.skipIf(skip)('has an event settled by one gateway, and by another where that one died', async () => {
    const told = event();
    await store.cases.change(KEY, () => ({ events: [told], notices: [] }), NOW + 10_000);
    expect(await store.cases.claim(NOW + 9999, 10)).toEqual([]);
    expect(await elsewhere.cases.claim(NOW + 10_000, 10)).toEqual([told]);
    expect(await store.cases.claim(NOW + 10_000, 10)).toEqual([]);
    const again = await store.cases.claim(NOW + 20_000, 10);
    expect(again).toEqual([told]);
    await store.cases.settle(told, 'gateway-1/7', [message(told.id)], [], NOW);
    expect(await store.cases.claim(NOW + 99_000, 10)).toEqual([]);
    expect(await store.cases.events(KEY)).toEqual([{ ...told, record: 'gateway-1/7' }]);
    expect(await store.outbox.count()).toBe(1);
  });

  it.skipIf(skip)(
    'hands a notice to its channel once, after its event stands in the record, and forgets the recipient',
    async () => {
      const told = event();
      const one = notice({ event: told.id });
      await store.cases.change(KEY, () => ({ events: [told], notices: [one] }), 0);
      expect(await store.cases.noticesOf(told.id)).toEqual([{ ...one, state: 'WRITTEN' }]);
      expect(await store.cases.released(10)).toEqual([]);
      const handed = [{ id: one.id, message: message(one.id) }];
      await store.cases.settle(told, 'gateway-1/7', [], handed, NOW);
      // Another that took the event up too.
      await elsewhere.cases.settle(told, 'gateway-2/3', [], handed, NOW);
      expect(await store.outbox.count()).toBe(1);
      expect(await store.cases.notices(KEY)).toEqual([{ ...one, recipient: null, state: 'QUEUED' }]);
      await store.cases.delivered(one.id, 'DELIVERED');
      await store.cases.delivered(one.id, 'EXPIRED');
      expect(await store.cases.notices(KEY)).toMatchObject([{ state: 'DELIVERED' }]);
    },
  );

  it.skipIf(skip)('releases at once a notice of something that is recorded otherwise', async () => {
    const one = notice({ record: 'gateway-1/9', kind: 'OFFER' });
    await store.cases.change(KEY, () => ({ events: [], notices: [one] }), 0);
    expect(await store.cases.released(10)).toEqual([{ ...one, state: 'WRITTEN' }]);
    await store.cases.handOver({ id: one.id, message: null }, NOW);
    expect(await store.cases.released(10)).toEqual([]);
    expect(await store.cases.notices(KEY)).toMatchObject([{ state: 'NO_CHANNEL', recipient: null }]);
  });

  it.skipIf(skip)('removes with a case what happened to it', async () => {
    const told = event();
    await store.cases.change(KEY, () => ({ events: [told], notices: [notice({ event: told.id })] }), 0);
    expect(await store.removeCasesFiledBefore('2026-07-02', 10)).toBe(2);
    expect(await store.cases.events(KEY)).toEqual([]);
    expect(await store.cases.notices(KEY)).toEqual([]);
  });
});
