/** Words that people write into the control plane, and that the record keeps. */
import { MianzhengError } from '../errors.js';

/** As many digits in a row as the shortest identity number has. */
const IDENTIFIER = /\d{15}/;

/** Neither line breaks nor other control characters. */
const CONTROL = /\p{Cc}/u;

/**
 * Checks words: trimmed, of bounded length, without an identity number, for they stand in the record.
 * Does NOT recognise a name.
 * @throws MianzhengError BAD_USER_INPUT naming the argument, never its text
 */
export function words(field: string, text: string, least: number, most: number): string {
  const trimmed = text.trim();
  const refuse = (why: string): MianzhengError => new MianzhengError('BAD_USER_INPUT', `${field} ${why}`, { field });
  if (trimmed.length < least || trimmed.length > most) throw refuse(`takes ${least} to ${most} characters`);
  if (CONTROL.test(trimmed)) throw refuse('takes one line of text');
  if (IDENTIFIER.test(trimmed)) throw refuse('stands in the record: it names no identity number');
  return trimmed;
}
