import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { type Anchor, verifyAnchor } from './anchor.js';
import { type Checkpoint, findCheckpoint, lastCheckpoint, verifyCheckpoint } from './checkpoint.js';
import type { Head } from './entries.js';
import { RecordError } from './errors.js';
import { entries, type FaultKind, MAX_FAULTS, type VerificationFault } from './faults.js';
import { ANCHORS, CHECKPOINTS, chainsIn, segmentName, segmentsIn } from './folders.js';
import { FIRST_PREVIOUS } from './line.js';
import { isChainWritten } from './lock.js';
import { type RawLine, readRawLines } from './raw-lines.js';
import { SequenceCheck } from './sequence-check.js';

/** One chain as verified. */
export interface VerifiedChain {
  readonly chain: string;
  /** All entries that stand, also those the chain writes for itself. */
  readonly entries: number;
  readonly requests: number;
  readonly checkpoints: number;
  /** Last entry. */
  readonly head: Head;
  /** Last entry a checkpoint seals; those behind it are only held by their hashes. */
  readonly sealed: number;
  /** What was removed from the beginning when its time had come, by the last anchor; null: nothing. */
  readonly pruned: Anchor | null;
}

/** Result of a verification. */
export type Verification =
  | { readonly state: 'INTACT'; readonly chains: readonly VerifiedChain[] }
  /** At most 20 faults a chain, the first first. Later ones may follow from earlier ones. */
  | { readonly state: 'BROKEN'; readonly faults: readonly VerificationFault[] };

/**
 * Reads every chain of the record, in bounded memory, and finds any change, gap, removal or
 * reordering. A chain may be written meanwhile; what comes in after the start may not be counted.
 *
 * It does not find: a chain whose whole folder was removed; entries behind the last checkpoint that
 * were rewritten or cut off by someone who also recomputed the hashes, and so anything done by
 * someone who removes the checkpoints from some point on, or has the signing key. Keep heads or
 * checkpoints in another place (receipts do) to narrow that.
 * @param folder the record's folder
 * @param publicKeys every key that ever signed checkpoints (Ed25519); keys of receipts (`kid` from `receipt-`) are passed over
 * @throws RecordError UNFIT for a key of another type; errors of the file system as they are
 */
export async function verifyRecord(folder: string, publicKeys: readonly JWK[]): Promise<Verification> {
  const keys = await importKeys(publicKeys);
  const chains: VerifiedChain[] = [];
  const faults: VerificationFault[] = [];
  for (const chain of await chainsIn(folder)) {
    const { verified, found } = await checkChain(join(folder, chain), chain, keys);
    chains.push(verified);
    faults.push(...found);
  }
  return faults.length === 0 ? { state: 'INTACT', chains } : { state: 'BROKEN', faults };
}

/**
 * Verifies the beginning of one chain: every entry up to `seq`, and on to the first checkpoint that seals it. Others
 * are not looked at: as each entry holds the hash of the one before, that one proves them all.
 * @returns what is wrong there, and the last entry found sealed: the beginning is proven where nothing is wrong and
 *   that is not before `seq`
 * @throws as {@link verifyRecord}
 */
export async function verifyBeginning(
  chainFolder: string,
  chain: string,
  publicKeys: readonly JWK[],
  seq: number,
): Promise<{ readonly faults: readonly VerificationFault[]; readonly sealed: number }> {
  const { found, verified } = await checkChain(chainFolder, chain, await importKeys(publicKeys), seq);
  return { faults: found, sealed: verified.sealed };
}

/** Times that a chain is read anew because segments were removed while it was read. */
const READINGS = 3;

async function checkChain(folder: string, chain: string, keys: ReadonlyMap<string, CryptoKey>, until?: number) {
  for (let reading = 1; ; reading += 1) {
    try {
      return await new ChainCheck(folder, chain, keys, until).run();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || reading === READINGS) throw error;
    }
  }
}

/** Public keys by `kid`, those of receipts left out. @throws RecordError UNFIT for a key of another type */
export async function importKeys(publicKeys: readonly JWK[]): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const { kid, kty, crv, x } of publicKeys) {
    // Published in the same set; whoever signs receipts must not thereby seal the record.
    if (kid?.startsWith('receipt-')) continue;
    if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined) {
      throw new RecordError('UNFIT', 'checkpoints are verified with Ed25519 public keys');
    }
    const key = await importJWK({ kty, crv, x }, 'EdDSA');
    if (!(key instanceof Uint8Array)) keys.set(await calculateJwkThumbprint({ kty, crv, x }), key);
  }
  return keys;
}

class ChainCheck {
  #sequence: SequenceCheck;
  readonly #faults: VerificationFault[] = [];
  #checkpoints = 0;
  #sealed = 0;
  #mismatching = false;

