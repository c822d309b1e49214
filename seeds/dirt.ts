/** Turns clean rows into what departments really hold, at the rates of {@link RATES}.dirt. Rows are changed in place. */
import type { Random } from './random.js';
import { RATES } from './rates.js';

const { dirt } = RATES;

/** The citizen ID as an older system stored it: 15 digits for some born before 2000, or a lowercase x. */
export function storedId(random: Random, id: string): string {
  if (id.startsWith('19', 6) && random.chance(dirt.legacyId)) return legacyId(id);
  return storedX(random, id);
}

/** The 15-digit form (GB 11643-1989) of an 18-character ID of somebody born in the 1900s. */
export function legacyId(id: string): string {
  return id.slice(0, 6) + id.slice(8, 17);
}

/** The citizen ID, ending in x instead of X at a rate. */
export function storedX(random: Random, id: string): string {
  return id.endsWith('X') && random.chance(dirt.lowercaseX) ? `${id.slice(0, 17)}x` : id;
}

/** The date, or zeros or blanks at the rate. */
export function storedDate(random: Random, rate: number, date: string): string {
  if (!random.chance(rate)) return date;
  return random.chance(0.6) ? '00000000' : '        ';
}

/** The text, with blanks behind it at a rate. */
export function storedText(random: Random, text: string): string {
  return random.chance(dirt.trailingBlanks) ? `${text}  ` : text;
}

/** The text with its digits in full width (１２号). */
export function fullWidthDigits(text: string): string {
  return text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
}

/** A location or stated address: sometimes without province and city, sometimes with full-width digits. */
export function storedAddress(random: Random, address: string): string {
  let text = address;
  if (random.chance(dirt.shortAddress)) {
    text = text.replace(/^福建省/, '');
    if (random.chance(0.7)) text = text.replace(/^南平市/, '');
  }
  if (random.chance(dirt.fullWidthAddress)) text = fullWidthDigits(text);
  return storedText(random, text);
}

/** The detail of a door plate: full-width digits or trailing blanks at their rates. */
export function storedPlateDetail(random: Random, detail: string): string {
  return storedText(random, random.chance(dirt.fullWidthPlate) ? fullWidthDigits(detail) : detail);
}
