import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Overdue } from '../domain/overdue.js';
import { MianzhengError } from '../errors.js';
import { Batch } from './batch.js';
import { lastCheckpoint } from './checkpoint.js';
import { CoordinateSets } from './coordinate-sets.js';
import type { Head, NewEntry, Position } from './entries.js';
import { AppendedFile, nodeFiles, type RecordFiles } from './files.js';
import { CHECKPOINTS, requireChainName, segmentName } from './folders.js';
import type { HashName } from './line.js';
import { lockChain } from './lock.js';
import { Seal } from './seal.js';
import type { SigningKey } from './signing-key.js';
import { findTail, type Tail } from './tail.js';

/** Bounds of a chain. */
export interface ChainLimits {
  /**
   * Size in bytes at which the next batch begins a new segment; a segment exceeds it by one batch at most. The first
   * batch of a month (UTC) begins one too. Default 67,108,864.
   */
  readonly segmentBytes: number;
  /** Entries waiting to become durable; one more is refused. Default 10,000. */
  readonly waiting: number;
  /** Distinct sets of coordinates kept in memory; one more drops the least used. Default 10,000. */
  readonly sets: number;
  /** Entries after which a checkpoint is due. Default 1,000. */
  readonly checkpointEntries: number;
  /** Milliseconds after which an unsealed entry is sealed. Default 1,000. */
  readonly checkpointMilliseconds: number;
  /** Longest a batch may take to become durable; then all that wait are refused, until it has. Default 10,000. */
  readonly batchMilliseconds: number;
}

const DEFAULT_LIMITS: ChainLimits = {
  segmentBytes: 67_108_864,
  waiting: 10_000,
  sets: 10_000,
  checkpointEntries: 1000,
  checkpointMilliseconds: 1000,
  batchMilliseconds: 10_000,
};

/** Milliseconds between two attempts to recover a failed chain. */
const RETRY_MILLISECONDS = 1000;

/** Something the record could not do. `WRITE`: a batch or the recovery after one; its appends were rejected. */
export interface ChainFault {
  readonly what: 'WRITE' | 'CHECKPOINT' | 'CLOSE';
  readonly chain: string;
  readonly cause: unknown;
}

/** How a chain is opened. */
export interface ChainOptions {
  /** The record's folder; the chain is the folder of its name in it. Created where missing, mode 0700. */
  readonly folder: string;
  /** Name of this gateway instance's chain: 1 to 64 ASCII letters, digits, `.`, `_`, `-`. */
  readonly chain: string;
  /** Hash algorithm, fixed for the chain's life. Default `sha256`. */
  readonly hash?: HashName;
  /** Signs the checkpoints; or what gives the key that does so now. */
  readonly signingKey: SigningKey | (() => SigningKey);
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of every fault, for log and alarm. Must not throw. */
  readonly onFault: (fault: ChainFault) => void;
  readonly limits?: Partial<ChainLimits>;
  /** Where to write. Default: this machine's file system. */
  readonly files?: RecordFiles;
}

/** An open chain of the record. */
export interface RecordChain {
  /**
   * Appends an entry. Resolves only once the entry is on stable storage, so its answer may leave.
   * It does not check what the entry says.
   * @throws MianzhengError EVIDENCE_UNAVAILABLE where it could not be made durable, is longer than
   *   1 MiB as JSON, too many wait, a batch takes too long, or the chain is closed. It is then not in the record,
   *   unless the process is killed before the chain has recovered, or the batch that took too long becomes durable
   *   after all: the record then says more than was disclosed, never less.
   */
  append(entry: NewEntry): Promise<Position>;
  /** The last durable entry. */
  head(): Head;
  /** Entries that wait to become durable. */
  waiting(): number;
  /** Waits for the appends under way, seals the chain and releases it. */
  close(): Promise<void>;
}

/**
 * Opens a chain for writing, after a kill at any moment: an unfinished last line is cut off and an
 * entry says so. Only the last segment is read; verifyRecord reads all.
 * @throws RecordError LOCKED, BROKEN, TAIL_MISSING, OTHER_HASH, UNFIT
 * @throws MianzhengError EVIDENCE_UNAVAILABLE where the opening entry could not be made durable
 */
