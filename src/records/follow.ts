/** Reads the chains of the record into the index, as far as they are written, in batches. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Statement } from 'better-sqlite3';
import { type Anchor, lastAnchor, standingSegments } from '../audit/anchor.js';
import type { RecordEntry } from '../audit/entries.js';
import { RecordError } from '../audit/errors.js';
import { chainsIn, segmentName, segmentsIn } from '../audit/folders.js';
import { FIRST_PREVIOUS, HASH_NAMES, type HashName, MAX_LINE_BYTES, readSound, type SoundLine } from '../audit/line.js';
import { readRawLines } from '../audit/raw-lines.js';
import { entryIn } from '../audit/tail.js';
import type { Shape, Shapes } from './shapes.js';
import { CHAIN_SPAN, MINUTES_KEPT_H } from './tables.js';

const HOUR_MS = 3_600_000;

/** Tables of counts, and what each counts by. */
const COUNTS = [
  { table: 'by_day', step: 24 * HOUR_MS, local: true },
  { table: 'by_hour', step: HOUR_MS, local: false },
  { table: 'by_minute', step: 60_000, local: false },
] as const;

/**
 * Lines of one transaction. Its people are spread over the whole table: the more lines, the more of them share a page that
 * is written once. Short enough, some 100 ms, that a search or another process's batch hardly waits.
 */
const BATCH_LINES = 2000;

/** How far a chain is read. */
interface Place {
  readonly segment: number;
  /** Where the next line begins, bytes. */
  readonly at: number;
  /** Where the last line taken begins. */
  readonly lastAt: number;
  /** Last line taken. */
  readonly seq: number;
  readonly hash: string;
}

interface ChainRow extends Place {
  readonly id: number;
  readonly name: string;
}

interface Taken {
  readonly at: number;
  readonly length: number;
  /** Null for a line that is no entry. */
  readonly line: SoundLine | null;
}

/** Entries of one shape in one step of a table of {@link COUNTS}. */
interface Count {
  readonly which: number;
  readonly at: number;
  readonly shape: number;
  n: number;
}

/** A row of the table `subject`: person, time, entry, set of coordinates, age. */
type Concerned = readonly [person: number, time: number, entry: number, about: number | null, age: string];

/** What one {@link Follower.advance} did. */
export interface Advanced {
  /** Lines taken. */
  readonly lines: number;
  /** Whether everything written by then is in the index. */
  readonly upToDate: boolean;
}

/** Key of a person in the index: the first 48 bits of the pseudonym. */
export function personKey(pseudonym: string): number {
  return Buffer.from(pseudonym, 'base64url').subarray(0, 6).readUIntBE(0, 6);
}

/** Writes the index. Several may, in several processes: one that finds a chain read further than it thought reads on from there. */
export class Follower {
  readonly #db: Database;
  readonly #folder: string;
  readonly #shapes: Shapes;
  readonly #statements: ReturnType<typeof prepared>;
  readonly #hashes = new Map<string, HashName>();
  /** Sets of a chain's segment by `seq`, as far as met. */
  readonly #sets = new Map<number, Map<number, number>>();

  /**
   * @param folder the record's folder
   * @param utcOffsetMinutes minutes from UTC that days are reckoned in
   */
  constructor(
    db: Database,
    folder: string,
    shapes: Shapes,
    private readonly utcOffsetMinutes: number,
  ) {
    this.#db = db;
    this.#folder = folder;
    this.#shapes = shapes;
    this.#statements = prepared(db);
  }

