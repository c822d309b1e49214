/** Runs batches of random situations and keeps what was wrong. */
import { addTally, count, emptyTally, examine, type Tally } from './checks/examine.js';
import type { Fault } from './checks/judge.js';
import { randomBatch } from './generator/random-situations.js';
import { randomness } from './randomness.js';
import { openReference } from './reference/index.js';
import type { Situation } from './situation.js';
import { type OpenSubject, openSubject } from './subject/gateway.js';

/** A situation that failed. */
export interface Failure {
  /** Seed of its batch and place in it, such as `17.203`: what `--case` takes. */
  readonly id: string;
  readonly faults: readonly Fault[];
  readonly situation: Situation;
}

/** What came of a run. */
export interface Run {
  readonly tally: Tally;
  /** The first failures; the tally counts all. */
  readonly failures: readonly Failure[];
}

/** Failures kept of one run. */
const KEPT = 5;

/** Runs one batch. @param operations how many of its situations, from the first */
export async function runBatch(seed: number, operations: number, open: OpenSubject = openSubject): Promise<Run> {
  const { premises, situations } = randomBatch(seed);
  const subject = open(premises);
  const reference = openReference(premises);
  const random = randomness(seed ^ 0x5eed);
  const tally = emptyTally();
  const failures: Failure[] = [];
  for (const [i, situation] of situations.slice(0, operations).entries()) {
    const faults = await examine(subject, reference, situation, random);
    count(tally, faults);
    if (faults.length > 0 && failures.length < KEPT) failures.push({ id: `${seed}.${i}`, faults, situation });
  }
  return { tally, failures };
}

/** Adds one run to another. */
export function joined(runs: readonly Run[]): Run {
  const tally = emptyTally();
  for (const run of runs) addTally(tally, run.tally);
  return { tally, failures: runs.flatMap((run) => run.failures).slice(0, KEPT) };
}
