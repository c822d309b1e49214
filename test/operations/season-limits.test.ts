/** What a department lets through of a season: no more keys a second than it says, whoever asks. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FetchTemplate } from '../../src/domain/fetch.js';
import type { Fetched, Sources } from '../../src/execute/sources.js';
import { openSeasonLimits } from '../../src/operations/season-limits.js';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-07-01T02:00:00Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Sources that answer at once and note when they were asked for how many keys. */
function sourcesOf() {
  const asked: { readonly department: string; readonly at: number; readonly keys: number }[] = [];
  const sources: Sources = {
    connectors: [],
    queues: () => [],
    protections: () => [],
    cities: () => [],
    scan: () => Promise.reject(new RangeError('nothing is scanned here')),
    connector: () => {
      throw new RangeError('none');
    },
    async load(template, keys): Promise<Fetched> {
      asked.push({ department: template.department, at: Date.now(), keys: keys.length });
      return { rows: new Map(), fetchedAt: new Date().toISOString() };
    },
    close: async () => undefined,
  };
  return { sources, asked };
}

const templateOf = (department: string) => ({ department }) as FetchTemplate;
const keysOf = (n: number) => Array.from({ length: n }, (_, i) => String(i));

it('holds back what is beyond the keys of a second, and only in that department', async () => {
  const { sources, asked } = sourcesOf();
  const limits = new Map([['PROPERTY', { keysPerSecond: 100, between: null }]]);
  const season = openSeasonLimits({ limits, sources, now: Date.now, utcOffsetMinutes: 480 });
  const loads = [
    ...Array.from({ length: 50 }, () => season.sources.load(templateOf('PROPERTY'), keysOf(10))),
    season.sources.load(templateOf('HOUSEHOLD'), keysOf(500)),
    // More at once than a second lets through waits for its turns, too.
    season.sources.load(templateOf('PROPERTY'), keysOf(250)),
  ];
  const began = Date.now();
  await vi.advanceTimersByTimeAsync(20_000);
  await Promise.all(loads);
  expect(asked.filter(({ department }) => department === 'HOUSEHOLD')).toEqual([
    { department: 'HOUSEHOLD', at: began, keys: 500 },
  ]);
  const bySecond = new Map<number, number>();
  for (const { department, at, keys } of asked) {
    if (department !== 'PROPERTY' || keys > 100) continue;
    const second = Math.floor((at - began) / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + keys);
  }
  expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(100);
  expect(asked.reduce((sum, { department, keys }) => (department === 'PROPERTY' ? sum + keys : sum), 0)).toBe(750);
});

it('leaves the departments as they are where none has a limit', () => {
  const { sources } = sourcesOf();
  const limits = new Map([['PROPERTY', { keysPerSecond: null, between: null }]]);
  expect(openSeasonLimits({ limits, sources, now: Date.now, utcOffsetMinutes: 480 }).sources).toBe(sources);
});
