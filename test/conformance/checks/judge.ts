/** What is wrong with an answer and its record, by what the reference expects. */
import { SENTINEL } from '../generator/random-world.js';
import type { Evaluation } from '../reference/evaluate.js';
import { type Observation, pseudonym } from '../subject/gateway.js';

/** What kind of wrong it is. */
export type FaultKind =
  /** Something that no right covers is in the answer, its errors or the record, or can be inferred. */
  | 'LEAK'
  /** Something granted is not answered, or a null is told wrongly. */
  | 'WRONG_DENIAL'
  /** The record does not say exactly what was disclosed, withheld and about whom. */
  | 'RECORD';

/** One fault. */
export interface Fault {
  readonly kind: FaultKind;
  /** In words, with what was expected and what was found. */
  readonly what: string;
}

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions: {
    readonly mianzheng: {
      readonly outcomes?: readonly { readonly path: readonly unknown[]; readonly outcome: string }[];
      readonly unlistedErrors?: number;
    };
  };
}

/** As many errors and outcomes as one answer lists. */
const LISTED = 100;
const LISTED_OUTCOMES = 1000;

/** The places where two answers differ, as LEAK where more is there than expected, else as WRONG_DENIAL. */
function compareData(expected: unknown, found: unknown, path: string, faults: Fault[]): void {
  if (expected === found) return;
  const at = path === '' ? 'data' : path;
  const isNull = (value: unknown): boolean => value === null || value === undefined;
  if (isNull(found)) {
    if (!isNull(expected)) faults.push({ kind: 'WRONG_DENIAL', what: `${at} is granted and not answered` });
    else if (expected !== found) faults.push({ kind: 'WRONG_DENIAL', what: `${at} is missing` });
    return;
  }
  if (isNull(expected)) {
    faults.push({ kind: 'LEAK', what: `${at} is answered beyond the rights` });
    return;
  }
  if (Array.isArray(expected) && Array.isArray(found)) {
    if (found.length > expected.length) faults.push({ kind: 'LEAK', what: `${at} has too many elements` });
    if (found.length < expected.length) faults.push({ kind: 'WRONG_DENIAL', what: `${at} has too few elements` });
    for (const [i, each] of expected.entries()) {
      if (i < found.length) compareData(each, found[i], `${path}.${i}`, faults);
    }
    return;
  }
  if (typeof expected === 'object' && typeof found === 'object') {
    const wanted = expected as Record<string, unknown>;
    const given = found as Record<string, unknown>;
    for (const [key, value] of Object.entries(wanted)) compareData(value, given[key], `${path}.${key}`, faults);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(wanted, key)) faults.push({ kind: 'LEAK', what: `${path}.${key} was not to be there` });
    }
    if (Object.keys(wanted).join() !== Object.keys(given).join()) {
      faults.push({ kind: 'WRONG_DENIAL', what: `${at} has its keys in another order` });
    }
    return;
  }
  faults.push({ kind: 'LEAK', what: `${at} is not the value or mask expected` });
}

function differences(expected: readonly string[], found: readonly string[]): string | null {
  const wanted = new Set(expected);
  const given = new Set(found);
  const missing = expected.filter((each) => !given.has(each));
  const more = found.filter((each) => !wanted.has(each));
  if (missing.length === 0 && more.length === 0) return null;
  return `missing [${missing.join(', ')}], too many [${more.join(', ')}]`;
}

function compareErrors(expected: Evaluation, body: Body, faults: Fault[]): void {
  const found = (body.errors ?? []).map(({ path, extensions: { code, reason, coordinate } }) =>
    [path?.join('.') ?? '', code, body.data === undefined ? '' : (reason ?? ''), coordinate ?? ''].join(' '),
  );
  const wanted = expected.errors.map(({ path, code, reason, coordinate }) =>
    [path.join('.'), code, reason ?? '', coordinate ?? ''].join(' '),
  );
  if (wanted.length > LISTED) {
    const unlisted = body.extensions.mianzheng.unlistedErrors ?? 0;
    if (found.length + unlisted !== wanted.length) {
      faults.push({ kind: 'WRONG_DENIAL', what: `${wanted.length} errors, told ${found.length} and ${unlisted} more` });
    }
    const stray = found.filter((each) => !wanted.includes(each));
    if (stray.length > 0) faults.push({ kind: 'WRONG_DENIAL', what: `errors: too many [${stray.join(', ')}]` });
    return;
  }
  const difference = differences(wanted, found);
  if (difference !== null) faults.push({ kind: 'WRONG_DENIAL', what: `errors: ${difference}` });
}

