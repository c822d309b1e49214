/** What the tests of matters share: the schema, the shipped matters, and cases written as data. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { parse } from 'yaml';
import { addMonthsToMonth } from '../../src/domain/calendar.js';
import {
  type JudgeInput,
  loadMatters,
  type Matter,
  ruleSetFor,
  type UnknownFact,
  type Verdict,
} from '../../src/matters/index.js';

const root = join(import.meta.dirname, '../..');

/** The data plane's schema. */
export const schema = buildSchema(
  readdirSync(join(root, 'schema'))
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(join(root, 'schema', name), 'utf8'))
    .join('\n'),
);

/** The matters the repository ships. */
export const matters = await loadMatters(join(root, 'matters'), schema);

/** A shipped matter. */
export function matterOf(code: string): Matter {
  const matter = matters.get(code);
  if (matter === undefined) throw new Error(`no matter ${code}`);
  return matter;
}

/** Reads a table of cases from test/cases. */
export function table<T>(name: string): T {
  return parse(readFileSync(join(root, 'test/cases', name), 'utf8'), { merge: true }) as T;
}

/** One case of a matter: facts in, verdict out. */
export interface MatterCase {
  readonly name: string;
  /** Facts it starts from, by name. */
  readonly of: string;
  /** Values to set in them, by dotted path. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** What could not be had: dotted path → cause and department. */
  readonly unknown?: Readonly<Record<string, readonly [UnknownFact['cause'], string]>>;
  readonly filedOn?: string;
  readonly asOf?: string;
  readonly subjects?: Readonly<Record<string, string>>;
  readonly verdict: Verdict['verdict'];
  readonly tier?: string;
  /** Elements whose reasons the verdict tells; default none. */
  readonly elements?: readonly string[];
}

/** A file of cases. */
export interface MatterCases {
  readonly filedOn: string;
  readonly subjects: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly cases: readonly MatterCase[];
}

interface Months {
  readonly $months: {
    readonly from: string;
    readonly to: string;
    readonly kinds: readonly string[];
    readonly without?: readonly string[];
  };
}

const isMonths = (value: object): value is Months => '$months' in value;

/** Writes out `{ $months: … }` as the list of insured months it stands for. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  if (!isMonths(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expand(member)]));
  const { from, to, kinds, without = [] } = value.$months;
  const months: { month: string; kind: string }[] = [];
  for (let month = from; month <= to; month = addMonthsToMonth(month, 1)) {
    if (!without.includes(month)) months.push(...kinds.map((kind) => ({ month, kind })));
  }
  return months;
}

/** A copy of the data with a value set at a path. */
export function withValue(data: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(data))
    return data.map((member, i) => (i === Number(key) ? withValue(member, rest, value) : member));
  if (typeof data !== 'object' || data === null) throw new Error(`nothing at ${path.join('.')}`);
  return { ...data, [key]: withValue(Reflect.get(data, key), rest, value) };
}

const pathOf = (dotted: string): (string | number)[] =>
  dotted.split('.').map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));

/** What a case gives to `judge`. */
export function inputOf(matter: Matter, file: MatterCases, one: MatterCase): JudgeInput {
  if (!(one.of in file.facts)) throw new Error(`no facts called ${one.of}`);
  let data = expand(file.facts[one.of]);
  for (const [path, value] of Object.entries(one.set ?? {})) data = withValue(data, pathOf(path), expand(value));
  const filedOn = one.filedOn ?? file.filedOn;
  const asOf = one.asOf ?? filedOn;
  const unknowns = Object.entries(one.unknown ?? {}).map(
    ([path, [cause, department]]): UnknownFact => ({ path: pathOf(path), cause, department }),
  );
  const subjects = { ...file.subjects, ...one.subjects };
  return { ruleSet: ruleSetFor(matter, asOf), filedOn, asOf, subjects, data, unknowns };
}

/** The different elements of the requirements whose reasons the verdict tells. */
export function elementsTold(verdict: Verdict): readonly (string | null)[] {
  const told = verdict.requirements.filter(({ reasonZh }) => reasonZh !== null && verdict.reasonsZh.includes(reasonZh));
  return [...new Set(told.map(({ element }) => element))];
}

/** A path in the data of facts. */
export type FactPath = readonly (string | number)[];

/** Every path of the data, list members by index and by `*`. */
export function pathsOf(value: unknown, path: FactPath = []): FactPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value)) {
    return [
      path,
      ...value.flatMap((member, i) => [...pathsOf(member, [...path, i]), ...pathsOf(member, [...path, '*'])]),
    ];
  }
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}
