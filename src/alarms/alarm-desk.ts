/**
 * What is done about an alarm: the application is refused at once by this process; the control store takes alarm and
 * hold, so that they bind everywhere; the record gets its entry; webhooks get their messages. Holds and releases by a
 * person, which the command line writes to the store, go the same way into the record.
 */
import { randomUUID } from 'node:crypto';
import type { AdministrationRecord, AlarmRecord, NewEntry, Position } from '../audit/entries.js';
import type { ClientEvent } from '../store/client-events.js';
import type { ClientEvents, WebhookOutbox } from '../store/control-store.js';
import type { Alarm, Alarms } from './alarm.js';

/** A webhook that is told of what happens to applications. */
export interface AlarmWebhook {
  readonly url: string;
  /** Kinds of events it is told of. */
  readonly events: readonly string[];
}

/** How the desk is opened. */
export interface AlarmDeskOptions {
  readonly events: ClientEvents;
  readonly outbox: Pick<WebhookOutbox, 'count'>;
  readonly webhooks: readonly AlarmWebhook[];
  /** Resolves when the entry is durable. */
  readonly append: (entry: NewEntry) => Promise<Position>;
  /** Makes this process see the policy as the store has it. */
  readonly refreshPolicy: () => Promise<void>;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told of each alarm as it is raised, for log and metrics. */
  readonly onAlarm: (alarm: Alarm) => void;
  /** Told that messages were not queued because too many wait. */
  readonly onFull: (event: Pick<ClientEvent, 'id' | 'kind'>) => void;
}

/** The desk. */
export interface AlarmDesk extends Alarms {
  /**
   * Writes down alarms raised here, and records events that stand in the store.
   * @throws where store or record do not answer; the next turn goes on from there
   */
  turn(): Promise<void>;
  /** Alarms raised here that the store does not have yet. */
  readonly waiting: number;
}

/** Alarms that wait for the store; with more the oldest is dropped with its hold, its log line stays. */
const WAITING = 10_000;
/** Events recorded in one turn. */
const AT_ONCE = 100;
/** Messages that may wait in the outbox; an event beyond is not told to webhooks, but recorded. */
const MESSAGES = 10_000;

interface Raised {
  readonly event: ClientEvent;
  readonly alarm: Alarm;
}

/** Opens the desk. Nothing happens before its first turn but that {@link Alarms.holds} answers. */
export function openAlarmDesk(options: AlarmDeskOptions): AlarmDesk {
  const { events, now, append } = options;
  const raised: Raised[] = [];
  /** Held here because of alarms that the policy may not show yet: how many by application. */
  const holding = new Map<string, number>();

  /** Alarms that the store has and the policy here may not show yet. */
  const written: Alarm[] = [];

  function unhold({ client }: Alarm): void {
    const left = (holding.get(client) ?? 1) - 1;
    if (left > 0) holding.set(client, left);
    else holding.delete(client);
  }

  async function writeDown(): Promise<void> {
    for (let next = raised[0]; next !== undefined; next = raised[0]) {
      await events.raise(next.event, next.alarm.hold, next.alarm.key);
      if (next.alarm.hold) written.push(next.alarm);
      if (raised[0] === next) raised.shift();
    }
    if (written.length === 0) return;
    await options.refreshPolicy();
    for (const alarm of written.splice(0)) unhold(alarm);
  }

  async function record(event: ClientEvent): Promise<void> {
    const alarm = event.alarm === null ? null : (JSON.parse(event.alarm) as Alarm);
    const { chain, seq } = await append(alarm === null ? administrationOf(event) : alarmEntryOf(event, alarm));
    const position = `${chain}/${seq}`;
    const told = options.webhooks.filter((webhook) => webhook.events.includes(event.kind));
    const room = told.length === 0 || (await options.outbox.count()) + told.length <= MESSAGES;
    if (!room) options.onFull(event);
    const body = JSON.stringify(messageOf(event, alarm, position));
    const messages = room ? told.map(({ url }) => ({ id: event.id, url, body, at: event.at })) : [];
    await events.recorded(event.id, position, messages, now());
  }

  return {
    raise(alarm) {
      options.onAlarm(alarm);
      if (alarm.hold) holding.set(alarm.client, (holding.get(alarm.client) ?? 0) + 1);
      const dropped = raised.length >= WAITING ? raised.shift() : undefined;
      if (dropped?.alarm.hold) unhold(dropped.alarm);
      const { client, at } = alarm;
      const event: ClientEvent = {
        id: randomUUID(),
        kind: 'ALARM',
        client,
        at,
        actor: null,
        reason: null,
        alarm: JSON.stringify(alarm),
      };
      raised.push({ event, alarm });
    },
    holds: (client) => holding.has(client),
    get waiting() {
      return raised.length;
    },
    async turn() {
      if (raised.length + written.length > 0) await writeDown();
      for (const event of await events.claim(now(), AT_ONCE)) await record(event);
    },
  };
}

const instant = (at: number): string => new Date(at).toISOString();

function alarmEntryOf({ id }: ClientEvent, alarm: Alarm): NewEntry {
  const record: AlarmRecord = {
    time: instant(alarm.at),
    id,
    alarm: alarm.kind,
    client: alarm.client,
    held: alarm.hold,
    from: instant(alarm.from),
    to: instant(alarm.to),
    counts: { ...alarm.counts },
  };
  return { kind: 'alarm', ...record };
}

function administrationOf({ kind, client, at, actor, reason }: ClientEvent): NewEntry {
  const held = kind === 'HOLD';
  const record: AdministrationRecord = {
    time: instant(at),
    actor: actor ?? '',
    action: held ? 'client.hold' : 'client.release',
    subject: client,
    before: { held: !held },
    after: { held, reason },
  };
  return { kind: 'administration', ...record };
}

/** What a webhook is told; in the form that Standard Webhooks proposes. */
function messageOf({ kind, client, at, actor, reason }: ClientEvent, alarm: Alarm | null, record: string) {
  const data = alarm
    ? {
        alarm: alarm.kind,
        client,
        held: alarm.hold,
        from: instant(alarm.from),
        to: instant(alarm.to),
        counts: alarm.counts,
        record,
      }
    : { client, held: kind === 'HOLD', actor, reason, record };
  return { type: `client.${kind.toLowerCase()}`, timestamp: instant(at), data };
}
