/** `Mutation.registerCase`: checks a case (办件) against its matter and keeps it. */
import { addDays, parseDate } from '../domain/calendar.js';
import { DIVISIONS } from '../domain/divisions.js';
import {
  type Parsed,
  parseCitizenId,
  parseCreditCode,
  parseHouseholdNumber,
  parseLicenceId,
  parsePropertyUnitNumber,
} from '../domain/identifiers.js';
import { MianzhengError } from '../errors.js';
import { needsDivision, type RuleSet } from '../matters/index.js';
import type { CaseFile, CaseSubject } from '../store/control-store.js';

/** What a matter says of its cases. */
export interface CaseRoles {
  readonly code: string;
  readonly roles: readonly { readonly role: string; readonly kind: string; readonly required: boolean }[];
  readonly ruleSets: readonly RuleSet[];
}

/** The schema's `RegisterCaseInput`, coerced. */
export interface RegisterCaseInput {
  readonly number: string;
  readonly matter: string;
  readonly filedOn?: string | null;
  readonly division?: string | null;
  readonly subjects: readonly { readonly role: string; readonly kind: string; readonly id: string }[];
}

/** What a case number is made of. */
export const CASE_NUMBER = /^[A-Za-z0-9.-]{1,64}$/;
const MAX_SUBJECTS = 50;

const CHECKS: Readonly<Record<string, (text: string) => Parsed>> = {
  CITIZEN: parseCitizenId,
  ENTERPRISE: parseCreditCode,
  HOUSEHOLD: parseHouseholdNumber,
  PROPERTY_UNIT: parsePropertyUnitNumber,
  LICENCE: parseLicenceId,
};

function bad(field: string, message: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', `${field}: ${message}`, { field });
}

function subjectOf(given: RegisterCaseInput['subjects'][number], at: string, roles: CaseRoles['roles']): CaseSubject {
  const role = roles.find((r) => r.role === given.role);
  if (role === undefined)
    throw bad(`${at}.role`, `the matter has no such role; it has ${roles.map((r) => r.role).join(', ')}`);
  if (role.kind !== given.kind) throw bad(`${at}.kind`, `this role takes a ${role.kind}`);
  const parsed = CHECKS[given.kind]?.(given.id);
  if (parsed === undefined) throw bad(`${at}.kind`, 'unknown kind of subject');
  if (!parsed.ok) {
    throw new MianzhengError('BAD_IDENTIFIER', `${at}.id: ${parsed.group} ${parsed.reason}`, { field: `${at}.id` });
  }
  return { role: given.role, kind: given.kind, id: parsed.value };
}

/** The division a case names. @throws MianzhengError where it is none of this city, or the matter needs one to choose its rules */
function divisionOf(given: string | null, filedOn: string, matter: CaseRoles, at: string): { division?: string } {
  if (given !== null) {
    if (!DIVISIONS.some(({ code }) => code === given)) throw bad(`${at}.division`, 'no division of this city');
    return { division: given };
  }
  if (needsDivision(matter, filedOn)) {
    throw bad(`${at}.division`, 'divisions have rules of their own: name the one it was filed in');
  }
  return {};
}

/**
 * Checks a registration and makes the case of it. The check is of form: that the subjects really
 * applied is the registering application's word, for which it answers.
 * @param matter the matter named in the request's header
 * @param today `YYYY-MM-DD`
 * @param at path of the input, for the field at fault
 * @throws MianzhengError BAD_USER_INPUT or BAD_IDENTIFIER naming the field
 */
export function caseFrom(
  input: RegisterCaseInput,
  client: string,
  matter: CaseRoles,
  today: string,
  at = 'input',
): CaseFile {
  if (!CASE_NUMBER.test(input.number)) throw bad(`${at}.number`, '1 to 64 letters, digits, hyphens or dots');
  if (input.matter !== matter.code) throw bad(`${at}.matter`, 'differs from the Mianzheng-Matter header');
  const filedOn = parseDate(input.filedOn ?? today);
  if (filedOn === null || filedOn > addDays(today, 1)) throw bad(`${at}.filedOn`, 'later than tomorrow');
  if (input.subjects.length < 1 || input.subjects.length > MAX_SUBJECTS) {
    throw bad(`${at}.subjects`, `takes 1 to ${MAX_SUBJECTS} subjects`);
  }
  const subjects = input.subjects.map((given, i) => subjectOf(given, `${at}.subjects.${i}`, matter.roles));
  for (const role of matter.roles) {
    if (role.required && !subjects.some((s) => s.role === role.role))
      throw bad(`${at}.subjects`, `names no ${role.role}`);
  }
  const place = divisionOf(input.division ?? null, filedOn, matter, at);
  return { client, number: input.number, matter: matter.code, filedOn, ...place, subjects };
}
