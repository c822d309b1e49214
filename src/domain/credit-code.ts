/** Unified social credit code (统一社会信用代码), GB 32100-2015. */
import { foldForms, malformed, type Parsed } from './parsed.js';

/** Values 0 to 30 of the code's characters: I, O, S, V and Z are left out, GB 32100-2015 table 2. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/**
 * Check character of the first 17 characters: weights 3^i modulo 31.
 * @throws RangeError where `first17` is not 17 characters of the code's alphabet
 */
export function creditCodeCheckCharacter(first17: string): string {
  if (!/^[0-9A-HJ-NPQRTUWXY]{17}$/.test(first17)) {
    throw new RangeError('a credit code is checked over 17 characters of its alphabet');
  }
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/**
 * Reads a unified social credit code, with blanks, full-width or lowercase letters. `value` is the
 * 18 uppercase characters.
 *
 * NOT checked: that the code was ever issued, that the division exists, the organisation code's
 * own check character of GB 11714 (character 17).
 */
export function parseCreditCode(text: string): Parsed {
  const code = foldForms(text).toUpperCase();
  if (code.length !== 18) return malformed('length', 'A credit code has 18 characters.');
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}/.test(code)) {
    return malformed(
      'characters 1-2 (registering department and category)',
      'A credit code begins with two digits or letters other than I, O, S, V and Z.',
    );
  }
  if (!/^\d{6}$/.test(code.slice(2, 8))) {
    return malformed('characters 3-8 (division)', 'The division in a credit code is six digits.');
  }
  if (!/^[0-9A-HJ-NPQRTUWXY]{9}$/.test(code.slice(8, 17))) {
    return malformed(
      'characters 9-17 (organisation code)',
      'The organisation code is nine digits or letters other than I, O, S, V and Z.',
    );
  }
  if (code[17] !== creditCodeCheckCharacter(code.slice(0, 17))) {
    return malformed(
      'character 18 (check character)',
      'The check character of a credit code does not match its other characters.',
    );
  }
  return { ok: true, value: code };
}
