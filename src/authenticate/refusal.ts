/** How authentication refuses a caller: one code, words that name the failed check and nothing of the token. */
import { MianzhengError } from '../errors.js';
import type { Scheme } from './credentials.js';
import { PROOF_ALGORITHMS } from './options.js';

/** `error` of a challenge (RFC 6750 §3.1, RFC 9449 §7.1); null where the request brought no credentials. */
export type ChallengeError = 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce' | null;

/** A caller is refused. What it lacks is told in the answer's `WWW-Authenticate`. */
export class TokenRefusal extends MianzhengError {
  /**
   * @param check which check failed, in words of ours; never the token, a header value or a claim value
   * @param error what the challenge says
   */
  constructor(
    check: string,
    readonly error: ChallengeError,
  ) {
    super('UNAUTHENTICATED', check, { field: error === null || error === 'invalid_token' ? 'authorization' : 'dpop' });
  }
}

/** The refusal of a caller whose access token, or proof for it, does not hold. Parameters as of {@link TokenRefusal}. */
export function unauthenticated(check: string, error: ChallengeError = 'invalid_token'): TokenRefusal {
  return new TokenRefusal(check, error);
}

const DPOP_ALGORITHMS = `algs="${PROOF_ALGORITHMS.join(' ')}"`;

/** `WWW-Authenticate` of a refusal for which nobody gave a better one: both schemes are taken. */
export const ANY_CHALLENGE = `Bearer, DPoP ${DPOP_ALGORITHMS}`;

/**
 * The value of `WWW-Authenticate`.
 * @param scheme how the token was sent; null where that cannot be told
 */
export function challenge(scheme: Scheme | null, error: ChallengeError): string {
  if (error === null) return ANY_CHALLENGE;
  if (scheme === 'DPoP') return `DPoP error="${error}", ${DPOP_ALGORITHMS}`;
  return `Bearer error="${error}", DPoP ${DPOP_ALGORITHMS}`;
}
