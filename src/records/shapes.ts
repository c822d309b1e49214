/** What entries have in common, kept once: who asked for what, which fields, and how it ended. */
import type { Database, Statement } from 'better-sqlite3';

/** What an entry of the index is about. */
export type IndexedKind = 'request' | 'administration' | 'control' | 'alarm';

/** What entries have in common. Sets of coordinates are by their number in the index; 0 is the empty one. */
export interface Shape {
  readonly kind: IndexedKind;
  readonly client: string | null;
  readonly matter: string | null;
  /** What was done, or which alarm; of requests null. */
  readonly action: string | null;
  readonly verdict: string | null;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly disclosed: number;
  readonly masked: number;
  readonly used: number;
  readonly withheld: number;
  /** JSON of the legal bases. */
  readonly bases: string;
  /** Departments that did not answer, with a blank between. */
  readonly down: string;
}

/** A shape with its number. */
export interface NumberedShape extends Shape {
  readonly id: number;
}

const COLUMNS = [
  'kind',
  'client',
  'matter',
  'action',
  'verdict',
  'outcome',
  'code',
  'disclosed',
  'masked',
  'used',
  'withheld',
  'bases',
  'down',
] as const satisfies readonly (keyof Shape)[];

function keyOf(shape: Shape): string {
  return JSON.stringify(COLUMNS.map((column) => shape[column]));
}

/** The shapes and sets of an index, in memory as far as this process has met them. */
export class Shapes {
  readonly #db: Database;
  readonly #insert: Statement;
  readonly #shapes = new Map<string, number>();
  readonly #byId = new Map<number, NumberedShape>();
  readonly #sets = new Map<string, number>();
  readonly #members = new Map<number, readonly string[]>([[0, []]]);

  constructor(db: Database) {
    this.#db = db;
    const marks = COLUMNS.map(() => '?').join(', ');
    this.#insert = db.prepare(`INSERT INTO shape (${COLUMNS.join(', ')}) VALUES (${marks})`);
  }

  /** Forgets what a transaction that failed may have added. */
  forget(): void {
    this.#shapes.clear();
    this.#byId.clear();
    this.#sets.clear();
    this.#members.clear();
    this.#members.set(0, []);
  }

  /** The number of a shape, given one where it is new; inside a transaction that began with {@link refresh}. */
  numberOf(shape: Shape): number {
    const key = keyOf(shape);
    let id = this.#shapes.get(key);
    if (id === undefined) {
      const columns = COLUMNS.map((column) => shape[column]);
      id = Number(this.#insert.run(...columns).lastInsertRowid);
      this.#shapes.set(key, id);
      this.#byId.set(id, { ...shape, id });
    }
    return id;
  }

  /** All shapes. */
  all(): readonly NumberedShape[] {
    return [...this.#byId.values()];
  }

  /** The number of a set of coordinates, given one where it is new; inside a transaction. */
  setNumber(members: readonly string[]): number {
    if (members.length === 0) return 0;
    const text = JSON.stringify(members);
    let id = this.#sets.get(text);
    if (id === undefined) {
      const found = this.#db.prepare('SELECT id FROM coordinate_set WHERE members = ?').pluck().get(text);
      id =
        found === undefined
          ? Number(this.#db.prepare('INSERT INTO coordinate_set (members) VALUES (?)').run(text).lastInsertRowid)
          : Number(found);
      this.#sets.set(text, id);
    }
    return id;
  }

  /** The members of a set. */
  members(id: number): readonly string[] {
    let members = this.#members.get(id);
    if (members === undefined) {
      const text = this.#db.prepare('SELECT members FROM coordinate_set WHERE id = ?').pluck().get(id);
      members = typeof text === 'string' ? (JSON.parse(text) as string[]) : [];
      this.#members.set(id, members);
    }
    return members;
  }

  /** Takes up what was added since, by this process or another. To be called before the others, of a writer in its transaction. */
  refresh(): void {
    const most = Number(this.#db.prepare('SELECT coalesce(max(id), 0) FROM shape').pluck().get());
    if (most === this.#byId.size) return;
    const known = Math.max(0, ...this.#byId.keys());
    const rows = this.#db.prepare('SELECT * FROM shape WHERE id > ? ORDER BY id').all(known) as NumberedShape[];
    for (const row of rows) {
      this.#shapes.set(keyOf(row), row.id);
      this.#byId.set(row.id, row);
    }
  }
}
