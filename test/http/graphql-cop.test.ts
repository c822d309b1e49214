/**
 * The checks of graphql-cop 1.15 (https://github.com/dolevf/graphql-cop), which look for what is open to abuse: each
 * sends what the tool sends, byte for byte in what matters, and finds something by the tool's own criterion.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Received, type RunningServer, send, startServer, tokenOf } from './running-server.js';

/** What Python's requests sends with everything. */
const HEADERS = {
  'user-agent': 'graphql-cop/1.15',
  'accept-encoding': 'gzip, deflate',
  accept: '*/*',
  connection: 'keep-alive',
} as const;

interface Answer {
  readonly data?: Readonly<Record<string, never>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

/** One check: what it sends, and whether the answer is a finding. */
interface Check {
  readonly name: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters of the URL. */
  readonly search?: string;
  readonly body?: string;
  readonly found: (received: Received) => boolean;
}

const query = (text: string) => JSON.stringify({ query: text, operationName: 'cop' });
const answer = ({ text }: Received) => JSON.parse(text) as Answer;
/** The tool takes what is missing for no finding, as its exceptions are caught. */
const value = (received: Received, key: string): unknown => answer(received).data?.[key];
const succeeded = ({ status }: Received) => status < 400;

const ALIASES = Array.from({ length: 101 }, (_, i) => `alias${i}:__typename \n`).join('');
const SCHEMA_WITHIN_SCHEMA =
  '__schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } }';
const IDES = ['graphiql.min.css', 'GraphQL Playground', 'GraphiQL', 'graphql-playground'];

const CHECKS: readonly Check[] = [
  {
    name: 'field suggestions',
    body: query('query cop { __schema { directive } }'),
    found: (r) => answer(r).errors?.[0]?.message.includes('Did you mean') === true,
  },
  {
    name: 'introspection',
    body: query('query cop { __schema { types { name fields { name } } } }'),
    found: (r) => Boolean((value(r, '__schema') as { readonly types?: unknown } | null | undefined)?.types),
  },
  {
    name: 'GraphQL IDE',
    method: 'GET',
    headers: { accept: 'text/html' },
    found: (r) => succeeded(r) && IDES.some((word) => r.text.includes(word)),
  },
  {
    name: 'GET method query support',
    method: 'GET',
    search: '?query=query+cop+%7B__typename%7D',
    found: (r) => succeeded(r) && value(r, '__typename') !== undefined,
  },
  {
    name: 'alias overloading',
    body: query(`query cop { ${ALIASES} }`),
    found: (r) => Boolean(value(r, 'alias100')),
  },
  {
    name: 'array-based query batching',
    body: JSON.stringify(Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' }))),
    found: (r) => Object.keys(answer(r)).length >= 10,
  },
  {
    name: 'trace mode',
    body: query('query cop { __typename }'),
    found: (r) => Boolean(answer(r).errors?.[0]?.extensions?.tracing) || r.text.toLowerCase().includes('"tracing"'),
  },
  {
    name: 'directive overloading',
    body: query('query cop { __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }'),
    found: (r) => answer(r).errors?.length === 10,
  },
  {
    name: 'introspection-based circular query',
    body: query(`query cop { ${SCHEMA_WITHIN_SCHEMA} }`),
    found: (r) =>
      ((value(r, '__schema') as { readonly types?: unknown[] } | null | undefined)?.types?.length ?? 0) > 25,
  },
  {
    name: 'mutation over GET',
    method: 'GET',
    search: '?query=mutation+cop+%7B__typename%7D',
    found: (r) => succeeded(r) && Boolean(value(r, '__typename')),
  },
  {
    name: 'POST based url-encoded query',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'query=query+cop+%7B+__typename+%7D',
    found: (r) => succeeded(r) && Boolean(value(r, '__typename')),
  },
  {
    name: 'unhandled errors detection',
    body: query('qwerty cop { abc }'),
    found: (r) => Boolean(answer(r).errors?.[0]?.extensions?.exception) || r.text.toLowerCase().includes('"exception"'),
  },
  {
    // Left out of the tool's own run since its issue 43; asked here all the same.
    name: 'field duplication',
    body: query(`query cop { ${'__typename \n'.repeat(500)}} `),
    found: (r) => Boolean(value(r, '__typename')),
  },
];

let running: RunningServer;

beforeAll(async () => {
  running = await startServer({ introspection: false });
});

afterAll(() => running.close());

function ask(check: Omit<Check, 'name' | 'found'>, token: string | null) {
  const { method = 'POST', search = '', body } = check;
  const { headers = method === 'POST' ? { 'content-type': 'application/json' } : {} } = check;
  return send(running.port, {
    method,
    path: `/graphql${search}`,
    headers: { ...HEADERS, ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: body === undefined ? null : Buffer.from(body),
  });
}

/** What shows the tool that GraphQL is spoken there: without it nothing it does not find means anything. */
it('is there to be found', async () => {
  const received = await ask({ body: query('query cop { __typename }') }, tokenOf('school'));
  expect(answer(received).data).toEqual({ __typename: 'Query' });
});

describe.each([
  { who: 'with a token', client: 'school' },
  { who: 'without one', client: null },
])('graphql-cop $who', ({ client }) => {
  it.each(CHECKS)('finds nothing by $name', async (check) => {
    const received = await ask(check, client === null ? null : tokenOf(client));
    expect(received.text).not.toBe('');
    expect(check.found(received)).toBe(false);
  });
});

it('would find what it looks for: its criteria hold of a server that is open', () => {
  const open: Received = {
    status: 200,
    headers: {},
    text: JSON.stringify({
      data: { __typename: 'Query', alias100: 'Query', __schema: { types: Array.from({ length: 30 }, String) } },
      errors: Array.from({ length: 10 }, () => ({
        message: 'Did you mean "directives"?',
        extensions: { tracing: true, exception: true },
      })),
      GraphiQL: 'GraphiQL',
    }),
  };
  const batch: Received = { ...open, text: JSON.stringify(Array.from({ length: 10 }, () => ({}))) };
  const blind = CHECKS.filter(({ name, found }) => !found(name.includes('batching') ? batch : open));
  expect(blind.map(({ name }) => name)).toEqual([]);
});
