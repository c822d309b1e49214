/**
 * Receipts as SD-JWT (RFC 9901) in the form of a credential (SD-JWT VC): whoever was handed one shows of it what is
 * needed and no more. Signed with the same keys; what is shown and what is not are the holder's choice.
 */
import {
  createPublicKey,
  hash,
  type KeyObject,
  randomBytes,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto';
import { pack, SDJwtInstance } from '@sd-jwt/core';
import type { JWK } from 'jose';
import { z } from 'zod';
import { CLAIMS, RECORD, type ReceiptClaims, type ReceiptRecord } from './claims.js';
import { RECEIPT_KID, type ReceiptKey } from './keys.js';

/** `typ` of a receipt in this form. */
export const SD_RECEIPT_TYPE = 'dc+sd-jwt';

/** `vct`: what kind of credential it is. */
export const RECEIPT_VCT = 'urn:mianzheng:receipt:1';

/** What the holder may leave out. Always shown: who issued it, when, its name, the matter, the verdict and the record. */
export const DISCLOSABLE = [
  'client',
  'case',
  'ruleSet',
  'asOf',
  'tier',
  'requirements',
  'sources',
  'subjects',
  'facts',
] as const;

/** See {@link DISCLOSABLE}. */
export type Disclosable = (typeof DISCLOSABLE)[number];

/** Longest receipt that is read, in characters. */
const MAX_LENGTH = 262_144;

/** 128 bits, as RFC 9901 recommends. */
const SALT_BYTES = 16;

const hasher = (data: string | ArrayBuffer, alg: string): Uint8Array => {
  if (alg !== 'sha-256') throw new TypeError('digests are SHA-256');
  return hash('sha256', typeof data === 'string' ? data : Buffer.from(data), 'buffer');
};

/** A public key that a holder proves to have: Ed25519 or P-256. */
export const HOLDER_KEY = z.union([
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().regex(/^[\w-]{43}$/) }),
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string().regex(/^[\w-]{43}$/),
    y: z.string().regex(/^[\w-]{43}$/),
  }),
]);

/** See {@link HOLDER_KEY}. */
export type HolderKey = z.infer<typeof HOLDER_KEY>;

/** Claims packed: what is signed, and what the holder is given beside it. */
export interface PackedReceipt {
  /** JSON text of the payload, without the place in the record. */
  readonly text: string;
  /** Disclosures, each base64url. */
  readonly disclosures: readonly string[];
}

/**
 * Packs the claims of a receipt.
 * @param holder binds it to whoever has the private key; null: to nobody
 */
export async function packReceipt(claims: ReceiptClaims, holder: HolderKey | null): Promise<PackedReceipt> {
  const payload = {
    vct: RECEIPT_VCT,
    ...claims,
    ...(holder === null ? {} : { cnf: { jwk: holder } }),
  };
  const frame = { _sd: [...DISCLOSABLE] };
  const salt = () => randomBytes(SALT_BYTES).toString('base64url');
  const { packedClaims, disclosures } = await pack(payload, frame, { hasher, alg: 'sha-256' }, salt);
  return {
    text: JSON.stringify(Object.assign({}, packedClaims, { _sd_alg: 'sha-256' })),
    disclosures: disclosures.map((disclosure) => disclosure.encode()),
  };
}

/** Signs packed claims and puts the disclosures behind. */
export function signPacked(key: ReceiptKey, payload: string, disclosures: readonly string[]): string {
  return `${[key.sign(payload, SD_RECEIPT_TYPE), ...disclosures].join('~')}~`;
}

/** Why a text is no valid receipt of this form. */
export type SdReceiptFault =
  | 'NOT_A_RECEIPT'
  | 'UNKNOWN_KEY'
  | 'BAD_SIGNATURE'
  /** It is bound to a key, and whoever shows it did not prove to have it, or not to this audience with this nonce. */
  | 'NOT_THE_HOLDER';

