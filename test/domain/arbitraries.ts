import fc from 'fast-check';
import { toCompactDate } from '../../src/domain/calendar.js';
import {
  citizenIdCheckCharacter,
  creditCodeCheckCharacter,
  licenceIdCheckCharacter,
} from '../../src/domain/identifiers.js';

/** Characters of a licence identifier's fields. */
export const LETTERS_AND_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Characters of a credit code. */
export const CREDIT_CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

const text = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength });
const digits = (length: number) => text('0123456789', length);

/** Dates of the calendar between two years, `YYYY-MM-DD`. */
export const dates = (fromYear: number, toYear: number) =>
  fc
    .date({ min: new Date(`${fromYear}-01-01T00:00Z`), max: new Date(`${toYear}-12-31T00:00Z`), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

/** Canonical citizen IDs of people born between two years. */
export const citizenIds = (fromYear = 1880, toYear = 2030) =>
  fc
    .tuple(fc.constantFrom('35', '11', '44', '65', '82'), digits(4), dates(fromYear, toYear), digits(3))
    .map(([province, division, birth, sequence]) => {
      const first17 = province + division + toCompactDate(birth) + sequence;
      return first17 + citizenIdCheckCharacter(first17);
    });

/** Canonical credit codes. */
export const creditCodes = fc
  .tuple(text(CREDIT_CODE_ALPHABET, 2), digits(6), text(CREDIT_CODE_ALPHABET, 9))
  .map((groups) => groups.join(''))
  .map((first17) => first17 + creditCodeCheckCharacter(first17));

/** Canonical licence identifiers. */
export const licenceIds = fc
  .tuple(text(LETTERS_AND_DIGITS, 21), text(LETTERS_AND_DIGITS, 1, 30), text(LETTERS_AND_DIGITS, 1, 30), digits(3))
  .map((fields) => `1.2.156.3005.2.${fields.join('.')}.${licenceIdCheckCharacter(...fields)}`);

/** Canonical real-estate unit numbers. */
export const propertyUnitNumbers = fc
  .tuple(digits(12), text('GJZ', 1), text('ABCDEFGHSXWY', 1), digits(5), text('FLQW', 1), digits(8))
  .map((groups) => groups.join(''));

/** Household numbers. */
export const householdNumbers = text(`${LETTERS_AND_DIGITS}abcxyz`, 1, 20);
