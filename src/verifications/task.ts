/** A task of department verification (部门核验): a proof that a person at its owner confirms instead of the citizen bringing it. Pure. */
import { todayIn } from '../domain/calendar.js';

/** What a department found: 属实, 不属实, 无法核验. */
export const FINDINGS = ['CONFIRMED', 'NOT_CONFIRMED', 'CANNOT_TELL'] as const;

/** See {@link FINDINGS}. */
export type Finding = (typeof FINDINGS)[number];

/** What a department answered. */
export interface TaskAnswer {
  readonly finding: Finding;
  /** Why, in the department's words, for the department and the auditor; never leaves to the office. Null where it confirmed. */
  readonly reason: string | null;
  /** The person who answered. */
  readonly by: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** A task. Its case says whom it is about. */
export interface VerificationTask {
  /** UUID. */
  readonly id: string;
  /** The application whose case it is. */
  readonly client: string;
  /** Case number (办件编号). */
  readonly number: string;
  readonly matter: string;
  /** Name of the answer in the matter. */
  readonly name: string;
  /** Code of the proof in the catalogue. */
  readonly proof: string;
  /** Department that is asked, as in the schema's enum. */
  readonly department: string;
  /** ms since the epoch. */
  readonly openedAt: number;
  /** Last day to answer, `YYYY-MM-DD`; null where it could not be told, because a year's holidays are not known. */
  readonly dueOn: string | null;
  /** Null until it is answered. A task is answered once. */
  readonly answer: TaskAnswer | null;
}

/** Where a task stands. */
export type TaskState =
  | { readonly is: 'OPEN' }
  /** Its last day has passed without an answer. It may still be answered. */
  | { readonly is: 'OVERDUE' }
  /** `late`: after its last day. */
  | { readonly is: 'ANSWERED'; readonly answer: TaskAnswer; readonly late: boolean };

/**
 * Where a task stands.
 * @param now ms since the epoch
 * @param utcOffsetMinutes difference to UTC that days are reckoned in
 */
export function taskState({ dueOn, answer }: VerificationTask, now: number, utcOffsetMinutes: number): TaskState {
  const after = (at: number): boolean => dueOn !== null && todayIn(utcOffsetMinutes, at) > dueOn;
  if (answer !== null) return { is: 'ANSWERED', answer, late: after(answer.at) };
  return after(now) ? { is: 'OVERDUE' } : { is: 'OPEN' };
}

/** What a rule may know of a task, as `Answer` of a matter. */
export type TaskTruth =
  | { readonly known: true; readonly value: boolean }
  | { readonly known: false; readonly cause: 'AWAITED' | 'UNANSWERED' };

/**
 * What a rule may know of it. Time never turns into a no: a task nobody answered is awaited however late it is, and a
 * no that comes after the last day is for a person to weigh. A yes counts whenever it comes.
 */
export function truthOf(state: TaskState): TaskTruth {
  if (state.is !== 'ANSWERED') return { known: false, cause: 'AWAITED' };
  switch (state.answer.finding) {
    case 'CONFIRMED':
      return { known: true, value: true };
    case 'NOT_CONFIRMED':
      return state.late ? { known: false, cause: 'UNANSWERED' } : { known: true, value: false };
    case 'CANNOT_TELL':
      return { known: false, cause: 'UNANSWERED' };
  }
}

/** Shortest and longest reason, characters. */
export const REASON_LENGTH = { min: 5, max: 500 } as const;

/** As many digits in a row as the shortest identity number has: the reason stands in the record. */
const IDENTIFIER = /\d{15}/;

/** What is wrong with a reason, in one sentence; null where nothing is. */
export function reasonFault(finding: Finding, reason: string | null): string | null {
  if (finding === 'CONFIRMED') return reason === null ? null : 'CONFIRMED takes no reason';
  const length = reason?.trim().length ?? 0;
  const { min, max } = REASON_LENGTH;
  if (reason === null || length < min || length > max)
    return `${finding} takes a reason of ${min} to ${max} characters`;
  return IDENTIFIER.test(reason) ? 'the reason stands in the record: it names no identity number' : null;
}