/** A receipt of this form as verified, or why it is none. */
export type VerifiedSdReceipt =
  | {
      readonly ok: true;
      /** What is shown. */
      readonly claims: Partial<ReceiptClaims> & Pick<ReceiptClaims, 'iss' | 'iat' | 'jti' | 'matter' | 'verdict'>;
      /** Names of what is not shown. */
      readonly withheld: readonly Disclosable[];
      readonly record: ReceiptRecord;
      /** What the record's entry must hold: SHA-256 of the payload's text without `record`, base64url. */
      readonly digest: string;
      /** Whether it is bound to a key. */
      readonly bound: boolean;
    }
  | { readonly ok: false; readonly reason: SdReceiptFault };

const SHOWN = CLAIMS.partial(Object.fromEntries(DISCLOSABLE.map((name) => [name, true])) as Record<Disclosable, true>);
const RECORD_MEMBER = /,"record":(\{"chain":"[A-Za-z0-9][\w.-]{0,63}","seq":[1-9]\d{0,14},"hash":"[0-9a-f]{64}"\})\}$/;

/** What whoever is shown a receipt asked for, so that it cannot be shown twice. */
export interface HolderChallenge {
  readonly audience: string;
  readonly nonce: string;
}

/** Whether a text has the form of an SD-JWT. */
export const isSdJwt = (text: string): boolean => text.includes('~');

/**
 * Verifies a receipt of this form without any gateway: signature, type, disclosures, shape and, where a challenge is
 * given, the holder's proof. It does NOT check that the record still has the entry, that the keys are the gateway's
 * own, or that the facts are still so; without a challenge it does not check who shows it.
 */
export async function verifySdReceipt(
  text: string,
  keys: readonly JWK[],
  challenge: HolderChallenge | null = null,
): Promise<VerifiedSdReceipt> {
  if (text.length > MAX_LENGTH || !/^[\w-]+\.[\w-]+\.[\w-]{86}~(?:[\w-]+~)*(?:[\w-]+\.[\w-]+\.[\w-]+)?$/.test(text)) {
    return { ok: false, reason: 'NOT_A_RECEIPT' };
  }
  const [jwt = ''] = text.split('~');
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const head = parsed(Buffer.from(header, 'base64url').toString()) as Record<string, unknown> | null;
  if (head?.alg !== 'EdDSA' || head.typ !== SD_RECEIPT_TYPE || typeof head.kid !== 'string') {
    return { ok: false, reason: 'NOT_A_RECEIPT' };
  }
  const key = keys.find(({ kid, kty, crv }) => kid === head.kid && kty === 'OKP' && crv === 'Ed25519');
  if (key === undefined || !head.kid.startsWith(RECEIPT_KID)) return { ok: false, reason: 'UNKNOWN_KEY' };
  const bytes = Buffer.from(signature, 'base64url');
  // Segments that a decoder would read alike are not the ones that were signed.
  const asWritten = bytes.toString('base64url') === signature;
  if (!asWritten || !verifyWith(null, Buffer.from(`${header}.${payload}`), publicKey(key), bytes)) {
    return { ok: false, reason: 'BAD_SIGNATURE' };
  }
  const stated = Buffer.from(payload, 'base64url').toString();
  const member = RECORD_MEMBER.exec(stated);
  const record = RECORD.safeParse(parsed(member?.[1] ?? ''));
  if (!areReferenced(text, stated)) return { ok: false, reason: 'NOT_A_RECEIPT' };
  const claims = await disclosedBy(text, key, challenge);
  if (claims === 'NOT_THE_HOLDER') return { ok: false, reason: claims };
  if (claims === null || !record.success) return { ok: false, reason: 'NOT_A_RECEIPT' };
  const { vct, cnf, record: _record, ...rest } = claims;
  const shown = SHOWN.safeParse(rest);
  if (!shown.success || vct !== RECEIPT_VCT) return { ok: false, reason: 'NOT_A_RECEIPT' };
  const packed = `${stated.slice(0, member?.index ?? 0)}}`;
  return {
    ok: true,
    claims: shown.data as Extract<VerifiedSdReceipt, { ok: true }>['claims'],
    withheld: DISCLOSABLE.filter((name) => !Object.hasOwn(rest, name)),
    record: record.data,
    digest: hash('sha256', packed, 'base64url'),
    bound: cnf !== undefined,
  };
}

