/** Before the suite: a folder for what it logs. After it: nothing in there may be a person's, a token or a key. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLLECTED } from './collected.js';
import { leaksIn } from './leaks.js';

/** Leaks told at most. */
const TOLD = 20;

/** Where something leaked in a folder of texts, as `file:line: KIND text`. */
export function leaksUnder(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .flatMap((line, i) => leaksIn(line).map(({ kind, found }) => `${name}:${i + 1}: ${kind} ${found}`)),
  );
}

/** Raises an error where there are any. @returns lines looked through */
export function checkLeaks(folder: string): number {
  const leaks = leaksUnder(folder);
  if (leaks.length > 0) {
    throw new Error(`${leaks.length} leaks in what the suite logged:\n${leaks.slice(0, TOLD).join('\n')}`);
  }
  return readdirSync(folder).reduce(
    (sum, name) => sum + readFileSync(join(folder, name), 'utf8').split('\n').length,
    0,
  );
}

/** Vitest calls it once before all test files. @returns called once after them; count-reporter.ts has checked by then */
export default function setup(): () => void {
  // Each project calls it; they share the folder that the first has made.
  if (process.env[COLLECTED] !== undefined) return () => undefined;
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-collected-'));
  process.env[COLLECTED] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
