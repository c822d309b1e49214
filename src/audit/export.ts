import { join } from 'node:path';
import { lastAnchor, standingSegments } from './anchor.js';
import type {
  AdministrationRecord,
  AlarmRecord,
  ControlRecord,
  Position,
  RecordEntry,
  RequestRecord,
  StoredRequest,
} from './entries.js';
import { RecordError } from './errors.js';
import { chainsIn, segmentName } from './folders.js';
import { HASH_NAMES, type HashName, readSound } from './line.js';
import { type RawLine, readRawLines } from './raw-lines.js';
import { entryIn } from './tail.js';

/** An entry as exported, with its place in the record. */
export type ExportedEntry = { readonly position: Position } & (
  | { readonly kind: 'request'; readonly record: RequestRecord }
  | { readonly kind: 'administration'; readonly record: AdministrationRecord }
  | { readonly kind: 'control'; readonly record: ControlRecord }
  | { readonly kind: 'alarm'; readonly record: AlarmRecord }
);

/** A period; an entry belongs to it by its own `time`. */
export interface ExportPeriod {
  /** ISO 8601 instant, included. Default: from the beginning. */
  readonly from?: string;
  /** ISO 8601 instant, excluded. Default: to the end. */
  readonly to?: string;
}

/**
 * Streams requests, acts of administration and alarms, chain by chain in the order written, with the sets
 * of coordinates spelled out. Each line is checked against its own hash; that none is missing or
 * was rewritten is for {@link verifyRecord} to say. An unfinished last line is left out.
 * @throws RecordError BROKEN at the first unsound line, or one that names an unknown set; UNFIT for
 *   a period that is no two instants
 */
export async function* exportRecord(folder: string, period: ExportPeriod = {}): AsyncGenerator<ExportedEntry, void> {
  const from = instant(period.from, Number.NEGATIVE_INFINITY);
  const to = instant(period.to, Number.POSITIVE_INFINITY);
  for (const chain of await chainsIn(folder)) {
    let algorithm: HashName | null = null;
    for (const segment of await standingSegments(join(folder, chain))) {
      const sets = new Map<number, readonly string[]>([[0, []]]);
      const name = segmentName(segment);
      for await (const lines of linesStanding(join(folder, chain), segment)) {
        for (const raw of lines) {
          if (!raw.finished) continue;
          const broken = (reason: string) =>
            new RecordError('BROKEN', `chain ${chain}, ${name}, line ${raw.number}: ${reason}`, {
              chain,
              segment: name,
              line: raw.number,
            });
          const read = readSound(raw.bytes, algorithm === null ? HASH_NAMES : [algorithm]);
          if (read === null) throw broken('not a sound entry');
          algorithm = read.algorithm;
          const entry = entryIn(read.line);
          if (entry === null) throw broken('not JSON');
          if (entry.kind === 'coordinates') sets.set(entry.seq, entry.coordinates);
          if (!isExported(entry)) continue;
          const time = Date.parse(entry.time);
          if (time < from || time >= to) continue;
          const position: Position = { chain, segment, seq: read.line.seq, hash: read.line.hash };
          const found = exported(position, entry, (id) => sets.get(id) ?? null);
          if (found === null) throw broken('names a set of coordinates that is not in its segment');
          yield found;
        }
      }
    }
  }
}

/** The lines of a segment; none where its time had come since it was seen to stand. */
async function* linesStanding(chainFolder: string, segment: number): AsyncGenerator<readonly RawLine[]> {
  try {
    yield* readRawLines(join(chainFolder, segmentName(segment)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const { last } = await lastAnchor(chainFolder);
    if (segment > (last?.segment ?? 0)) throw error;
  }
}

/**
 * An entry as exported, of what is stored.
 * @param setOf the set of coordinates of an id of its segment, the empty one for 0; null where there is none
 * @returns null for an entry the chain writes for itself, and where one names a set that is not there
 */
export function exported(
  position: Position,
  entry: RecordEntry,
  setOf: (id: number) => readonly string[] | null,
): ExportedEntry | null {
  switch (entry.kind) {
    case 'administration': {
      const { seq: _seq, kind, ...record } = entry;
      return { position, kind, record };
    }
    case 'control': {
      const { seq: _seq, kind, ...record } = entry;
      return { position, kind, record };
    }
    case 'alarm': {
      const { seq: _seq, kind, ...record } = entry;
      return { position, kind, record };
    }
    case 'request': {
      const record = spelledOut(entry, setOf);
      return record && { position, kind: 'request', record };
    }
    default:
      return null;
  }
}

function isExported(entry: RecordEntry): entry is Extract<RecordEntry, { readonly kind: ExportedEntry['kind'] }> {
  return ['request', 'administration', 'control', 'alarm'].includes(entry.kind);
}

function spelledOut(
  entry: { readonly seq: number; readonly kind: 'request' } & StoredRequest,
  setOf: (id: number) => readonly string[] | null,
): RequestRecord | null {
  const { seq: _seq, kind: _kind, about: given, ...stored } = entry;
  const disclosed = setOf(stored.disclosed);
  const masked = setOf(stored.masked);
  const used = setOf(stored.used);
  const withheld = setOf(stored.withheld);
  if (disclosed === null || masked === null || used === null || withheld === null) return null;
  const record = { ...stored, disclosed, masked, used, withheld, receipt: stored.receipt ?? null };
  if (given === undefined) return record;
  const about: (readonly string[])[] = [];
  for (const id of given) {
    const set = setOf(id);
    if (set === null) return null;
    about.push(set);
  }
  return { ...record, about };
}

function instant(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const time = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time)) {
    throw new RecordError('UNFIT', `not an ISO 8601 instant: ${JSON.stringify(text)}`);
  }
  return time;
}
