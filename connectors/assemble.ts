/** Turns the raw rows of a fetch into clean rows by key; shared by every transport. Pure. */

import type { FetchTemplate, Row, RowsByKey } from '../src/domain/fetch.js';
import { SourceError } from '../src/errors.js';
import { MAX_ROWS_PER_KEY, type SourceDescription } from './contract.js';
import {
  type Attribute,
  type DepartmentDefinition,
  lookupOf,
  type Mapping,
  type RawRow,
  rawName,
  type Source,
} from './definition.js';

/** What the department's types offer, for {@link Connector.sources}. */
export function describeSources(definition: DepartmentDefinition): Readonly<Record<string, SourceDescription>> {
  return Object.fromEntries(
    Object.entries(definition.sources).map(([type, { query }]) => [
      type,
      {
        attributes: Object.keys(query.attributes).sort(),
        lookups: Object.keys(query.lookups).sort(),
        ...(query.scan && { scan: { by: query.scan.by, where: Object.keys(query.scan.where).sort() } }),
      },
    ]),
  );
}

/** Every form under which the department may hold one of `keys` → that key. */
export function formsOf(source: Source, by: string, keys: readonly string[]): ReadonlyMap<string, string> {
  const { forms } = lookupOf(source.query, by);
  const keysByForm = new Map<string, string>();
  for (const key of keys) for (const form of forms(key)) keysByForm.set(form, key);
  return keysByForm;
}

/** Makes one clean row of the raw rows of one object; `raw` is the first of them. */
export type RowMaker = (raw: RawRow, all: readonly RawRow[]) => Row;

/**
 * The maker of rows with exactly the attributes named.
 * @throws RangeError where an attribute is not offered: a fault of the planner
 */
export function rowMaker(mapping: Mapping, attributes: readonly string[]): RowMaker {
  const makers: Record<string, Attribute> = {};
  const embedded = new Map<string, string[]>();
  for (const attribute of attributes) {
    const [name = '', inner] = attribute.split('.');
    if (Object.hasOwn(mapping.embedded ?? {}, name)) {
      // The bare name asks whether the object is there, and for nothing of it.
      embedded.set(name, [...(embedded.get(name) ?? []), ...(inner === undefined ? [] : [inner])]);
    } else {
      makers[attribute] = own(mapping.attributes, attribute);
    }
  }
  for (const [name, inner] of embedded) {
    const { count, of, attributes: offered } = own(mapping.embedded ?? {}, name);
    const make = objectMaker(Object.fromEntries(inner.map((attribute) => [attribute, own(offered, attribute)])));
    makers[name] = (_raw, all) => {
      const material = of(all);
      const [first] = material;
      if (count === 'MANY') return material.map((raw) => make(raw, all));
      return first === undefined ? null : make(first, all);
    };
  }
  return objectMaker(makers);
}

/** Makes an object of what each maker yields. */
function objectMaker(makers: Readonly<Record<string, Attribute>>): RowMaker {
  const members = Object.entries(makers);
  return (raw, all) => {
    const row: Record<string, unknown> = {};
    for (const [name, make] of members) row[name] = make(raw, all);
    return row;
  };
}

/**
 * Groups raw rows by the key asked for and makes clean rows. A raw row of another key, which a
 * case-blind collation or a careless service may return, is dropped.
 * @param forms see {@link formsOf}
 * @throws SourceError `TOO_MANY_ROWS` where a key has more raw rows than {@link MAX_ROWS_PER_KEY}
 */
export function assemble(
  source: Source,
  template: FetchTemplate,
  make: RowMaker,
  forms: ReadonlyMap<string, string>,
  raws: readonly RawRow[],
): RowsByKey {
  const column = rawName(lookupOf(source.query, template.by).column);
  const rowsByKey = new Map<string, RawRow[]>();
  for (const raw of raws) {
    const stored = raw[column];
    const key = forms.get((typeof stored === 'string' ? stored : String(stored)).trim());
    if (key === undefined) continue;
    const rows = rowsByKey.get(key);
    if (rows === undefined) rowsByKey.set(key, [raw]);
    else if (rows.length < MAX_ROWS_PER_KEY) rows.push(raw);
    else throw new SourceError(template.department, 'TOO_MANY_ROWS');
  }
  const { objects } = source.mapping;
  const ofObject = (all: readonly RawRow[]): Row[] => (all[0] === undefined ? [] : [make(all[0], all)]);
  // Clean rows take the place of the raw ones they are made of.
  for (const [key, rows] of rowsByKey) {
    rowsByKey.set(key, objects === undefined ? rows.map((raw) => make(raw, [raw])) : objects(rows).flatMap(ofObject));
  }
  return rowsByKey;
}

/**
 * For {@link Mapping.objects}: one object of each group, made of its best raw rows.
 * @param group text that is equal for rows of one object
 * @param better negative where `a` is to be preferred to `b`, 0 where both belong to the object
 */
export function bestOfEach(
  rows: readonly RawRow[],
  group: (raw: RawRow) => string,
  better: (a: RawRow, b: RawRow) => number,
): readonly (readonly RawRow[])[] {
  if (rows.length === 1) return [rows];
  const groups = new Map<string, RawRow[]>();
  for (const raw of rows) {
    const key = group(raw);
    const rival = groups.get(key)?.[0];
    const order = rival === undefined ? -1 : better(raw, rival);
    if (order < 0) groups.set(key, [raw]);
    else if (order === 0) groups.get(key)?.push(raw);
  }
  return [...groups.values()];
}

/** For `$row`: the parts of a row's key as one text. */
export function rowKey(...parts: readonly unknown[]): string {
  return parts.map((part) => String(part).trim()).join('/');
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  if (value === undefined) throw new RangeError(`no such attribute: ${name}`);
  return value;
}
