/** Runs of sequence numbers: found in whatever order they come, and never made of people who are found. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceRuns } from '../../src/budgets/sequence-runs.js';
import { citizenId } from './people.js';

const BIRTHDAY = '19700101';
const open = (max = 10) => new SequenceRuns((prefix) => `name of ${prefix}`, max);

/** Sequence numbers in an order of their own. */
const shuffled = (from: number, length: number) =>
  fc.shuffledSubarray(
    Array.from({ length }, (_, i) => from + i),
    { minLength: length },
  );

describe('runs', () => {
  it('are as long as the numbers that follow one another, in whatever order they came', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 0, max: 980 })
          .chain((from) => fc.integer({ min: 1, max: 20 }).chain((n) => shuffled(from, n))),
        (sequences) => {
          const runs = open();
          for (const sequence of sequences) runs.see(citizenId(BIRTHDAY, sequence), false);
          expect(runs.longest).toBe(sequences.length);
        },
      ),
    );
  });

  it('are none of people of whom more than half are found', () => {
    fc.assert(
      fc.property(shuffled(100, 21), fc.array(fc.boolean(), { minLength: 21, maxLength: 21 }), (sequences, found) => {
        const runs = open();
        // All who are found are looked up first: at no moment do the others outnumber them.
        const known = sequences.filter((_, i) => found[i]);
        const unknown = sequences.filter((_, i) => !found[i]);
        fc.pre(known.length > unknown.length && unknown.length > 0);
        for (const sequence of sequences) runs.see(citizenId(BIRTHDAY, sequence), true);
        for (const sequence of unknown) runs.see(citizenId(BIRTHDAY, sequence), false);
        expect(runs.longest).toBe(0);
      }),
    );
  });

  it('end where two numbers are left out, and do not join birthdays or divisions', () => {
    const runs = open();
    for (const sequence of [1, 2, 4, 7, 8]) runs.see(citizenId(BIRTHDAY, sequence), false);
    for (const sequence of [9, 10]) runs.see(citizenId('19700102', sequence), false);
    expect(runs.longest).toBe(3);
  });

  it('keep no identifier, and no more than they may', () => {
    const runs = open(2);
    const named: string[] = [];
    const watched = new SequenceRuns((prefix) => {
      named.push(prefix);
      return 'name';
    }, 2);
    watched.see(citizenId(BIRTHDAY, 1), false);
    expect(named).toEqual([`350702${BIRTHDAY}`]);
    for (const birthday of ['19700101', '19700102', '19700103']) runs.see(citizenId(birthday, 1), false);
    runs.see('no citizen ID', false);
    expect(runs.size).toBe(2);
  });
});
