/** Removes what is older than the time it must be kept from the beginning of a chain, and proves what is left. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { type Anchor, lastAnchor, signAnchor, standingSegments } from './anchor.js';
import { RecordError } from './errors.js';
import { AppendedFile, nodeFiles, type RecordFiles } from './files.js';
import { ANCHORS, segmentName, segmentsIn } from './folders.js';
import { HASH_NAMES, readSound, type SoundLine } from './line.js';
import { readRawLines } from './raw-lines.js';
import type { SigningKey } from './signing-key.js';
import { entryIn, openedAt } from './tail.js';
import { verifyBeginning } from './verify.js';

/** What of a chain may go. */
export interface PruningBound {
  /** The chain's folder. */
  readonly chainFolder: string;
  readonly chain: string;
  /** Milliseconds since the epoch: only what is older goes. */
  readonly before: number;
  /** Every key that ever signed checkpoints of the chain. */
  readonly publicKeys: readonly JWK[];
}

/** What is due to be removed from the beginning of a chain: whole segments, all entries up to the last of them. */
export type Due = Pick<Anchor, 'seq' | 'hash' | 'segment' | 'entries' | 'until'>;

interface ReadSegment {
  readonly last: SoundLine;
  /** Milliseconds since the epoch of its latest entry; NaN where one has a time that cannot be read. */
  readonly latest: number;
}

/**
 * Finds the segments at the beginning of a chain whose every entry is older than the bound. The last segment of a
 * chain never goes, nor one that is not followed by another's opening. Times are those the entries state: one that
 * lies in the future, from a clock that was wrong, holds its segment and all behind it.
 * @returns null where nothing is due
 * @throws RecordError BROKEN where those entries are not all proven: what may have been tampered with is evidence and
 *   stays. UNFIT for a key of another type
 */
export async function findDue({ chainFolder, chain, before, publicKeys }: PruningBound): Promise<Due | null> {
  const numbers = await standingSegments(chainFolder);
  const { last: anchor } = await lastAnchor(chainFolder);
  let due: Due | null = null;
  let until = Number.NEGATIVE_INFINITY;
  for (const [index, number] of numbers.entries()) {
    const next = numbers[index + 1];
    if (next === undefined || next !== number + 1 || (await openingTime(chainFolder, chain, next)) === null) break;
    // Its opening is one of its entries: most segments need not be read to know that they stay.
    const opened = await openingTime(chainFolder, chain, number);
    if (opened === null || !(Date.parse(opened) < before)) break;
    const read = await readSegment(chainFolder, chain, number);
    if (!(read.latest < before)) break;
    until = Math.max(until, read.latest);
    due = {
      seq: read.last.seq,
      hash: read.last.hash,
      segment: number,
      entries: read.last.seq - (anchor?.seq ?? 0),
      until: new Date(until).toISOString(),
    };
  }
  if (due === null) return null;
  const { faults, sealed } = await verifyBeginning(chainFolder, chain, publicKeys, due.seq);
  const fault = faults[0];
  if (fault !== undefined) {
    throw new RecordError('BROKEN', `chain ${chain} is not pruned, because it is broken: ${fault.explanation}`, {
      chain,
      ...(fault.segment === null ? {} : { segment: fault.segment }),
      ...(fault.line === null ? {} : { line: fault.line }),
    });
  }
  if (sealed < due.seq) {
    throw new RecordError('BROKEN', `chain ${chain} is not pruned, because no checkpoint seals entry ${due.seq}`, {
      chain,
    });
  }
  return due;
}

/** Who removes what was found due, and when. */
export interface Pruning {
  readonly chainFolder: string;
  readonly chain: string;
  readonly due: Due;
  /** Who removes it: 1 to 200 characters. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signingKey: SigningKey;
  /** Where to write. Default: this machine's file system. */
  readonly files?: RecordFiles;
}

/**
 * Signs an anchor for what is due, makes it durable, and only then removes the segments. Killed at any moment it
 * leaves a chain that verifies; {@link removeLeftovers} ends what was begun. The chain may be written meanwhile.
 * Calls for one chain must not overlap: whoever calls holds a lock of its own.
 */
export async function prune(pruning: Pruning): Promise<Anchor> {
  const { chainFolder, chain, due, by, now, signingKey, files = nodeFiles } = pruning;
  const { last, size } = await lastAnchor(chainFolder);
  const time = new Date(now).toISOString();
  const anchor: Anchor = { chain, number: (last?.number ?? 0) + 1, ...due, by, time };
  const jws = await signAnchor(anchor, signingKey);
  // Cuts off an unfinished line of a run that was killed.
  const { file } = await AppendedFile.open(files, join(chainFolder, ANCHORS), size);
  try {
    await file.append(Buffer.from(`${jws}\n`));
  } finally {
    await file.close();
  }
  await files.syncFolder(chainFolder);
  await removeLeftovers(chainFolder, files);
  return anchor;
}

/** Numbers of the segments whose files are there though the last anchor says they are removed. */
export async function leftovers(chainFolder: string): Promise<readonly number[]> {
  const { last } = await lastAnchor(chainFolder);
  return (await segmentsIn(chainFolder)).filter((number) => number <= (last?.segment ?? 0));
}

/**
 * Removes those files, the oldest first.
 * @returns how many there were
 */
export async function removeLeftovers(chainFolder: string, files: RecordFiles = nodeFiles): Promise<number> {
  const left = await leftovers(chainFolder);
  for (const number of left) await rm(join(chainFolder, segmentName(number)));
  if (left.length > 0) await files.syncFolder(chainFolder);
  return left.length;
}

/** The time in a segment's opening; null where it has none yet. */
async function openingTime(chainFolder: string, chain: string, number: number): Promise<string | null> {
  for await (const [first] of readRawLines(join(chainFolder, segmentName(number)))) {
    if (first === undefined || !first.finished) return null;
    const read = readSound(first.bytes, HASH_NAMES);
    return read && openedAt(read.line, chain, number);
  }
  return null;
}

/** @throws RecordError BROKEN where a line is no sound entry */
async function readSegment(chainFolder: string, chain: string, number: number): Promise<ReadSegment> {
  const segment = segmentName(number);
  let last: SoundLine | null = null;
  let latest = Number.NEGATIVE_INFINITY;
  for await (const lines of readRawLines(join(chainFolder, segment))) {
    for (const { bytes, finished, number: line } of lines) {
      const read = finished ? readSound(bytes, HASH_NAMES) : null;
      if (read === null) {
        const message = `chain ${chain} is not pruned, because ${segment}, line ${line} is not a sound entry`;
        throw new RecordError('BROKEN', message, { chain, segment, line });
      }
      last = read.line;
      const entry = entryIn(read.line);
      if (entry !== null && 'time' in entry) latest = Math.max(latest, Date.parse(entry.time));
    }
  }
  if (last === null) throw new RecordError('BROKEN', `chain ${chain}, ${segment} is empty`, { chain, segment });
  return { last, latest };
}
