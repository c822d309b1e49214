/** The targets, as data: what is compared with what in one run, and what it must reach. */

import { cpuPerAnswer, median } from './measure.js';
import type { Results } from './results.js';
import { ratioOf } from './runs.js';

/** One target. */
export interface Target {
  /** Short name, unique. */
  readonly id: string;
  /** What is compared, in words. */
  readonly what: string;
  /** `AT_LEAST`: met where the ratio is not below `bound`; `AT_MOST`: not above. */
  readonly sense: 'AT_LEAST' | 'AT_MOST';
  readonly bound: number;
  /** The ratio; NaN where one of the two did not take part. */
  readonly ratio: (results: Results) => number;
}

/** A target with what was measured. */
export interface Verdict extends Pick<Target, 'id' | 'what' | 'sense' | 'bound'> {
  /** Null where it could not be measured in this run. */
  readonly measured: number | null;
  /** Null where it could not be measured. */
  readonly met: boolean | null;
}

const perSecond = (measured: { readonly perSecond: number }) => measured.perSecond;

function closed(connections: number, other: string, workload: keyof Results['workloads'] = 'enrolment') {
  return (results: Results) => ratioOf(results.workloads[workload]?.closed[connections], 'ours', other, perSecond);
}

function capacity(other: string) {
  return ({ workloads }: Results) => {
    const rates = (name: string) => workloads.enrolment?.capacity?.[name]?.rates ?? [];
    const mine = rates('ours');
    const theirs = rates(other);
    return median(mine.map((rate, i) => rate / (theirs[i] ?? Number.NaN)));
  };
}

/** All targets. */
export const TARGETS: readonly Target[] = [
  {
    id: 'open-capacity-floor-a',
    what: 'open loop: capacity against floor A with duties',
    sense: 'AT_LEAST',
    bound: 3,
    ratio: capacity('floorA'),
  },
  {
    id: 'open-capacity-floor-b',
    what: 'open loop: capacity against floor B with duties',
    sense: 'AT_LEAST',
    bound: 0.9,
    ratio: capacity('floorB'),
  },
  {
    id: 'open-cpu-floor-a',
    what: "open loop: CPU per request, server and database, each at half its own capacity, against floor A's",
    sense: 'AT_MOST',
    bound: 0.8,
    ratio: ({ workloads }) => ratioOf(workloads.enrolment?.half ?? undefined, 'ours', 'floorA', cpuPerAnswer),
  },
  {
    id: 'closed-64-floor-a',
    what: 'closed loop, 64 connections: throughput against floor A with duties',
    sense: 'AT_LEAST',
    bound: 3.5,
    ratio: closed(64, 'floorA'),
  },
  {
    id: 'closed-64-floor-b',
    what: 'closed loop, 64 connections: throughput against floor B with duties',
    sense: 'AT_LEAST',
    bound: 0.95,
    ratio: closed(64, 'floorB'),
  },
  {
    id: 'closed-64-hive',
    what: 'closed loop, 64 connections: throughput against Hive Gateway with scopes',
    sense: 'AT_LEAST',
    bound: 25,
    ratio: closed(64, 'hive'),
  },
  {
    id: 'closed-64-mercurius',
    what: 'closed loop, 64 connections: throughput against Mercurius',
    sense: 'AT_LEAST',
    bound: 4.5,
    ratio: closed(64, 'mercurius'),
  },
  {
    id: 'closed-1-p50-floor-a',
    what: 'closed loop, 1 connection: p50 against floor A with duties',
    sense: 'AT_MOST',
    bound: 1.15,
    ratio: ({ workloads }) => ratioOf(workloads.enrolment?.closed[1], 'ours', 'floorA', ({ p50 }) => p50),
  },
  {
    id: 'closed-64-p99-floor-b',
    what: 'closed loop, 64 connections: p99 against floor B with duties',
    sense: 'AT_MOST',
    bound: 1.3,
    ratio: ({ workloads }) => ratioOf(workloads.enrolment?.closed[64], 'ours', 'floorB', ({ p99 }) => p99),
  },
  ...(['wide', 'list', 'verify', 'mix'] as const).map(
    (workload): Target => ({
      id: `${workload}-floor-b`,
      what: `${workload}: closed loop, 64 connections, throughput against its own floor B`,
      sense: 'AT_LEAST',
      bound: 0.85,
      ratio: closed(64, 'floorB', workload),
    }),
  ),
  {
    id: 'sqlite-floor-b',
    what: 'embedded SQLite: closed loop, 64 connections, throughput against floor B on SQLite',
    sense: 'AT_LEAST',
    bound: 0.9,
    ratio: ({ sqlite }) => ratioOf(sqlite?.closed[64], 'ours-sqlite', 'floorB-sqlite', perSecond),
  },
  {
    id: 'two-processes',
    what: 'embedded SQLite: closed loop, 64 connections, throughput of two processes against one',
    sense: 'AT_LEAST',
    bound: 1.3,
    ratio: ({ sqlite }) => ratioOf(sqlite?.closed[64], 'ours-sqlite-2', 'ours-sqlite', perSecond),
  },
];

/** Holds the results against every target. */
export function judge(results: Results): readonly Verdict[] {
  return TARGETS.map(({ id, what, sense, bound, ratio }) => {
    const value = ratio(results);
    const measured = Number.isFinite(value) ? value : null;
    const met = measured === null ? null : sense === 'AT_LEAST' ? measured >= bound : measured <= bound;
    return { id, what, sense, bound, measured, met };
  });
}
