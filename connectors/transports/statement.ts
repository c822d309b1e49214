/**
 * Builds the one SELECT of a fetch template. Few texts exist: one per template, dialect and power
 * of two of placeholders, so that every statement stays prepared.
 */
import createKnex, { type Knex } from 'knex';
import type { ScanTemplate } from '../../src/domain/scan.js';
import { aliasOf, type Column, type Condition, columnsFor, lookupOf, type Query, rawName } from '../definition.js';
import type { Bind, Dialect } from './database.js';

/** What to select. */
export interface Selection {
  /** Attribute looked up by. */
  readonly by: string;
  readonly columns: readonly Column[];
  /** GB/T 2260 prefixes, at least one; null: no predicate. */
  readonly regions: readonly string[] | null;
}

/** A SELECT, ready to be prepared. */
export interface Statement {
  readonly sql: string;
  /** Names of the result's columns. */
  readonly columns: readonly string[];
  /** Placeholders for forms of keys. */
  readonly placeholders: number;
  /**
   * The binds in the statement's order.
   * @param forms 1 to `placeholders` forms of keys; the last is repeated to fill up
   * @param limit most rows to return
   */
  bind(forms: readonly string[], limit: number): Bind[];
}

/** Stand for what is bound at each run. */
const KEY = '\0key';
const LIMIT = Number.MAX_SAFE_INTEGER;

const builders: Readonly<Record<Dialect, Knex>> = {
  mysql: createKnex({ client: 'mysql2' }),
  sqlite: createKnex({ client: 'better-sqlite3', useNullAsDefault: true }),
};

/** The least power of two that is not less than `n`. */
export function padded(n: number): number {
  return 2 ** Math.ceil(Math.log2(n));
}

/**
 * The statement of a template's lookup, attributes and regions.
 * @param placeholders how many forms of keys it takes
 * @throws RangeError where the template names something that is not offered: a fault of the planner
 */
export function compile(
  query: Query,
  template: { readonly by: string; readonly attributes: readonly string[]; readonly regions: readonly string[] | null },
  placeholders: number,
  dialect: Dialect,
): Statement {
  const columns = columnsFor(query, template.by, template.attributes);
  return compileSelection(query, { by: template.by, columns, regions: template.regions }, placeholders, dialect);
}

/** The statement of a selection of columns. @throws RangeError as {@link compile} */
export function compileSelection(
  query: Query,
  { by, columns, regions }: Selection,
  placeholders: number,
  dialect: Dialect,
): Statement {
  const lookup = lookupOf(query, by);
  const knex = builders[dialect];
  const joined = joinsNeeded(query, columns, regions !== null);
  const statement = knex(query.from);
  for (const column of columns) statement.select(selected(knex, column));
  joinTables(statement, query, joined);
  statement.whereIn(
    lookup.column,
    Array.from({ length: placeholders }, () => KEY),
  );
  for (const condition of query.current) narrow(statement, condition);
  if (regions !== null) inRegions(statement, query.region, regions);
  const { sql, bindings } = statement.limit(LIMIT).toSQL().toNative();
  const binds: readonly unknown[] = bindings;
  return {
    sql,
    columns: columns.map(rawName),
    placeholders,
    bind: (forms, limit) => fill(binds, forms, limit),
  };
}

/** A page of a scan, ready to be prepared. Its one column is `k`. */
export interface ScanStatement {
  readonly sql: string;
  /** @param after stored key that the page begins behind @param limit most keys */
  bind(after: string, limit: number): Bind[];
}

/**
 * The statement of a scan's pages: keys in their stored form and order.
 * @throws RangeError where the template names something that is not offered: a fault of whoever made it
 */
