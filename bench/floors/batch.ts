/** Cross-request micro-batches by hand: equal reads of concurrent requests in one `IN (…)`. */
import type { RowDataPacket } from 'mysql2';
import type { Pool } from 'mysql2/promise';
import { byKey, NOTHING, type RowsByKey } from './raw.js';
import { LOOKUPS, type LookupName, statementFor } from './statements.js';

/** Batches of one read in the air at once; what comes meanwhile shares the next. */
const FLIGHTS = 2;
/** Keys of one statement. */
const MAX_KEYS = 512;

interface Passenger {
  readonly keys: readonly string[];
  readonly resolve: (rows: RowsByKey) => void;
  readonly reject: (error: unknown) => void;
}

/** The batches of one read. */
export class Batches {
  #waiting: Passenger[] = [];
  #inAir = 0;
  #scheduled = false;
  readonly #key: string;
  readonly #statements = new Map<number, string>();

  constructor(
    private readonly name: LookupName,
    private readonly pool: Pool,
  ) {
    this.#key = LOOKUPS[name].key;
  }

  /** Rows by stored key; also holds those of fellow passengers. */
  load(keys: readonly string[]): Promise<RowsByKey> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ keys, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#inAir >= FLIGHTS) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#depart();
    });
  }

  #depart(): void {
    const keys = new Set<string>();
    let seats = 0;
    for (const passenger of this.#waiting) {
      if (seats > 0 && keys.size + passenger.keys.length > MAX_KEYS) break;
      for (const key of passenger.keys) keys.add(key);
      seats += 1;
    }
    if (seats === 0) return;
    const aboard = this.#waiting;
    this.#waiting = aboard.splice(seats);
    this.#inAir += 1;
    this.#fetch([...keys], (error, rows) => {
      this.#inAir -= 1;
      if (this.#waiting.length > 0) this.#schedule();
      for (const { resolve, reject } of aboard) {
        if (error === null) resolve(rows);
        else reject(error);
      }
    });
    if (this.#waiting.length > 0) this.#schedule();
  }

  #fetch(keys: string[], done: (error: Error | null, rows: RowsByKey) => void): void {
    // Few statement texts: filled up to a power of two with the last key.
    const places = 2 ** Math.ceil(Math.log2(keys.length));
    let sql = this.#statements.get(places);
    if (sql === undefined) {
      sql = statementFor(this.name, places);
      this.#statements.set(places, sql);
    }
    const last = keys.at(-1) ?? '';
    while (keys.length < places) keys.push(last);
    // The callback interface: the driver's promises capture a stack for each statement.
    this.pool.pool.execute<RowDataPacket[]>(sql, keys, (error, rows) => {
      if (error !== null) done(error, NOTHING);
      else done(null, byKey(rows, this.#key));
    });
  }
}
