/** The departments' contract cases, test/cases/connectors/*.yaml. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { DepartmentDefinition } from '../../connectors/definition.js';
import { department as household } from '../../connectors/household/index.js';
import { department as licences } from '../../connectors/licences/index.js';
import { department as property } from '../../connectors/property/index.js';
import { department as socialSecurity } from '../../connectors/social-security/index.js';
import { department as vaccination } from '../../connectors/vaccination/index.js';
import { type FetchTemplate, fetchTemplate, type Row } from '../../src/domain/fetch.js';

/** Column → value; columns not named take the table's defaults, else null. */
export type TableRow = Readonly<Record<string, string | number | null>>;
export type TableRows = Readonly<Record<string, readonly TableRow[]>>;

interface Fetch {
  readonly type: string;
  readonly by: string;
  readonly keys: readonly string[];
  readonly attributes: readonly string[];
  readonly regions?: readonly string[];
}

interface CaseFile {
  readonly department: string;
  readonly defaults: Readonly<Record<string, TableRow>>;
  readonly rows: TableRows;
  readonly fetches: readonly (Fetch & { readonly name: string; readonly expect: Readonly<Record<string, Row[]>> })[];
  /** One more table row for each `{i}`; `already`: how many raw rows the first key has without them. */
  readonly flood: { readonly table: string; readonly row: TableRow; readonly fetch: Fetch; readonly already?: number };
  readonly many: Fetch;
}

/** A department with its cases. */
export interface Department {
  readonly definition: DepartmentDefinition;
  readonly cases: CaseFile;
  /** The cases' rows with their defaults. */
  readonly rows: TableRows;
  /** The rows `from` to before `to` of those that flood one key. */
  flood(from: number, to: number): TableRows;
}

/** The template of a case. */
export function templateOf(department: string, { type, by, attributes, regions }: Fetch): FetchTemplate {
  return fetchTemplate({ department, type, by, attributes, regions: regions ?? null });
}

function load(file: string, definition: DepartmentDefinition): Department {
  const text = readFileSync(new URL(`../cases/connectors/${file}.yaml`, import.meta.url), 'utf8');
  const cases: CaseFile = parse(text);
  const complete = (table: string, row: TableRow): TableRow => ({ ...cases.defaults[table], ...row });
  return {
    definition,
    cases,
    rows: Object.fromEntries(
      Object.entries(cases.rows).map(([table, rows]) => [table, rows.map((row) => complete(table, row))]),
    ),
    flood(from, to) {
      const { table, row } = cases.flood;
      const numbered = (i: number) =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [
            column,
            typeof value === 'string' ? value.replace('{i}', String(i).padStart(4, '0')) : value,
          ]),
        );
      return { [table]: Array.from({ length: to - from }, (_, i) => complete(table, numbered(from + i))) };
    },
  };
}

/** All departments. */
export const departments: readonly Department[] = [
  load('household', household),
  load('property', property),
  load('social-security', socialSecurity),
  load('vaccination', vaccination),
  load('licences', licences),
];
