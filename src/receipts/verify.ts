import { createPublicKey, hash, verify } from 'node:crypto';
import type { JWK } from 'jose';
import { CLAIMS, RECORD, type ReceiptClaims, type ReceiptRecord } from './claims.js';
import { RECEIPT_KID, RECEIPT_TYPE } from './keys.js';

/** Why a text is no valid receipt. */
export type ReceiptFault =
  /** No compact JWS, one of another type or algorithm, or claims of another shape. */
  | 'NOT_A_RECEIPT'
  /** Signed with a key that is not among those given, or is not one for receipts. */
  | 'UNKNOWN_KEY'
  /** The text or its signature was changed. */
  | 'BAD_SIGNATURE';

/** A receipt as verified, or why it is none. */
export type VerifiedReceipt =
  | {
      readonly ok: true;
      readonly claims: ReceiptClaims;
      readonly record: ReceiptRecord;
      /** What the record's entry must hold: SHA-256 of the claims' text without `record`, base64url. */
      readonly digest: string;
    }
  | { readonly ok: false; readonly reason: ReceiptFault };

/** Longest receipt that is read, in characters. */
const MAX_LENGTH = 262_144;

const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/;
/** The member that issuing put last. */
const RECORD_MEMBER = /,"record":(\{"chain":"[A-Za-z0-9][\w.-]{0,63}","seq":[1-9]\d{0,14},"hash":"[0-9a-f]{64}"\})\}$/;

const NOT_A_RECEIPT = { ok: false, reason: 'NOT_A_RECEIPT' } as const;

/**
 * Verifies a receipt: signature, type and shape; every single changed character is found. It needs
 * no gateway. It does NOT check that the record still has the entry, that the keys are the
 * gateway's own, when it was issued, or that the facts are still so.
 * @param text a compact JWS without surrounding blanks
 * @param keys public keys as the gateway publishes them; those that are not Ed25519 keys for receipts are passed over
 */
export function verifyReceipt(text: string, keys: readonly JWK[]): VerifiedReceipt {
  const [, header = '', payload = '', signature = ''] = (text.length <= MAX_LENGTH && COMPACT.exec(text)) || [];
  const head = jsonIn(header) as { readonly alg?: unknown; readonly kid?: unknown; readonly typ?: unknown } | null;
  if (head?.alg !== 'EdDSA' || head.typ !== RECEIPT_TYPE || typeof head.kid !== 'string') return NOT_A_RECEIPT;
  const key = keys.find(({ kid, kty, crv }) => kid === head.kid && kty === 'OKP' && crv === 'Ed25519');
  if (key === undefined || !head.kid.startsWith(RECEIPT_KID)) return { ok: false, reason: 'UNKNOWN_KEY' };
  const bytes = Buffer.from(signature, 'base64url');
  // The last character of the signature has unused bits, which a decoder passes over.
  const asWritten = bytes.toString('base64url') === signature;
  if (!asWritten || !verify(null, Buffer.from(`${header}.${payload}`), publicKeyOf(key), bytes)) {
    return { ok: false, reason: 'BAD_SIGNATURE' };
  }
  return stated(Buffer.from(payload, 'base64url').toString());
}

/** What a signed payload states. */
function stated(payload: string): VerifiedReceipt {
  const member = RECORD_MEMBER.exec(payload);
  const text = `${payload.slice(0, member?.index ?? 0)}}`;
  const claims = CLAIMS.safeParse(parsed(text));
  const record = RECORD.safeParse(parsed(member?.[1] ?? ''));
  if (!claims.success || !record.success) return NOT_A_RECEIPT;
  return { ok: true, claims: claims.data, record: record.data, digest: hash('sha256', text, 'base64url') };
}

function publicKeyOf({ kty, crv, x }: JWK) {
  return createPublicKey({ key: { kty, crv, x } as JWK, format: 'jwk' });
}

function jsonIn(segment: string): unknown {
  return parsed(Buffer.from(segment, 'base64url').toString());
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
