/** The index of the record: follows the chains, and answers what is asked of years of them without reading them. */
import type { Database } from 'better-sqlite3';
import type { ExportedEntry } from '../audit/export.js';
import { type Activity, type ActivityAsked, activityOf } from './activity.js';
import { type Advanced, Follower, personKey } from './follow.js';
import { type MinorsLine, type MinorsReport, minorsReportOf } from './minors.js';
import { PlaceReader } from './place-reader.js';
import { findPlaces, type RecordFilter, type SearchCursor } from './search.js';
import { Shapes } from './shapes.js';
import { CHAIN_SPAN, openIndexFile } from './tables.js';

export type { Activity, ActivityAsked, MinorsLine, MinorsReport, RecordFilter, SearchCursor };

/** A page of entries. */
export interface FoundEntries {
  /** Latest first. */
  readonly entries: readonly ExportedEntry[];
  /** Places, `chain/seq`, whose line is not the one that was indexed: the record was changed there, and verifying it says how. */
  readonly unsound: readonly string[];
  /** Where the next page begins; null: this is the last. A page may be short and have a next one all the same. */
  readonly next: SearchCursor | null;
}

/** How far a chain is indexed. */
export interface IndexedChain {
  readonly chain: string;
  /** Last entry in the index. */
  readonly seq: number;
  /** Lines met that are no sound entry or do not follow the one before. */
  readonly faults: number;
  /** The first of them, in words; null where there are none. */
  readonly fault: string | null;
}

/** An index. One may be open in several processes at once. */
export class RecordIndex {
  readonly #db: Database;
  readonly #folder: string;
  readonly #utcOffsetMinutes: number;
  readonly #shapes: Shapes;
  readonly #follower: Follower;

  /**
   * Opens an index, or begins one.
   * @param file where it lies, see `tables.ts`
   * @param folder the record's folder
   * @param utcOffsetMinutes minutes from UTC that days are reckoned in
   */
  constructor(file: string, folder: string, utcOffsetMinutes: number) {
    this.#db = openIndexFile(file, utcOffsetMinutes);
    this.#utcOffsetMinutes = utcOffsetMinutes;
    this.#folder = folder;
    this.#shapes = new Shapes(this.#db);
    this.#follower = new Follower(this.#db, folder, this.#shapes, utcOffsetMinutes);
  }

  /** Takes what was written since; see {@link Follower.advance}. */
  async advance(
    until: () => boolean = () => false,
    pause: (batchMs: number) => Promise<void> = async () => undefined,
  ): Promise<Advanced> {
    try {
      return await this.#follower.advance(until, pause);
    } catch (error) {
      // A transaction that was rolled back took back what memory may hold.
      this.#shapes.forget();
      throw error;
    }
  }

  /** A page of entries. @param size most entries of it @param skip entries passed over before the first */
  find(filter: RecordFilter, size: number, after: SearchCursor | null, skip = 0): FoundEntries {
    const person = filter.subject === undefined ? null : personKey(filter.subject);
    const { ids, next } = findPlaces(this.#db, this.#shapes, filter, { size: size + skip, after, person });
    const reader = new PlaceReader(this.#db, this.#folder);
    try {
      const entries: ExportedEntry[] = [];
      const unsound: string[] = [];
      for (const id of ids.slice(skip)) {
        const found = reader.read(id);
        if (found === null) continue;
        if (found.read === 'UNSOUND') unsound.push(`${found.chain}/${found.seq}`);
        // Another's pseudonym may begin with the same 48 bits.
        else if (filter.subject === undefined || concerns(found.entry, filter.subject)) entries.push(found.entry);
      }
      return { entries, unsound, next };
    } finally {
      reader.close();
    }
  }

  /** The entry at a place; null where the index has none there. UNSOUND where its line is not the one that was indexed. */
  entryAt(chain: string, seq: number): ExportedEntry | 'UNSOUND' | null {
    const number = this.#db.prepare('SELECT id FROM chain WHERE name = ?').pluck().get(chain);
    if (number === undefined || !Number.isSafeInteger(seq) || seq < 1 || seq >= CHAIN_SPAN) return null;
    const reader = new PlaceReader(this.#db, this.#folder);
    try {
      const found = reader.read(Number(number) * CHAIN_SPAN + seq);
      if (found === null) return null;
      return found.read === 'UNSOUND' ? 'UNSOUND' : found.entry;
    } finally {
      reader.close();
    }
  }

  /** How many entries concern a person since an instant, ms since the epoch; requests that were answered only. */
  countOf(pseudonym: string, from: number): number {
    const counted = this.#db
      .prepare(
        `SELECT count(*) FROM subject JOIN entry ON entry.id = subject.entry JOIN shape ON shape.id = entry.shape
         WHERE person = ? AND subject.time >= ? AND shape.kind = 'request' AND shape.outcome = 'ANSWERED'`,
      )
      .pluck()
      .get(personKey(pseudonym), from);
    return Number(counted);
  }

  /** What happened in a period. */
  activity(asked: ActivityAsked): Activity {
    this.#shapes.refresh();
    return activityOf(this.#db, this.#shapes, asked, this.#utcOffsetMinutes);
  }

  /** What was done with minors' data in a period. @param from,to ms since the epoch, the second excluded */
  minors(from: number, to: number): MinorsReport {
    this.#shapes.refresh();
    return minorsReportOf(this.#db, this.#shapes, { from, to, utcOffsetMinutes: this.#utcOffsetMinutes });
  }

  /** How far each chain is indexed. */
  chains(): readonly IndexedChain[] {
    return this.#db
      .prepare('SELECT name AS chain, seq, faults, fault FROM chain ORDER BY name')
      .all() as IndexedChain[];
  }

  /** Entries of the index, by kind. */
  size(): Readonly<Record<string, number>> {
    const rows = this.#db
      .prepare('SELECT kind, sum(n) AS n FROM by_hour JOIN shape ON shape.id = by_hour.shape GROUP BY kind')
      .all() as { kind: string; n: number }[];
    return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]));
  }

  close(): void {
    this.#db.close();
  }
}

function concerns(entry: ExportedEntry, pseudonym: string): boolean {
  return 'subjects' in entry.record && entry.record.subjects.includes(pseudonym);
}
