/** The Authorization header of RFC 6750 §2.1. */
import { unauthenticated } from './refusal.js';

/** `Bearer`, in any case (RFC 9110 §11.1), then one or more blanks and a b64token (RFC 6750 §2.1). */
const CREDENTIALS = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Room for `Bearer` and its blanks beside the token. */
const SCHEME_ALLOWANCE = 16;

/**
 * Takes the access token out of an Authorization header. Does NOT look inside the token, and takes
 * no token from a body or a query (RFC 6750 §2.2 and §2.3 are not supported).
 *
 * @param authorization the header's value; undefined where the request has none
 * @param maxTokenBytes longest token accepted, in bytes
 * @throws MianzhengError UNAUTHENTICATED where there is no header, another or a second scheme, or a longer token
 */
export function bearerToken(authorization: string | undefined, maxTokenBytes: number): string {
  if (authorization === undefined || authorization === '') {
    throw unauthenticated('the request has no Authorization header');
  }
  const tooLong = `the access token is longer than ${maxTokenBytes} bytes`;
  if (authorization.length > maxTokenBytes + SCHEME_ALLOWANCE) throw unauthenticated(tooLong);
  const token = CREDENTIALS.exec(authorization)?.[1];
  if (token === undefined) {
    throw unauthenticated('the Authorization header is not the scheme Bearer followed by exactly one token');
  }
  // A b64token is ASCII, so its length is its number of bytes.
  if (token.length > maxTokenBytes) throw unauthenticated(tooLong);
  return token;
}
