/** An event of a case as the schema's `CaseEventMessage`: what its CloudEvent says. */
import { cloudEventType, publicHappening } from '../cases/cloud-event.js';
import type { CaseEvent } from '../store/case-events.js';

/** Members by which the kinds name what an event belongs to. */
const REFERENCES = ['task', 'commitment', 'review', 'dispute', 'offer', 'rating'] as const;

/** Members that a message has under the same name as the event. */
const SAME = [
  'verdict',
  'outcome',
  'requirements',
  'receipt',
  'ruleSet',
  'asOf',
  'sources',
  'due',
  'coordinate',
  'department',
  'proof',
  'level',
  'resolved',
] as const;

/** The row that a message's fields are read from; null for what the kind does not have. */
export function messageOf(event: CaseEvent): Readonly<Record<string, unknown>> {
  const told = publicHappening(event);
  const { id, kind, at, actor, matter, number, record } = event;
  return {
    id,
    type: cloudEventType(kind),
    kind,
    time: new Date(at).toISOString(),
    actor,
    matter,
    caseNumber: number,
    record,
    ...Object.fromEntries(SAME.map((name) => [name, told[name] ?? null])),
    reference: REFERENCES.map((name) => told[name]).find((value) => value !== undefined) ?? null,
  };
}
