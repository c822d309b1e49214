/** The public keys of an issuer, and nothing else, as the place a signature's key is looked up in. */
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { MianzhengError } from '../errors.js';
import type { KeySource } from './options.js';

/** How long the issuer may take to answer with its key set, in milliseconds. */
export const KEY_SET_TIMEOUT_MS = 3_000;

/** A key set is fetched again for an unknown `kid` at most once in this many milliseconds. */
export const KEY_SET_COOLDOWN_MS = 10_000;

/** A key set older than this many milliseconds is fetched again before it is used. */
export const KEY_SET_MAX_AGE_MS = 30_000;

/** What callers are told to wait where a key set cannot be had, in seconds. */
const RETRY_AFTER_SECONDS = 5;

function isAboutTheToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

/**
 * Looks keys up by `kid` and `alg` in an issuer's key set. Keys that a token brings along (`jwk`,
 * `jku`, `x5u`, `x5c`) are never looked at.
 *
 * A REMOTE set is fetched when first needed, when older than `KEY_SET_MAX_AGE_MS`, and for an
 * unknown `kid` once per `KEY_SET_COOLDOWN_MS`; concurrent needs share one fetch. These ages run on
 * the system's clock. There is no answer from a set beyond its age: an issuer that is down stops
 * new tokens, because a key it has withdrawn could not be told from one it has not.
 *
 * The lookup throws jose's JWKSNoMatchingKey or JWKSMultipleMatchingKeys where the token is at
 * fault, and MianzhengError OVERLOADED with `retryAfter` where a REMOTE set cannot be had.
 */
export function keySetOf(source: KeySource): JWTVerifyGetKey {
  if (source.kind === 'LOCAL') return createLocalJWKSet({ keys: [...source.keys] });
  const remote = createRemoteJWKSet(new URL(source.url), {
    timeoutDuration: KEY_SET_TIMEOUT_MS,
    cooldownDuration: KEY_SET_COOLDOWN_MS,
    cacheMaxAge: KEY_SET_MAX_AGE_MS,
  });
  return async (header, input) => {
    try {
      return await remote(header, input);
    } catch (cause) {
      if (isAboutTheToken(cause)) throw cause;
      const message = 'the key set of the issuer cannot be fetched';
      throw new MianzhengError('OVERLOADED', message, { retryAfter: RETRY_AFTER_SECONDS, cause });
    }
  };
}
