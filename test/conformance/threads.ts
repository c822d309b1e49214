/** Spreads the batches of a run over threads. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BATCH } from './generator/random-situations.js';
import { joined, type Run } from './run.js';
import type { Order } from './worker.js';

/** A thread does not inherit what loads TypeScript, so it registers it first. */
const START = `
  const { workerData } = require('node:worker_threads');
  import('tsx/esm/api').then(({ register }) => { register(); return import(workerData); });
`;

/** How a run is made. */
export interface RunOptions {
  /** Operations, 1 to 1,000,000,000. */
  readonly operations: number;
  /** Seed of the first batch; the others follow it. */
  readonly seed: number;
  /** Threads, 1 to 64. */
  readonly threads: number;
  /** Told after each batch how many operations are done. */
  readonly progress: (done: number) => void;
}

/** The batches of a run, in order. */
function* orders({ operations, seed }: RunOptions): Generator<Order> {
  for (let batch = 0; batch * BATCH < operations; batch++) {
    yield { seed: seed + batch, operations: Math.min(BATCH, operations - batch * BATCH) };
  }
}

/** Runs all operations. The same operations and seed give the same result with any number of threads. */
export async function runAll(options: RunOptions): Promise<Run> {
  const pending = orders(options);
  const runs: Run[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(START, { eval: true, workerData: new URL('./worker.ts', import.meta.url).href });
    try {
      for (const order of pending) {
        worker.postMessage(order);
        const [run] = (await once(worker, 'message')) as [Run];
        // In the order of the seeds, whichever thread was first.
        runs[order.seed - options.seed] = run;
        done += order.operations;
        options.progress(done);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: options.threads }, work));
  return joined(runs);
}
