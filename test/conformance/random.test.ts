/** A slice of the random operations: the same every time, and others every time. */
import { describe, expect, it } from 'vitest';
import { randomBatch } from './generator/random-situations.js';
import { runBatch } from './run.js';

const NOTHING_WRONG = { leaks: 0, wrongDenials: 0, recordMismatches: 0 };

async function checkBatches(first: number, batches: number): Promise<void> {
  for (let seed = first; seed < first + batches; seed++) {
    const { tally, failures } = await runBatch(seed, 400);
    // Run it again: npm run conformance -- --case SEED.PLACE
    expect(failures.map(({ id, faults }) => ({ id, faults }))).toEqual([]);
    expect(tally).toEqual({ operations: 400, ...NOTHING_WRONG });
  }
}

describe('random operations', () => {
  it('of fixed seeds are answered as the reference says, in both worlds, and recorded so', async () => {
    await checkBatches(1, 8);
  }, 120_000);

  it('of a seed of the day are too', async () => {
    const seed = Date.now() % 1_000_000_000;
    process.stdout.write(`conformance: seed ${seed}, npm run conformance -- --operations 1600 --seed ${seed}\n`);
    await checkBatches(seed, 4);
  }, 120_000);

  it('are the same for the same seed', () => {
    expect(randomBatch(7)).toEqual(randomBatch(7));
    expect(randomBatch(7)).not.toEqual(randomBatch(8));
  });

  it('contain what authorization has been known to lose track of', () => {
    const documents = Array.from({ length: 30 }, (_, seed) => randomBatch(seed).situations).flat();
    const asking = (pattern: RegExp): number =>
      documents.filter(({ request }) => pattern.test(request.document)).length;
    expect(asking(/@skip|@include/)).toBeGreaterThan(1000);
    expect(asking(/\.\.\.(F\d)\b.*\.\.\.\1\b/)).toBeGreaterThan(300);
    expect(asking(/\.\.\. on Face/)).toBeGreaterThan(300);
    expect(asking(/\.\.\. on Either/)).toBeGreaterThan(300);
    expect(asking(/__type\(/)).toBeGreaterThan(50);
    expect(asking(/mutation/)).toBeGreaterThan(20);
    expect(asking(/offset: 1/)).toBeGreaterThan(200);
    expect(documents.filter(({ down }) => down.length > 0).length).toBeGreaterThan(200);
    expect(documents.filter(({ request }) => request.strict).length).toBeGreaterThan(100);
  });
});
