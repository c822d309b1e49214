/**
 * What follows an event of a case: its entry in the record, and then messages to who is to know of it. An event is
 * written first (`store/case-journal.ts`); whichever gateway takes it up does the rest, so that a crash loses nothing.
 * Who receives a message before the crash and again after it can tell by its id.
 */
import type { NewEntry, Position } from '../audit/entries.js';
import type { CaseEvent } from '../store/case-events.js';
import type { CaseChange, CaseJournal, HandedNotice } from '../store/case-journal.js';
import type { WebhookOutbox } from '../store/control-store.js';
import type { Notice } from '../store/notices.js';
import type { Channels } from './channels.js';
import { cloudEvent, publicHappening } from './cloud-event.js';
import { standingOf } from './standing.js';

/** How the desk is opened. */
export interface CaseDeskOptions {
  readonly journal: CaseJournal;
  readonly outbox: Pick<WebhookOutbox, 'count'>;
  readonly channels: Channels;
  /** Resolves when the entry is durable. */
  readonly append: (entry: NewEntry) => Promise<Position>;
  /** Keeps a notice's message, which may hold a telephone number, from who can read the store. */
  readonly seal: (text: string) => string;
  /** Opens what was sealed so. @throws where it was not */
  readonly open: (sealed: string) => string;
  /** Identifies the gateway to others: a URI. */
  readonly source: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told of events that were not written down or not told to others, because too many wait. */
  readonly onFull: (what: 'NOTES' | 'EVENTS', event: Pick<CaseEvent, 'id' | 'kind'>) => void;
}

/** A change as it stands: its events with their places in the record. */
export type SettledChange<Change extends CaseChange> = Change & { readonly events: readonly CaseEvent[] };

/** The desk. */
export interface CaseEventDesk {
  /**
   * Changes a case as `CaseJournal.change`, and records it. When this resolves every event of the change is durable in
   * the record, and its notices are with their channels.
   * @throws MianzhengError as the journal does, and EVIDENCE_UNAVAILABLE: the change stands then, and is recorded later
   */
  change<Change extends CaseChange>(
    key: Pick<CaseEvent, 'client' | 'number'>,
    decide: (events: readonly CaseEvent[]) => Change,
  ): Promise<SettledChange<Change>>;
  /**
   * Records an event that its writer has written and claimed for {@link OWN_MS}: when this resolves it is durable in the
   * record, and its notices are with their channels. Where it fails, somebody does so later.
   * @returns its place in the record, `chain/seq`
   * @throws MianzhengError EVIDENCE_UNAVAILABLE
   */
  settle(event: CaseEvent): Promise<string>;
  /** Takes an event that changes nothing and stands in the record already; it is written down at the next turn. */
  note(event: CaseEvent): void;
  /** Whether anybody is told of such an event by message. */
  listened(of: Parameters<Channels['listenersOf']>[0]): boolean;
  /** Writes down what was noted. @throws where the store does not answer; it is kept for the next time */
  flush(): Promise<void>;
  /** Writes down, and settles what others left: at most {@link AT_ONCE} events. @throws where store or record do not answer */
  turn(): Promise<void>;
  /** Events noted that the store does not have yet. */
  readonly waiting: number;
}

/** Events settled in one turn. */
const AT_ONCE = 200;
/** How long an event is left to the process that wrote it, ms. */
export const OWN_MS = 10_000;
/** Events noted that wait for the store; beyond, the oldest is dropped: the record has it. */
const NOTED = 50_000;
/** Events written down in one statement's turn. */
const NOTES_AT_ONCE = 5000;
/** Messages that may wait in the outbox; an event beyond is not told to listeners, a notice always is. */
const MESSAGES = 200_000;

/** Opens the desk. Nothing happens by itself. */
export function openCaseDesk(options: CaseDeskOptions): CaseEventDesk {
  const { journal, channels, append, now, seal, open, source } = options;
  let noted: CaseEvent[] = [];

  function handed(notice: Notice): HandedNotice {
    const { id, client, matter, at } = notice;
    const url = channels.noticesOf(client, matter);
    return { id, message: url === null ? null : { id, url, body: seal(noticeMessage(notice, open)), at } };
  }

  async function entryOf(event: CaseEvent): Promise<NewEntry> {
    const { client, number, at, actor, id, kind } = event;
    const events = await journal.events({ client, number });
    const until = events.findIndex((one) => one.id === id);
    const before = standingOf(events.slice(0, Math.max(until, 0))).state;
    const after = standingOf(events.slice(0, until + 1)).state;
    return {
      kind: 'administration',
      time: new Date(at).toISOString(),
      actor,
      action: `case.${kind.toLowerCase()}`,
      subject: `${client}/${number}`,
      before: { state: before },
      after: { state: after, event: id, request: event.requestId, matter: event.matter, ...publicHappening(event) },
    };
  }

  async function settle(event: CaseEvent): Promise<string> {
    let place = event.record;
    if (place === null) {
      const { chain, seq } = await append(await entryOf(event));
      place = `${chain}/${seq}`;
    }
    const listeners = channels.listenersOf(event);
    const room = listeners.length === 0 || (await options.outbox.count()) + listeners.length <= MESSAGES;
    if (!room) options.onFull('EVENTS', event);
    const body = cloudEvent(event, place, source);
    const messages = room ? listeners.map((url) => ({ id: event.id, url, body, at: event.at })) : [];
    const notices = await journal.noticesOf(event.id);
    const written = notices.filter(({ state }) => state === 'WRITTEN').map(handed);
    await journal.settle(event, place, messages, written, now());
    return place;
  }

  async function flush(): Promise<void> {
    while (noted.length > 0) {
      const some = noted.slice(0, NOTES_AT_ONCE);
      const [told, untold] = [some.filter(listened), some.filter((event) => !listened(event))];
      if (untold.length > 0) await journal.note(untold, true);
      if (told.length > 0) await journal.note(told, false);
      const done = new Set(some);
      noted = noted.filter((event) => !done.has(event));
    }
  }

  const listened: CaseEventDesk['listened'] = (of) => channels.listenersOf(of).length > 0;

  return {
    async change(key, decide) {
      const change = await journal.change(key, decide, now() + OWN_MS);
      const events: CaseEvent[] = [];
      for (const event of change.events) events.push({ ...event, record: await settle(event) });
      return { ...change, events };
    },
    settle,
    note(event) {
      const dropped = noted.length >= NOTED ? noted.shift() : undefined;
      if (dropped !== undefined) options.onFull('NOTES', dropped);
      noted.push(event);
    },
    listened,
    flush,
    async turn() {
      await flush();
      for (const event of await journal.claim(now(), AT_ONCE)) await settle(event);
      for (const notice of await journal.released(AT_ONCE)) await journal.handOver(handed(notice), now());
    },
    get waiting() {
      return noted.length;
    },
  };
}

/** What a channel is given, in the form that Standard Webhooks proposes. */
function noticeMessage(notice: Notice, open: (sealed: string) => string): string {
  const { id, kind, client, matter, number, textZh, textEn, recipient, at } = notice;
  return JSON.stringify({
    type: `notice.${kind.toLowerCase()}`,
    timestamp: new Date(at).toISOString(),
    data: {
      notice: id,
      client,
      matter,
      case: number,
      recipient: recipient === null ? null : open(recipient),
      text: { zh: textZh, en: textEn },
    },
  });
}
