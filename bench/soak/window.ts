/** A minute of the soak, and what the minutes say together. */
import type { Workload } from '../contestant.js';
import { median } from '../measure.js';

/** The workloads in the order in which minutes are given to them: four of reads, one of verdicts with their receipts. */
export const TURNS: readonly Workload[] = ['enrolment', 'enrolment', 'enrolment', 'enrolment', 'verify'];

/** What was seen in one minute. Latencies in ms, from the time a request should have left. */
export interface Minute {
  /** From 1. */
  readonly at: number;
  readonly workload: Workload;
  /** Asked for, req/s. */
  readonly rate: number;
  readonly answers: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Whether the gateway fell so far behind that the minute was cut short. */
  readonly saturated: boolean;
  /** Resident memory of the gateway, MiB. */
  readonly memory: number;
  /** V8's heap in use, MiB; follows the collector, so it is told and not judged. */
  readonly heap: number;
  /** Handles the event loop holds: sockets, files, timers of libuv. */
  readonly handles: number;
}

/** A figure at the end against the same after the beginning. */
export interface Drift {
  readonly what: string;
  /** Median over the last quarter by the median over the second. */
  readonly ratio: number;
  /** Highest ratio that counts as flat. */
  readonly bound: number;
}

/** Memory may end 5 % higher than it was after the first quarter, latencies by a quarter. */
const MEMORY_BOUND = 1.05;
const LATENCY_BOUND = 1.25;

function driftOf(minutes: readonly Minute[], what: string, bound: number, figure: (minute: Minute) => number): Drift {
  const quarter = Math.max(1, Math.floor(minutes.length / 4));
  const later = median(minutes.slice(-quarter).map(figure));
  const sooner = median(minutes.slice(quarter, 2 * quarter).map(figure));
  return { what, ratio: later / sooner, bound };
}

/** Whether memory and latencies stayed. The first quarter is left out: code is compiled and caches fill then. */
export function driftsOf(minutes: readonly Minute[]): readonly Drift[] {
  const workloads = [...new Set(minutes.map(({ workload }) => workload))];
  return [
    driftOf(minutes, 'resident memory', MEMORY_BOUND, ({ memory }) => memory),
    driftOf(minutes, 'handles', MEMORY_BOUND, ({ handles }) => handles),
    ...workloads.flatMap((workload) => {
      const own = minutes.filter((minute) => minute.workload === workload);
      return [
        driftOf(own, `${workload} p50`, LATENCY_BOUND, ({ p50 }) => p50),
        driftOf(own, `${workload} p99`, LATENCY_BOUND, ({ p99 }) => p99),
      ];
    }),
  ];
}

/** Whether a drift counts as none; not a number does not. */
export function flat({ ratio, bound }: Drift): boolean {
  return ratio <= bound;
}

/** A gauge of the metrics page; NaN where it is not on it. */
export function gaugeOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((text) => text.startsWith(`${name} `));
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}
