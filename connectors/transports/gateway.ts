/**
 * A department of another city, behind that city's Mianzheng gateway (跨省通办). It is asked as any application asks: with
 * our own credential there, for a matter, in a case that is registered for each call with the people asked about. What it
 * does not tell is unknown.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { FetchTemplate, Reference, Row } from '../../src/domain/fetch.js';
import { SourceError, type SourceFault } from '../../src/errors.js';
import { boundedText } from '../bounded-text.js';
import { type Connector, type Derivation, MAX_ROWS_PER_KEY, RowsOfPeers, type SourceDescription } from '../contract.js';
import { errorCode } from './database.js';

/** Where an attribute of a template stands in the answer to a {@link PeerDocument}. */
export type Reading =
  | { readonly kind: 'VALUE'; readonly attribute: string; readonly key: string }
  /** A link: the identifier of the object under `key`, by the object's type; `reference`: the type is told too. */
  | {
      readonly kind: 'LINK';
      readonly attribute: string;
      readonly key: string;
      readonly identities: Readonly<Record<string, string>>;
      readonly reference: boolean;
    }
  /** An object or a list of objects; `attribute` is the part of the name before the dot. */
  | {
      readonly kind: 'EMBEDDED';
      readonly attribute: string;
      readonly key: string;
      readonly members: readonly Reading[];
    };

/** What the other gateway is asked for a template: made from the schema that both have. */
export interface PeerDocument {
  /** The query for so many keys; its variables are `k0`, `k1`, … or `keys`, and `offset`. */
  readonly text: (keys: number) => string;
  /** Keys of one request at most. */
  readonly mostKeys: number;
  /** Kind of subject that the keys are. */
  readonly kind: string;
  /** Response keys to the object of the `i`th key. */
  readonly at: (i: number) => readonly (string | number)[];
  /** Response key of the list of rows in that object, and its longest page; null where the object is the row. */
  readonly list: { readonly key: string; readonly first: number } | null;
  readonly readings: readonly Reading[];
}

/** How to reach the other gateway. */
export interface PeerOptions {
  /** Its name in our configuration. */
  readonly name: string;
  /** Its address, without `/graphql`. */
  readonly url: string;
  /** Gives an access token of our application there, as good for the moment. It stands in no error. */
  readonly token: (signal: AbortSignal) => Promise<string>;
  /** The matter that both cities agreed on, and by kind of subject the role under which people are registered there. */
  readonly matter: string;
  readonly roles: Readonly<Record<string, string>>;
  /** The question for a template; null where the schema has no way to ask it. */
  readonly document: (template: FetchTemplate) => PeerDocument | null;
  /** Largest answer accepted, bytes, 1 KiB or more; default 4 MiB. */
  readonly maxBodyBytes?: number;
}

/** What the department is and offers. */
export interface PeerDepartment {
  readonly department: string;
  readonly coverage: readonly string[];
  readonly sources: Readonly<Record<string, SourceDescription>>;
  readonly derivations: Readonly<Record<string, Derivation>>;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Longest wait that is passed on, s. */
const LONGEST_RETRY_AFTER = 3600;

const path = z.array(z.union([z.string().max(200), z.number().int()])).max(100);
const answerForm = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        path: path.optional(),
        extensions: z.object({ code: z.string().max(100), retryAfter: z.number().nullish() }).optional(),
      }),
    )
    .optional(),
  extensions: z.object({
    mianzheng: z.object({
      record: z.string().max(200).optional(),
      unlistedOutcomes: z.number().optional(),
      outcomes: z.array(z.object({ path, outcome: z.string().max(50), retryAfter: z.number().nullish() })).default([]),
    }),
  }),
});
type Answer = z.infer<typeof answerForm>;

/** What the other gateway said of each place of its answer. */
class Said {
  readonly #exact = new Set<string>();
  /** Places of every element of a list at once. */
  readonly #everywhere = new Set<string>();

  constructor({ extensions }: Answer) {
    for (const { path: place, outcome } of extensions.mianzheng.outcomes) {
      const everywhere = place.includes('*') || !place.some((key) => typeof key === 'number');
      // Of one place several things may be said, such as that it is masked and disputed.
      (everywhere ? this.#everywhere : this.#exact).add(
        JSON.stringify([outcome, ...place.filter((key) => key !== '*')]),
      );
    }
  }

