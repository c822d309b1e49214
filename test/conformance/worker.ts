/** One thread of a run: examines the batches it is handed. */
import { parentPort } from 'node:worker_threads';
import { runBatch } from './run.js';

/** What a thread is asked to do. */
export interface Order {
  readonly seed: number;
  readonly operations: number;
}

if (parentPort === null) throw new Error('this file is started as a thread by threads.ts');
const port = parentPort;
port.on('message', ({ seed, operations }: Order) => {
  runBatch(seed, operations).then(
    (run) => port.postMessage(run),
    (error: unknown) => {
      throw error;
    },
  );
});
