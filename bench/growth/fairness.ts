/** What one application's large questions cost another's small ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openLoad } from '../load/load.js';
import { BASE_RESIDENTS } from './series.js';
import { GATEWAY, groundOver, type Stage, withGateway } from './stage.js';

/** Connections on which the other application asks for lists of 100 residents without a pause. */
const LIST_CONNECTIONS = 4;
/** How long the lists run before and after the enrolment reads, s. */
const MARGIN_SECONDS = 0.5;
/** Shortest measured time, s: beside the lists there are few answers. */
const SECONDS = 3;
/** Most that the 99th percentile of an enrolment read may be beside the lists, ms. */
export const BOUND_MS = 250;

/** Latencies of one connection's enrolment reads, ms. */
export interface Fairness {
  readonly alone: { readonly p50: number; readonly p99: number; readonly answers: number };
  readonly beside: { readonly p50: number; readonly p99: number; readonly answers: number };
  /** Lists answered per second meanwhile. */
  readonly lists: number;
  /** Whether the p99 beside them is within {@link BOUND_MS}. */
  readonly met: boolean;
}

/** Measures one connection's enrolment reads alone and beside lists. */
export async function fairness(stage: Stage): Promise<Fairness> {
  stage.announce('fairness');
  const ground = await groundOver(stage, BASE_RESIDENTS);
  const seconds = Math.max(SECONDS, stage.seconds);
  const second = openLoad();
  try {
    return await withGateway(stage, ground, {}, async ({ arena }) => {
      const reads = await arena('enrolment', stage.load);
      const lists = await arena('list', second);
      const plan = { connections: 1, rate: null, warmSeconds: 0.5, seconds, seed: 7 };
      const alone = await reads.run(GATEWAY, plan);
      const background = lists.run(GATEWAY, {
        ...plan,
        connections: LIST_CONNECTIONS,
        seconds: seconds + plan.warmSeconds + 2 * MARGIN_SECONDS,
      });
      const [busy, beside] = await Promise.all([
        background,
        sleep(1000 * (plan.warmSeconds + MARGIN_SECONDS)).then(() => reads.run(GATEWAY, plan)),
      ]);
      const of = ({ p50, p99, answers }: typeof alone) => ({ p50, p99, answers });
      return { alone: of(alone), beside: of(beside), lists: busy.perSecond, met: beside.p99 <= BOUND_MS };
    });
  } finally {
    await second.close();
  }
}
