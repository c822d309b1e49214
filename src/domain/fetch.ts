/**
 * What one department is asked for: the shape of a fetch without its keys. Two requests whose
 * rights and documents lead to equal templates may share one statement; no others ever do.
 */
export interface FetchTemplate {
  /** Owner of the rows, as in the schema's enum, such as `HOUSEHOLD`. */
  readonly department: string;
  /** Type of the schema the rows stand for, such as `Resident`. */
  readonly type: string;
  /** Attribute the keys are compared with, such as `idNumber` or `householdNumber`. */
  readonly by: string;
  /**
   * Attributes to return, sorted, nothing else is read: schema fields and link attributes;
   * `guardians.relation` for an attribute of an embedded object; `$row` for the row's own
   * stable key.
   */
  readonly attributes: readonly string[];
  /** GB/T 2260 prefixes the row must lie in; null: no predicate. */
  readonly regions: readonly string[] | null;
  /** Canonical text; templates are equal exactly when this is. */
  readonly id: string;
}

/** Builds a template with its canonical `id`. Attributes and regions are sorted and made unique. */
export function fetchTemplate(t: Omit<FetchTemplate, 'id'>): FetchTemplate {
  const attributes = [...new Set(t.attributes)].sort();
  const regions = t.regions === null ? null : [...new Set(t.regions)].sort();
  const id = `${t.department}/${t.type}/${t.by}(${attributes.join(',')})${regions === null ? '' : `@${regions.join(',')}`}`;
  return { department: t.department, type: t.type, by: t.by, attributes, regions, id };
}

/** Name of the attribute that is a row's own stable key. */
export const ROW_KEY = '$row';

/**
 * One row as a connector returns it: exactly the template's attributes, mapped to clean values
 * (strings, numbers, booleans, enum names; null where none is recorded; undefined where what is
 * recorded cannot be read and null would say more than that). An embedded object or list of objects stands
 * under the part of the name before the dot. A link to an interface or union is a
 * {@link Reference}; other links are canonical identifiers, null where the stored one is not valid.
 */
export type Row = Readonly<Record<string, unknown>>;

/** A link to an object of one of several types. */
export interface Reference {
  readonly type: string;
  readonly key: string;
}

/** Rows by the key asked for. A key without rows is not in it. */
export type RowsByKey = ReadonlyMap<string, readonly Row[]>;