  /**
   * Takes what was written since, and forgets what was pruned.
   * @param until asked between batches: whether to end here and leave the rest for the next time
   * @param pause awaited after each batch
   * @throws errors of the file system and of SQLite as they are
   */
  async advance(until: () => boolean, pause: (batchMs: number) => Promise<void>): Promise<Advanced> {
    let lines = 0;
    const names = await this.#chains();
    this.#forgetChains(names);
    for (const name of names) {
      const folder = join(this.#folder, name);
      const { standing, anchor } = await standingIn(folder);
      if (anchor !== null) this.#forgetPruned(name, anchor);
      for (;;) {
        const begun = performance.now();
        const taken = await this.#batch(name, standing);
        lines += taken;
        if (taken === 0) break;
        await pause(performance.now() - begun);
        if (until()) return { lines, upToDate: false };
      }
    }
    return { lines, upToDate: true };
  }

  async #chains(): Promise<readonly string[]> {
    try {
      return await chainsIn(this.#folder);
    } catch (error) {
      // Before the first start there is no record.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Takes the next lines of a chain. @returns how many; 0: there are none */
  async #batch(name: string, standing: readonly number[]): Promise<number> {
    const from = this.#placeOf(name, standing);
    if (from === null) return 0;
    const lines: Taken[] = [];
    let segment = from.segment;
    let at = from.at;
    for (;;) {
      if (standing.includes(segment)) await this.#read(name, segment, at, lines);
      if (lines.length > 0) break;
      // Nothing more in it, or it is gone: it goes on in the next, where there is one.
      const next = standing.find((number) => number > segment);
      if (next === undefined) return 0;
      segment = next;
      at = 0;
    }
    return this.#db.transaction(() => this.#take(name, from, segment, lines)).immediate();
  }

  async #read(name: string, segment: number, at: number, lines: Taken[]): Promise<void> {
    const known = this.#hashes.get(name);
    for await (const group of readRawLines(join(this.#folder, name, segmentName(segment)), undefined, at)) {
      let begin = lines.at(-1) === undefined ? at : (lines.at(-1)?.at ?? 0) + (lines.at(-1)?.length ?? 0) + 1;
      for (const raw of group) {
        if (!raw.finished) return;
        const read = readSound(raw.bytes, known === undefined ? HASH_NAMES : [known]);
        if (read !== null) this.#hashes.set(name, read.algorithm);
        lines.push({ at: begin, length: raw.end - 1 - begin, line: read?.line ?? null });
        begin = raw.end;
      }
      if (lines.length >= BATCH_LINES) return;
    }
  }

  /** Where to read on; null where the chain has no segment yet. */
  #placeOf(name: string, standing: readonly number[]): Place | null {
    const first = standing[0];
    if (first === undefined) return null;
    const row = this.#statements.chain.get(name) as ChainRow | undefined;
    if (row === undefined) return { segment: first, at: 0, lastAt: 0, ...this.#before(name) };
    // Removed before it was read to its end: what stands follows the last entry removed.
    if (row.segment < first) return { ...row, ...this.#anchors.get(name) };
    if (row.at === 0 || this.#stands(name, row)) return row;
    // What was read was cut off before it was acknowledged, or the chain was replaced.
    return this.#rewound(row, standing);
  }

  /** The entry before the first that stands. */
  #before(name: string): { readonly seq: number; readonly hash: string } {
    return this.#anchors.get(name) ?? { seq: 0, hash: FIRST_PREVIOUS };
  }

  readonly #anchors = new Map<string, { readonly seq: number; readonly hash: string }>();

  #stands(name: string, { segment, at, lastAt, hash }: Place): boolean {
    let file: number;
    try {
      file = openSync(join(this.#folder, name, segmentName(segment)), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    try {
      if (fstatSync(file).size < at || at - lastAt > MAX_LINE_BYTES + 1) return false;
      const start = Buffer.alloc(hash.length);
      readSync(file, start, 0, start.length, lastAt);
      return start.toString('latin1') === hash;
    } finally {
      closeSync(file);
    }
  }

  /** Forgets a chain's last segment, and where even the one before is not as it was, all of the chain. */
  #rewound({ id, name, segment }: ChainRow, standing: readonly number[]): Place | null {
    const before = this.#statements.segmentBefore.get(id, segment) as Place | undefined;
    this.#sets.delete(id);
    if (before !== undefined && this.#stands(name, before)) {
      this.#db
        .transaction(() => {
          this.#forgetEntries(id, segment, Number.MAX_SAFE_INTEGER);
          this.#statements.moved.run({ ...before, id });
        })
        .immediate();
      return before;
    }
    this.#db.transaction(() => this.#forgetChain(id)).immediate();
    return this.#placeOf(name, standing);
  }

  /** Inside a transaction. @returns lines taken; as many where another process was faster */
  #take(name: string, from: Place, segment: number, lines: readonly Taken[]): number {
    const { chain, begin, moved, segmentRead, fault, subject } = this.#statements;
    let row = chain.get(name) as ChainRow | undefined;
    if (row === undefined) {
      begin.run({ ...from, name });
      row = chain.get(name) as ChainRow;
    } else if (row.segment !== from.segment || row.at !== from.at) {
      return lines.length;
    }
    this.#shapes.refresh();
    const { id } = row;
    let { seq, hash } = from;
    let lastAt = from.lastAt;
    let at = segment === from.segment ? from.at : 0;
    if (segment !== from.segment) this.#sets.delete(id);
    const counts = new Map<string, Count>();
    const concerned: Concerned[] = [];
    for (const taken of lines) {
      at = taken.at + taken.length + 1;
      lastAt = taken.at;
      const { line } = taken;
      if (line === null) {
        fault.run(`${segmentName(segment)}: the line behind entry ${seq} is no sound entry`, id);
        continue;
      }
      if (line.seq !== seq + 1 || line.previous !== hash) {
        fault.run(`${segmentName(segment)}: entry ${line.seq} does not follow entry ${seq}`, id);
      }
      // A line that is out of its place must not overwrite the one that stands there.
      if (line.seq > seq) this.#enter(id, segment, taken, line, counts, concerned);
      seq = Math.max(seq, line.seq);
      hash = line.hash;
    }
    const place = { id, segment, at, lastAt, seq, hash };
    moved.run(place);
    segmentRead.run(place);
    this.#count(counts);
    // In the table's order, so that neighbours find their page at hand.
    concerned.sort(([a], [b]) => a - b);
    for (const row of concerned) subject.run(...row);
    return lines.length;
  }

  #enter(
    chain: number,
    segment: number,
    { at, length }: Taken,
    line: SoundLine,
    counts: Map<string, Count>,
    concerned: Concerned[],
  ): void {
    const entry = entryIn(line);
    if (entry === null) return;
    if (entry.kind === 'coordinates') {
      const set = this.#shapes.setNumber(entry.coordinates);
      this.#statements.setEntry.run(chain, entry.seq, segment, at, length, set);
      this.#setsOf(chain).set(entry.seq, set);
      return;
    }
    const shape = this.#shapeOf(chain, entry);
    if (shape === null || !('time' in entry)) return;
    const time = Date.parse(entry.time);
    if (Number.isNaN(time)) return;
    const id = chain * CHAIN_SPAN + entry.seq;
    const ages = entry.kind === 'request' ? (entry.ages ?? '') : '';
    const minors = (/C/.test(ages) ? 2 : 0) + (/M/.test(ages) ? 1 : 0);
    const number = this.#shapes.numberOf(shape);
    this.#statements.entry.run(id, segment, at, length, time, number, caseOf(entry), whoOf(entry), minors);
    subjectsOf(entry).forEach((pseudonym, i) => {
      const about = entry.kind === 'request' ? entry.about?.[i] : undefined;
      const set = about === undefined ? null : this.#setNumber(chain, about);
      concerned.push([personKey(pseudonym), time, id, set, ages.charAt(i) || '-']);
    });
    COUNTS.forEach(({ step, local }, which) => {
      const shift = local ? this.utcOffsetMinutes * 60_000 : 0;
      const begun = Math.floor((time + shift) / step) * step - shift;
      const key = `${which} ${begun} ${number}`;
      const known = counts.get(key);
      if (known) known.n += 1;
      else counts.set(key, { which, at: begun, shape: number, n: 1 });
    });
  }

  #count(counts: ReadonlyMap<string, Count>): void {
    let latest = 0;
    for (const { which, at, shape, n } of counts.values()) {
      this.#statements.counts[which]?.run(at, shape, n);
      latest = Math.max(latest, at);
    }
    if (latest > 0) this.#statements.oldMinutes.run(latest - MINUTES_KEPT_H * HOUR_MS);
  }

  #shapeOf(chain: number, entry: RecordEntry): Shape | null {
    const none = { matter: null, verdict: null, disclosed: 0, masked: 0, used: 0, withheld: 0, bases: '[]', down: '' };
    switch (entry.kind) {
      case 'request':
        return {
          kind: 'request',
          client: entry.client,
          matter: entry.matter,
          action: null,
          verdict: entry.verdict,
          outcome: entry.outcome,
          code: entry.code,
          disclosed: this.#setNumber(chain, entry.disclosed),
          masked: this.#setNumber(chain, entry.masked),
          used: this.#setNumber(chain, entry.used),
          withheld: this.#setNumber(chain, entry.withheld),
          bases: JSON.stringify(entry.legalBases),
          down: entry.sources.flatMap(({ department, state }) => (state === 'DOWN' ? [department] : [])).join(' '),
        };
      case 'administration':
        return { ...none, kind: 'administration', client: null, action: entry.action, outcome: null, code: null };
      case 'control':
        return {
          ...none,
          kind: 'control',
          client: null,
          action: entry.operation,
          outcome: entry.outcome,
          code: entry.code,
        };
      case 'alarm':
        return { ...none, kind: 'alarm', client: entry.client, action: entry.alarm, outcome: null, code: null };
      case 'chain':
      case 'segment':
      case 'recovered':
      case 'coordinates':
        return null;
    }
  }