export async function openChain(options: ChainOptions): Promise<RecordChain> {
  requireChainName(options.chain);
  const { chain, signingKey, now, onFault, files = nodeFiles, hash = 'sha256' } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const folder = join(options.folder, chain);
  const created = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (created !== undefined) await syncFrom(dirname(created), folder, files);
  const unlock = await lockChain(folder, chain);
  const opened: AppendedFile[] = [];
  try {
    const checkpoints = join(folder, CHECKPOINTS);
    const { last, size } = await lastCheckpoint(checkpoints, chain);
    const tail = await findTail(folder, chain, hash, last);
    const { file, cut } = await AppendedFile.open(files, join(folder, segmentName(tail.segment)), tail.size);
    opened.push(file);
    const sealed = await AppendedFile.open(files, checkpoints, size);
    opened.push(sealed.file);
    await files.syncFolder(folder);
    const log = new ChainLog({ folder, chain, hash, limits, files, now, onFault, unlock }, tail, file, cut);
    const seal = new Seal({
      chain,
      file: sealed.file,
      key: typeof signingKey === 'function' ? signingKey : () => signingKey,
      head: () => log.head(),
      last: last ?? { number: 0, seq: 0 },
      now,
      entries: limits.checkpointEntries,
      milliseconds: limits.checkpointMilliseconds,
      onFault: (cause) => onFault({ what: 'CHECKPOINT', chain, cause }),
    });
    await log.begin(seal);
    return log;
  } catch (error) {
    await each([...opened.map((file) => () => file.close()), unlock], (cause) =>
      onFault({ what: 'CLOSE', chain, cause }),
    );
    throw error;
  }
}

/** Takes every step, also after one that failed. */
async function each(steps: readonly (() => Promise<void>)[], onFault: (cause: unknown) => void): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (cause) {
      onFault(cause);
    }
  }
}

/** Makes the names of new folders durable, from the one that existed down to the chain's. */
async function syncFrom(existing: string, folder: string, files: RecordFiles): Promise<void> {
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    await files.syncFolder(parent);
    if (parent === existing || parent === dirname(parent)) return;
  }
}

interface Surroundings {
  readonly folder: string;
  readonly chain: string;
  readonly hash: HashName;
  readonly limits: ChainLimits;
  readonly files: RecordFiles;
  readonly now: () => number;
  readonly onFault: (fault: ChainFault) => void;
  readonly unlock: () => Promise<void>;
}

interface Waiting {
  readonly entry: NewEntry;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: Error) => void;
}

type State =
  | { readonly is: 'OPEN' }
  /** The last write failed at `since`; nothing behind the durable head was acknowledged. */
  | { readonly is: 'FAILED'; readonly since: number; readonly cause: unknown }
  /** A batch takes too long. Nothing is known of it until its write returns. */
  | { readonly is: 'STUCK' }
  /** An append after the waiting time has asked for another attempt. */
  | { readonly is: 'RECOVERING' };

class ChainLog implements RecordChain {
  readonly #around: Surroundings;
  readonly #sets: CoordinateSets;
  /** Last durable entry, the segment it is in, and that segment's file. They change only after a sync. */
  #head: Head;
  #segment: number;
  #file: AppendedFile;
  /** Month that segment was opened in, `YYYY-MM` in UTC. */
  #month: string;
  /** Bytes cut off that no durable `recovered` entry states yet. */
  #cut: number;
  #seal: Seal | null = null;
  #state: State = { is: 'OPEN' };
  #queue: Waiting[] = [];
  /** Entries in the queue and in the batch being written. */
  #waiting = 0;
  #writing: Promise<void> | null = null;
  readonly #batches: Overdue<readonly Waiting[]>;
  #closing: Promise<void> | null = null;

  constructor(around: Surroundings, tail: Tail, file: AppendedFile, cut: number) {
    this.#around = around;
    this.#head = tail.head;
    this.#segment = tail.segment;
    this.#file = file;
    this.#month = monthOf(tail.opened ?? new Date(around.now()).toISOString());
    this.#cut = cut;
    this.#batches = new Overdue(around.limits.batchMilliseconds, (batch) => this.#stick(batch));
    this.#sets = new CoordinateSets(around.limits.sets);
    for (const [id, set] of tail.sets) this.#sets.learn(id, set);
  }

