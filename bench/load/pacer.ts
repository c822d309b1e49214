/**
 * Wakes the load generator when an arrival is due. The event loop's own timers know only whole
 * milliseconds, which would make requests arrive in bunches; a thread that sleeps on a futex is
 * precise to some 50 µs.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { clock } from './clock.js';
import { exponential, randomFrom } from './random.js';

/** What the thread is given. */
export interface Pace {
  readonly rate: number;
  readonly seed: number;
  /** Of the first possible arrival and after the last, on the clock of process.hrtime, ms. */
  readonly from: number;
  readonly to: number;
  /** 1 while a wake-up is on its way. */
  readonly woken: Int32Array;
}

if (parentPort !== null && isPace(workerData)) {
  const { rate, seed, from, to, woken } = workerData;
  const random = randomFrom(seed);
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  for (let next = from + exponential(random, rate); next < to; next += exponential(random, rate)) {
    const ahead = next - clock();
    if (ahead > 0.02) Atomics.wait(sleeping, 0, 0, ahead);
    if (Atomics.exchange(woken, 0, 1) === 0) parentPort.postMessage(null);
  }
}

function isPace(data: unknown): data is Pace {
  return typeof data === 'object' && data !== null && 'woken' in data;
}
