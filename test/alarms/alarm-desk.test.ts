/** What is done about an alarm, whatever fails on the way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm } from '../../src/alarms/alarm.js';
import { type AlarmDesk, openAlarmDesk } from '../../src/alarms/alarm-desk.js';
import type { NewEntry } from '../../src/audit/entries.js';
import { type ClientEvents, type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { STORE_PLACES } from '../support/store-places.js';

const AT = Date.parse('2026-07-01T02:00:00Z');
const URL = 'https://alarms.example/';

function alarmOf(rest: Partial<Alarm> = {}): Alarm {
  return {
    kind: 'UNKNOWN_IDENTIFIERS',
    client: 'school',
    hold: true,
    from: AT,
    to: AT + 3_600_000,
    at: AT,
    counts: { subjects: 9, lookedUp: 8, unknown: 7, longestRun: 2 },
    key: 'key',
    ...rest,
  };
}

describe('the alarm desk', () => {
  let place: Awaited<ReturnType<(typeof STORE_PLACES)[number]['create']>>;
  let store: ControlStore;
  let entries: NewEntry[];
  let told: Alarm[];
  let full: number;
  let failing: Set<'store' | 'record' | 'policy' | 'noting'>;
  let waiting: number;
  let now: number;

  beforeEach(async () => {
    const [sqlite] = STORE_PLACES;
    if (sqlite === undefined) throw new RangeError('a control store has some place to be');
    place = await sqlite.create();
    store = await openControlStore(place.url);
    await store.putPolicy([{ id: 'school', nameZh: 'x', nameEn: 'x', active: true }], []);
    entries = [];
    told = [];
    full = 0;
    failing = new Set();
    waiting = 0;
    now = AT;
  });

  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  function orFail<T>(what: 'store' | 'record' | 'policy' | 'noting', work: () => Promise<T>): Promise<T> {
    return failing.has(what) ? Promise.reject(new Error(`${what} is down`)) : work();
  }

  function open(): AlarmDesk {
    const events: ClientEvents = {
      ...store.events,
      raise: (...args) => orFail('store', () => store.events.raise(...args)),
      recorded: (...args) => orFail('noting', () => store.events.recorded(...args)),
    };
    return openAlarmDesk({
      events,
      outbox: { count: async () => waiting },
      webhooks: [{ url: URL, events: ['ALARM'] }],
      append: (entry) =>
        orFail('record', async () => {
          entries.push(entry);
          return { chain: 'gateway-1', segment: 1, seq: entries.length, hash: '' };
        }),
      refreshPolicy: () => orFail('policy', async () => undefined),
      now: () => now,
      onAlarm: (alarm) => told.push(alarm),
      onFull: () => {
        full += 1;
      },
    });
  }

  const held = async () => (await store.readPolicy()).clients.get('school')?.held;
  const messages = () => store.outbox.claim([URL], { now, until: now + 1, most: 10 });

  it('holds at once, before anything is written, and tells log and metrics', () => {
    const desk = open();
    desk.raise(alarmOf());
    expect(desk.holds('school')).toBe(true);
    expect(desk.holds('clinic')).toBe(false);
    expect(told).toHaveLength(1);
  });

  it('records it, holds in the store and tells the webhooks, without an identifier', async () => {
    const desk = open();
    desk.raise(alarmOf());
    await desk.turn();
    expect(await held()).toBe(true);
    expect(entries).toMatchObject([
      {
        kind: 'alarm',
        time: '2026-07-01T02:00:00.000Z',
        alarm: 'UNKNOWN_IDENTIFIERS',
        client: 'school',
        held: true,
        from: '2026-07-01T02:00:00.000Z',
        to: '2026-07-01T03:00:00.000Z',
        counts: { subjects: 9, lookedUp: 8, unknown: 7, longestRun: 2 },
      },
    ]);
    const [message] = await messages();
    const { counts } = alarmOf();
    expect(JSON.parse(message?.body ?? '')).toEqual({
      type: 'client.alarm',
      timestamp: '2026-07-01T02:00:00.000Z',
      data: {
        alarm: 'UNKNOWN_IDENTIFIERS',
        client: 'school',
        held: true,
        from: '2026-07-01T02:00:00.000Z',
        to: '2026-07-01T03:00:00.000Z',
        counts,
        record: 'gateway-1/1',
      },
    });
  });

  it('goes on holding while the store is down, and writes down after', async () => {
    const desk = open();
    failing.add('store');
    desk.raise(alarmOf());
    await expect(desk.turn()).rejects.toThrow('store is down');
    expect([desk.holds('school'), desk.waiting, entries.length]).toEqual([true, 1, 0]);
    failing.clear();
    await desk.turn();
    expect([desk.holds('school'), desk.waiting, entries.length, await held()]).toEqual([false, 0, 1, true]);
  });

  it('goes on holding until the policy here shows the hold', async () => {
    const desk = open();
    failing.add('policy');
    desk.raise(alarmOf());
    await expect(desk.turn()).rejects.toThrow('policy is down');
    expect(desk.holds('school')).toBe(true);
    failing.clear();
    await desk.turn();
    expect([desk.holds('school'), entries.length]).toEqual([false, 1]);
  });

  it('records it when the record can be written again, by this gateway or another', async () => {
    const desk = open();
    failing.add('record');
    desk.raise(alarmOf());
    await expect(desk.turn()).rejects.toThrow('record is down');
    failing.clear();
    await open().turn();
    // Taken up by the first for ten seconds.
    expect(entries).toEqual([]);
    now += 10_000;
    await open().turn();
    expect(entries).toHaveLength(1);
    await desk.turn();
    expect(entries).toHaveLength(1);
  });

  it('records it again under the same name after a crash before that was noted', async () => {
    const desk = open();
    failing.add('noting');
    desk.raise(alarmOf());
    await expect(desk.turn()).rejects.toThrow('noting is down');
    failing.clear();
    now += 10_000;
    await open().turn();
    const [first, second] = entries as { readonly id?: string }[];
    expect(entries).toHaveLength(2);
    expect(first?.id).toBe(second?.id);
    expect(await messages()).toHaveLength(1);
  });

  it('does not tell webhooks when too many messages wait, and says so; the record has it', async () => {
    const desk = open();
    waiting = 10_000;
    desk.raise(alarmOf());
    await desk.turn();
    expect([full, entries.length, (await messages()).length]).toEqual([1, 1, 0]);
  });
});