  /** Writes what must stand before the first append, and seals it. */
  async begin(seal: Seal): Promise<void> {
    this.#seal = seal;
    try {
      if (this.#file.size === 0 || this.#cut > 0) await this.#write([]);
    } catch (cause) {
      this.#batches.close();
      throw unavailable('the record cannot be written', cause);
    }
    await seal.seal();
  }

  head(): Head {
    return this.#head;
  }

  waiting(): number {
    return this.#waiting;
  }

  append(entry: NewEntry): Promise<Position> {
    const { limits, now } = this.#around;
    if (this.#closing !== null) return Promise.reject(unavailable('the record is closed'));
    if (this.#waiting >= limits.waiting) return Promise.reject(unavailable('too many entries wait for the record'));
    if (this.#state.is === 'STUCK') return Promise.reject(unavailable('the record takes too long'));
    if (this.#state.is === 'FAILED') {
      const passed = now() - this.#state.since;
      // A clock set back must not hold the chain in its failure.
      if (passed >= 0 && passed < RETRY_MILLISECONDS) {
        return Promise.reject(unavailable('the record cannot be written', this.#state.cause));
      }
      this.#state = { is: 'RECOVERING' };
    }
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      this.#queue.push({ entry, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const { chain, onFault, unlock } = this.#around;
    await this.#writing;
    this.#batches.close();
    const seal = this.#seal;
    await each([async () => await seal?.close(), () => this.#file.close(), unlock], (cause) =>
      onFault({ what: 'CLOSE', chain, cause }),
    );
  }

  /** Writes batch after batch while entries wait. Never rejects: each entry is told its own outcome. */
  async #drain(): Promise<void> {
    // Entries of this turn of the event loop share the first batch.
    await new Promise((resume) => setImmediate(resume));
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      this.#batches.begin(batch);
      try {
        if (this.#state.is === 'RECOVERING') await this.#recover();
        await this.#write(batch);
        this.#state = { is: 'OPEN' };
        this.#waiting -= batch.length;
        this.#seal?.notice();
      } catch (cause) {
        this.#fail(cause, batch);
      } finally {
        this.#batches.end(batch);
      }
    }
    this.#writing = null;
  }

  /** Lets nobody wait for a disk that does not answer. */
  #stick(batch: readonly Waiting[]): void {
    const { chain, onFault } = this.#around;
    this.#state = { is: 'STUCK' };
    const error = unavailable('the record takes too long');
    for (const { reject } of [...batch, ...this.#queue]) reject(error);
    this.#waiting -= this.#queue.length;
    this.#queue = [];
    onFault({ what: 'WRITE', chain, cause: error });
  }

  #fail(cause: unknown, batch: readonly Waiting[]): void {
    const { chain, now, onFault } = this.#around;
    this.#state = { is: 'FAILED', since: now(), cause };
    this.#sets.forgetAfter(this.#head.seq);
    const error = unavailable('the record cannot be written', cause);
    for (const { reject } of [...batch, ...this.#queue]) reject(error);
    this.#queue = [];
    this.#waiting = 0;
    onFault({ what: 'WRITE', chain, cause });
  }

  /** Goes back to the durable head: what lies behind it was never acknowledged. */
  async #recover(): Promise<void> {
    const { folder, files } = this.#around;
    this.#cut += await files.remove(join(folder, segmentName(this.#segment + 1)));
    await files.syncFolder(folder);
    this.#cut += await this.#file.reopen();
    this.#state = { is: 'OPEN' };
  }

  /** Makes a batch durable and then, never before, resolves its appends. */
  async #write(entries: readonly Waiting[]): Promise<void> {
    const { chain, hash, now } = this.#around;
    const time = new Date(now()).toISOString();
    const { segment, file } = await this.#segmentToWrite(time);
    const batch = new Batch(this.#head, { chain, segment, hash }, this.#sets);
    if (file.size === 0) batch.open(time);
    if (this.#cut > 0) batch.recovered(time, this.#cut);
    const written: { to: Waiting; position: Position }[] = [];
    for (const to of entries) {
      try {
        written.push({ to, position: batch.append(to.entry) });
      } catch (cause) {
        to.reject(unavailable('the entry cannot be recorded', cause));
      }
    }
    await file.append(batch.bytes);
    this.#head = batch.head;
    if (segment !== this.#segment) this.#month = monthOf(time);
    this.#segment = segment;
    this.#file = file;
    this.#cut = 0;
    for (const { to, position } of written) to.resolve(position);
  }

  /** A segment holds one month at most, so that what is older than a bound can be removed in whole segments. */
  async #segmentToWrite(time: string): Promise<{ segment: number; file: AppendedFile }> {
    const { folder, files, limits } = this.#around;
    const due = this.#file.size >= limits.segmentBytes || (this.#file.size > 0 && monthOf(time) > this.#month);
    if (!due) return { segment: this.#segment, file: this.#file };
    await this.#file.close();
    const segment = this.#segment + 1;
    const { file } = await AppendedFile.open(files, join(folder, segmentName(segment)), 0);
    this.#sets.clear();
    try {
      await files.syncFolder(folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    return { segment, file };
  }
}

/** Of an ISO 8601 instant in UTC; months compare as text. */
function monthOf(time: string): string {
  return time.slice(0, 7);
}

function unavailable(message: string, cause?: unknown): MianzhengError {
  return new MianzhengError('EVIDENCE_UNAVAILABLE', message, {
    retryAfter: 1,
    ...(cause === undefined ? {} : { cause }),
  });
}
