/** Several processes share one budget: exactly each for itself, and together as far as they have told each other. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Budgets, openBudgets } from '../../src/budgets/budgets.js';
import { type CountExchange, openCountExchange } from '../../src/budgets/exchange.js';
import { BUDGET_DEFAULTS, EVIDENCE_DEFAULTS, type SubjectQuota } from '../../src/budgets/limits.js';
import { type ControlStore, openControlStore, type SubjectCounts } from '../../src/store/control-store.js';
import { STORE_PLACES } from '../support/store-places.js';

const BUDGET = 20;
const START = Date.parse('2026-07-01T02:00:00Z');

/** A process with budgets of its own. */
interface Member {
  readonly budgets: Budgets;
  readonly exchange: CountExchange;
  readonly store: ControlStore;
  readonly alarms: string[];
}

describe.each(STORE_PLACES)('two processes on $name', ({ skip, create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let members: readonly [Member, Member];
  let now: number;

  async function join(): Promise<Member> {
    const store = await openControlStore(place.url);
    const alarms: string[] = [];
    const budgets = openBudgets({
      limitsOf: () => ({ ...BUDGET_DEFAULTS, subjectsPerHour: BUDGET, unknownPerHour: 5 }),
      evidence: EVIDENCE_DEFAULTS,
      hold: true,
      alarms: { raise: ({ kind }) => alarms.push(kind), holds: () => false },
      pseudonym: (kind, id) => `${kind} ${id}`,
      releasesOf: () => 0,
      utcOffsetMinutes: 480,
      now: () => now,
    });
    return { store, budgets, alarms, exchange: openCountExchange(budgets, store.counts, () => now) };
  }

  beforeEach(async () => {
    if (skip) return;
    now = START;
    place = await create();
    members = [await join(), await join()];
  });

  afterEach(async () => {
    if (skip) return;
    for (const { store } of members) await store.close();
    await place.remove();
  });

  /** Asks about so many people, one by one. @returns how many were admitted */
  function ask({ budgets }: Member, from: number, count: number, quotas: readonly SubjectQuota[] = []): number {
    let admitted = 0;
    for (let i = from; i < from + count; i += 1) {
      try {
        budgets.admit('ORDINARY', 'school', null, [`CITIZEN:${i}`], quotas);
        admitted += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'SUBJECT_BUDGET_EXCEEDED' });
      }
    }
    return admitted;
  }

  const exchangeAll = async () => {
    for (const { exchange } of members) await exchange.turn();
    for (const { exchange } of members) await exchange.turn();
  };

  it.skipIf(skip)(
    'admit together no more than the budget and what the other admitted between two exchanges',
    async () => {
      const [one, other] = members;
      let admitted = 0;
      let most = 0;
      for (let turn = 0; turn < 10; turn += 1) {
        const now = ask(one, turn * 100, 3) + ask(other, turn * 100 + 50, 3);
        admitted += now;
        most = Math.max(most, now);
        await exchangeAll();
      }
      // Of two processes one can overshoot by what the other admitted in one turn.
      expect(admitted).toBeGreaterThanOrEqual(BUDGET);
      expect(admitted).toBeLessThanOrEqual(BUDGET + most / 2);
      expect([ask(one, 5000, 1), ask(other, 5000, 1)]).toEqual([0, 0]);
    },
  );

  it.skipIf(skip)('count a person that both asked about once', async () => {
    const [one, other] = members;
    ask(one, 0, 15);
    ask(other, 0, 15);
    await exchangeAll();
    expect(ask(one, 100, 10)).toBe(BUDGET - 15);
  });

  it.skipIf(skip)('see a walk that is spread over them', async () => {
    const [one, other] = members;
    const lookups = (from: number) =>
      [0, 1, 2, 3].map((i) => ({ subject: `HOUSEHOLD:${from + i}`, link: {} as never, at: -1 }));
    const nothing = Array(4).fill('NOTHING') as 'NOTHING'[];
    one.budgets.looked('ORDINARY', 'school', lookups(0), nothing);
    other.budgets.looked('ORDINARY', 'school', lookups(10), nothing);
    expect([...one.alarms, ...other.alarms]).toEqual([]);
    await exchangeAll();
    expect([...one.alarms, ...other.alarms]).toContain('UNKNOWN_IDENTIFIERS');
  });

  it.skipIf(skip)('count each for itself while the store is down, and tell all of it after', async () => {
    const [one, other] = members;
    const store: { -readonly [K in keyof SubjectCounts]: SubjectCounts[K] } = {
      ...one.store.counts,
      exchange: () => Promise.reject(new Error('down')),
    };
    const cut = openCountExchange(one.budgets, store, () => now);
    expect(ask(one, 0, 12)).toBe(12);
    await expect(cut.turn()).rejects.toThrow('down');
    expect(ask(one, 100, BUDGET)).toBe(BUDGET - 12);
    await expect(cut.turn()).rejects.toThrow('down');
    store.exchange = (told) => one.store.counts.exchange(told);
    await cut.turn();
    await cut.turn();
    ask(other, 500, 1);
    await other.exchange.turn();
    expect(ask(other, 600, 1)).toBe(0);
  });

  it.skipIf(skip)('share the day of a quota beyond the hours of it, and forget it after', async () => {
    const quota = [{ grant: 'school-household', subjectsPerDay: 15 }];
    const [one, other] = members;
    // START is some hour of a day that ends at 16:00 UTC.
    now = Date.parse('2026-07-01T02:00:00Z');
    expect(ask(one, 0, 10, quota)).toBe(10);
    await exchangeAll();
    // Not asked since: what the others told is known with the next exchange.
    ask(other, 100, 1, quota);
    await exchangeAll();
    now += 13 * 3_600_000;
    await exchangeAll();
    expect(ask(other, 200, 20, quota)).toBe(4);
    await exchangeAll();
    ask(one, 300, 1, quota);
    await exchangeAll();
    expect(ask(one, 400, 20, quota)).toBe(0);
    // A process that begins anew takes up what all have counted.
    const late = await join();
    ask(late, 500, 1, quota);
    await late.exchange.turn();
    expect(ask(late, 600, 20, quota)).toBe(0);
    await late.store.close();
    now += 3_600_000;
    expect(ask(one, 700, 20, quota)).toBe(15);
  });

  it.skipIf(skip)(
    'admit of a quota together no more than it and what the other admitted between two exchanges',
    async () => {
      const quota = [{ grant: 'school-household', subjectsPerDay: 15 }];
      const [one, other] = members;
      let admitted = 0;
      for (let turn = 0; turn < 10; turn += 1) {
        admitted += ask(one, turn * 100, 2, quota) + ask(other, turn * 100 + 50, 2, quota);
        await exchangeAll();
      }
      expect(admitted).toBeGreaterThanOrEqual(15);
      expect(admitted).toBeLessThanOrEqual(15 + 2);
      expect([ask(one, 5000, 1, quota), ask(other, 5000, 1, quota)]).toEqual([0, 0]);
    },
  );

  it.skipIf(skip)('begin anew with the hour, and drop what they kept', async () => {
    const [one] = members;
    ask(one, 0, BUDGET);
    await exchangeAll();
    expect(one.budgets.sizes().names).toBe(BUDGET);
    now += 3_600_000;
    expect(ask(one, 100, 1)).toBe(1);
    await exchangeAll();
    expect(one.budgets.sizes().names).toBe(1);
  });
});
