import { CITY_NAME, PROVINCE_NAME } from './divisions.js';

const LEADING = new RegExp(`^(?:${PROVINCE_NAME}|${CITY_NAME})+`);

/**
 * The form in which two addresses are compared: NFKC (full-width digits and letters in half width),
 * no blanks, without the province and city in front. Applying it twice changes nothing.
 *
 * NOT a proof that two addresses are one place: abbreviations, renamed streets and numbers written
 * in words stay different.
 */
export function normaliseAddress(text: string): string {
  // A second time: with a blank gone, characters may meet that compose.
  const folded = text.normalize('NFKC').replace(/\s/gu, '').normalize('NFKC');
  return folded.replace(LEADING, '');
}
