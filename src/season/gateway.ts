/** The gateway as an approval engineer's program sees it: GraphQL over HTTP, nothing else. */
import { z } from 'zod';
import type { Clock } from './clock.js';
import type { SeasonRole } from './columns.js';
import { SeasonFault } from './faults.js';
import type { Subject } from './rows.js';

/** What is asked about one application. */
export interface CaseAsked {
  readonly number: string;
  readonly filedOn: string;
  readonly division?: string;
  readonly subjects: readonly Subject[];
}

const text = z.string().nullable();
const answerSchema = z.object({
  number: z.string(),
  code: text,
  message: text,
  field: text,
  record: text,
  verdict: z
    .object({
      verdict: z.string(),
      tierZh: text,
      reasonsZh: z.array(z.string()),
      receipt: text,
      requirements: z.array(z.object({ element: text, reasonZh: text, outcome: z.string(), effect: z.string() })),
      verifications: z.array(z.object({ state: z.string() })).nullish(),
    })
    .nullable(),
});

/** What the gateway says of one case: the part of the schema's `CaseVerdict` that a result needs. */
export type CaseAnswer = z.infer<typeof answerSchema>;

const VERIFY_CASES = `mutation($cases: [CaseInput!]!) { verifyCases(cases: $cases) {
  number code message field record verdict { verdict tierZh reasonsZh receipt requirements { element reasonZh outcome effect } verifications { state } }
} }`;

const verifySchema = z.object({ verifyCases: z.array(answerSchema) });
const mattersSchema = z.object({
  matters: z.array(
    z.object({
      code: z.string(),
      roles: z.array(z.object({ role: z.string(), kind: z.string(), required: z.boolean() })),
    }),
  ),
});
const bodySchema = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }) })).optional(),
});

/** Sends one request: as the global `fetch`. */
export type Send = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

/** How the gateway is asked. */
export interface GatewayOptions {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Code of the matter. */
  readonly matter: string;
  /** A bearer token; called again with true where the gateway no longer takes the last one. */
  readonly token: (renew: boolean) => Promise<string>;
  /** Tries of one request that meets trouble before the season stops, 1 or more. Waits the gateway asks for beyond a minute do not count. */
  readonly tries: number;
  /** Default: over the network. */
  readonly send?: Send;
  /** Who asks, as the application names the person, 1 to 64 letters, digits or . _ @ -; it stands in the record. Default: nobody is named. */
  readonly operator?: string;
  readonly clock: Clock;
  /** 0 inclusive to 1 exclusive, to spread tries. */
  readonly random: () => number;
  /** Told of each wait before another try: why, and how long, ms. */
  readonly onWait: (why: string, ms: number) => void;
}

/** The gateway. Every call @throws SeasonFault GATEWAY, or the signal's reason where it is aborted while waiting. */
export interface SeasonGateway {
  /** Roles of the matter. */
  roles(signal: AbortSignal): Promise<readonly SeasonRole[]>;
  /** Registers and judges, 1 to 500 cases; answers in the order asked. Asking again does no harm. */
  verify(cases: readonly CaseAsked[], signal: AbortSignal): Promise<readonly CaseAnswer[]>;
}

/** Longest wait for one answer, ms: a department may let a chunk through slowly. */
const ANSWER_MS = 300_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A wait beyond this is no trouble but an arrangement, such as a department's hours. */
const ARRANGED_MS = 60_000;

/** Codes after which the same request may succeed. */
const PASSING = new Set(['OVERLOADED', 'RATE_LIMITED', 'EVIDENCE_UNAVAILABLE', 'SOURCE_DOWN', 'INTERNAL']);

type Attempt =
  | { readonly is: 'DATA'; readonly data: unknown }
  | { readonly is: 'TROUBLE'; readonly why: string; readonly retryAfterMs: number }
  | { readonly is: 'UNAUTHENTICATED'; readonly message: string };

/** Whether an HTTP header can hold it. What `fetch` throws where it cannot quotes it, be it a token. */
export function fitsHeader(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text.trim());
}

/** Undefined where it is no JSON: the parser's own error quotes the text. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function attempt(options: GatewayOptions, token: string, body: string): Promise<Attempt> {
  for (const [what, value] of Object.entries({ token, matter: options.matter })) {
    if (!fitsHeader(value))
      throw new SeasonFault('GATEWAY', `the ${what} has a character that no HTTP header can hold`);
  }
  let response: Response;
  let text: string;
  try {
    response = await (options.send ?? fetch)(`${options.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'mianzheng-matter': options.matter,
        ...(options.operator === undefined ? {} : { 'mianzheng-operator': options.operator }),
      },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { is: 'TROUBLE', why: `no answer from ${options.url} (${cause})`, retryAfterMs: 0 };
  }
  const parsed = bodySchema.safeParse(jsonOf(text));
  const retryAfterMs = 1000 * Math.max(0, Number(response.headers.get('retry-after') ?? 0) || 0);
  if (!parsed.success)
    return { is: 'TROUBLE', why: `an answer that is none of a gateway (${response.status})`, retryAfterMs };
  const [error] = parsed.data.errors ?? [];
  if (error === undefined) return { is: 'DATA', data: parsed.data.data };
  const why = `${error.extensions.code}: ${error.message}`;
  if (error.extensions.code === 'UNAUTHENTICATED') return { is: 'UNAUTHENTICATED', message: why };
  if (PASSING.has(error.extensions.code)) return { is: 'TROUBLE', why, retryAfterMs };
  throw new SeasonFault('GATEWAY', why);
}

/** Opens the gateway; nothing is asked yet. */
export function openSeasonGateway(options: GatewayOptions): SeasonGateway {
  const { matter, clock, random, onWait, tries } = options;

  async function ask(query: string, variables: unknown, signal: AbortSignal): Promise<unknown> {
    const body = JSON.stringify({ query, variables });
    let renewed = false;
    for (let trouble = 0; ; ) {
      signal.throwIfAborted();
      const got = await attempt(options, await options.token(renewed), body);
      if (got.is === 'DATA') return got.data;
      if (got.is === 'UNAUTHENTICATED') {
        if (renewed) throw new SeasonFault('GATEWAY', got.message);
        renewed = true;
        continue;
      }
      if (got.retryAfterMs <= ARRANGED_MS) trouble += 1;
      if (trouble >= tries) throw new SeasonFault('GATEWAY', `${got.why}; gave up after ${trouble} tries`);
      const backOff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, trouble - 1)) * (0.5 + random() / 2);
      const wait = Math.max(got.retryAfterMs, backOff);
      onWait(got.why, wait);
      await clock.sleep(wait, signal);
    }
  }

  function fitting<T>(schema: z.ZodType<T>, data: unknown): T {
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new SeasonFault('GATEWAY', 'the gateway answers what this version does not understand', parsed.error);
  }

  return {
    async roles(signal) {
      const { matters } = fitting(
        mattersSchema,
        await ask('{ matters { code roles { role kind required } } }', {}, signal),
      );
      const found = matters.find(({ code }) => code === matter);
      if (found !== undefined) return found.roles;
      throw new SeasonFault(
        'GATEWAY',
        `the gateway knows no matter ${matter}; it has ${matters.map((m) => m.code).join(', ')}`,
      );
    },
    async verify(cases, signal) {
      const { verifyCases } = fitting(verifySchema, await ask(VERIFY_CASES, { cases }, signal));
      const inOrder =
        verifyCases.length === cases.length && cases.every(({ number }, i) => number === verifyCases[i]?.number);
      if (!inOrder) throw new SeasonFault('GATEWAY', 'the gateway answered other cases than were asked');
      return verifyCases;
    },
  };
}
