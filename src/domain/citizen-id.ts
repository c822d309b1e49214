/** Citizen identity number (公民身份号码), GB 11643-1999, and its 15-digit form of GB 11643-1989. */
import { fromCompactDate } from './calendar.js';
import { foldForms, malformed, type Parsed } from './parsed.js';

/** Weights of characters 1 to 17, GB 11643-1999 annex A. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/** Check character by the weighted sum modulo 11. */
const CHECK_CHARACTERS = '10X98765432';
/** First two digits of a province-level division, GB/T 2260; 71 台湾, 81 香港, 82 澳门, 83 台湾 (residence permits). */
const PROVINCE = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)/;

/**
 * Check character (ISO 7064 MOD 11-2) of the first 17 digits.
 * @throws RangeError where `first17` is not 17 digits
 */
export function citizenIdCheckCharacter(first17: string): string {
  const sum = first17.length === 17 ? weightedSum(first17) : Number.NaN;
  if (Number.isNaN(sum)) throw new RangeError('a citizen ID is checked over 17 digits');
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/** Weighted sum of the first 17 characters; NaN where one is no digit. */
function weightedSum(text: string): number {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    sum += (WEIGHTS[i] ?? 0) * digit;
  }
  return sum;
}

/** Whether the text is a citizen ID in canonical form, which nearly every one is. */
function isCanonical(text: string): boolean {
  if (text.length !== 18) return false;
  const sum = weightedSum(text);
  return text[17] === CHECK_CHARACTERS[sum % 11] && PROVINCE.test(text) && fromCompactDate(text.slice(6, 14)) !== null;
}

/**
 * Reads a citizen ID: 18 characters, or the 15 digits of the legacy form, with blanks, full-width
 * characters or a lowercase x. `value` is the 18-character form with an uppercase X.
 *
 * A legacy number is read as one of the 1900s, as GB 11643-1999 converts it; it has no check
 * character, so a mistyped digit that leaves a real date is not noticed. NOT checked: that the
 * number was ever issued, that the division exists (only that its first two digits are a
 * province-level code: abolished divisions stay in numbers for life), that the date of birth has
 * come. Sequence 000 is accepted: the standard does not exclude it.
 */
export function parseCitizenId(text: string): Parsed {
  if (isCanonical(text)) return { ok: true, value: text };
  const folded = foldForms(text).toUpperCase();
  if (folded.length !== 18 && folded.length !== 15) {
    return malformed('length', 'A citizen ID has 18 characters, or 15 digits in its legacy form.');
  }
  const legacy = folded.length === 15;
  if (!/^\d{6}/.test(folded) || !PROVINCE.test(folded)) {
    return malformed(
      'characters 1-6 (division)',
      'A citizen ID begins with six digits, the first two a province-level code.',
    );
  }
  const birth = legacy ? `19${folded.slice(6, 12)}` : folded.slice(6, 14);
  if (fromCompactDate(birth) === null) {
    const positions = legacy ? '7-12' : '7-14';
    return malformed(
      `characters ${positions} (date of birth)`,
      'The date of birth in a citizen ID is a day of the calendar.',
    );
  }
  const sequence = legacy ? folded.slice(12) : folded.slice(14, 17);
  if (!/^\d{3}$/.test(sequence)) {
    const positions = legacy ? '13-15' : '15-17';
    return malformed(`characters ${positions} (sequence)`, 'The sequence in a citizen ID is three digits.');
  }
  const first17 = folded.slice(0, 6) + birth + sequence;
  const check = citizenIdCheckCharacter(first17);
  if (!legacy && folded[17] !== check) {
    return malformed(
      'character 18 (check character)',
      'The check character of a citizen ID does not match its other characters.',
    );
  }
  return { ok: true, value: first17 + check };
}

/**
 * The forms under which a department's table may hold a citizen ID: 18 characters with an uppercase
 * X; with a lowercase x where it ends in X; 15 digits where the birth is in the 1900s.
 * @param canonical as {@link parseCitizenId} yields it; unchecked
 */
export function citizenIdVariants(canonical: string): string[] {
  const variants = [canonical];
  if (canonical.endsWith('X')) variants.push(canonical.toLowerCase());
  if (canonical.startsWith('19', 6)) variants.push(canonical.slice(0, 6) + canonical.slice(8, 17));
  return variants;
}
