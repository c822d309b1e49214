/** Who is told of what: notices to people by one channel, events to whoever wants them. */
import type { CaseEventKind, CaseKey } from '../store/case-events.js';

/** For which applications and matters; a list left out takes all. */
export interface ChannelScope {
  readonly clients?: readonly string[] | undefined;
  readonly matters?: readonly string[] | undefined;
}

/** A channel of notices, such as an office's SMS gateway. */
export interface NoticeChannel extends ChannelScope {
  /** Name of its receiver in the outbox. */
  readonly address: string;
}

/** Somebody who is told of events. */
export interface EventListener extends ChannelScope {
  readonly address: string;
  /** Kinds it is told of; left out: all. */
  readonly kinds?: readonly CaseEventKind[] | undefined;
}

/** Everybody who is told. */
export interface Channels {
  /** Address of the channel for a notice: the first in the configuration's order whose scope holds it; null: none. */
  noticesOf(client: string, matter: string): string | null;
  /** Addresses that an event is told to. */
  listenersOf(
    event: Pick<CaseKey, 'client'> & { readonly matter: string; readonly kind: CaseEventKind },
  ): readonly string[];
}

function takes({ clients, matters }: ChannelScope, client: string, matter: string): boolean {
  return (clients?.includes(client) ?? true) && (matters?.includes(matter) ?? true);
}

/** The channels of a configuration. */
export function channelsOf(notices: readonly NoticeChannel[], listeners: readonly EventListener[]): Channels {
  return {
    noticesOf: (client, matter) => notices.find((channel) => takes(channel, client, matter))?.address ?? null,
    listenersOf: ({ client, matter, kind }) =>
      listeners
        .filter((listener) => takes(listener, client, matter) && (listener.kinds?.includes(kind) ?? true))
        .map(({ address }) => address),
  };
}