/** Whether each disclosure is one of those signed, and none stands twice (RFC 9901, 7.1): the library passes others over. */
function areReferenced(text: string, stated: string): boolean {
  const digests = z.object({ _sd: z.array(z.string()) }).safeParse(parsed(stated));
  if (!digests.success) return false;
  const shown = text
    .split('~')
    .slice(1, -1)
    .map((disclosure) => hash('sha256', disclosure, 'base64url'));
  return new Set(shown).size === shown.length && shown.every((digest) => digests.data._sd.includes(digest));
}

/** The claims with what is disclosed put in, by the library; null where the disclosures do not fit. */
async function disclosedBy(
  text: string,
  key: JWK,
  challenge: HolderChallenge | null,
): Promise<Record<string, unknown> | 'NOT_THE_HOLDER' | null> {
  let holder: 'UNASKED' | 'PROVEN' | 'FAILED' = 'UNASKED';
  const instance = new SDJwtInstance({
    hasher,
    hashAlg: 'sha-256',
    verifier: (data, signature) =>
      verifyWith(null, Buffer.from(data), publicKey(key), Buffer.from(signature, 'base64url')),
    kbVerifier: async (data, signature, { cnf }) => {
      const jwk = HOLDER_KEY.safeParse((cnf as { jwk?: unknown } | undefined)?.jwk);
      const held = jwk.success && holds(jwk.data, data, signature);
      holder = held ? 'PROVEN' : 'FAILED';
      return held;
    },
  });
  try {
    const options = challenge === null ? {} : { keyBindingNonce: challenge.nonce };
    const { payload, kb } = await instance.verify(text, { ...options, skewSeconds: 300 });
    if (challenge !== null && (kb?.payload.aud !== challenge.audience || holderOf(holder) !== 'PROVEN')) {
      return 'NOT_THE_HOLDER';
    }
    return payload as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return challenge === null ? null : 'NOT_THE_HOLDER';
  }
}

/** As it stands after the library asked; the compiler does not see it change. */
const holderOf = (holder: 'UNASKED' | 'PROVEN' | 'FAILED'): string => holder;

function holds(jwk: HolderKey, data: string, signature: string): boolean {
  const key = publicKey(jwk);
  const bytes = Buffer.from(signature, 'base64url');
  return jwk.kty === 'OKP'
    ? verifyWith(null, Buffer.from(data), key, bytes)
    : verifyWith('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

/** The proof that a holder adds. */
export interface HolderProof extends HolderChallenge {
  /** Private key of the public one it is bound to. */
  readonly key: KeyObject;
  /** ms since the epoch. */
  readonly at: number;
}

/**
 * What a holder shows: the receipt with some of its disclosures.
 * @param disclose names of {@link DISCLOSABLE}; whoever is told no name sees what is always shown
 * @param proof where the receipt is bound to a key, the proof for who asks
 * @throws Error where the text is no SD-JWT
 */
export async function presentReceipt(
  text: string,
  disclose: readonly Disclosable[],
  proof: HolderProof | null = null,
): Promise<string> {
  const ed25519 = proof?.key.asymmetricKeyType === 'ed25519';
  const instance = new SDJwtInstance({
    hasher,
    hashAlg: 'sha-256',
    ...(proof === null
      ? {}
      : {
          kbSigner: (data: string) =>
            (ed25519
              ? signWith(null, Buffer.from(data), proof.key)
              : signWith('sha256', Buffer.from(data), { key: proof.key, dsaEncoding: 'ieee-p1363' })
            ).toString('base64url'),
          kbSignAlg: ed25519 ? 'EdDSA' : 'ES256',
        }),
  });
  const frame = Object.fromEntries(disclose.map((name) => [name, true]));
  const payload = proof && { iat: Math.floor(proof.at / 1000), aud: proof.audience, nonce: proof.nonce };
  return instance.present(text, frame, payload === null ? {} : { kb: { payload } });
}

function publicKey({ kty, crv, x, y }: JWK): KeyObject {
  return createPublicKey({ key: { kty, crv, x, ...(y === undefined ? {} : { y }) } as JWK, format: 'jwk' });
}

/** A JSON text's value; null where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
