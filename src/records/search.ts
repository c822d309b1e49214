/** Finds entries in the index, latest first, a page at a time. */
import type { Database } from 'better-sqlite3';
import type { IndexedKind, NumberedShape, Shapes } from './shapes.js';

/** Which entries are looked for: all of it must hold. */
export interface RecordFilter {
  /** ms since the epoch, included; default: from the beginning. */
  readonly from?: number;
  /** ms since the epoch, excluded; default: to the end. */
  readonly to?: number;
  readonly kinds?: readonly IndexedKind[];
  readonly client?: string;
  readonly matter?: string;
  readonly caseNumber?: string;
  /** Person at the application, as it names them, or who acted in the control plane. */
  readonly who?: string;
  /** Pseudonym of a subject. */
  readonly subject?: string;
  /** Coordinates of which an entry disclosed, masked, used or withheld one. */
  readonly coordinates?: readonly string[];
  /** Coordinates of which one was given of the subject, as far as the entry says of whom what was given. */
  readonly about?: readonly string[];
  readonly outcome?: string;
  /** Code of a refusal or failure. */
  readonly code?: string;
  readonly verdict?: string;
  /** What was done in the control plane, or which alarm. */
  readonly action?: string;
}

/** Where a page ended. */
export interface SearchCursor {
  /** ms since the epoch. */
  readonly time: number;
  readonly id: number;
}

/** Places of a page. */
export interface FoundPlaces {
  /** Identifiers of the index, latest first. */
  readonly ids: readonly number[];
  /** Where the next page begins; null: this is the last. */
  readonly next: SearchCursor | null;
}

/** Entries of one person, case or operator looked at for one page; a page may then be short, and has a next. */
const MOST_LOOKED_AT = 100_000;

interface Row {
  readonly id: number;
  readonly time: number;
  readonly shape: number;
  readonly caseNumber: string | null;
  readonly who: string | null;
  /** Set of what was given of the person looked for; null: the entry does not say. */
  readonly about: number | null;
}

/** Whether a shape has one of the coordinates in any of its sets. */
function hasOne(shape: NumberedShape, wanted: ReadonlySet<number>): boolean {
  return (
    wanted.has(shape.disclosed) || wanted.has(shape.masked) || wanted.has(shape.used) || wanted.has(shape.withheld)
  );
}

/** The sets that have one of the coordinates. */
function setsWith(db: Database, shapes: Shapes, coordinates: readonly string[]): ReadonlySet<number> {
  const wanted = new Set(coordinates);
  const ids = db.prepare('SELECT id FROM coordinate_set').pluck().all() as number[];
  return new Set(ids.filter((id) => shapes.members(id).some((member) => wanted.has(member))));
}

/** The shapes that a filter lets through: all of it but the time, the case and the people. */
export function shapesFor(db: Database, shapes: Shapes, filter: RecordFilter): readonly NumberedShape[] {
  const sets = filter.coordinates === undefined ? null : setsWith(db, shapes, filter.coordinates);
  const is = (wanted: string | undefined, found: string | null) => wanted === undefined || wanted === found;
  return shapes
    .all()
    .filter(
      (shape) =>
        (filter.kinds === undefined || filter.kinds.includes(shape.kind)) &&
        is(filter.client, shape.client) &&
        is(filter.matter, shape.matter) &&
        is(filter.outcome, shape.outcome) &&
        is(filter.code, shape.code) &&
        is(filter.verdict, shape.verdict) &&
        is(filter.action, shape.action) &&
        (sets === null || hasOne(shape, sets)),
    );
}

/**
 * Finds a page of entries.
 * @param person key of the subject in the index, where the filter names one
 * @param size most entries of the page
 */
