/** Proofs that the sender of a request holds the key its token is bound to: DPoP, RFC 9449 §4.3 and §7. */
import {
  type CryptoKey,
  calculateJwkThumbprint,
  decodeProtectedHeader,
  errors,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { MianzhengError } from '../errors.js';
import { DpopNonces } from './dpop-nonces.js';
import { PRIVATE_PARTS, PROOF_ALGORITHMS, type ProofOptions, PUBLIC_KEY_TYPES } from './options.js';
import { unauthenticated } from './refusal.js';
import { SeenProofs } from './seen-proofs.js';
import type { Sender } from './sender.js';

/** A proof may be this many seconds old. */
export const PROOF_MAX_AGE_SECONDS = 60;

/** Longest proof accepted, in characters; one with an RSA key of 4,096 bits has about 2,100. */
const MAX_PROOF = 4096;

/** Longest `jti`, in characters. */
const MAX_ID = 256;

/** Proofs used within one window, more than one process can verify in it. */
const MOST_PROOFS = 250_000;

/** Keys kept imported; the least recently used goes first. */
const MOST_KEYS = 10_000;

/** What callers are told to wait where too many proofs were used, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** What a proof must be made for. */
export interface ProofSubject {
  /** Thumbprint of the key that the token is bound to. */
  readonly thumbprint: string;
  /** SHA-256 of the token, base64url: `ath`. */
  readonly tokenHash: string;
}

/** Examines proofs. */
export interface ProofExaminer {
  /**
   * Checks the proof in the request's DPoP header: exactly one, typ, an algorithm of the list, a public key in it
   * that is the token's, signature, method, URL, time, token, nonce, and that it was not used before.
   *
   * Does NOT check: the body and the other headers, which no proof covers; the query of the URL; whether another
   * process has seen the proof, unless nonces are demanded.
   *
   * @param now ms since the epoch
   * @throws TokenRefusal; MianzhengError OVERLOADED where too many proofs were used to remember one more
   */
  examine(sender: Sender, subject: ProofSubject, now: number): Promise<void>;
}

function invalid(check: string): MianzhengError {
  return unauthenticated(check, 'invalid_dpop_proof');
}

const malformed = () => invalid('the DPoP header is not exactly one well-formed proof (RFC 9449 §4.2)');

function headerOf(proof: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(proof);
  } catch (error) {
    // Neither is passed on: they may quote it.
    if (error instanceof TypeError || error instanceof errors.JOSEError) throw malformed();
    throw error;
  }
}

function isKey(jwk: unknown): jwk is JWK {
  return typeof jwk === 'object' && jwk !== null && PUBLIC_KEY_TYPES.has((jwk as JWK).kty ?? '');
}

/** The key in a proof's header, without anything that is not the key. */
function keyIn(header: ProtectedHeaderParameters): JWK {
  if (Object.hasOwn(header, 'crit'))
    throw invalid('the DPoP proof has the header parameter crit, which is not accepted');
  if (!PROOF_ALGORITHMS.some((algorithm) => algorithm === header.alg)) {
    throw invalid('the signature algorithm (alg) of the DPoP proof is not accepted');
  }
  const { jwk } = header;
  if (!isKey(jwk)) throw invalid('the DPoP proof has no public key (jwk)');
  if (PRIVATE_PARTS.some((part) => Object.hasOwn(jwk, part))) throw invalid('the DPoP proof holds a private key');
  const { kty, crv, x, y, n, e } = jwk;
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK;
}

/** jose's refusals in our words. Its errors hold the claims, so none becomes a cause. */
function refusalOf(error: unknown): MianzhengError {
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'typ'
      ? invalid('the type (typ) of the DPoP proof is not dpop+jwt')
      : invalid('the DPoP proof lacks jti, htm, htu, iat or ath, or one of its claims does not hold');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalid('the signature of the DPoP proof does not match');
  }
  return malformed();
}

/** A URL as two are compared (RFC 9449 §4.3): normalised, without query and fragment. */
function comparable(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}

/**
 * Opens an examiner. Used proofs are remembered by this process alone. What one that ran before it may have seen,
 * it takes only with a nonce, which none before it gave.
 *
 * @param toleranceSeconds by which clocks may differ
 * @param startedAt ms since the epoch
 */
