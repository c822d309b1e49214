/** How authentication refuses a caller: one code, words that name the failed check and nothing of the token. */
import { MianzhengError } from '../errors.js';

/**
 * The refusal of a caller whose access token does not hold.
 *
 * @param check which check failed, in words of ours; never the token, a header value or a claim value
 */
export function unauthenticated(check: string): MianzhengError {
  return new MianzhengError('UNAUTHENTICATED', check, { field: 'authorization' });
}