export function findPlaces(
  db: Database,
  shapes: Shapes,
  filter: RecordFilter,
  page: { readonly size: number; readonly after: SearchCursor | null; readonly person: number | null },
): FoundPlaces {
  shapes.refresh();
  const matching = shapesFor(db, shapes, filter);
  if (matching.length === 0) return { ids: [], next: null };
  const bounds = {
    from: filter.from ?? 0,
    // The first page begins behind everything.
    time: page.after?.time ?? (filter.to ?? Number.MAX_SAFE_INTEGER) - 1,
    id: page.after?.id ?? Number.MAX_SAFE_INTEGER,
    most: page.size + 1,
  };
  const narrow = page.person !== null || filter.caseNumber !== undefined || filter.who !== undefined;
  if (!narrow && matching.length < shapes.all().length) return merged(db, matching, bounds, page.size);
  const wanted = new Set(matching.map(({ id }) => id));
  const about = filter.about === undefined ? null : setsWith(db, shapes, filter.about);
  const passes = (row: Row) =>
    wanted.has(row.shape) &&
    (about === null || row.about === null || about.has(row.about)) &&
    (filter.caseNumber === undefined || row.caseNumber === filter.caseNumber) &&
    (filter.who === undefined || row.who === filter.who);
  const { caseNumber, who } = filter;
  const values = { ...bounds, person: page.person, caseNumber, who };
  const rows = scan(db, filter, page.person).iterate(values) as IterableIterator<Row>;
  return passing(rows, passes, page.size);
}

/** The entries of few shapes: of each the latest, then the latest of all. */
function merged(
  db: Database,
  shapes: readonly NumberedShape[],
  bounds: { readonly from: number; readonly time: number; readonly id: number; readonly most: number },
  size: number,
): FoundPlaces {
  const latest = db.prepare(
    `SELECT id, time FROM entry WHERE shape = @shape AND time >= @from AND (time, id) < (@time, @id)
     ORDER BY time DESC, id DESC LIMIT @most`,
  );
  const rows: SearchCursor[] = [];
  for (const { id: shape } of shapes) rows.push(...(latest.all({ ...bounds, shape }) as SearchCursor[]));
  rows.sort((a, b) => b.time - a.time || b.id - a.id);
  return cut(rows, size);
}

/** Entries of one person, case or operator, or all. */
function scan(db: Database, { caseNumber, who }: RecordFilter, person: number | null) {
  const about = person === null ? 'NULL' : 'subject.about';
  const columns = `entry.id, entry.time, entry.shape, entry.case_number AS caseNumber, entry.who, ${about} AS about`;
  const within = (table: string, id: string) =>
    `${table}.time >= @from AND (${table}.time, ${table}.${id}) < (@time, @id) ORDER BY ${table}.time DESC, ${table}.${id} DESC`;
  if (person !== null) {
    const joined = 'subject JOIN entry ON entry.id = subject.entry';
    return db.prepare(
      `SELECT ${columns} FROM ${joined} WHERE subject.person = @person AND ${within('subject', 'entry')}`,
    );
  }
  const own = caseNumber !== undefined ? 'case_number = @caseNumber AND' : who !== undefined ? 'who = @who AND' : '';
  return db.prepare(`SELECT ${columns} FROM entry WHERE ${own} ${within('entry', 'id')}`);
}

function passing(rows: IterableIterator<Row>, passes: (row: Row) => boolean, size: number): FoundPlaces {
  const found: SearchCursor[] = [];
  let looked = 0;
  let last: SearchCursor | null = null;
  for (const row of rows) {
    looked += 1;
    if (passes(row)) found.push({ time: row.time, id: row.id });
    if (found.length > size) break;
    last = { time: row.time, id: row.id };
    if (looked >= MOST_LOOKED_AT) return { ids: found.map(({ id }) => id), next: last };
  }
  return cut(found, size);
}

function cut(rows: readonly SearchCursor[], size: number): FoundPlaces {
  const page = rows.slice(0, size);
  return { ids: page.map(({ id }) => id), next: rows.length > size ? (page.at(-1) ?? null) : null };
}
