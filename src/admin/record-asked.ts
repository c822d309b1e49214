/** What a person asks of the record, checked, bounded to what they may see, and as it is itself recorded. */
import type { Json } from '../audit/entries.js';
import { parseCitizenId, parseCreditCode } from '../domain/identifiers.js';
import { MianzhengError } from '../errors.js';
import type { RecordFilter, SearchCursor } from '../records/record-index.js';
import { IndexBehind } from '../records/record-search.js';
import { departmentsSeen } from './actor.js';
import type { AdminContext, ControlParts } from './context.js';
import { words } from './words.js';

/** The schema's `RecordFilter`. */
export interface FilterArgument {
  readonly from: string;
  readonly to?: string | null;
  readonly kind?: readonly (keyof typeof KINDS)[] | null;
  readonly client?: string | null;
  readonly matter?: string | null;
  readonly caseNumber?: string | null;
  readonly subject?: { readonly kind: string; readonly id: string } | null;
  readonly coordinate?: string | null;
  readonly outcome?: string | null;
  readonly code?: string | null;
  readonly actor?: string | null;
  readonly operator?: string | null;
}

const KINDS = {
  REQUEST: 'request',
  ADMINISTRATION: 'administration',
  CONTROL: 'control',
  ALARM: 'alarm',
} as const;

/** The schema's `RecordKind` of a kind of entry. */
export const KIND_NAMES = {
  request: 'REQUEST',
  administration: 'ADMINISTRATION',
  control: 'CONTROL',
  alarm: 'ALARM',
} as const;

const DAY_MS = 86_400_000;

/** Longest period of a search, days. */
const MOST_DAYS = 366;

/** Longest text of a filter. */
const TEXT = 100;

/** As many digits in a row as the shortest identity number has: not to be recorded as it is. */
const IDENTIFIER = /\d{15}/;

/**
 * A period of at most 366 days, ms since the epoch.
 * @throws MianzhengError BAD_USER_INPUT
 */
export function periodOf(from: string, to: string | null | undefined, now: number): { from: number; to: number } {
  const begin = Date.parse(from);
  const end = to == null ? now + 1 : Date.parse(to);
  const refuse = (field: string, why: string) => new MianzhengError('BAD_USER_INPUT', why, { field });
  if (!(begin < end)) throw refuse('to', 'the period ends before it begins');
  if (end - begin > MOST_DAYS * DAY_MS) throw refuse('from', `a period has at most ${MOST_DAYS} days`);
  return { from: begin, to: end };
}

/** Coordinates of the departments that the person administers; null: the person sees all. */
export function ownCoordinates({ actor, parts }: AdminContext): ReadonlySet<string> | null {
  const departments = departmentsSeen(actor);
  if (departments === null) return null;
  const fields = [...parts.catalogue.fields.values()].filter(({ department }) => departments.has(department));
  return new Set(fields.map(({ coordinate }) => coordinate));
}

/** @throws MianzhengError BAD_IDENTIFIER */
function canonical(kind: string, id: string): string {
  const parse = { CITIZEN: parseCitizenId, ENTERPRISE: parseCreditCode }[kind];
  if (parse === undefined) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes CITIZEN or ENTERPRISE: the record knows no others', {
      field: 'filter.subject.kind',
    });
  }
  const parsed = parse(id);
  if (parsed.ok) return parsed.value;
  throw new MianzhengError('BAD_IDENTIFIER', 'is malformed', { field: 'filter.subject.id' });
}

/** How the record has a case number that somebody typed: one long enough to be a person's identity number by its pseudonym. */
export function recordedCaseNumber(caseNumber: string, { pseudonym }: Pick<ControlParts, 'pseudonym'>): string {
  return IDENTIFIER.test(caseNumber) ? pseudonym('CASE', caseNumber) : caseNumber;
}

/** A search, and what of it is recorded. */
export interface Asked {
  readonly filter: RecordFilter;
  /** The subject by its pseudonym. */
  readonly recorded: Readonly<Record<string, Json>>;
}