  /** The number in the index of a set that a segment lists. */
  #setNumber(chain: number, seq: number): number {
    if (seq === 0) return 0;
    const sets = this.#setsOf(chain);
    let set = sets.get(seq);
    if (set === undefined) {
      // Read by an earlier process; one that the segment does not have is a fault that verification tells.
      set = Number(this.#statements.setOf.get(chain, seq) ?? 0);
      sets.set(seq, set);
    }
    return set;
  }

  #setsOf(chain: number): Map<number, number> {
    let sets = this.#sets.get(chain);
    if (sets === undefined) {
      sets = new Map();
      this.#sets.set(chain, sets);
    }
    return sets;
  }

  /** Forgets chains whose folders are gone. */
  #forgetChains(names: readonly string[]): void {
    const gone = (this.#db.prepare('SELECT id, name FROM chain').all() as { id: number; name: string }[]).filter(
      ({ name }) => !names.includes(name),
    );
    for (const { id } of gone) this.#db.transaction(() => this.#forgetChain(id)).immediate();
  }

  #forgetPruned(name: string, anchor: { readonly segment: number; readonly seq: number; readonly hash: string }): void {
    this.#anchors.set(name, { seq: anchor.seq, hash: anchor.hash });
    const row = this.#statements.chain.get(name) as ChainRow | undefined;
    if (row === undefined) return;
    const oldest = this.#db.prepare('SELECT min(number) FROM segment WHERE chain = ?').pluck().get(row.id);
    if (oldest === null || Number(oldest) > anchor.segment) return;
    this.#db.transaction(() => this.#forgetEntries(row.id, 0, anchor.segment)).immediate();
  }

  #forgetChain(chain: number): void {
    this.#forgetEntries(chain, 0, Number.MAX_SAFE_INTEGER);
    this.#db.prepare('DELETE FROM chain WHERE id = ?').run(chain);
    this.#sets.delete(chain);
  }

  /** Forgets the entries of some segments, and takes them off the counts. */
  #forgetEntries(chain: number, from: number, to: number): void {
    const range = { low: chain * CHAIN_SPAN, high: (chain + 1) * CHAIN_SPAN - 1, from, to };
    const gone = 'SELECT * FROM entry WHERE id BETWEEN @low AND @high AND segment BETWEEN @from AND @to';
    for (const { table, step, local } of COUNTS) {
      const shift = local ? this.utcOffsetMinutes * 60_000 : 0;
      this.#db
        .prepare(
          `UPDATE ${table} SET n = ${table}.n - gone.n
           FROM (SELECT time - (time + ${shift}) % ${step} AS at, shape, count(*) AS n FROM (${gone}) GROUP BY 1, 2) AS gone
           WHERE ${table}.at = gone.at AND ${table}.shape = gone.shape`,
        )
        .run(range);
      this.#db.prepare(`DELETE FROM ${table} WHERE n <= 0`).run();
    }
    this.#db.prepare(`DELETE FROM subject WHERE entry IN (SELECT id FROM (${gone}))`).run(range);
    this.#db.prepare(`DELETE FROM entry WHERE id BETWEEN @low AND @high AND segment BETWEEN @from AND @to`).run(range);
    const rest = { chain, from, to };
    this.#db.prepare('DELETE FROM set_entry WHERE chain = @chain AND segment BETWEEN @from AND @to').run(rest);
    this.#db.prepare('DELETE FROM segment WHERE chain = @chain AND number BETWEEN @from AND @to').run(rest);
  }
}

