/** DPoP proofs, right and wrong, put together by hand so that anything can be wrong with them. */
import { createHmac, generateKeyPairSync, hash, type KeyObject, randomUUID, sign } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { ISSUER_KEYS, STRANGER_JWK } from './forge.js';

/** How a proof is signed. */
export type ProofSignature = 'KEY' | 'OTHER' | 'RSA' | 'WEAK_RSA' | 'ED25519' | 'HMAC' | 'NONE';

/** A proof to be made. */
export interface ProofForgery {
  readonly sign?: ProofSignature;
  readonly jwk?: 'OWN' | 'PRIVATE' | 'SECRET' | 'ISSUER' | 'STRANGER' | 'NONE';
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly times?: Readonly<Record<string, number>>;
}

const pairs = {
  KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  OTHER: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  WEAK_RSA: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ED25519: generateKeyPairSync('ed25519'),
};

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as JWK;

/** The pair whose public part stands in a proof so signed. */
function pairOf(signature: ProofSignature) {
  return signature in pairs && signature !== 'OTHER' ? pairs[signature as keyof typeof pairs] : pairs.KEY;
}

/** Thumbprint of the key that a proof so signed should be bound to; OTHER: of a key that made none. */
export function thumbprintOf(signature: ProofSignature): Promise<string> {
  return calculateJwkThumbprint(jwkOf(signature === 'OTHER' ? pairs.OTHER.publicKey : pairOf(signature).publicKey));
}

const ALG: Readonly<Record<string, string>> = { RSA: 'PS256', WEAK_RSA: 'PS256', ED25519: 'Ed25519' };

function signatureOf(input: string, signature: ProofSignature): string {
  const data = Buffer.from(input);
  switch (signature) {
    case 'RSA':
    case 'WEAK_RSA':
      return sign('sha256', data, { key: pairs[signature].privateKey, padding: 6, saltLength: 32 }).toString(
        'base64url',
      );
    case 'ED25519':
      return sign(null, data, pairs.ED25519.privateKey).toString('base64url');
    case 'HMAC':
      return createHmac('sha256', 'secret').update(data).digest('base64url');
    case 'NONE':
      return '';
    default:
      return sign('sha256', data, { key: pairs[signature].privateKey, dsaEncoding: 'ieee-p1363' }).toString(
        'base64url',
      );
  }
}

function embedded(which: ProofForgery['jwk'], signature: ProofSignature): JWK | null {
  switch (which) {
    case 'NONE':
      return null;
    case 'PRIVATE':
      return jwkOf(pairOf(signature).privateKey);
    case 'SECRET':
      return { kty: 'oct', k: Buffer.from('secret').toString('base64url') };
    case 'ISSUER':
      return ISSUER_KEYS[0] ?? null;
    case 'STRANGER':
      return STRANGER_JWK;
    default:
      return jwkOf(pairOf(signature).publicKey);
  }
}

const encoded = (members: Readonly<Record<string, unknown>>) =>
  Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(members).filter(([, v]) => v !== null)))).toString(
    'base64url',
  );

/** Makes a proof: right in everything but what the forgery says. @param now ms since the epoch */
export function forgeProof(token: string, url: string, now: number, forgery: ProofForgery = {}): string {
  const { sign: signature = 'KEY', jwk = 'OWN', header = {}, claims = {}, times = {} } = forgery;
  const seconds = Math.floor(now / 1000);
  const dated = Object.fromEntries(Object.entries(times).map(([claim, offset]) => [claim, seconds + offset]));
  const rightHeader = { alg: ALG[signature] ?? 'ES256', typ: 'dpop+jwt', jwk: embedded(jwk, signature) };
  const right = { jti: randomUUID(), htm: 'POST', htu: url, iat: seconds, ath: hash('sha256', token, 'base64url') };
  const filled = claims.padding === true ? { ...claims, padding: 'x'.repeat(4096) } : claims;
  const input = `${encoded({ ...rightHeader, ...header })}.${encoded({ ...right, ...filled, ...dated })}`;
  return `${input}.${signatureOf(input, signature)}`;
}
