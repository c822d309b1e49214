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
  /** ES256 by the key of the other configured issuer, under that key's kid. */
  | 'SECOND'
  /** HMAC with the issuer's public key as the secret: its PEM, its DER, its JWK. */
  | 'HMAC_OF_PUBLIC_KEY'
  | 'HMAC_OF_DER'
  | 'HMAC_OF_JWK'
  /** HMAC with an empty secret. */
  | 'HMAC_OF_NOTHING'
  /** No signature: the token ends in a dot. */
  | 'NONE';

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  STRANGER: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  SECOND: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
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

/** The other configured issuer, with an audience and a key of its own. */
export const SECOND_ISSUER = {
  issuer: 'https://second.nanping.example',
  audience: 'urn:mianzheng:second',
  jwks: { kind: 'LOCAL', keys: [publicJwk(pairs.SECOND.publicKey, 'second', 'ES256')] },
} as const;

/** The stranger's public key, as an attacker would embed it. */
export const STRANGER_JWK: JWK = publicJwk(pairs.STRANGER.publicKey, 'ES256');

function signed(input: string, signature: Signature, key: KeyObject | undefined): string {
  const data = Buffer.from(input);
  const ecdsa = (privateKey: KeyObject) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const hmac = (secret: string | Buffer) => createHmac('sha256', secret).update(data).digest('base64url');
  switch (signature) {
    case 'ES256':
      return ecdsa(key ?? pairs.ES256.privateKey).toString('base64url');
    case 'STRANGER':
      return ecdsa(pairs.STRANGER.privateKey).toString('base64url');
    case 'SECOND':
      return ecdsa(pairs.SECOND.privateKey).toString('base64url');
    case 'EdDSA':
      return sign(null, data, pairs.EdDSA.privateKey).toString('base64url');
    case 'PS256':
      // 6: RSA_PKCS1_PSS_PADDING; RFC 7518 §3.5 demands a salt as long as the hash.
      return sign('sha256', data, { key: pairs.PS256.privateKey, padding: 6, saltLength: 32 }).toString('base64url');
    case 'RS256':
      return sign('sha256', data, pairs.PS256.privateKey).toString('base64url');
    case 'HMAC_OF_PUBLIC_KEY':
      return hmac(pairs.ES256.publicKey.export({ format: 'pem', type: 'spki' }));
    case 'HMAC_OF_DER':
      return hmac(pairs.ES256.publicKey.export({ format: 'der', type: 'spki' }));
    case 'HMAC_OF_JWK':
      return hmac(JSON.stringify(ISSUER_KEYS[0]));
    case 'HMAC_OF_NOTHING':
      return hmac('');
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
  /** A text in the JSON of header or claims, and what stands there instead, under the signature. */
  readonly rewritten?: readonly (readonly [from: string, to: string])[];
  /** The same, after it was signed. */
  readonly tampered?: readonly (readonly [from: string, to: string])[];
}

function laidOver(right: Record<string, unknown>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...right, ...over }).filter(([, value]) => value !== null));
}

const encoded = (text: string) => Buffer.from(text).toString('base64url');

function replaced(text: string, replacements: Forgery['rewritten'] = []): string {
  return replacements.reduce((left, [from, to]) => left.replace(from, to), text);
}

const NAMED_ALG: Partial<Record<Signature, string>> = {
  STRANGER: 'ES256',
  SECOND: 'ES256',
  HMAC_OF_PUBLIC_KEY: 'HS256',
  HMAC_OF_DER: 'HS256',
  HMAC_OF_JWK: 'HS256',
  HMAC_OF_NOTHING: 'HS256',
  NONE: 'none',
};
const NAMED_KID: Partial<Record<Signature, string>> = {
  EdDSA: 'EdDSA',
  PS256: 'PS256',
  RS256: 'PS256',
  SECOND: 'second',
};

/** Makes a token: an application's, right in everything but what the forgery says. */
export function forge(forgery: Forgery): string {
  const { now, sign: signature = 'ES256', key, header = {}, claims = {}, times = {}, rewritten, tampered } = forgery;
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
  const parts = [laidOver(rightHeader, header), laidOver(rightClaims, { ...claims, ...dated })];
  const texts = parts.map((part) => replaced(JSON.stringify(part), rewritten));
  const signatureText = signed(texts.map(encoded).join('.'), signature, key);
  return [...texts.map((text) => encoded(replaced(text, tampered))), signatureText].join('.');
}
