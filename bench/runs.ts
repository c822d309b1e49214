/** The runs of one workload: rounds in turn, so that whatever else the machine does meets everybody. */
import type { Arena } from './arena.js';
import { type Probe, searchCapacity } from './capacity.js';
import type { Measured } from './measure.js';
import { median } from './measure.js';

/** Rounds by contestant; the n-th of each belong together. */
export type Rounds = Readonly<Record<string, readonly Measured[]>>;

/** How long runs take. */
export interface Timing {
  readonly rounds: number;
  readonly warmSeconds: number;
  readonly seconds: number;
}

/** Connections of the open loop: enough that a request seldom waits for one. */
const OPEN_CONNECTIONS = 256;

/** Told before each run, for a line of progress. */
export type Announce = (what: string) => void;

async function inTurn(
  arena: Arena,
  rounds: number,
  run: (name: string, round: number) => Promise<Measured>,
): Promise<Rounds> {
  const results: Record<string, Measured[]> = Object.fromEntries(arena.names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of arena.names) results[name]?.push(await run(name, round));
  }
  return results;
}

/** Closed loop: each connection asks again as soon as it is answered. */
export function closedLoop(arena: Arena, connections: number, timing: Timing, announce: Announce): Promise<Rounds> {
  const { warmSeconds, seconds } = timing;
  return inTurn(arena, timing.rounds, (name, round) => {
    announce(`closed loop, ${connections} connections, round ${round + 1}: ${name}`);
    return arena.run(name, { connections, rate: null, warmSeconds, seconds, seed: 7 + round });
  });
}

/** Open loop at a rate given for each contestant. */
export function openLoop(
  arena: Arena,
  rateOf: (name: string) => number,
  timing: Timing,
  announce: Announce,
): Promise<Rounds> {
  const { warmSeconds, seconds } = timing;
  return inTurn(arena, timing.rounds, (name, round) => {
    const rate = rateOf(name);
    announce(`open loop, ${rate} req/s, round ${round + 1}: ${name}`);
    return arena.run(name, { connections: OPEN_CONNECTIONS, rate, warmSeconds, seconds, seed: 70 + round });
  });
}

/** Capacity of a contestant: the median of several searches, with the probes of all. */
export interface Capacity {
  /** By search, req/s. */
  readonly rates: readonly number[];
  readonly probes: readonly Probe[];
}

/** Searches every contestant's capacity `timing.rounds` times, in turn. */
export async function capacities(
  arena: Arena,
  guessOf: (name: string) => number,
  timing: Timing,
  announce: Announce,
): Promise<Readonly<Record<string, Capacity>>> {
  const { warmSeconds, seconds } = timing;
  const rates: Record<string, number[]> = Object.fromEntries(arena.names.map((name) => [name, []]));
  const probes: Record<string, Probe[]> = Object.fromEntries(arena.names.map((name) => [name, []]));
  for (let round = 0; round < timing.rounds; round += 1) {
    for (const name of arena.names) {
      const guess = rates[name]?.[0] || guessOf(name);
      const found = await searchCapacity(guess, (rate) => {
        announce(`capacity, round ${round + 1}: ${name} at ${rate} req/s`);
        return arena.run(name, { connections: OPEN_CONNECTIONS, rate, warmSeconds, seconds, seed: 700 + round });
      });
      rates[name]?.push(found.rate);
      probes[name]?.push(...found.probes);
    }
  }
  return Object.fromEntries(
    arena.names.map((name) => [name, { rates: rates[name] ?? [], probes: probes[name] ?? [] }]),
  );
}

/** Median over the rounds of one figure. */
export function medianOf(rounds: readonly Measured[] | undefined, figure: (measured: Measured) => number): number {
  return median((rounds ?? []).map(figure));
}

/** Median of the ratios within rounds; NaN where one of the two did not run. */
export function ratioOf(
  rounds: Rounds | undefined,
  name: string,
  other: string,
  figure: (measured: Measured) => number,
): number {
  const mine = rounds?.[name] ?? [];
  const theirs = rounds?.[other] ?? [];
  return median(
    mine.flatMap((measured, i) => {
      const rival = theirs[i];
      return rival === undefined ? [] : [figure(measured) / figure(rival)];
    }),
  );
}
