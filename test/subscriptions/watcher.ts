/** Whoever reads a stream in memory: a sink that keeps what it is sent, and a subscription over it. */
import { createParser } from 'eventsource-parser';
import { expect } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import type { Reply } from '../../src/pipeline.js';
import type { CaseEvent, CaseHappening } from '../../src/store/case-events.js';
import type { Sink } from '../../src/subscriptions/stream.js';
import { type MemoryGateway, NOW } from '../support/memory-gateway.js';

/** A result as the client has it. */
export interface Told {
  readonly id: string | undefined;
  readonly data?: { readonly caseEvents: Readonly<Record<string, unknown>> | null };
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly field?: string };
  }[];
  readonly extensions: { readonly mianzheng: { readonly requestId: string; readonly record?: string } };
}

/** A sink that is read in memory. */
export class Reader implements Sink {
  readonly told: Told[] = [];
  readonly comments: string[] = [];
  state: 'OPEN' | 'COMPLETE' | 'ENDED' | 'CUT' = 'OPEN';
  waiting = 0;
  stopping = false;
  readonly #parser = createParser({
    onEvent: ({ id, event, data }) => {
      if (event === 'next') this.told.push({ ...(JSON.parse(data) as Omit<Told, 'id'>), id });
      else if (event === 'complete') this.state = 'COMPLETE';
    },
    onComment: (comment) => this.comments.push(comment),
  });

  send(text: string): void {
    expect(this.state).toBe('OPEN');
    this.#parser.feed(text);
  }

  end(): void {
    expect(this.state).toBe('COMPLETE');
    this.state = 'ENDED';
  }

  cut(): void {
    this.state = 'CUT';
  }

  /** Identifiers of the events told so far. */
  get ids(): readonly (string | undefined)[] {
    return this.told.flatMap(({ id }) => (id === undefined ? [] : [id]));
  }

  /** Code of the error that ended it. */
  get code(): string | undefined {
    return this.told.at(-1)?.errors?.[0]?.extensions.code;
  }
}

export const MATTER = 'school-enrolment-primary';
export const SUBSCRIPTION = 'subscription { caseEvents { id kind caseNumber verdict outcome coordinate } }';

/** Headers of a subscription. */
export const HEADERS = { accept: 'text/event-stream', 'mianzheng-matter': MATTER };

/** Asks for a stream. */
export function ask(
  run: MemoryGateway,
  query = SUBSCRIPTION,
  headers: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Reply> {
  return run.call({ query, variables }, { ...HEADERS, ...headers });
}

/** Opens a stream and reads it. */
export async function subscribe(...asked: Parameters<typeof ask>): Promise<Reader> {
  const { stream, body } = await ask(...asked);
  expect(body).toBe('');
  const reader = new Reader();
  stream?.begin(reader);
  expect(stream).toBeDefined();
  return reader;
}

let made = 0;

/** An event that stands in the record. */
export function event(
  happening: CaseHappening = { kind: 'WITHDRAWN', reason: '不办了' },
  of: Partial<Pick<CaseEvent, 'client' | 'number' | 'matter'>> = {},
): CaseEvent {
  made += 1;
  return {
    id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    client: 'school',
    number: 'C-1',
    matter: MATTER,
    at: NOW,
    actor: 'client:school',
    requestId: null,
    record: 'test/1',
    ...of,
    ...happening,
  };
}

/** Requests among entries, in the order they were made durable. */
export function requests(entries: readonly NewEntry[]): readonly Extract<NewEntry, { kind: 'request' }>[] {
  return entries.flatMap((entry) => (entry.kind === 'request' ? [entry] : []));
}
