/** Asserts, before anything is timed, that all contestants give equal answers. */
import { isDeepStrictEqual } from 'node:util';
import { canonical } from './canonical.js';
import type { Running, Workload } from './contestant.js';

/** One contestant's answer to one question. */
export interface Answer {
  /** {@link canonical}. */
  readonly data: unknown;
  /** Bytes of the whole body. */
  readonly bytes: number;
}

/** Two contestants do not agree. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement';
}

/** Asks one question. @throws Disagreement where the answer is none */
export async function askOnce(name: string, running: Running, workload: Workload, i: number): Promise<Answer> {
  const { path, headers, body } = running.request(workload, i);
  const response = await fetch(running.url + path, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status !== 200) {
    throw new Disagreement(`${name}, ${workload} ${i}: status ${response.status}: ${text.slice(0, 1000)}`);
  }
  const { data, errors } = JSON.parse(text) as { readonly data?: unknown; readonly errors?: unknown };
  if (errors !== undefined)
    throw new Disagreement(`${name}, ${workload} ${i}: ${JSON.stringify(errors).slice(0, 1000)}`);
  return { data: canonical(data), bytes: Buffer.byteLength(text) };
}

/** Where two values first differ, as a path; null where they are deeply equal. */
export function firstDifference(a: unknown, b: unknown, path = 'data'): string | null {
  if (isDeepStrictEqual(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    const inner = firstDifference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (inner !== null) return inner;
  }
  return path;
}

/** @throws Disagreement naming the first difference; the values are of invented people */
export function assertEqual(name: string, other: string, i: number, mine: unknown, theirs: unknown): void {
  const path = firstDifference(mine, theirs);
  if (path === null) return;
  const at = (value: unknown) =>
    JSON.stringify(
      path
        .split('.')
        .slice(1)
        .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null)?.[key], value),
    );
  throw new Disagreement(`question ${i}, ${path}: ${name} says ${at(mine)}, ${other} says ${at(theirs)}`);
}

/** What all contestants agree on. */
export interface Agreed {
  /** {@link canonical} `data` as JSON, by question. */
  readonly expected: readonly string[];
  /** Bytes of each contestant's bodies beyond their `data`. */
  readonly beyond: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
}

/** Questions asked at once while nothing is timed. */
const AT_ONCE = 16;

async function inOrder<T>(count: number, of: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => of(from + i));
    results.push(...(await Promise.all(some)));
  }
  return results;
}

/**
 * Asks the first contestant everything and the others the first `compared` questions.
 * @throws Disagreement at the first difference
 */
export async function agreedOn(
  workload: Workload,
  runnings: ReadonlyMap<string, Running>,
  questions: number,
  compared: number,
): Promise<Agreed> {
  const [first, ...others] = runnings;
  if (first === undefined) throw new RangeError('nobody takes part');
  const [reference, referenceRunning] = first;
  const answers = await inOrder(questions, (i) => askOnce(reference, referenceRunning, workload, i));
  const expected = answers.map(({ data }) => JSON.stringify(data));
  const beyondOf = (own: readonly Answer[]) => {
    const sizes = own.map(({ bytes }, i) => bytes - Buffer.byteLength(expected[i] ?? ''));
    return { min: Math.min(...sizes), max: Math.max(...sizes) };
  };
  const beyond = new Map([[reference, beyondOf(answers)]]);
  for (const [name, running] of others) {
    const own = await inOrder(compared, (i) => askOnce(name, running, workload, i));
    own.forEach(({ data }, i) => {
      assertEqual(name, reference, i, data, answers[i]?.data);
    });
    beyond.set(name, beyondOf(own));
  }
  return { expected, beyond };
}
