/** A client of subscriptions over HTTP: fetch, and a parser of Server-Sent Events that is not ours. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { expect } from 'vitest';
import type { RunningGateway } from '../support/city.js';
import type { Told } from './watcher.js';

/** A stream as its client sees it. */
export interface Client {
  readonly told: readonly Told[];
  /** When the stream completed, ms since the epoch; null: it has not. */
  readonly completedAt: () => number | null;
  /** Resolves when the connection is over. */
  readonly over: Promise<void>;
  leave(): void;
}

/** Subscribes at a gateway in this process. @param headers its matter among them */
export async function listen(
  { url, gateway }: RunningGateway,
  client: string,
  headers: Readonly<Record<string, string>>,
  query: string,
): Promise<Client> {
  const { token } = (await gateway.developmentIssuer?.mint(client)) ?? { token: '' };
  return listenAt(url, token, headers, query);
}

/** Subscribes at a gateway's address. */
export async function listenAt(
  url: string,
  token: string,
  headers: Readonly<Record<string, string>>,
  query: string,
): Promise<Client> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toContain('no-store');
  const told: Told[] = [];
  let completedAt: number | null = null;
  const read = async (): Promise<void> => {
    const events = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { event, data, id } of events ?? []) {
      if (event === 'next') told.push({ ...(JSON.parse(data) as Omit<Told, 'id'>), id });
      if (event === 'complete') completedAt = Date.now();
    }
  };
  const over = read().catch((error: unknown) => {
    if (!leaving.signal.aborted && completedAt === null && !String(error).includes('terminated')) throw error;
  });
  return { told, completedAt: () => completedAt, over, leave: () => leaving.abort() };
}
