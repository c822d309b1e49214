/** The public keys of an issuer, and nothing else, as the place a signature's key is looked up in. */
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { MianzhengError } from '../errors.js';
import { type KeySource, PRIVATE_PARTS, PUBLIC_KEY_TYPES } from './options.js';

/** How long the issuer may take to answer with its whole key set, in milliseconds. */
export const KEY_SET_TIMEOUT_MS = 3_000;

/** A key set is fetched again for an unknown `kid` at most once in this many milliseconds. */
export const KEY_SET_COOLDOWN_MS = 10_000;

/** A key set older than this many milliseconds is fetched again before it is used. */
export const KEY_SET_MAX_AGE_MS = 30_000;

/** Largest key set read, in bytes; one of a hundred RSA keys with certificates has about 300,000. */
export const KEY_SET_MAX_BYTES = 524_288;

/** What callers are told to wait where a key set cannot be had, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** `application/json`, or a type that says it is JSON (`application/jwk-set+json`), with or without parameters. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

function isAboutTheToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop cancels the rest of the body.
    if (bytes > KEY_SET_MAX_BYTES) throw new TypeError(`a key set of more than ${KEY_SET_MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Whether a member of a key set can verify a signature and is no secret: what is public could else sign. */
function isPublic(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  return (
    PUBLIC_KEY_TYPES.has((key as { kty?: unknown }).kty as string) &&
    !PRIVATE_PARTS.some((part) => Object.hasOwn(key, part))
  );
}

function publicKeysIn(text: string): readonly unknown[] {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text.
    throw new TypeError('a key set that is not JSON');
  }
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : null;
  if (!Array.isArray(keys)) throw new TypeError('JSON that is no key set');
  return keys.filter(isPublic);
}

/** Fetches a key set and leaves nothing in it but public keys. The time allowed holds for the whole of it. */
async function fetchPublicKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  if (response.status !== 200 || !JSON_TYPE.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    throw new TypeError(`an answer of status ${response.status} that is no JSON`);
  }
  return Response.json({ keys: publicKeysIn(await boundedText(response)) });
}

/**
 * Looks keys up by `kid` and `alg` in an issuer's key set. Keys that a token brings along (`jwk`,
 * `jku`, `x5u`, `x5c`) are never looked at.
 *
 * A REMOTE set is fetched when first needed, when older than `KEY_SET_MAX_AGE_MS`, and for an
 * unknown `kid` once per `KEY_SET_COOLDOWN_MS`; concurrent needs share one fetch. These ages run on
 * the system's clock. There is no answer from a set beyond its age: an issuer that is down stops
 * new tokens, because a key it has withdrawn could not be told from one it has not. Of what it holds,
 * secret and private keys, and keys of unknown types, are left out.
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
    [customFetch]: fetchPublicKeys,
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