/** The segments of a chain that stand, and its last anchor. One that cannot be read hides nothing: all there are stand then. */
async function standingIn(folder: string): Promise<{ standing: readonly number[]; anchor: Anchor | null }> {
  try {
    return { standing: await standingSegments(folder), anchor: (await lastAnchor(folder)).last };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { standing: await segmentsIn(folder), anchor: null };
  }
}

function prepared(db: Database) {
  const place = 'segment = @segment, at = @at, last_at = @lastAt, seq = @seq, hash = @hash';
  const count = (table: string): Statement =>
    db.prepare(
      `INSERT INTO ${table} (at, shape, n) VALUES (?, ?, ?) ON CONFLICT (at, shape) DO UPDATE SET n = n + excluded.n`,
    );
  return {
    chain: db.prepare('SELECT id, name, segment, at, last_at AS lastAt, seq, hash FROM chain WHERE name = ?'),
    begin: db.prepare(
      'INSERT INTO chain (name, segment, at, last_at, seq, hash) VALUES (@name, @segment, @at, @lastAt, @seq, @hash)',
    ),
    moved: db.prepare(`UPDATE chain SET ${place} WHERE id = @id`),
    fault: db.prepare('UPDATE chain SET faults = faults + 1, fault = coalesce(fault, ?) WHERE id = ?'),
    segmentRead: db.prepare(
      `INSERT INTO segment (chain, number, seq, hash, last_at, at) VALUES (@id, @segment, @seq, @hash, @lastAt, @at)
       ON CONFLICT (chain, number) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, last_at = excluded.last_at, at = excluded.at`,
    ),
    segmentBefore: db.prepare(
      'SELECT number AS segment, at, last_at AS lastAt, seq, hash FROM segment WHERE chain = ? AND number < ? ORDER BY number DESC LIMIT 1',
    ),
    setEntry: db.prepare(
      'INSERT OR REPLACE INTO set_entry (chain, seq, segment, at, length, coordinates) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    setOf: db.prepare('SELECT coordinates FROM set_entry WHERE chain = ? AND seq = ?').pluck(),
    entry: db.prepare(
      'INSERT OR REPLACE INTO entry (id, segment, at, length, time, shape, case_number, who, minors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    subject: db.prepare('INSERT OR REPLACE INTO subject (person, time, entry, about, age) VALUES (?, ?, ?, ?, ?)'),
    counts: COUNTS.map(({ table }) => count(table)),
    oldMinutes: db.prepare('DELETE FROM by_minute WHERE at < ?'),
  };
}

function caseOf(entry: RecordEntry): string | null {
  return entry.kind === 'request' ? entry.caseNumber : null;
}

/** The person who acted: at the application, or in the control plane. */
function whoOf(entry: RecordEntry): string | null {
  if (entry.kind === 'request') return entry.operator;
  return entry.kind === 'administration' || entry.kind === 'control' ? entry.actor : null;
}

function subjectsOf(entry: RecordEntry): readonly string[] {
  return entry.kind === 'request' || entry.kind === 'control' ? entry.subjects : [];
}
