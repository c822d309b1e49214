/** The feed behind all streams: what it asks of the store, and what it keeps of clients that do not read. */
import { describe, expect, it } from 'vitest';
import { repeat } from '../../src/domain/repeating.js';
import type { CaseEvent } from '../../src/store/case-events.js';
import { type EventFeed, FEED_LIMITS, openFeed } from '../../src/subscriptions/feed.js';
import type { Subscription } from '../../src/subscriptions/stream.js';
import { event, Reader } from './watcher.js';

/** A journal in memory that counts its statements. */
class Journal {
  readonly events: CaseEvent[] = [];
  statements = 0;

  async told(after: number, most: number, clients?: readonly string[]) {
    this.statements += 1;
    const own = this.events.flatMap((one, i) =>
      i + 1 > after && (clients?.includes(one.client) ?? true) ? [{ no: i + 1, event: one }] : [],
    );
    const events = own.slice(0, most);
    return { events, last: events.at(-1)?.no ?? null, full: events.length === most };
  }

  async lastTold() {
    this.statements += 1;
    return this.events.length;
  }

  async toldNumber(client: string, id: string) {
    this.statements += 1;
    const at = this.events.findIndex((one) => one.id === id && one.client === client);
    return at < 0 ? null : at + 1;
  }

  happen(count: number, client = 'school'): readonly string[] {
    const made = Array.from({ length: count }, () => event(undefined, { client }));
    this.events.push(...made);
    return made.map(({ id }) => id);
  }
}

interface Stage {
  readonly journal: Journal;
  readonly feed: EventFeed;
  /** Identifiers of the events that were made ready to leave. */
  readonly recorded: string[];
  readonly later: (ms: number) => Promise<void>;
  readonly subscribe: (after?: string | null, client?: string) => Promise<Reader>;
}

function stage(limits: Partial<typeof FEED_LIMITS> = {}): Stage {
  const journal = new Journal();
  const recorded: string[] = [];
  let now = 0;
  const feed = openFeed({
    journal,
    limits: { ...FEED_LIMITS, ...limits },
    now: () => now,
    // Only when it is told to.
    keepUp: (_, work) => repeat(work, 1e9, () => undefined),
  });
  const of = (client: string): Subscription => ({
    client,
    ended: () => null,
    takes: (one) => one.client === client,
    async message({ event: { id } }) {
      recorded.push(id);
      return { id, body: JSON.stringify({ data: { caseEvents: { id } } }) };
    },
    close: async (why) => JSON.stringify({ errors: [{ message: why.message, extensions: { code: why.code } }] }),
  });
  return {
    journal,
    feed,
    recorded,
    async later(ms) {
      now += ms;
      await feed.turn();
    },
    async subscribe(after = null, client = 'school') {
      const place = feed.admit(client);
      const reader = new Reader();
      place.open(of(client), (await place.position(after)) ?? Number.NaN).begin(reader);
      return reader;
    },
  };
}

describe('the store', () => {
  it('is asked nothing while nobody listens', async () => {
    const { journal, feed } = stage();
    journal.happen(3);
    for (let i = 0; i < 10; i += 1) await feed.turn();
    expect(journal.statements).toBe(0);
  });

  it('is asked once a turn however many listen', async () => {
    const { journal, feed, subscribe } = stage({ streamsPerClient: 100 });
    const readers: Reader[] = [];
    for (let i = 0; i < 50; i += 1) readers.push(await subscribe());
    await feed.turn();
    const before = journal.statements;
    const ids = journal.happen(2);
    for (let i = 0; i < 5; i += 1) await feed.turn();
    expect(journal.statements - before).toBe(5);
    for (const reader of readers) expect(reader.ids).toEqual(ids);
  });

  it('that does not answer loses nothing: what was missed is told when it is back', async () => {
    const { journal, feed, subscribe } = stage();
    const reader = await subscribe();
    await feed.turn();
    const told = journal.told.bind(journal);
    journal.told = () => Promise.reject(new Error('down'));
    const ids = journal.happen(2);
    await expect(feed.turn()).rejects.toThrow('down');
    journal.told = told;
    await feed.turn();
    expect(reader.ids).toEqual(ids);
  });
});

describe('events missed', () => {
  it('are told each once and in order, whatever happens meanwhile and however many they are', async () => {
    const { journal, feed, subscribe } = stage();
    const [first, ...missed] = journal.happen(450);
    journal.happen(700, 'another');
    const reader = await subscribe(first);
    const witness = await subscribe();
    const expected = [...missed];
    const seen: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const ids = journal.happen(turn < 10 ? 3 : 0);
      expected.push(...ids);
      seen.push(...ids);
      await feed.turn();
    }
    expect(reader.ids).toEqual(expected);
    expect(witness.ids).toEqual(seen);
  });

  it('wait for a client that does not read, and never beyond the bound', async () => {
    const { journal, feed, subscribe, recorded } = stage();
    const [first] = journal.happen(450);
    const reader = await subscribe(first);
    reader.waiting = FEED_LIMITS.waitingBytes / 2;
    await feed.turn();
    await feed.turn();
    expect(recorded).toEqual([]);
    reader.waiting = 0;
    await feed.turn();
    expect(reader.ids).toHaveLength(100);
  });
});

describe('a client that does not read', () => {
  it('is cut off beyond the bound of what may wait', async () => {
    const { journal, feed, subscribe, recorded } = stage({ waitingBytes: 20_000 });
    const [reader, other] = [await subscribe(), await subscribe()];
    reader.send = () => {
      reader.waiting += 9000;
    };
    const ids = journal.happen(10);
    await feed.turn();
    expect(reader.state).toBe('CUT');
    expect(reader.waiting).toBe(27_000);
    expect(other.ids).toEqual(ids);
    const before = recorded.length;
    journal.happen(1);
    await feed.turn();
    // For the other alone.
    expect(recorded.length - before).toBe(1);
  });

  it('is cut off after a minute, however little waits', async () => {
    const { later, subscribe } = stage();
    const reader = await subscribe();
    reader.waiting = 1;
    await later(60_000);
    expect(reader.state).toBe('OPEN');
    await later(1);
    expect(reader.state).toBe('CUT');
  });

  it('does not keep a stream that has ended', async () => {
    const { later, subscribe } = stage();
    const reader = await subscribe();
    reader.stopping = true;
    await later(0);
    expect(reader.state).toBe('ENDED');
    await later(60_001);
    expect(reader.state).toBe('CUT');
  });
});

describe('a silent stream', () => {
  it('is kept alive every 15 seconds', async () => {
    const { later, subscribe, journal } = stage();
    const reader = await subscribe();
    await later(14_999);
    expect(reader.comments).toHaveLength(0);
    await later(1);
    await later(14_999);
    expect(reader.comments).toHaveLength(1);
    journal.happen(1);
    await later(0);
    await later(14_999);
    expect(reader.comments).toHaveLength(1);
    await later(1);
    expect(reader.comments).toHaveLength(2);
  });
});

describe('places', () => {
  it('are so many for an application and so many in all, and come back', () => {
    const { feed } = stage({ streams: 3, streamsPerClient: 2 });
    const places = [feed.admit('a'), feed.admit('a')];
    expect(() => feed.admit('a')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', detail: { retryAfter: 5 } }));
    feed.admit('b');
    expect(() => feed.admit('c')).toThrow(expect.objectContaining({ code: 'OVERLOADED', detail: { retryAfter: 5 } }));
    places[0]?.leave();
    places[0]?.leave();
    expect(feed.streams).toBe(2);
    feed.admit('c');
    expect(feed.streams).toBe(3);
  });
});
