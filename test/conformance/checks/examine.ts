/** Examines one situation: the answer against the reference, and two worlds against one another. */
import { type Randomness, randomness } from '../randomness.js';
import type { Reference } from '../reference/index.js';
import type { Situation } from '../situation.js';
import type { Subject } from '../subject/gateway.js';
import { type Fault, type FaultKind, judge, judgeInterference } from './judge.js';
import { secondWorld } from './second-world.js';

/** What came of many operations. Each counts once in a figure, however many faults it has. */
export interface Tally {
  operations: number;
  leaks: number;
  wrongDenials: number;
  recordMismatches: number;
}

/** Nothing yet. */
export function emptyTally(): Tally {
  return { operations: 0, leaks: 0, wrongDenials: 0, recordMismatches: 0 };
}

/** Adds one operation. */
export function count(tally: Tally, faults: readonly Fault[]): void {
  const has = (kind: FaultKind): number => (faults.some((fault) => fault.kind === kind) ? 1 : 0);
  tally.operations += 1;
  tally.leaks += has('LEAK');
  tally.wrongDenials += has('WRONG_DENIAL');
  tally.recordMismatches += has('RECORD');
}

/** Adds one tally to another. */
export function addTally(to: Tally, other: Tally): void {
  to.operations += other.operations;
  to.leaks += other.leaks;
  to.wrongDenials += other.wrongDenials;
  to.recordMismatches += other.recordMismatches;
}

/**
 * Examines one situation.
 * @param random decides what the second world changes
 */
export async function examine(
  subject: Subject,
  reference: Reference,
  situation: Situation,
  random: Randomness = randomness(1),
): Promise<Fault[]> {
  const expected = reference.evaluate(situation);
  const observed = await subject.ask(situation);
  const faults = judge(expected, observed);
  // A refusal before any fetch depends on no world.
  if (expected.record.code !== null && observed.asked.length === 0) return faults;
  const other = await subject.ask({ ...situation, data: secondWorld(random, situation.data, expected.trace) });
  return [...faults, ...judgeInterference(observed, other)];
}
