/** What a citizen typed, and the fact it is compared with, in the one form in which two of them can be equal. */
import { normaliseAddress } from './address.js';
import { parseDate } from './calendar.js';
import { parseCitizenId } from './citizen-id.js';
import { parseCreditCode } from './credit-code.js';
import { parseHouseholdNumber } from './household-number.js';
import { parseLicenceId } from './licence-id.js';
import { foldForms, malformed, type Parsed } from './parsed.js';
import { parsePropertyCertificateNumber } from './property-certificate-number.js';
import { parsePropertyUnitNumber } from './property-unit-number.js';

/** Kinds of values that can be claimed. None has so few values that a few guesses would tell which it is. */
export const CLAIM_KINDS = [
  'NAME',
  'CITIZEN_ID',
  'CREDIT_CODE',
  'HOUSEHOLD_NUMBER',
  'CERTIFICATE_NUMBER',
  'DOCUMENT_NUMBER',
  'PROPERTY_UNIT_NUMBER',
  'LICENCE_ID',
  'ADDRESS',
  'DATE',
  'AREA',
] as const;

/** See {@link CLAIM_KINDS}. */
export type ClaimKind = (typeof CLAIM_KINDS)[number];

/** Longest text looked at, UTF-16 units. */
const LONGEST = 256;

const BRACKETS: Readonly<Record<string, string>> = {
  '〔': '(',
  '〕': ')',
  '【': '(',
  '】': ')',
  '[': '(',
  ']': ')',
  '［': '(',
  '］': ')',
  '〈': '(',
  '〉': ')',
};

/** The bracket of a number is whatever the keyboard gave. */
function foldBrackets(text: string): string {
  return foldForms(text.slice(0, LONGEST + 1)).replace(
    /[〔〕【】[\]［］〈〉]/gu,
    (bracket) => BRACKETS[bracket] ?? bracket,
  );
}

/** Dots between the parts of a name (U+00B7 in the register) as keyboards give them. */
const NAME_DOTS = /[\u2022\u2027\u22C5\u25CF\u30FB\uFF65\u0387.]/gu;

function parseName(text: string): Parsed {
  const name = foldForms(text).replace(NAME_DOTS, '·').toUpperCase();
  return name.length < 1 || name.length > 100
    ? malformed('length', 'A name has 1 to 100 characters.')
    : { ok: true, value: name };
}

function parseDocumentNumber(text: string): Parsed {
  const number = foldBrackets(text).toUpperCase();
  return number.length < 4 || number.length > 100
    ? malformed('length', 'A document number has 4 to 100 characters.')
    : { ok: true, value: number };
}

function parseAddress(text: string): Parsed {
  const address = text.length > LONGEST ? '' : normaliseAddress(text).toUpperCase();
  return address === ''
    ? malformed('length', `An address has 1 to ${LONGEST} characters beside province and city.`)
    : { ok: true, value: address };
}

const DAY = /^(\d{4})(?:-(\d{1,2})-|\/(\d{1,2})\/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?$/u;
const COMPACT_DAY = /^(\d{4})(\d{2})(\d{2})$/;

function parseDay(text: string): Parsed {
  const folded = foldForms(text);
  const compact = COMPACT_DAY.exec(folded);
  const parts = compact ?? DAY.exec(folded);
  const [year = '', ...rest] = parts?.slice(1).filter((part) => part !== undefined) ?? [];
  const [month = '', day = ''] = rest;
  const date = parseDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return date === null
    ? malformed('date', 'A date is a day of the calendar, such as 2020-03-05, 20200305 or 2020年3月5日.')
    : { ok: true, value: date };
}

const AREA = /^(\d{1,8})(?:\.(\d{1,2}))?(?:m2|平方米|平米|㎡)?$/u;

function parseArea(text: string): Parsed {
  const [, whole, part = ''] = AREA.exec(foldForms(text)) ?? [];
  return whole === undefined
    ? malformed('number', 'An area is square metres with at most two decimals.')
    : { ok: true, value: `${Number(whole)}.${part.padEnd(2, '0')}` };
}

const PARSERS: Readonly<Record<ClaimKind, (text: string) => Parsed>> = {
  NAME: parseName,
  CITIZEN_ID: parseCitizenId,
  CREDIT_CODE: parseCreditCode,
  HOUSEHOLD_NUMBER: parseHouseholdNumber,
  CERTIFICATE_NUMBER: (text) => parsePropertyCertificateNumber(foldBrackets(text)),
  DOCUMENT_NUMBER: parseDocumentNumber,
  PROPERTY_UNIT_NUMBER: parsePropertyUnitNumber,
  LICENCE_ID: parseLicenceId,
  ADDRESS: parseAddress,
  DATE: parseDay,
  AREA: parseArea,
};

/**
 * Reads a value as a person types it: full width, blanks, a lower-case x, 15-digit citizen IDs, any bracket, any
 * way to write a day. Two values are the same exactly where `value` is. A failure is one of form: it says nothing
 * of any fact and never quotes the text.
 *
 * NOT found equal: two spellings of one address beyond blanks, width, province and city; variant characters of a
 * name; an older certificate number and the one that replaced it.
 */
export function parseClaim(kind: ClaimKind, text: string): Parsed {
  return PARSERS[kind](text);
}

/**
 * The same of a fact as a department's connector gives it. One that does not have the form of its kind cannot be
 * compared: it is unknown, not different.
 */
export function claimableFact(kind: ClaimKind, fact: string | number): Parsed {
  return PARSERS[kind](typeof fact === 'number' ? fact.toFixed(2) : fact);
}
