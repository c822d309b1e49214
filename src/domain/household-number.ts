/** Household number (户号): opaque, each police bureau numbers its own way, commonly nine digits. */
import { foldForms, malformed, type Parsed } from './parsed.js';

/**
 * Reads a household number: 1 to 20 ASCII letters or digits, with blanks or full-width characters.
 * `value` is without them; letters keep their case, since the number is opaque. It has no check
 * character: a mistyped one is another number.
 */
export function parseHouseholdNumber(text: string): Parsed {
  const number = foldForms(text);
  if (number.length < 1 || number.length > 20) return malformed('length', 'A household number has 1 to 20 characters.');
  if (!/^[0-9A-Za-z]+$/.test(number)) return malformed('characters', 'A household number is letters and digits.');
  return { ok: true, value: number };
}
