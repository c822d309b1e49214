/**
 * The open streams of this process, and the one reader of the store behind them all. Another process's events are seen
 * as this one's are: in the store. While nobody listens, nothing is asked of it.
 */
import type { Repeating } from '../domain/repeating.js';
import { MianzhengError } from '../errors.js';
import type { KeepUp } from '../keeping-up.js';
import type { CaseJournal } from '../store/case-journal.js';
import { EventStream, type Sink, type StreamLimits, type Subscription } from './stream.js';

/** Bounds of a process's streams. */
export interface FeedLimits extends StreamLimits {
  /** Streams at once, 0 to 100,000; default 1,000. 0: none are served. */
  readonly streams: number;
  /** Streams at once of one application, 1 to 10,000; default 10. */
  readonly streamsPerClient: number;
}

/** The default bounds. */
export const FEED_LIMITS: FeedLimits = { streams: 1000, streamsPerClient: 10, waitingBytes: 262_144 };

/** How a feed is made. */
export interface FeedOptions {
  readonly journal: Pick<CaseJournal, 'told' | 'lastTold' | 'toldNumber'>;
  readonly limits: FeedLimits;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Keeps it going. */
  readonly keepUp: KeepUp;
}

/** A stream that was admitted, and begins when its opening is in the record. */
export interface OpenedStream {
  /** Begins to tell. */
  begin(sink: Sink): void;
  /** The client has left, or the stream shall not begin. */
  left(): void;
}

/** The feed. */
export interface EventFeed {
  /**
   * Admits a stream.
   * @throws MianzhengError RATE_LIMITED for one too many of its application, OVERLOADED for one too many of all
   */
  admit(client: string): OpenedPlace;
  /** Streams admitted and not ended. */
  readonly streams: number;
  /** Ends what has to end, and tells what is new; now. @throws where the store does not answer */
  turn(): Promise<void>;
  /** Ends all streams. */
  close(): Promise<void>;
}

/** A place among the streams. */
export interface OpenedPlace {
  /**
   * Where a stream begins: after an event, or after all there are.
   * @param after identifier of an event; null: none
   * @returns null where this application has no such event
   * @throws MianzhengError OVERLOADED where the store does not answer
   */
  position(after: string | null): Promise<number | null>;
  /** Takes the place for good. */
  open(of: Subscription, position: number): OpenedStream;
  /** Gives it up. */
  leave(): void;
}

/** Between two looks, ms: with the watch of the policy, what ends a stream ends it within a second. */
const TURN_MS = 250;
/** Events read in one go. */
const PAGE = 500;
/** Applications that are asked for by name; beyond, all events are read. */
const NAMED = 100;
/** Events that one stream is given at a time of those it missed. */
const MISSED_PAGE = 100;
/** Streams that are given such a page in one turn. */
const CATCHING_UP = 32;

/** Opens a feed. */
export function openFeed({ journal, limits, now, keepUp }: FeedOptions): EventFeed {
  const begun = new Set<EventStream>();
  const perClient = new Map<string, number>();
  let admitted = 0;
  /** Up to here every stream that is not behind has been told; null while there are none. */
  let cursor: number | null = null;

  function admit(client: string): OpenedPlace {
    const own = perClient.get(client) ?? 0;
    if (own >= limits.streamsPerClient) {
      throw new MianzhengError('RATE_LIMITED', 'the application has as many streams open as it may', { retryAfter: 5 });
    }
    if (admitted >= limits.streams) {
      throw new MianzhengError('OVERLOADED', 'the gateway has as many streams open as it can', { retryAfter: 5 });
    }
    perClient.set(client, own + 1);
    admitted += 1;
    let held = true;
    const leave = (): void => {
      if (!held) return;
      held = false;
      admitted -= 1;
      const left = (perClient.get(client) ?? 1) - 1;
      if (left === 0) perClient.delete(client);
      else perClient.set(client, left);
    };
    return {
      position: (after) => (after === null ? journal.lastTold() : journal.toldNumber(client, after)),
      leave,
      open(of, position) {
        let stream: EventStream | null = null;
        return {
          begin(sink) {
            if (!held) return;
            stream = new EventStream(of, sink, limits, now, position);
            begun.add(stream);
          },
          left() {
            leave();
            if (stream === null) return;
            stream.left();
            begun.delete(stream);
          },
        };
      },
    };
  }

  /** Each on its own: a stream that waits for the record holds up none but the next turn. */
  async function all(streams: Iterable<EventStream>, work: (stream: EventStream) => Promise<void>): Promise<void> {
    await Promise.all([...streams].map(work));
  }

  /** Gives a stream the next of what it missed. @param from where the others stand */
  async function catchUp(stream: EventStream, from: number): Promise<void> {
    const { events, last, full } = await journal.told(stream.position, MISSED_PAGE, [stream.client]);
    await stream.deliver(events);
    // All that is numbered up to there could be read.
    stream.position = Math.max(last ?? 0, full ? 0 : from);
    // The last to be served next time.
    if (begun.delete(stream)) begun.add(stream);
  }

  async function turn(): Promise<void> {
    await all(begun, (stream) => stream.check());
    if (begun.size === 0) {
      cursor = null;
      return;
    }
    const from = cursor ?? (await journal.lastTold());
    const behind = [...begun].filter((stream) => stream.position < from && stream.reads);
    const level = [...begun].filter((stream) => stream.position >= from);
    const clients = [...new Set(level.map(({ client }) => client))];
    const { events, last } = await journal.told(from, PAGE, clients.length <= NAMED ? clients : undefined);
    const until = last ?? from;
    if (events.length > 0) {
      const own = new Map(clients.map((client) => [client, events.filter(({ event }) => event.client === client)]));
      await all(level, (stream) => stream.deliver(own.get(stream.client) ?? []));
    }
    for (const stream of level) stream.position = Math.max(stream.position, until);
    cursor = until;
    await all(behind.slice(0, CATCHING_UP), (stream) => catchUp(stream, from));
  }

  const keeping: Repeating = keepUp('EVENTS', turn, TURN_MS);
  return {
    admit,
    get streams() {
      return admitted;
    },
    turn: () => keeping.now(),
    async close() {
      await keeping.stop();
      await all(begun, (stream) => stream.stop());
    },
  };
}