  /** Whether it says that of a place, or of all like it. */
  is(outcome: string, place: readonly (string | number)[]): boolean {
    if (this.#exact.has(JSON.stringify([outcome, ...place]))) return true;
    return this.#everywhere.has(JSON.stringify([outcome, ...place.filter((key) => typeof key !== 'number')]));
  }
}

const REGISTER = 'mutation($case: RegisterCaseInput!) { registerCase(input: $case) { number } }';

/** Connects a department of another city. Its `fetch` gives {@link RowsOfPeers}, and throws SourceError. */
export function connectGateway(of: PeerDepartment, options: PeerOptions): Connector {
  const { name, token, matter, roles, document, maxBodyBytes = MAX_BODY_BYTES } = options;
  const base = options.url.replace(/\/+$/, '');
  const fault = (what: SourceFault, cause?: unknown, retryAfter?: number | null) =>
    new SourceError(of.department, what, {
      ...(cause === undefined ? {} : { cause }),
      ...(retryAfter == null ? {} : { retryAfter: Math.min(Math.max(Math.ceil(retryAfter), 0), LONGEST_RETRY_AFTER) }),
    });

  async function ask(caseNumber: string, query: string, variables: object, signal: AbortSignal): Promise<Answer> {
    try {
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await token(signal)}`,
          accept: 'application/graphql-response+json',
          'content-type': 'application/json',
          'mianzheng-matter': matter,
          'mianzheng-case': caseNumber,
        },
        body: JSON.stringify({ query, variables }),
        // The token goes nowhere else.
        redirect: 'error',
        signal,
      });
      const text = await boundedText(response, maxBodyBytes);
      if (text === null) throw fault('GARBLED', new Error('a body beyond the bound'));
      if (!response.ok) throw refusal(response.status, Number(response.headers.get('retry-after') ?? Number.NaN));
      return read(text);
    } catch (cause) {
      if (cause instanceof SourceError) throw cause;
      if (signal.aborted) throw fault('TIMEOUT', cause);
      const below = cause instanceof Error ? errorCode(cause.cause) : '';
      throw fault(below.includes('TIMEOUT') || below === 'ETIMEDOUT' ? 'TIMEOUT' : 'UNREACHABLE', cause);
    }
  }

  function refusal(status: number, retryAfter: number): SourceError {
    const cause = new Error(`status ${status}`);
    const wait = Number.isFinite(retryAfter) ? retryAfter : null;
    if (status === 429 || status === 503) return fault('OVERLOADED', cause, wait);
    if (status === 401 || status === 403) return fault('REFUSED', cause);
    return fault(status >= 500 ? 'UNREACHABLE' : 'GARBLED', cause);
  }

  function read(text: string): Answer {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // The parser's own error quotes the body.
      throw fault('GARBLED', new Error('a body that is not JSON'));
    }
    const parsed = answerForm.safeParse(value);
    // The fault's paths name fields; its values never leave this function.
    if (!parsed.success) throw fault('GARBLED', new Error('an answer of another form'));
    return parsed.data;
  }

  /** What became of the object of a key that is null. */
  function whyNone({ errors = [] }: Answer, place: readonly (string | number)[]): SourceError {
    const found = errors.find(({ path: at }) => at?.every((key, i) => key === place[i]));
    switch (found?.extensions?.code) {
      case 'SOURCE_DOWN':
        return fault('UNREACHABLE', new Error('its department does not answer'), found.extensions.retryAfter);
      case 'WITHHELD':
      case 'SUBJECT_OUTSIDE_CASE':
        return fault('REFUSED', new Error('beyond its grants'));
      default:
        return fault('GARBLED', new Error('nothing is said of a key'));
    }
  }

  /** Registers the case of one call. */
  async function register(keys: readonly string[], { kind }: PeerDocument, signal: AbortSignal): Promise<string> {
    const role = roles[kind];
    if (role === undefined) throw fault('REFUSED', new Error(`no role for a ${kind} is agreed`));
    const number = `X-${randomUUID()}`;
    const subjects = keys.map((id) => ({ role, kind, id }));
    const { data } = await ask(number, REGISTER, { case: { number, matter, subjects } }, signal);
    if (data?.registerCase == null) throw fault('REFUSED', new Error('it registers no case'));
    return number;
  }

  /** Asks for some keys, page by page, in a case of their own. */
  async function fetchSome(question: PeerDocument, keys: readonly string[], into: RowsOfPeers, signal: AbortSignal) {
    const caseNumber = await register(keys, question, signal);
    let left = keys;
    for (let offset = 0; left.length > 0; offset += question.list?.first ?? 0) {
      const named = Object.fromEntries(left.map((key, i) => [`k${i}`, key]));
      const answer = await ask(caseNumber, question.text(left.length), { ...named, keys: left, offset }, signal);
      // What is absent is listed last. Before it was, a value may be masked, disputed or not all without a word.
      const { unlistedOutcomes = 0, outcomes } = answer.extensions.mianzheng;
      if (unlistedOutcomes > 0 && !outcomes.some(({ outcome }) => outcome === 'ABSENT')) {
        throw fault('TOO_MANY_ROWS', new Error('more is to be said of its answer than it lists'));
      }
      const said = new Said(answer);
      const record = answer.extensions.mianzheng.record ?? null;
      into.answers.push({ peer: name, state: 'UP', caseNumber, record });
      left = left.filter((key, i) => take(question, key, question.at(i), answer, said, into));
    }
  }

  /** Takes up what an answer holds of a key. @returns whether there may be another page */
  function take(
    { list, readings }: PeerDocument,
    key: string,
    at: readonly (string | number)[],
    answer: Answer,
    said: Said,
    into: RowsOfPeers,
  ): boolean {
    const object = valueAt(answer.data, at);
    if (!isObject(object)) {
      // Who is not known there may still stand in another of its registers: then it is not known what that holds.
      if (list !== null || !said.is('ABSENT', at)) into.unknown.set(key, whyNone(answer, at));
      return false;
    }
    if (list === null) {
      into.set(key, [rowOf(object, at, readings, said, into)]);
      return false;
    }
    const place = [...at, list.key];
    const found = object[list.key];
    if (said.is('WITHHELD', place)) {
      into.unknown.set(key, fault('REFUSED', new Error('the list may lack rows beyond its grants')));
      return false;
    }
    if (!Array.isArray(found)) {
      into.unknown.set(key, whyNone(answer, place));
      return false;
    }
    if (said.is('DISPUTED', place)) into.disputedKeys.add(key);
    const more = found.map((one: unknown, i) => {
      if (!isObject(one)) throw fault('GARBLED', new Error('a list of something else than objects'));
      return rowOf(one, [...place, i], readings, said, into);
    });
    const rows = [...(into.get(key) ?? []), ...more];
    if (rows.length > MAX_ROWS_PER_KEY) throw fault('TOO_MANY_ROWS');
    if (rows.length > 0) into.set(key, rows);
    return more.length === list.first;
  }

  /** One row; what is not told is undefined. */
  function rowOf(
    object: Readonly<Record<string, unknown>>,
    at: readonly (string | number)[],
    readings: readonly Reading[],
    said: Said,
    into: RowsOfPeers,
  ): Row {
    const row: Record<string, unknown> = {};
    const disputed = new Set<string>();
    for (const reading of readings) {
      const place = [...at, reading.key];
      const value = object[reading.key];
      if (said.is('DISPUTED', place)) disputed.add(reading.key);
      row[reading.attribute] = readingOf(reading, value, place, said, into);
    }
    if (disputed.size > 0) into.disputed.set(row, disputed);
    return row;
  }

  function readingOf(
    reading: Reading,
    value: unknown,
    place: readonly (string | number)[],
    said: Said,
    into: RowsOfPeers,
  ): unknown {
    // A masked value is not the value; a list that may lack elements is not the list.
    if (said.is('MASKED', place) || said.is('WITHHELD', place)) return undefined;
    switch (reading.kind) {
      case 'VALUE':
        if (value === null) return said.is('ABSENT', place) ? null : undefined;
        return typeof value === 'object' ? undefined : value;
      case 'LINK':
        // None there may mean that only the object is not known there: the identifier may well be recorded.
        return isObject(value) ? identifierIn(reading, value, place, said) : undefined;
      case 'EMBEDDED': {
        if (value === null) return said.is('ABSENT', place) ? null : undefined;
        if (isObject(value)) return rowOf(value, place, reading.members, said, into);
        if (!Array.isArray(value) || !value.every(isObject)) return undefined;
        return value.map((one, i) => rowOf(one, [...place, i], reading.members, said, into));
      }
    }
  }

  return {
    ...of,
    transport: 'gateway',

    async fetch(template, keys, { signal }) {
      const question = document(template);
      if (question === null) throw fault('REFUSED', new Error(`${template.type} by ${template.by} cannot be asked`));
      const into = new RowsOfPeers();
      for (let from = 0; from < keys.length; from += question.mostKeys) {
        await fetchSome(question, keys.slice(from, from + question.mostKeys), into, signal);
      }
      return into;
    },

    async health(signal) {
      const started = performance.now();
      try {
        const response = await fetch(`${base}/readyz`, { redirect: 'error', signal });
        await response.body?.cancel();
        if (!response.ok) return { state: 'DOWN', fault: 'OVERLOADED' };
        return { state: 'UP', latencyMs: performance.now() - started };
      } catch {
        return { state: 'DOWN', fault: signal.aborted ? 'TIMEOUT' : 'UNREACHABLE' };
      }
    },

    // The runtime's connections are its own and close when idle.
    close: async () => undefined,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(data: unknown, place: readonly (string | number)[]): unknown {
  let value = data;
  for (const key of place) value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[key];
  return value;
}

function identifierIn(
  { identities, reference }: Extract<Reading, { kind: 'LINK' }>,
  object: Readonly<Record<string, unknown>>,
  place: readonly (string | number)[],
  said: Said,
): string | Reference | undefined {
  const types = Object.keys(identities);
  const type = reference ? String(object.__typename) : (types[0] ?? '');
  const by = Object.hasOwn(identities, type) ? identities[type] : undefined;
  const key = by === undefined ? undefined : object[by];
  if (by === undefined || typeof key !== 'string' || said.is('MASKED', [...place, by])) return undefined;
  return reference ? { type, key } : key;
}
