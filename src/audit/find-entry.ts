import { join } from 'node:path';
import { standingSegments } from './anchor.js';
import type { Position, RecordEntry } from './entries.js';
import { chainsIn, requireChainName, segmentName } from './folders.js';
import { HASH_NAMES, readSound } from './line.js';
import { readRawLines } from './raw-lines.js';
import { entryIn } from './tail.js';

/** An entry where it stands. */
export interface FoundEntry {
  readonly position: Position;
  readonly entry: RecordEntry;
}

/**
 * Looks an entry up by its number, reading one segment. Its line is checked against its own hash;
 * that it stands in the chain it was written in, unchanged, is for {@link verifyRecord} to say.
 * @returns null where the record has no sound entry of that number in that chain
 * @throws RecordError UNFIT for what is no chain's name; errors of the file system as they are
 */
export async function findEntry(folder: string, chain: string, seq: number): Promise<FoundEntry | null> {
  requireChainName(chain);
  if (!(await chainsIn(folder)).includes(chain)) return null;
  for (const segment of (await standingSegments(join(folder, chain))).reverse()) {
    const found = await findIn(join(folder, chain, segmentName(segment)), seq);
    if (found === 'BEFORE') continue;
    return found && { position: { chain, segment, ...found.head }, entry: found.entry };
  }
  return null;
}

/** The entry in a segment's file; BEFORE where the segment begins with a later one. */
async function findIn(path: string, seq: number) {
  for await (const lines of readRawLines(path)) {
    for (const { bytes, number } of lines) {
      const line = readSound(bytes, HASH_NAMES)?.line;
      if (line === undefined) continue;
      if (number === 1 && line.seq > seq) return 'BEFORE';
      if (line.seq !== seq) continue;
      const entry = entryIn(line);
      return entry && { head: { seq, hash: line.hash }, entry };
    }
  }
  return null;
}
