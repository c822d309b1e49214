/** Ratings (好差评) as they are counted; the words and the course of one stand in the events of its case. */
import type { Knex } from 'knex';
import type { CaseKey, RatingLevel } from './case-events.js';

/** Where the rectification (整改) of a rating stands. */
export type Rectification = 'NONE_NEEDED' | 'OPEN' | 'ANSWERED' | 'RESOLVED' | 'UNRESOLVED';

/** A rating. */
export interface Rating extends CaseKey {
  /** UUID. */
  readonly id: string;
  readonly matter: string;
  readonly level: RatingLevel;
  /** When it was given, ms since the epoch. */
  readonly at: number;
  readonly rectification: Rectification;
  /** Day by which the office has to answer, `YYYY-MM-DD`; null where it need not, or that could not be told. */
  readonly due: string | null;
}

/** How cases were rated. */
export interface RatingTotals {
  readonly levels: Readonly<Partial<Record<RatingLevel, number>>>;
  /** Rectifications that wait for the office. */
  readonly open: number;
  /** Those whose deadline has passed. */
  readonly overdue: number;
}

/** Creates the table where it is missing. */
export async function createRatingTable(db: Knex, exactly: (table: Knex.CreateTableBuilder) => void): Promise<void> {
  if (await db.schema.hasTable('rating')) return;
  await db.schema.createTable('rating', (table) => {
    exactly(table);
    table.string('id', 36).primary();
    table.string('client', 64).notNullable();
    table.string('number', 64).notNullable();
    table.string('matter', 64).notNullable();
    table.string('level', 32).notNullable();
    table.bigInteger('at').notNullable();
    table.string('rectification', 16).notNullable();
    table.string('due', 10);
    table.index(['client', 'matter']);
    table.index(['rectification', 'due']);
  });
}

/** Adds a rating. @param db the transaction of its event */
export async function addRating(db: Knex, rating: Rating): Promise<void> {
  await db('rating').insert({ ...rating });
}

/** Moves a rectification on. @param db the transaction of its event */
export async function setRectification(db: Knex, id: string, rectification: Rectification): Promise<void> {
  await db('rating').where({ id }).update({ rectification });
}

const WAITING: readonly Rectification[] = ['OPEN', 'UNRESOLVED'];

/** Which ratings; what is left out counts all. */
export interface RatingSelection {
  readonly client?: string;
  readonly matter?: string;
  /** Of levels: those given from this instant on, ms since the epoch. */
  readonly from?: number;
  /** And before this one. */
  readonly to?: number;
}

/**
 * Counts ratings. Rectifications are counted as they stand now, whenever they were opened.
 * @param today `YYYY-MM-DD`
 */
export async function countRatings(
  db: Knex,
  { from = 0, to = Number.MAX_SAFE_INTEGER, ...of }: RatingSelection,
  today: string,
): Promise<RatingTotals> {
  const where = Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
  const rows = (await db('rating')
    .where(where)
    .where('at', '>=', from)
    .where('at', '<', to)
    .groupBy('level')
    .select('level')
    .count({ n: '*' })) as { readonly level: RatingLevel; readonly n: number }[];
  const waiting = () => db('rating').where(where).whereIn('rectification', WAITING);
  const [open] = (await waiting().count({ n: '*' })) as { readonly n: number }[];
  const [late] = (await waiting().where('due', '<', today).count({ n: '*' })) as { readonly n: number }[];
  return {
    levels: Object.fromEntries(rows.map(({ level, n }) => [level, Number(n)])),
    open: Number(open?.n ?? 0),
    overdue: Number(late?.n ?? 0),
  };
}

/** Ratings whose rectification waits for the office, the earliest deadline first. */
export async function readWaitingRatings(db: Knex, most: number): Promise<readonly Rating[]> {
  const rows = await db<Rating>('rating').whereIn('rectification', WAITING).orderBy(['due', 'at']).limit(most);
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}

/** Removes the ratings of cases. @param keys at most a few hundred */
export async function removeRatings(db: Knex, keys: readonly (readonly string[])[]): Promise<void> {
  await db('rating')
    .whereIn(
      ['client', 'number'],
      keys.map((key) => [...key]),
    )
    .delete();
}
