/** The Authorization header of RFC 6750 §2.1 and RFC 9449 §7.1. */
import { unauthenticated } from './refusal.js';

/** How a token was sent: alone, or with a proof that its sender holds a key. */
export type Scheme = 'Bearer' | 'DPoP';

/** An access token as it was sent. */
export interface Credentials {
  readonly scheme: Scheme;
  readonly token: string;
}

/** The scheme, in any case (RFC 9110 §11.1), then one or more blanks and a token68 (RFC 6750 §2.1). */
const CREDENTIALS = /^(Bearer|DPoP) +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Room for the scheme and its blanks beside the token. */
const SCHEME_ALLOWANCE = 16;

/**
 * Takes the access token out of an Authorization header. Does NOT look inside the token, and takes
 * no token from a body or a query (RFC 6750 §2.2 and §2.3 are not supported). Several headers must come
 * joined by commas, so that they are refused.
 *
 * @param authorization the header's value; undefined where the request has none
 * @param maxTokenBytes longest token accepted, in bytes
 * @throws TokenRefusal where there is no header, another or a second scheme, or a longer token
 */
export function credentialsIn(authorization: string | undefined, maxTokenBytes: number): Credentials {
  if (authorization === undefined || authorization === '') {
    throw unauthenticated('the request has no Authorization header', null);
  }
  const tooLong = `the access token is longer than ${maxTokenBytes} bytes`;
  if (authorization.length > maxTokenBytes + SCHEME_ALLOWANCE) throw unauthenticated(tooLong);
  const [, scheme, token] = CREDENTIALS.exec(authorization) ?? [];
  if (scheme === undefined || token === undefined) {
    throw unauthenticated('the Authorization header is not the scheme Bearer or DPoP followed by exactly one token');
  }
  // A token68 is ASCII, so its length is its number of bytes.
  if (token.length > maxTokenBytes) throw unauthenticated(tooLong);
  return { scheme: scheme.length === 'DPoP'.length ? 'DPoP' : 'Bearer', token };
}
