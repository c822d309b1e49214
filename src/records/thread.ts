/** The thread that has the index open: what it reads, writes and counts never holds up a request. */
import { constants, getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { verifyRecord } from '../audit/verify.js';
import { RecordIndex } from './record-index.js';
import type { Question, ThreadMessage, ThreadOptions } from './record-search.js';

/** How long a question waits for the index to have everything written before it was asked, ms. */
const CATCH_UP_MS = 10_000;

/**
 * How often the chains are looked at, ms. A question takes what is missing itself; the rarer the batches, the more of
 * their pages are written once instead of many times.
 */
const FOLLOW_MS = 5000;

/** Following takes at most a third of a processor: a batch is followed by a pause of twice its time. */
const PAUSE_FACTOR = 2;

const { file, folder, utcOffsetMinutes } = workerData as ThreadOptions;
const index = new RecordIndex(file, folder, utcOffsetMinutes);
// Requests come first where all processors are busy. Elsewhere than on Linux it would be of the whole process.
const { PRIORITY_LOW } = constants.priority;
if (process.platform === 'linux' && getPriority() < PRIORITY_LOW) setPriority(PRIORITY_LOW);
let asked = 0;
let closing = false;
let advancing: Promise<boolean> | null = null;

/** Takes what was written since, until it is to end. @returns whether all of it */
function advance(until: () => boolean): Promise<boolean> {
  // One at a time: whoever comes meanwhile needs what is written now, too.
  const before = advancing;
  const run = async (): Promise<boolean> => {
    if (before !== null) await before.catch(() => undefined);
    const { upToDate } = await index.advance(
      () => closing || until(),
      async (batchMs) => {
        if (asked === 0) await sleep(batchMs * PAUSE_FACTOR);
      },
    );
    return upToDate;
  };
  advancing = run();
  return advancing;
}

async function answer({ question }: { readonly question: Question }): Promise<unknown> {
  if (question.ask === 'VERIFY') return verifyRecord(folder, question.keys);
  const latest = performance.now() + CATCH_UP_MS;
  if (!(await advance(() => performance.now() > latest))) return 'BEHIND';
  switch (question.ask) {
    case 'FIND':
      return index.find(question.filter, question.size, question.after, question.skip);
    case 'ENTRY':
      return index.entryAt(question.chain, question.seq);
    case 'COUNT':
      return index.countOf(question.pseudonym, question.from);
    case 'ACTIVITY':
      return index.activity(question.asked);
    case 'MINORS':
      return index.minors(question.from, question.to);
    case 'CHAINS':
      return index.chains();
  }
}

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

async function follow(): Promise<void> {
  while (!closing) {
    try {
      // A question takes over where it is.
      await advance(() => asked > 0);
    } catch (error) {
      tell({ kind: 'FAULT', error });
    }
    await sleep(FOLLOW_MS);
  }
}

parentPort?.on('message', (message: { readonly id: number; readonly question: Question } | 'CLOSE' | 'FOLLOW') => {
  if (message === 'FOLLOW') {
    void follow();
    return;
  }
  if (message === 'CLOSE') {
    closing = true;
    (advancing ?? Promise.resolve())
      .catch(() => undefined)
      .finally(() => {
        index.close();
        process.exit(0);
      });
    return;
  }
  asked += 1;
  const { id } = message;
  answer(message)
    .then(
      (value) => tell({ kind: 'ANSWER', id, value }),
      (error: unknown) => tell({ kind: 'FAILED', id, error }),
    )
    .finally(() => {
      asked -= 1;
    });
});
