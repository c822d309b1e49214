/** What the tests of matters share: the schema, the shipped matters, and their cases. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { parse } from 'yaml';
import { type CasesOfMatter, readCases } from '../../src/matters/cases.js';
import { loadMatters, type Matter } from '../../src/matters/index.js';

const root = join(import.meta.dirname, '../..');

/** The data plane's schema. */
export const schema = buildSchema(
  readdirSync(join(root, 'schema'))
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => readFileSync(join(root, 'schema', name), 'utf8'))
    .join('\n'),
);

/** Folder of the matters the repository ships. */
export const folder = join(root, 'matters');

/** The matters the repository ships. */
export const matters = await loadMatters(folder, schema);

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

/** The cases of a shipped matter, which has some. */
export async function casesOf(code: string): Promise<CasesOfMatter> {
  const cases = await readCases(folder, matterOf(code));
  if (cases === null || !('run' in cases)) throw new Error(`no cases of ${code}: ${JSON.stringify(cases?.faults)}`);
  return cases;
}

/** Every shipped matter's code with its cases. */
export const shipped = await Promise.all([...matters.keys()].map(async (code) => [code, await casesOf(code)] as const));

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
