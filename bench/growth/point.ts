/** One point of a series: what an enrolment read costs a gateway of this size. */
import type { GatewayOverrides } from '../contestants/ours.js';
import type { Ground } from '../ground.js';
import { GATEWAY, type Stage, withGateway } from './stage.js';

/** Connections of the closed loop that CPU is measured in. */
const CONNECTIONS = 16;
/** Unmeasured beginning, s: code gets compiled, plans get made. */
const WARM_SECONDS = 1.5;

/** What was measured. CPU in ms per answer with 16 connections, p50 in ms with one. */
export interface GrowthPoint {
  /** Size. */
  readonly at: number;
  readonly serverCpu: number;
  /** Null where the database is no process of this machine. */
  readonly databaseCpu: number | null;
  readonly perSecond: number;
  readonly p50: number;
  /** Resident memory of the gateway at the end, MiB. */
  readonly memory: number;
  /** From the begin of the process until `/readyz` said yes, s. */
  readonly startSeconds: number;
}

/** A series. */
export interface GrowthSeries {
  readonly name: string;
  /** What grows, in words. */
  readonly title: string;
  readonly points: readonly GrowthPoint[];
}

/** CPU of server and database together, ms per answer. */
export function costOf({ serverCpu, databaseCpu }: Pick<GrowthPoint, 'serverCpu' | 'databaseCpu'>): number {
  return serverCpu + (databaseCpu ?? 0);
}

/**
 * How the cost follows the size from the first point to the last: 0 not at all, 1 in proportion, above 1 faster
 * than in proportion. NaN of fewer than two points.
 */
export function exponentOf(points: readonly GrowthPoint[]): number {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || first.at === last.at) return Number.NaN;
  return Math.log(costOf(last) / costOf(first)) / Math.log(last.at / first.at);
}

/** Measures a gateway of one size. */
export function measurePoint(
  stage: Stage,
  ground: Ground,
  at: number,
  overrides: GatewayOverrides = {},
): Promise<GrowthPoint> {
  const { load, seconds } = stage;
  return withGateway(stage, ground, overrides, async ({ startSeconds, arena }) => {
    const enrolment = await arena('enrolment', load);
    const loop = (connections: number, warmSeconds: number) =>
      enrolment.run(GATEWAY, { connections, rate: null, warmSeconds, seconds, seed: 7 });
    const busy = await loop(CONNECTIONS, WARM_SECONDS);
    const quiet = await loop(1, 0.2);
    const { serverCpu, databaseCpu, perSecond } = busy;
    return { at, serverCpu, databaseCpu, perSecond, p50: quiet.p50, memory: quiet.memory, startSeconds };
  });
}
