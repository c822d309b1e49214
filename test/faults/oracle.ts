/** What an answer is worth: held against what the healthy city said to the same question. */
import type { Question } from './questions.js';

/** An answer of the data plane as a client receives it. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly AnswerError[];
  readonly extensions?: { readonly mianzheng?: { readonly requestId?: string; readonly record?: string } };
}

/** An error of an answer: of the whole request where it has no path. */
export interface AnswerError {
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly department?: string; readonly fault?: string };
}

/** What the oracle says. */
export type Judgement =
  /** As in health, to the last field. */
  | { readonly is: 'WHOLE' }
  /** What it says is true; something is unknown, and it says so. `unknown`: `DEPARTMENT FAULT`. */
  | { readonly is: 'PARTIAL'; readonly unknown: readonly string[] }
  /** No data, and a code. */
  | { readonly is: 'REFUSED'; readonly code: string }
  /** It denies what is so: NOT_MET, or a null or a list without an error that says why. */
  | { readonly is: 'WRONG_NO'; readonly what: string }
  /** It grants or states what is not so. */
  | { readonly is: 'WRONG_YES'; readonly what: string };

/** Judges an answer. @param truth `data` of the healthy city */
export function judge({ kind }: Question, answer: Answer, truth: Readonly<Record<string, unknown>>): Judgement {
  const errors = answer.errors ?? [];
  const { data } = answer;
  if (data === undefined || data === null) return { is: 'REFUSED', code: errors[0]?.extensions.code ?? 'NO_CODE' };
  const unknown = errors.flatMap(({ extensions: { code, department = '', fault = code } }) => `${department} ${fault}`);
  const unknownAt = new Set(errors.map(({ path = [] }) => path.join('.')));
  const wrong = kind === 'VERIFY' ? misjudged(truth, data, unknownAt) : differing(truth, data, '', unknownAt);
  if (wrong !== null) return wrong;
  return unknown.length > 0 || (kind === 'VERIFY' && verdictOf(data) !== verdictOf(truth))
    ? { is: 'PARTIAL', unknown: [...new Set(unknown)] }
    : { is: 'WHOLE' };
}

type Wrong = Extract<Judgement, { readonly is: 'WRONG_NO' | 'WRONG_YES' }>;

/** The verdict in an answer's `data`. */
export function verdictOf(data: unknown): unknown {
  return (data as { readonly verify?: { readonly verdict?: unknown } | null }).verify?.verdict;
}

/** A verdict may say less than in health, that it must wait or be looked at; never the contrary. */
function misjudged(truth: unknown, data: unknown, unknownAt: ReadonlySet<string>): Wrong | null {
  const said = verdictOf(data);
  const true_ = verdictOf(truth);
  if (said === true_ || said === 'PENDING' || said === 'NEEDS_REVIEW') return null;
  if (said === undefined && unknownAt.has('verify')) return null;
  const what = `verdict ${String(said)} where health says ${String(true_)}`;
  // A lower tier on the way that asks the citizen for a signature is no refusal, but it is not what is due either.
  return said === 'APPROVED' ? { is: 'WRONG_YES', what } : { is: 'WRONG_NO', what };
}

function differing(truth: unknown, said: unknown, path: string, unknownAt: ReadonlySet<string>): Wrong | null {
  if (said === null || said === undefined) {
    if (truth === null || unknownAt.has(path)) return null;
    return { is: 'WRONG_NO', what: `${path}: null without an error` };
  }
  const under = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(said) && Array.isArray(truth)) {
    if (said.length !== truth.length) {
      const is = said.length < truth.length ? ('WRONG_NO' as const) : ('WRONG_YES' as const);
      return { is, what: `${path}: ${said.length} elements where there are ${truth.length}` };
    }
    return first(said.map((element, i) => differing(truth[i], element, under(i), unknownAt)));
  }
  if (isObject(said) && isObject(truth)) {
    return first(Object.keys(truth).map((key) => differing(truth[key], said[key], under(key), unknownAt)));
  }
  return said === truth ? null : { is: 'WRONG_YES', what: `${path}: another value` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(wrongs: readonly (Wrong | null)[]): Wrong | null {
  return wrongs.find((wrong) => wrong !== null) ?? null;
}
