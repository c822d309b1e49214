/** The index as the gateway asks it: in a thread of its own, which begins with the first question or when it is to follow. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { JWK } from 'jose';
import type { ExportedEntry } from '../audit/export.js';
import type { Verification } from '../audit/verify.js';
import type {
  Activity,
  ActivityAsked,
  FoundEntries,
  IndexedChain,
  MinorsReport,
  RecordFilter,
  SearchCursor,
} from './record-index.js';

/** What the thread needs. */
export interface ThreadOptions {
  /** File of the index; made where missing. */
  readonly file: string;
  /** The record's folder. */
  readonly folder: string;
  /** Minutes from UTC that days are reckoned in. */
  readonly utcOffsetMinutes: number;
}

/** What may be asked of the thread. */
export type Question =
  | {
      readonly ask: 'FIND';
      readonly filter: RecordFilter;
      readonly size: number;
      readonly after: SearchCursor | null;
      readonly skip: number;
    }
  | { readonly ask: 'ENTRY'; readonly chain: string; readonly seq: number }
  | { readonly ask: 'COUNT'; readonly pseudonym: string; readonly from: number }
  | { readonly ask: 'ACTIVITY'; readonly asked: ActivityAsked }
  | { readonly ask: 'MINORS'; readonly from: number; readonly to: number }
  | { readonly ask: 'CHAINS' }
  | { readonly ask: 'VERIFY'; readonly keys: readonly JWK[] };

/** What the thread says. */
export type ThreadMessage =
  | { readonly kind: 'ANSWER'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'FAILED'; readonly id: number; readonly error: unknown }
  | { readonly kind: 'FAULT'; readonly error: unknown };

/** The index does not have everything that was written yet, as when it is built anew: ask again later. */
export class IndexBehind extends Error {
  override readonly name = 'IndexBehind';
  constructor() {
    super('the index of the record does not have everything yet');
  }
}

/**
 * Searches of the record. An answer has every entry that was durable when it was asked for.
 * Each raises IndexBehind where the index has not caught up within 10 s, and what the thread raised otherwise.
 */
export interface RecordSearch {
  /** A page of entries, latest first. @param size most entries of it, 1 to 10,000 @param skip entries passed over before; default none */
  find(filter: RecordFilter, size: number, after: SearchCursor | null, skip?: number): Promise<FoundEntries>;
  /** The entry at a place; null where there is none; UNSOUND where its line was changed since it was indexed. */
  entryAt(chain: string, seq: number): Promise<ExportedEntry | 'UNSOUND' | null>;
  /** How many answered requests concern a person since an instant, ms since the epoch. */
  countOf(pseudonym: string, from: number): Promise<number>;
  /** @throws RangeError for a series of more than 1,000 steps */
  activity(asked: ActivityAsked): Promise<Activity>;
  /** @param from,to ms since the epoch, the second excluded */
  minors(from: number, to: number): Promise<MinorsReport>;
  /** How far each chain is indexed. */
  chains(): Promise<readonly IndexedChain[]>;
  /** Reads and verifies the whole record, as `mianzheng audit verify` does. @param keys every key that ever sealed it */
  verify(keys: readonly JWK[]): Promise<Verification>;
  /** Follows the record from now on, so that no question need wait; one process of an installation is enough. Once. */
  follow(): void;
  /** Ends the thread. */
  close(): Promise<void>;
}

/** A thread does not inherit what loads TypeScript; run from its sources, the program registers it first. */
const FROM_SOURCES = `
  const { workerData } = require('node:worker_threads');
  import(workerData.loader).then(({ register }) => { register(); return import(workerData.script); });
`;

function startThread(options: ThreadOptions): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./thread.js', import.meta.url), { workerData: options });
  const script = new URL('./thread.ts', import.meta.url).href;
  // From here: the thread would look for it from the folder that the process was started in.
  const loader = import.meta.resolve('tsx/esm/api');
  return new Worker(FROM_SOURCES, { eval: true, workerData: { ...options, script, loader } });
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the searches; nothing is read or written before the first.
 * @param onFault told where following failed; it goes on. Must not throw
 */
export function openRecordSearch(options: ThreadOptions, onFault: (error: unknown) => void): RecordSearch {
  let thread: Worker | null = null;
  let closed = false;
  let last = 0;
  const waiting = new Map<number, Waiting>();

  function started(): Worker {
    if (closed) throw new TypeError('the searches of the record are closed');
    if (thread !== null) return thread;
    const made = startThread(options);
    thread = made;
    made.on('message', (message: ThreadMessage) => {
      if (message.kind === 'FAULT') return onFault(message.error);
      const one = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) made.unref();
      if (message.kind === 'FAILED') one?.reject(message.error);
      else if (message.value === 'BEHIND') one?.reject(new IndexBehind());
      else one?.resolve(message.value);
    });
    const end = (error: unknown) => {
      if (thread === made) thread = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    made.on('error', (error) => {
      onFault(error);
      end(error);
    });
    made.on('exit', () => end(new TypeError('the thread of the record index ended')));
    // Only a question keeps the process alive.
    made.unref();
    return made;
  }

  function ask<T>(question: Question): Promise<T> {
    return new Promise((resolve, reject) => {
      const to = started();
      last += 1;
      waiting.set(last, { resolve: (value) => resolve(value as T), reject });
      to.ref();
      to.postMessage({ id: last, question });
    });
  }

  return {
    find: (filter, size, after, skip = 0) => ask({ ask: 'FIND', filter, size, after, skip }),
    entryAt: (chain, seq) => ask({ ask: 'ENTRY', chain, seq }),
    countOf: (pseudonym, from) => ask({ ask: 'COUNT', pseudonym, from }),
    activity: (asked) => ask({ ask: 'ACTIVITY', asked }),
    minors: (from, to) => ask({ ask: 'MINORS', from, to }),
    chains: () => ask({ ask: 'CHAINS' }),
    verify: (keys) => ask({ ask: 'VERIFY', keys }),
    follow: () => started().postMessage('FOLLOW'),
    async close() {
      closed = true;
      const ending = thread;
      if (ending === null) return;
      const ended = once(ending, 'exit');
      ending.ref();
      ending.postMessage('CLOSE');
      await ended;
    },
  };
}