/**
 * Reads a filter. A department administrator's is narrowed to own fields.
 * @throws MianzhengError BAD_USER_INPUT, BAD_IDENTIFIER naming the argument, never its text
 */
export function askedOf(argument: FilterArgument, context: AdminContext): Asked {
  const { parts, now } = context;
  const { actor, operator, subject, coordinate, kind } = argument;
  const period = periodOf(argument.from, argument.to, now);
  const text = (name: 'client' | 'matter' | 'outcome' | 'code') => {
    const given = argument[name];
    return given == null ? {} : { [name]: words(`filter.${name}`, given, 1, TEXT) };
  };
  if (actor != null && operator != null) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes either an actor or an operator', { field: 'filter.operator' });
  }
  const who = actor ?? operator;
  const { caseNumber } = argument;
  if (caseNumber != null && !/^[\w.-]{1,64}$/.test(caseNumber)) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes 1 to 64 letters, digits, hyphens or dots', {
      field: 'filter.caseNumber',
    });
  }
  const kinds: readonly (typeof KINDS)[keyof typeof KINDS][] | null =
    actor != null ? ['administration', 'control'] : operator != null ? ['request'] : null;
  const chosen =
    kind == null ? kinds : kind.map((one) => KINDS[one]).filter((one) => kinds === null || kinds.includes(one));
  const plain = {
    ...text('client'),
    ...text('matter'),
    ...text('outcome'),
    ...text('code'),
    ...(who == null ? {} : { who: words('filter.actor', who, 1, TEXT) }),
    ...(chosen === null ? {} : { kinds: chosen }),
  };
  let pseudonym: string | null = null;
  if (subject != null) {
    const id = canonical(subject.kind, subject.id);
    context.concern(subject.kind, id);
    pseudonym = parts.pseudonym(subject.kind, id);
  }
  const own = ownCoordinates(context);
  const named = coordinate == null ? null : [words('filter.coordinate', coordinate, 1, TEXT)];
  const coordinates = own === null ? named : (named ?? [...own]).filter((one) => own.has(one));
  return {
    filter: {
      ...period,
      ...plain,
      ...(caseNumber == null ? {} : { caseNumber }),
      ...(pseudonym === null ? {} : { subject: pseudonym }),
      ...(coordinates === null ? {} : { coordinates }),
      // Else who was met beside whom could be asked for, one identifier after the other.
      ...(own === null || coordinates === null ? {} : { about: coordinates }),
    },
    recorded: {
      from: new Date(period.from).toISOString(),
      to: new Date(period.to).toISOString(),
      ...plain,
      ...(caseNumber == null ? {} : { caseNumber: recordedCaseNumber(caseNumber, parts) }),
      ...(pseudonym === null ? {} : { subject: pseudonym }),
      ...(named === null ? {} : { coordinate: named[0] ?? '' }),
    },
  };
}

/** A cursor as text. */
export function cursorText(cursor: SearchCursor | null): string | null {
  return cursor === null ? null : Buffer.from(`${cursor.time} ${cursor.id}`).toString('base64url');
}

/** @throws MianzhengError BAD_USER_INPUT for a text that is no cursor */
export function cursorIn(text: string | null | undefined): SearchCursor | null {
  if (text == null) return null;
  const found = /^(\d{1,15}) (\d{1,16})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (found === null) throw new MianzhengError('BAD_USER_INPUT', 'is no end of a page', { field: 'after' });
  return { time: Number(found[1]), id: Number(found[2]) };
}

/** Seconds after which an index that is being built may have caught up. */
const BEHIND_RETRY_S = 10;

/**
 * What the searches answer.
 * @throws MianzhengError OVERLOADED while the index is being built, BAD_USER_INPUT for a bound of a search
 */
export async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof IndexBehind) {
      const why = 'the index of the record is being built, and nothing is told of a part of it';
      throw new MianzhengError('OVERLOADED', why, { retryAfter: BEHIND_RETRY_S, cause });
    }
    if (cause instanceof RangeError)
      throw new MianzhengError('BAD_USER_INPUT', cause.message, { field: 'step', cause });
    throw cause;
  }
}
