/**
 * How long a fetch waits for others to travel with before its statement leaves, inside the gateway, without
 * network or database: the price of the micro-batch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connector } from '../../connectors/contract.js';
import { fetchTemplate, type RowsByKey } from '../../src/domain/fetch.js';
import { openSources, SOURCE_LIMITS } from '../../src/execute/sources.js';
import { median } from '../measure.js';

/** Fetches at each number of askers. */
const FETCHES = 2000;
/** How long the department takes, ms. */
const ANSWER_MS = 1;

/** Waiting times of fetches before they depart, ms. */
export interface Waiting {
  /** Askers, each with one fetch at a time. */
  readonly at: number;
  readonly p50: number;
  readonly p99: number;
  /** Fetches that travelled in one statement, on average. */
  readonly together: number;
}

const TEMPLATE = fetchTemplate({
  department: 'HOUSEHOLD',
  type: 'Resident',
  by: 'idNumber',
  attributes: ['name'],
  regions: null,
});

async function waitingOf(askers: number): Promise<Waiting> {
  const asked = new Map<string, number>();
  const waited: number[] = [];
  let statements = 0;
  const connector: Connector = {
    department: TEMPLATE.department,
    transport: 'memory',
    coverage: [],
    sources: {},
    derivations: {},
    async fetch(_template, keys): Promise<RowsByKey> {
      const now = performance.now();
      statements += 1;
      for (const key of keys) waited.push(now - (asked.get(key) ?? now));
      await sleep(ANSWER_MS);
      return new Map();
    },
    health: async () => ({ state: 'UP', latencyMs: 0 }),
    close: async () => undefined,
  };
  const sources = openSources(
    [connector],
    () => Date.now(),
    SOURCE_LIMITS,
    [],
    () => askers,
  );
  const each = Math.ceil(FETCHES / askers);
  await Promise.all(
    Array.from({ length: askers }, async (_, asker) => {
      for (let i = 0; i < each; i += 1) {
        const key = `${asker}-${i}`;
        asked.set(key, performance.now());
        await sources.load(TEMPLATE, [key]);
      }
    }),
  );
  await sources.close();
  const sorted = [...waited].sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  return { at: askers, p50: median(sorted), p99, together: waited.length / statements };
}

/** Measures the wait with 1 to 64 askers of the same template, a department that takes a millisecond. */
export async function waitingSeries(): Promise<readonly Waiting[]> {
  await waitingOf(16);
  const series: Waiting[] = [];
  for (const askers of [1, 4, 8, 16, 64]) series.push(await waitingOf(askers));
  return series;
}