export function openProofExaminer(
  { url, nonces: demanded = false }: ProofOptions,
  toleranceSeconds: number,
  startedAt: number,
): ProofExaminer {
  const target = comparable(url);
  // Two that are none would be equal.
  if (target === null) throw new TypeError('proofs are made for a URL');
  const seen = new SeenProofs((PROOF_MAX_AGE_SECONDS + toleranceSeconds) * 1000, MOST_PROOFS);
  const nonces = new DpopNonces();
  const imported = new LRUCache<string, CryptoKey>({ max: MOST_KEYS });
  const seenByNoOther = Math.floor(startedAt / 1000) + toleranceSeconds;

  async function imports(jwk: JWK, alg: string, thumbprint: string): Promise<CryptoKey> {
    const name = `${alg} ${thumbprint}`;
    const known = imported.get(name);
    if (known !== undefined) return known;
    const key = await importJWK(jwk, alg);
    if (key instanceof Uint8Array) throw malformed();
    imported.set(name, key);
    return key;
  }

  async function verified(proof: string, thumbprint: string, now: number): Promise<JWTPayload> {
    const header = headerOf(proof);
    const jwk = keyIn(header);
    try {
      if ((await calculateJwkThumbprint(jwk)) !== thumbprint) {
        throw invalid('the key of the DPoP proof is not the one that the access token is bound to (cnf.jkt)');
      }
      const key = await imports(jwk, header.alg ?? '', thumbprint);
      const { payload } = await jwtVerify(proof, key, {
        algorithms: [...PROOF_ALGORITHMS],
        typ: 'dpop+jwt',
        requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(now),
      });
      return payload;
    } catch (error) {
      throw error instanceof MianzhengError ? error : refusalOf(error);
    }
  }

  function checkTime(iat: unknown, now: number): number {
    const seconds = Math.floor(now / 1000);
    if (typeof iat !== 'number' || !Number.isFinite(iat))
      throw invalid('the time (iat) of the DPoP proof is not a number');
    if (iat > seconds + toleranceSeconds) throw invalid('the DPoP proof was made in the future (iat)');
    if (iat < seconds - PROOF_MAX_AGE_SECONDS) {
      throw invalid(`the DPoP proof was made more than ${PROOF_MAX_AGE_SECONDS} seconds ago (iat)`);
    }
    return iat;
  }

  function checkNonce(nonce: unknown, iat: number, sender: Sender, now: number): void {
    const wanted = demanded || iat <= seenByNoOther;
    if (nonce === undefined && !wanted) return;
    const current = nonces.current(now);
    if (nonce === undefined || !nonces.accepts(nonce, now)) {
      sender.answerWith('DPoP-Nonce', current);
      throw unauthenticated('the DPoP proof needs the nonce of the header DPoP-Nonce', 'use_dpop_nonce');
    }
    if (nonce !== current) sender.answerWith('DPoP-Nonce', current);
  }

  return {
    async examine(sender, { thumbprint, tokenHash }, now) {
      const proof = sender.header('dpop');
      if (proof === undefined || proof === '') throw invalid('the request has no DPoP header with a proof');
      if (proof.length > MAX_PROOF) throw invalid(`the DPoP proof is longer than ${MAX_PROOF} characters`);
      const { jti, htm, htu, iat, ath, nonce } = await verified(proof, thumbprint, now);
      if (htm !== sender.method) throw invalid('the DPoP proof is for another method (htm)');
      if (comparable(htu) !== target) throw invalid(`the DPoP proof is for another URL (htu) than ${url}`);
      if (ath !== tokenHash) throw invalid('the DPoP proof is for another access token (ath)');
      if (typeof jti !== 'string' || jti === '' || jti.length > MAX_ID) {
        throw invalid(`the name (jti) of the DPoP proof is not a text of 1 to ${MAX_ID} characters`);
      }
      checkNonce(nonce, checkTime(iat, now), sender, now);
      const use = seen.use(thumbprint, jti, now);
      if (use === 'AGAIN') throw invalid('the DPoP proof was used before (jti)');
      if (use === 'FULL') {
        throw new MianzhengError('OVERLOADED', 'too many DPoP proofs are used', { retryAfter: RETRY_AFTER_SECONDS });
      }
    },
  };
}
