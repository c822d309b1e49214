/**
 * What a department's folder exports: which tables it has, how each type of the schema is read
 * from them, and how raw rows become clean ones. No transport is in it.
 */
import type { Parsed } from '../src/domain/identifiers.js';
import type { Derivation, TableDefinition } from './contract.js';

/** A row as the department has it: raw column name → value, not yet trusted. */
export type RawRow = Readonly<Record<string, unknown>>;

/** One department, not yet connected. Exported as `department` by its folder's `index.ts`. */
export interface DepartmentDefinition {
  /** The department, as in the schema's enum, such as `HOUSEHOLD`. */
  readonly code: string;
  /** GB/T 2260 prefixes that cover every row; empty: no such bound. See {@link Connector.coverage}. */
  readonly coverage: readonly string[];
  /** Its tables, for the demonstration city and tests. */
  readonly tables: readonly TableDefinition[];
  /** The types it is the source of. */
  readonly sources: Readonly<Record<string, Source>>;
  /** Computations of `@derived` fields, by coordinate. */
  readonly derivations: Readonly<Record<string, Derivation>>;
}

/** How one type is read. `query` and `mapping` name the same attributes. */
export interface Source {
  /** What is read: tables, joins, columns. */
  readonly query: Query;
  /** What it becomes: clean attributes. */
  readonly mapping: Mapping;
}

/**
 * A column read: `r.xm` (alias and column), or `p.ssxq as plate_ssxq` where another column of the
 * query has the same name; or whether any of several columns is filled, answered by the department
 * as 1 or 0 so that their content stays there.
 */
export type Column = string | { readonly filled: readonly string[]; readonly as: string };

/** A predicate on one column. `isNot` also holds where the column is null. */
export type Condition = readonly [column: string, operator: 'is' | 'isNot', value: string];

/** A joined table. */
export interface Join {
  readonly table: string;
  /**
   * `inner` restricts the rows, so it always stands in the statement; `left` stands only where an
   * attribute needs it.
   */
  readonly kind: 'inner' | 'left';
  /** Column of this table, column of a table before it. */
  readonly on: readonly [string, string];
  /** Further predicates of the join: which of its rows are current. */
  readonly current: readonly Condition[];
}

/** An attribute that rows can be looked up by. */
export interface Lookup {
  /** The column compared with the key. */
  readonly column: string;
  /** The forms under which the department may hold a canonical key; the key itself among them. */
  readonly forms: (key: string) => readonly string[];
}

/** Whom a type's rows can be scanned for. See {@link ScanTemplate}. */
export interface Scan {
  /** The lookup whose keys a scan yields; its column has an index. */
  readonly by: string;
  /** Makes a stored key canonical. */
  readonly parse: (text: string) => Parsed;
  /** Attributes a scan may be narrowed by: their column, and what each stored code stands for. */
  readonly where: Readonly<
    Record<string, { readonly column: string; readonly codes: Readonly<Record<string, string>> }>
  >;
}

/** The SQL knowledge of one type. */
export interface Query {
  /** Base table and alias, such as `HJXX_HXXB as h`. */
  readonly from: string;
  /** Joined tables by alias, each after the one it refers to. */
  readonly joins: Readonly<Record<string, Join>>;
  /** Which rows are current. */
  readonly current: readonly Condition[];
  /** The column that says in which division a row lies. */
  readonly region: string;
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** Columns each attribute is made of. */
  readonly attributes: Readonly<Record<string, readonly Column[]>>;
  /** Absent: its rows cannot be scanned. */
  readonly scan?: Scan;
  /** Columns always read, to tell apart duplicate rows of one object. They become no attribute. */
  readonly technical: readonly Column[];
}

/** Makes one attribute. `all` are the raw rows of the same object, `raw` the first of them. */
export type Attribute = (raw: RawRow, all: readonly RawRow[]) => unknown;

/** An embedded object (`ONE`) or list of objects (`MANY`). */
export interface Embedded {
  readonly count: 'ONE' | 'MANY';
  /** The raw material of each object, from the raw rows of the outer one; `ONE` uses the first, and is null where there is none. */
  readonly of: (all: readonly RawRow[]) => readonly RawRow[];
  /** Attributes by the part of the name after the dot. */
  readonly attributes: Readonly<Record<string, (raw: RawRow) => unknown>>;
}

/** Turns raw rows into clean ones. Pure. */
export interface Mapping {
  /** The objects among one key's raw rows, duplicates resolved: each with its raw rows. Default: every row is one. */
  readonly objects?: (rows: readonly RawRow[]) => readonly (readonly RawRow[])[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly embedded?: Readonly<Record<string, Embedded>>;
}

/** The alias of a column reference: `r` of `r.xm`. */
export function aliasOf(reference: string): string {
  return reference.slice(0, reference.indexOf('.'));
}

/** The name a column has in a raw row: `xm` of `r.xm`, `plate_ssxq` of `p.ssxq as plate_ssxq`. */
export function rawName(column: Column): string {
  if (typeof column !== 'string') return column.as;
  const as = column.indexOf(' as ');
  return as === -1 ? column.slice(column.indexOf('.') + 1) : column.slice(as + 4);
}

/**
 * The columns a template's attributes need, with the lookup's and the technical ones, each once.
 * @throws RangeError where an attribute or lookup is not offered: a fault of the planner
 */
export function columnsFor(query: Query, by: string, attributes: readonly string[]): readonly Column[] {
  const lookup = lookupOf(query, by);
  const columns = new Map<string, Column>();
  const add = (column: Column) => columns.set(rawName(column), column);
  add(lookup.column);
  for (const column of query.technical) add(column);
  for (const attribute of attributes) {
    const needed = Object.hasOwn(query.attributes, attribute) ? query.attributes[attribute] : undefined;
    if (needed === undefined) throw new RangeError(`no such attribute: ${attribute}`);
    for (const column of needed) add(column);
  }
  return [...columns.values()];
}

/**
 * The lookup of a name.
 * @throws RangeError where it is not offered: a fault of the planner
 */
export function lookupOf(query: Query, by: string): Lookup {
  const lookup = Object.hasOwn(query.lookups, by) ? query.lookups[by] : undefined;
  if (lookup === undefined) throw new RangeError(`no such lookup: ${by}`);
  return lookup;
}

/** The source of a type. @throws RangeError where the department has none: a fault of the planner */
export function sourceOf(definition: DepartmentDefinition, type: string): Source {
  const source = Object.hasOwn(definition.sources, type) ? definition.sources[type] : undefined;
  if (source === undefined) throw new RangeError(`${definition.code} is not the source of ${type}`);
  return source;
}
