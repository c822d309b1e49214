/** The highest Poisson rate a server bears, by bisection with short probes. */
import type { Measured } from './measure.js';

/** Longest p99 of a rate that is borne, ms. */
export const P99_LIMIT = 50;
/** Bisection stops when the bounds are this near, as a share of the upper. */
const NEAR = 0.05;
const MAX_PROBES = 10;

/** One rate tried. */
export interface Probe {
  readonly rate: number;
  readonly borne: boolean;
  readonly measured: Measured;
}

/** Whether a probe bore its rate: p99 within the limit, nothing wrong, nothing left behind. */
function bears({ saturated, faults, p99 }: Measured): boolean {
  return !saturated && faults === 0 && p99 < P99_LIMIT;
}

/**
 * Searches the highest rate that is borne.
 * @param guess where it may lie, such as the closed loop's throughput
 * @param probe measures a rate
 * @returns the rate, 0 where none was borne, and every probe
 */
export async function searchCapacity(
  guess: number,
  probe: (rate: number) => Promise<Measured>,
): Promise<{ readonly rate: number; readonly probes: readonly Probe[] }> {
  const probes: Probe[] = [];
  const attempt = async (rate: number) => {
    const measured = await probe(rate);
    const borne = bears(measured);
    probes.push({ rate, borne, measured });
    return borne;
  };
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let rate = guess * 0.8;
  while (probes.length < MAX_PROBES && (high === Number.POSITIVE_INFINITY || (high - low) / high > NEAR)) {
    if (await attempt(Math.round(rate))) low = rate;
    else high = rate;
    rate = high === Number.POSITIVE_INFINITY ? low * 1.25 : (low + high) / 2;
  }
  return { rate: Math.round(low), probes };
}
