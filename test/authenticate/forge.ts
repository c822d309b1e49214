/** Access tokens, right and wrong, put together by hand so that anything can be wrong with them. */
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { JWK } from 'jose';

/** How a token is signed. */
export type Signature =
  | 'ES256'
  | 'EdDSA'
  | 'PS256'
  | 'RS256'
  /** ES256 by a key that is not the issuer's, under the issuer's kid. */
  | 'STRANGER'
  /** HMAC with the issuer's public key (PEM) as the secret. */
  | 'HMAC_OF_PUBLIC_KEY'
  /** No signature: the token ends in a dot. */
  | 'NONE';

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  STRANGER: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

export const ISSUER = 'https://issuer.nanping.example';
export const AUDIENCE = 'urn:mianzheng:gateway';

/** A public key as a key set holds it. */
export function publicJwk(key: KeyObject, kid: string, alg?: string): JWK {
  return { ...(key.export({ format: 'jwk' }) as JWK), kid, use: 'sig', ...(alg === undefined ? {} : { alg }) };
}

/** A fresh ES256 key, for rotation. */
export function freshKey(kid: string): { readonly jwk: JWK; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { jwk: publicJwk(publicKey, kid, 'ES256'), privateKey };
}

/** The issuer's key set: one key for each algorithm, its kid the algorithm's name. */
export const ISSUER_KEYS: readonly JWK[] = [
  publicJwk(pairs.ES256.publicKey, 'ES256'),
  publicJwk(pairs.EdDSA.publicKey, 'EdDSA'),
  publicJwk(pairs.PS256.publicKey, 'PS256'),
];

/** The stranger's public key, as an attacker would embed it. */
export const STRANGER_JWK: JWK = publicJwk(pairs.STRANGER.publicKey, 'ES256');

function signed(input: string, signature: Signature, key: KeyObject | undefined): string {
  const data = Buffer.from(input);
  const ecdsa = (privateKey: KeyObject) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  switch (signature) {
    case 'ES256':
      return ecdsa(key ?? pairs.ES256.privateKey).toString('base64url');
    case 'STRANGER':
      return ecdsa(pairs.STRANGER.privateKey).toString('base64url');
    case 'EdDSA':
      return sign(null, data, pairs.EdDSA.privateKey).toString('base64url');
    case 'PS256':
      // 6: RSA_PKCS1_PSS_PADDING; RFC 7518 §3.5 demands a salt as long as the hash.
      return sign('sha256', data, { key: pairs.PS256.privateKey, padding: 6, saltLength: 32 }).toString('base64url');
    case 'RS256':
      return sign('sha256', data, pairs.PS256.privateKey).toString('base64url');
    case 'HMAC_OF_PUBLIC_KEY': {
      const pem = pairs.ES256.publicKey.export({ format: 'pem', type: 'spki' });
      return createHmac('sha256', pem).update(data).digest('base64url');
    }
    case 'NONE':
      return '';
  }
}

/** A token to be made. */
export interface Forgery {
  /** The time it is made, in milliseconds since 1970. */
  readonly now: number;
  readonly sign?: Signature;
  /** Signs ES256 with this key instead of the issuer's. */
  readonly key?: KeyObject;
  /** Laid over a right header; null takes a parameter away. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Laid over right claims; null takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Claims in seconds from now. */
  readonly times?: Readonly<Record<string, number>>;
}

function laidOver(right: Record<string, unknown>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...right, ...over }).filter(([, value]) => value !== null));
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const NAMED_ALG: Partial<Record<Signature, string>> = { STRANGER: 'ES256', HMAC_OF_PUBLIC_KEY: 'HS256', NONE: 'none' };
const NAMED_KID: Partial<Record<Signature, string>> = { EdDSA: 'EdDSA', PS256: 'PS256', RS256: 'PS256' };

/** Makes a token: an application's, right in everything but what the forgery says. */
export function forge({ now, sign: signature = 'ES256', key, header = {}, claims = {}, times = {} }: Forgery): string {
  const seconds = Math.floor(now / 1000);
  const rightHeader = { alg: NAMED_ALG[signature] ?? signature, typ: 'at+jwt', kid: NAMED_KID[signature] ?? 'ES256' };
  const rightClaims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'school-enrolment',
    client_id: 'school-enrolment',
    iat: seconds,
    exp: seconds + 600,
    jti: randomUUID(),
  };
  const dated = Object.fromEntries(Object.entries(times).map(([claim, offset]) => [claim, seconds + offset]));
  const input = `${part(laidOver(rightHeader, header))}.${part(laidOver(rightClaims, { ...claims, ...dated }))}`;
  return `${input}.${signed(input, signature, key)}`;
}
