/**
 * The frames of GraphQL over Server-Sent Events, distinct connections mode
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). JSON has no line break, so a message is one line.
 */

/** Media type of a stream. */
export const EVENT_STREAM = 'text/event-stream';

/** A result. @param body JSON text @param id what a client that comes back names in `Last-Event-ID` */
export function nextEvent(body: string, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${body}\n\n`;
}

/** Nothing follows. */
export const COMPLETE = 'event: complete\ndata:\n\n';

/** A comment, which clients pass over. */
export const HEARTBEAT = ':\n\n';
