/** Events of cases as CloudEvents 1.0 (https://github.com/cloudevents/spec), JSON format, structured mode. */
import type { Json } from '../audit/entries.js';
import { type CaseEvent, type CaseEventKind, happeningOf } from '../store/case-events.js';

/** Media type of a structured CloudEvent in JSON. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json';

/** `type` of the events of a kind, such as `cn.mianzheng.case.review-asked`. */
export function cloudEventType(kind: CaseEventKind): string {
  return `cn.mianzheng.case.${kind.toLowerCase().replaceAll('_', '-')}`;
}

/** Members of an event that are somebody's words or name somebody: they stay here. */
const WORDS: ReadonlySet<string> = new Set([
  'reason',
  'reasonsZh',
  'reasonsEn',
  'answer',
  'comment',
  'operator',
  'troubled',
]);

/** What an event says of itself to others: no words of anybody, no person's name. Of requirements their ids and outcomes. */
export function publicHappening(event: CaseEvent): Readonly<Record<string, Json>> {
  const { kind: _, ...own } = happeningOf(event);
  const told = Object.fromEntries(Object.entries(own).filter(([name]) => !WORDS.has(name)));
  if (event.kind !== 'JUDGED') return told;
  return { ...told, requirements: event.troubled.map(({ id, outcome }) => ({ id, outcome })) };
}

/**
 * A CloudEvent as JSON text.
 * @param source identifies the gateway: its `audience`, a URI
 */
export function cloudEvent(event: CaseEvent, record: string, source: string): string {
  const { id, client, number, matter, at, actor } = event;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type: cloudEventType(event.kind),
    subject: `${client}/${number}`,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { client, matter, case: number, actor, record, ...publicHappening(event) },
  });
}
