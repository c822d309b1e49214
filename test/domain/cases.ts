import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Table cases of test/cases, by group. */
export function tableCases<Case>(file: string): Readonly<Record<string, readonly Case[]>> {
  return parse(readFileSync(new URL(`../cases/${file}`, import.meta.url), 'utf8')) as Record<string, readonly Case[]>;
}
