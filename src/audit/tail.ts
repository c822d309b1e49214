import { join } from 'node:path';
import { standingSegments } from './anchor.js';
import type { Checkpoint } from './checkpoint.js';
import type { Head, RecordEntry, SegmentOpening } from './entries.js';
import { RecordError } from './errors.js';
import { segmentName } from './folders.js';
import { FIRST_PREVIOUS, type HashName, readLine, type SoundLine } from './line.js';
import { readRawLines } from './raw-lines.js';

/** Where a chain is to be continued. */
export interface Tail {
  /** Segment to append to, from 1. */
  readonly segment: number;
  /** Good bytes in it; 0: it has yet to be opened with an entry. */
  readonly size: number;
  /** ISO 8601 instant of the entry that opens it; null where it has yet to be opened. */
  readonly opened: string | null;
  /** Last good entry. */
  readonly head: Head;
  /** Sets of coordinates in that segment, by id. */
  readonly sets: readonly (readonly [id: number, set: readonly string[]])[];
}

interface Scan {
  readonly size: number;
  readonly opened: string | null;
  readonly head: Head | null;
  readonly sets: Tail['sets'];
}

/**
 * Reads the last segment of a chain and finds its end: an unfinished last line was never
 * acknowledged and does not count. Segments before the last are not read (see verifyRecord).
 * @param sealed the last checkpoint; the chain must still reach it
 * @throws RecordError BROKEN for any other unsound line, naming segment and line; TAIL_MISSING where
 *   the chain ends before the checkpoint; OTHER_HASH where it was begun with another algorithm
 */
export async function findTail(
  folder: string,
  chain: string,
  hash: HashName,
  sealed: Checkpoint | null,
): Promise<Tail> {
  const numbers = await standingSegments(folder);
  const last = numbers.at(-1) ?? 1;
  let scan: Scan = { size: 0, opened: null, head: null, sets: [] };
  let head: Head = { seq: 0, hash: FIRST_PREVIOUS };
  if (numbers.length > 0) {
    scan = await scanSegment(folder, chain, last, hash, sealed, true);
    if (scan.head !== null) head = scan.head;
    // Killed between creating a segment and its first entry: the end is in the one before.
    else if (last > 1) head = (await scanSegment(folder, chain, last - 1, hash, sealed, false)).head ?? head;
  }
  if (sealed !== null && sealed.seq > head.seq) {
    throw new RecordError(
      'TAIL_MISSING',
      `chain ${chain} ends with entry ${head.seq}, but checkpoint ${sealed.number} seals entry ${sealed.seq}`,
      { chain, segment: segmentName(last) },
    );
  }
  return { segment: last, size: scan.size, opened: scan.opened, head, sets: scan.sets };
}

async function scanSegment(
  folder: string,
  chain: string,
  number: number,
  hash: HashName,
  sealed: Checkpoint | null,
  mayBeTorn: boolean,
): Promise<Scan> {
  const segment = segmentName(number);
  const sets: [number, readonly string[]][] = [];
  let head: Head | null = null;
  let opened: string | null = null;
  let size = 0;
  for await (const lines of readRawLines(join(folder, segment))) {
    for (const raw of lines) {
      const broken = (reason: string) =>
        new RecordError('BROKEN', `chain ${chain}, ${segment}, line ${raw.number}: ${reason}`, {
          chain,
          segment,
          line: raw.number,
        });
      if (!raw.finished) {
        if (mayBeTorn) break;
        throw broken('unfinished, though a further segment was begun');
      }
      const line = readLine(raw.bytes, hash);
      if (line.read === 'UNSOUND') {
        if (raw.number === 1 && begunWithOther(raw.bytes, hash)) {
          throw new RecordError('OTHER_HASH', `chain ${chain} was not begun with ${hash}`, { chain, segment, line: 1 });
        }
        throw broken('not a sound entry');
      }
      if (head === null) {
        opened = openedAt(line, chain, number);
        if (opened === null) throw broken('not the opening of this segment');
      } else if (line.seq !== head.seq + 1 || line.previous !== head.hash) {
        throw broken(`entry ${line.seq} does not follow entry ${head.seq}`);
      }
      if (line.seq === sealed?.seq && line.hash !== sealed.hash) {
        throw broken(`entry ${line.seq} is not the one that checkpoint ${sealed.number} seals`);
      }
      if (line.kind === 'coordinates') sets.push([line.seq, setIn(line)]);
      head = { seq: line.seq, hash: line.hash };
      size = raw.end;
    }
  }
  return { size, opened, head, sets };
}

/**
 * The entry of a sound line; null where its text is no JSON. Its shape is not checked: it is what
 * the chain wrote, unless someone rewrote it and recomputed the hash.
 */
export function entryIn(line: SoundLine): RecordEntry | null {
  try {
    return JSON.parse(line.json.toString('utf8')) as RecordEntry;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What a line says of the segment it opens; null where it opens none. */
export function openingIn(line: SoundLine): SegmentOpening | null {
  if (line.kind !== 'chain' && line.kind !== 'segment') return null;
  const entry = entryIn(line);
  return entry?.kind === 'chain' || entry?.kind === 'segment' ? entry : null;
}

/** When a segment was opened by this line; null where the line is not the opening of that segment. */
export function openedAt(line: SoundLine, chain: string, number: number): string | null {
  const opening = openingIn(line);
  if (opening?.chain !== chain || opening.segment !== number) return null;
  const first = line.kind === 'chain' && line.seq === 1 && line.previous === FIRST_PREVIOUS;
  return (number === 1 ? first : line.kind === 'segment') ? opening.time : null;
}

function begunWithOther(bytes: Buffer, hash: HashName): boolean {
  return readLine(bytes, hash === 'sha256' ? 'sm3' : 'sha256').read === 'SOUND';
}

function setIn(line: SoundLine): readonly string[] {
  const entry = entryIn(line);
  return entry?.kind === 'coordinates' ? entry.coordinates : [];
}