  constructor(
    private readonly folder: string,
    private readonly chain: string,
    private readonly keys: ReadonlyMap<string, CryptoKey>,
    /** Only the first checkpoint at or behind this entry counts, and reading ends with it; default: all. */
    private readonly until: number = Number.POSITIVE_INFINITY,
  ) {
    this.#sequence = new SequenceCheck(chain, NOTHING);
  }

  async run(): Promise<{ verified: VerifiedChain; found: VerificationFault[] }> {
    // In this order, so that a writer at work cannot seem to have sealed what is not there.
    const written = await isChainWritten(this.folder);
    const checkpoints = this.#checkpointsOf(await sizeOf(join(this.folder, CHECKPOINTS)), written);
    const files = await segmentsIn(this.folder);
    const pruned = await this.#lastAnchor();
    const numbers = files.filter((number) => number > (pruned?.segment ?? 0));
    if (pruned !== null) this.#sequence = new SequenceCheck(this.chain, { seq: pruned.seq, hash: pruned.hash });

    try {
      let checkpoint = await this.#passed(checkpoints, pruned);
      let last = { segment: segmentName((pruned?.segment ?? 0) + 1), line: 0 };
      reading: for (const number of numbers) {
        const segment = segmentName(number);
        for await (const lines of readRawLines(join(this.folder, segment))) {
          for (const raw of lines) {
            if (!raw.finished && number === numbers.at(-1)) {
              if (!written) this.#torn(raw, segment);
              continue;
            }
            const entry = this.#sequence.take(raw, segment, number);
            last = { segment, line: raw.number };
            while (checkpoint !== null && checkpoint.seq < this.#sequence.next) {
              if (entry?.seq === checkpoint.seq) this.#compare(checkpoint, entry, last);
              if (this.#sealed >= this.until) break reading;
              checkpoint = await following(checkpoints);
            }
          }
          if (this.#sequence.full) break reading;
        }
      }
      this.#sequence.end();
      if (pruned !== null && this.#sequence.next === pruned.seq + 1 && !this.#sequence.full)
        this.#nothingStands(pruned);
      let beyond: Checkpoint | null = null;
      if (this.#sealed < this.until) {
        for (; checkpoint !== null; checkpoint = await following(checkpoints)) beyond = checkpoint;
      }
      if (beyond !== null && beyond.seq >= this.#sequence.next && !this.#sequence.full) this.#tailMissing(beyond, last);
      const judged = this.#checkpoints > 0 || this.#faults.some((fault) => fault.segment === CHECKPOINTS);
      if (!judged && !(written && this.#sequence.next <= 2)) this.#unsealed();
    } finally {
      await checkpoints.return();
    }

    const verified = {
      chain: this.chain,
      entries: this.#sequence.next - 1 - (pruned?.seq ?? 0),
      requests: this.#sequence.requests,
      checkpoints: this.#checkpoints,
      head: this.#sequence.head,
      sealed: this.#sealed,
      pruned,
    };
    return { verified, found: [...this.#sequence.settle(), ...this.#faults].slice(0, MAX_FAULTS) };
  }

  /** The chain's last sound anchor; what is wrong with any of them is noted. */
  async #lastAnchor(): Promise<Anchor | null> {
    let last: Anchor | null = null;
    let next = 1;
    for await (const lines of readRawLines(join(this.folder, ANCHORS), await sizeOf(join(this.folder, ANCHORS)))) {
      for (const { bytes, number, finished } of lines) {
        if (this.#faults.length >= MAX_FAULTS) return last;
        // Nothing was removed on the word of an unfinished one.
        if (!finished) continue;
        const verified = await verifyAnchor(bytes.toString('latin1'), this.keys);
        const reason = !verified.ok ? verified.reason : reasonAgainst(verified.statement, this.chain, last);
        if (!verified.ok || reason !== null) {
          this.#add('ANCHOR_CHANGED', ANCHORS, number, null, `anchor ${next} does not hold: ${reason}`);
          next += 1;
          continue;
        }
        const anchor = verified.statement;
        if (anchor.number !== next) {
          const explanation = `anchor ${anchor.number} stands where anchor ${next} belongs`;
          this.#add('ANCHOR_MISSING', ANCHORS, number, anchor.seq, explanation);
        }
        next = anchor.number + 1;
        if (last === null || anchor.seq > last.seq) last = anchor;
      }
    }
    return last;
  }

  /** Passes over checkpoints of entries that an anchor removed; resolves with the first behind them. */
  async #passed(checkpoints: AsyncGenerator<Checkpoint, void>, pruned: Anchor | null): Promise<Checkpoint | null> {
    let checkpoint = await following(checkpoints);
    for (; pruned !== null && checkpoint !== null && checkpoint.seq <= pruned.seq; ) {
      if (checkpoint.seq === pruned.seq) this.#compare(checkpoint, pruned, { segment: ANCHORS, line: pruned.number });
      this.#sealed = checkpoint.seq;
      checkpoint = await following(checkpoints);
    }
    return checkpoint;
  }

  #nothingStands({ seq, segment }: Anchor): void {
    const explanation = `entry ${seq + 1}, with which the chain went on when all before it were removed, is missing`;
    this.#add('TAIL_MISSING', segmentName(segment + 1), 1, seq + 1, explanation);
  }

  /** The chain's sound checkpoints in ascending order; what is wrong with others is noted. */
  async *#checkpointsOf(size: number, written: boolean): AsyncGenerator<Checkpoint, void> {
    const path = join(this.folder, CHECKPOINTS);
    let next = 1;
    let seq = 0;
    let start = 0;
    if (this.until !== Number.POSITIVE_INFINITY) {
      start = await findCheckpoint(path, (await lastCheckpoint(path, this.chain)).size, this.until);
    }
    let known = start === 0;
    for await (const lines of readRawLines(path, size, start)) {
      for (const { bytes, number, finished } of lines) {
        if (this.#faults.length >= MAX_FAULTS) return;
        if (!finished) {
          const explanation = 'the last checkpoint is unfinished: a kill left it so, or it was cut';
          if (!written) this.#add('TORN', CHECKPOINTS, number, null, explanation);
          continue;
        }
        const verified = await verifyCheckpoint(bytes.toString('latin1'), this.keys);
        const reason = !verified.ok
          ? verified.reason
          : verified.statement.chain === this.chain
            ? null
            : 'it is of another chain';
        if (!verified.ok || reason !== null) {
          this.#add('CHECKPOINT_CHANGED', CHECKPOINTS, number, null, `checkpoint ${next} does not hold: ${reason}`);
          next += 1;
          continue;
        }
        const checkpoint = verified.statement;
        // Read from the middle, the first tells which number it has.
        if (!known) next = checkpoint.number;
        known = true;
        if (checkpoint.number !== next || checkpoint.seq <= seq) {
          const explanation = `checkpoint ${checkpoint.number} stands where checkpoint ${next} belongs`;
          this.#add('CHECKPOINT_MISSING', CHECKPOINTS, number, checkpoint.seq, explanation);
        }
        next = checkpoint.number + 1;
        if (checkpoint.seq <= seq) continue;
        seq = checkpoint.seq;
        this.#checkpoints += 1;
        yield checkpoint;
      }
    }
  }

  #compare({ number, time, seq, hash }: Checkpoint, entry: Head, { segment, line }: { segment: string; line: number }) {
    if (entry.hash === hash) {
      this.#sealed = seq;
      this.#mismatching = false;
      return;
    }
    // All checkpoints after a rewritten entry fail with it.
    if (this.#mismatching) return;
    this.#mismatching = true;
    const explanation =
      `${entries(Math.min(this.#sealed + 1, seq), seq)}: at least one was rewritten after checkpoint ${number} of ` +
      `${time} sealed entry ${seq} with another hash`;
    this.#add('CHECKPOINT_MISMATCH', segment, line, seq, explanation);
  }

  #torn(raw: RawLine, segment: string): void {
    const { next } = this.#sequence;
    const explanation =
      `the last line, where entry ${next} belongs, is unfinished: a kill left it so before it was acknowledged, ` +
      'or it was cut';
    this.#add('TORN', segment, raw.number, next, explanation);
  }

  #tailMissing({ number, time, seq }: Checkpoint, last: { segment: string; line: number }): void {
    const { next } = this.#sequence;
    const explanation = `${entries(next, seq)} missing from the end: checkpoint ${number} of ${time} seals entry ${seq}`;
    this.#add('TAIL_MISSING', last.segment, last.line + 1, next, explanation);
  }

  #unsealed(): void {
    this.#add('CHECKPOINT_MISSING', CHECKPOINTS, null, null, 'no checkpoint seals this chain');
  }

  #add(fault: FaultKind, segment: string, line: number | null, seq: number | null, explanation: string): void {
    this.#faults.push({ chain: this.chain, segment, line, seq, fault, explanation });
  }
}

const NOTHING: Head = { seq: 0, hash: FIRST_PREVIOUS };

/** Why a signed anchor does not belong where it stands; null where it does. */
function reasonAgainst(anchor: Anchor, chain: string, before: Anchor | null): string | null {
  if (anchor.chain !== chain) return 'it is of another chain';
  const follows = anchor.number === (before?.number ?? 0) + 1;
  if (!follows) return null;
  const sound =
    anchor.segment > (before?.segment ?? 0) && anchor.entries === anchor.seq - (before?.seq ?? 0) && anchor.entries > 0;
  return sound ? null : 'it does not fit the anchor before it';
}

async function following(checkpoints: AsyncGenerator<Checkpoint, void>): Promise<Checkpoint | null> {
  const { value } = await checkpoints.next();
  return value ?? null;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