function compareAbsent(expected: Evaluation, body: Body, faults: Fault[]): void {
  const outcomes = body.extensions.mianzheng.outcomes ?? [];
  if (outcomes.length >= LISTED_OUTCOMES) return;
  const found = outcomes.filter(({ outcome }) => outcome === 'ABSENT').map(({ path }) => path.join('.'));
  const difference = differences(expected.absent, found);
  if (difference !== null) faults.push({ kind: 'WRONG_DENIAL', what: `told absent: ${difference}` });
}

function compareRecord(expected: Evaluation, { entry }: Observation, faults: Fault[]): void {
  if (entry === null) {
    faults.push({ kind: 'RECORD', what: 'nothing was recorded' });
    return;
  }
  const { record } = expected;
  const push = (part: string, difference: string | null): void => {
    if (difference !== null) faults.push({ kind: 'RECORD', what: `${part}: ${difference}` });
  };
  if (record.outcome !== entry.outcome || record.code !== entry.code) {
    push('outcome', `${record.outcome} ${record.code} expected, ${entry.outcome} ${entry.code} recorded`);
  }
  for (const part of ['disclosed', 'masked', 'used', 'withheld'] as const) {
    push(part, differences(record[part], entry[part]));
  }
  const names = record.subjects.map((subject) => {
    const colon = subject.indexOf(':');
    return pseudonym(subject.slice(0, colon), subject.slice(colon + 1));
  });
  push('subjects', differences(names, entry.subjects));
}

/** Judges one answer. @returns the faults; empty: none */
export function judge(expected: Evaluation, observed: Observation): Fault[] {
  const faults: Fault[] = [];
  const body = JSON.parse(observed.body) as Body;
  const refusal = expected.record.code;
  if (refusal !== null && body.data !== undefined) {
    faults.push({ kind: 'LEAK', what: `answered, where ${refusal} was due` });
  } else if (refusal === null && body.data === undefined) {
    faults.push({ kind: 'WRONG_DENIAL', what: `refused: ${observed.entry?.code}` });
  } else {
    if (refusal === null) compareData(expected.data, body.data, '', faults);
    compareErrors(expected, body, faults);
    if (refusal === null) compareAbsent(expected, body, faults);
  }
  for (const [found] of observed.body.matchAll(SENTINEL)) {
    if (refusal !== null || !expected.trace.shown.has(found)) {
      faults.push({ kind: 'LEAK', what: `${found} is beyond the rights` });
    }
  }
  for (const [found] of JSON.stringify(observed.entry).matchAll(SENTINEL)) {
    faults.push({ kind: 'LEAK', what: `${found} stands in the record` });
  }
  compareRecord(expected, observed, faults);
  return faults;
}

/** The answer without what names it. */
function anonymous(body: string): string {
  return body.replace(/"requestId":"[^"]*"/, '');
}

function templates(asked: readonly string[]): string {
  return asked
    .map((fetch) => fetch.slice(0, fetch.indexOf(' ')))
    .sort()
    .join(' ');
}

/** Judges whether two worlds that differ only in what may not be seen were told apart. */
export function judgeInterference(one: Observation, other: Observation): Fault[] {
  const faults: Fault[] = [];
  if (anonymous(one.body) !== anonymous(other.body)) {
    faults.push({ kind: 'LEAK', what: 'the answer depends on what may not be seen' });
  }
  if (templates(one.asked) !== templates(other.asked)) {
    faults.push({ kind: 'LEAK', what: 'the fetches depend on what may not be seen' });
  }
  return faults;
}