export function compileScan(query: Query, template: ScanTemplate, dialect: Dialect): ScanStatement {
  const { scan } = query;
  if (scan === undefined) throw new RangeError(`${template.type} cannot be scanned`);
  const { column } = lookupOf(query, scan.by);
  const narrowed = Object.entries(template.where).map(([attribute, value]) => {
    const offered = Object.hasOwn(scan.where, attribute) ? scan.where[attribute] : undefined;
    if (offered === undefined) throw new RangeError(`${template.type} cannot be scanned by ${attribute}`);
    const others = Object.entries(offered.codes).filter(([, name]) => name !== value);
    if (others.length === Object.keys(offered.codes).length)
      throw new RangeError(`${template.type}.${attribute} is never ${value}`);
    return { column: offered.column, others: others.map(([code]) => code) };
  });
  const knex = builders[dialect];
  const joined = joinsNeeded(query, [column, ...narrowed.map((one) => one.column)], template.regions !== null);
  // Not DISTINCT: MariaDB would sort the whole list for each page. The page makes keys unique.
  const statement = knex(query.from).select(`${column} as k`);
  joinTables(statement, query, joined);
  statement.where(column, '>', KEY);
  for (const condition of query.current) narrow(statement, condition);
  for (const one of narrowed) {
    statement.where((either) => {
      either.whereNull(one.column).orWhereNotIn(one.column, one.others);
    });
  }
  if (template.regions !== null) inRegions(statement, query.region, template.regions);
  const { sql, bindings } = statement.orderBy(column).limit(LIMIT).toSQL().toNative();
  const binds: readonly unknown[] = bindings;
  return { sql, bind: (after, limit) => fill(binds, [after], limit) };
}

function selected(knex: Knex, column: Column): string | Knex.Raw {
  if (typeof column === 'string') return column;
  const filled = column.filled.map(() => "coalesce(trim(??), '') <> ''").join(' or ');
  return knex.raw(`(${filled}) as ??`, [...column.filled, column.as]);
}

function joinTables(statement: Knex.QueryBuilder, query: Query, joined: ReadonlySet<string>): void {
  for (const [alias, { table, kind, on, current }] of Object.entries(query.joins)) {
    if (!joined.has(alias)) continue;
    const clause: Knex.JoinCallback = (join) => {
      join.on(on[0], '=', on[1]);
      for (const [column, operator, value] of current) join.andOnVal(column, operator === 'is' ? '=' : '<>', value);
    };
    if (kind === 'inner') statement.innerJoin(`${table} as ${alias}`, clause);
    else statement.leftJoin(`${table} as ${alias}`, clause);
  }
}

function joinsNeeded(query: Query, columns: readonly Column[], byRegion: boolean): ReadonlySet<string> {
  const references = columns.flatMap((column) => (typeof column === 'string' ? [column] : column.filled));
  if (byRegion) references.push(query.region);
  const needed = new Set(references.map(aliasOf));
  const base = query.from.slice(query.from.indexOf(' as ') + 4);
  needed.add(base);
  // A join may hang on an earlier one, so what hangs on it is looked at last to first.
  for (const [alias, { kind, on }] of Object.entries(query.joins).reverse()) {
    if (kind === 'inner') needed.add(alias);
    if (needed.has(alias)) needed.add(aliasOf(on[1]));
  }
  return needed;
}

function narrow(statement: Knex.QueryBuilder, [column, operator, value]: Condition): void {
  if (operator === 'is') statement.where(column, value);
  else {
    statement.where((either) => {
      either.whereNull(column).orWhere(column, '<>', value);
    });
  }
}

function inRegions(statement: Knex.QueryBuilder, column: string, regions: readonly string[]): void {
  if (regions.length === 0 || !regions.every((prefix) => /^\d{2,6}$/.test(prefix))) {
    throw new RangeError('a region is a GB/T 2260 prefix of two to six digits');
  }
  statement.where((any) => {
    for (const prefix of regions) any.orWhere(column, 'like', `${prefix}%`);
  });
}

function fill(binds: readonly unknown[], forms: readonly string[], limit: number): Bind[] {
  const last = forms.at(-1);
  if (last === undefined) throw new RangeError('a fetch has at least one key');
  let next = 0;
  return binds.map((bind) => {
    if (bind === KEY) return forms[next++] ?? last;
    if (bind === LIMIT) return limit;
    if (typeof bind === 'string') return bind;
    throw new TypeError('a predicate binds text');
  });
}
