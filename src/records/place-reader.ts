/** Reads entries from the chains at the places that the index names. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import type { Position, RecordEntry } from '../audit/entries.js';
import { type ExportedEntry, exported } from '../audit/export.js';
import { segmentName } from '../audit/folders.js';
import { HASH_NAMES, MAX_LINE_BYTES, readSound } from '../audit/line.js';
import { entryIn } from '../audit/tail.js';
import { CHAIN_SPAN } from './tables.js';

/** Where a line stands, as the index has it. */
interface LinePlace {
  readonly segment: number;
  readonly at: number;
  readonly length: number;
}

/** Sets of coordinates kept while a page is read. */
const SETS_KEPT = 10_000;

/** Segments open at once. */
const FILES_KEPT = 16;

/** An entry read from its chain, or that its line is not the one that was indexed. */
export type ReadEntry =
  | { readonly read: 'SOUND'; readonly entry: ExportedEntry }
  | { readonly read: 'UNSOUND'; readonly chain: string; readonly seq: number };

/** Reads entries; keeps files and sets from one to the next. `close` it when done. */
export class PlaceReader {
  readonly #folder: string;
  readonly #chains: ReadonlyMap<number, string>;
  readonly #entry: Statement;
  readonly #setEntry: Statement;
  readonly #sets = new Map<number, readonly string[]>();
  readonly #files = new Map<string, number>();

  constructor(db: Database, folder: string) {
    this.#folder = folder;
    const chains = db.prepare('SELECT id, name FROM chain').all() as { id: number; name: string }[];
    this.#chains = new Map(chains.map(({ id, name }) => [id, name]));
    this.#entry = db.prepare('SELECT segment, at, length FROM entry WHERE id = ?');
    this.#setEntry = db.prepare('SELECT segment, at, length FROM set_entry WHERE chain = ? AND seq = ?');
  }

  /** The entry of an identifier of the index; null where the index has none. */
  read(id: number): ReadEntry | null {
    const number = Math.floor(id / CHAIN_SPAN);
    const seq = id - number * CHAIN_SPAN;
    const chain = this.#chains.get(number);
    const place = this.#entry.get(id) as LinePlace | undefined;
    if (chain === undefined || place === undefined) return null;
    const found = this.#line(chain, place, seq);
    const entry =
      found && exported(found.position, found.entry, (set) => (set === 0 ? [] : this.#setOf(number, chain, set)));
    return entry === null ? { read: 'UNSOUND', chain, seq } : { read: 'SOUND', entry };
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  /** The entry at a place, where its line fits its hash and bears that number. */
  #line(
    chain: string,
    { segment, at, length }: LinePlace,
    seq: number,
  ): { readonly position: Position; readonly entry: RecordEntry } | null {
    if (length > MAX_LINE_BYTES) return null;
    const file = this.#file(chain, segment);
    if (file === null) return null;
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, at) < length) return null;
    const line = readSound(bytes, HASH_NAMES)?.line;
    const entry = line?.seq === seq ? entryIn(line) : null;
    return line === undefined || entry === null ? null : { position: { chain, segment, seq, hash: line.hash }, entry };
  }

  #setOf(number: number, chain: string, seq: number): readonly string[] | null {
    const key = number * CHAIN_SPAN + seq;
    let set = this.#sets.get(key);
    if (set === undefined) {
      const place = this.#setEntry.get(number, seq) as LinePlace | undefined;
      const found = place && this.#line(chain, place, seq);
      if (found?.entry.kind !== 'coordinates') return null;
      set = found.entry.coordinates;
      if (this.#sets.size >= SETS_KEPT) this.#sets.clear();
      this.#sets.set(key, set);
    }
    return set;
  }

  #file(chain: string, segment: number): number | null {
    const path = join(this.#folder, chain, segmentName(segment));
    let file = this.#files.get(path);
    if (file === undefined) {
      try {
        file = openSync(path, 'r');
      } catch (error) {
        // Pruned since it was indexed.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      if (this.#files.size >= FILES_KEPT) this.close();
      this.#files.set(path, file);
    }
    return file;
  }
}
