/** The audits of the GraphQL over HTTP specification, as graphql-http publishes them, by their identifiers. */
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MATTER, type RunningServer, startServer, tokenOf } from './running-server.js';

let running: RunningServer;

beforeAll(async () => {
  // As graphql-cop is answered: what one asks for, the other must not find.
  running = await startServer({ introspection: false });
});

afterAll(() => running.close());

/** fetch with the application's token and purpose: the audits know neither. */
function authorizedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${tokenOf('school')}`);
  headers.set('mianzheng-matter', MATTER);
  headers.set('mianzheng-case', 'C-1');
  return fetch(input, { ...init, headers });
}

const audits = serverAudits({ url: () => `${running.url}/graphql`, fetchFn: authorizedFetch });

describe('GraphQL over HTTP', () => {
  it('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits)('$id $name', async (audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});
