/** Files taken from the record, signed so that whoever is handed one can see that it is ours and whole. */
import { CompactSign, type CryptoKey, compactVerify, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';
import type { SigningKey } from '../audit/signing-key.js';

/** `typ` of such a signature, so that no other JWS passes for one. */
export const FILE_TYPE = 'mianzheng-record-file+jws';

/** Longest signature read, bytes. */
const MAX_BYTES = 65_536;

const STATEMENT = z.strictObject({
  /** Name it was given. */
  name: z.string().min(1).max(200),
  /** ISO 8601 instant at which it was made. */
  made: z.iso.datetime(),
  /** Who had it made. */
  by: z.string().min(1).max(200),
  /** What was asked for; people by their pseudonym. */
  asked: z.record(z.string(), z.unknown()),
  /** Entries or lines in it. */
  entries: z.int().min(0),
  /** Last entry of each chain that was looked through: what came later is not in it. */
  chains: z.record(z.string(), z.int().min(0)),
});

/** What the signature states of a file. */
export type FileStatement = z.infer<typeof STATEMENT>;

/**
 * Signs a file: a compact JWS with its payload left out (RFC 7515 appendix F), EdDSA, with a key that seals the record. The
 * statement stands in the protected header, as `file`.
 */
export async function signFile(bytes: Uint8Array, statement: FileStatement, key: SigningKey): Promise<string> {
  const header = { alg: 'EdDSA', kid: key.kid, typ: FILE_TYPE, file: STATEMENT.parse(statement) };
  const jws = await new CompactSign(bytes).setProtectedHeader(header).sign(key.privateKey);
  const [protectedHeader, , signature] = jws.split('.');
  return `${protectedHeader}..${signature}`;
}

/** A file as verified. */
export type VerifiedFile =
  | { readonly ok: true; readonly statement: FileStatement }
  | { readonly ok: false; readonly reason: string };

const NOT_A_SIGNATURE = [errors.JOSEError, SyntaxError, TypeError, z.ZodError];

/**
 * Verifies a file against its signature. It does not check that the entries still stand in the record, nor that the search was
 * whole: the statement says what was asked for.
 * @param jws as {@link signFile} made it; blanks around it are passed over
 * @param keys public keys that seal or sealed the record, by `kid`
 */
export async function verifyFile(
  bytes: Uint8Array,
  jws: string,
  keys: ReadonlyMap<string, CryptoKey>,
): Promise<VerifiedFile> {
  const [header = '', payload, signature = '', ...rest] = jws.length > MAX_BYTES ? [] : jws.trim().split('.');
  if (payload !== '' || rest.length > 0) return { ok: false, reason: 'it is no detached signature' };
  try {
    const { kid, typ, file } = decodeProtectedHeader(`${header}..${signature}`) as {
      kid?: string;
      typ?: string;
      file?: unknown;
    };
    if (typ !== FILE_TYPE) return { ok: false, reason: 'it is signed for another purpose' };
    const key = kid === undefined ? undefined : keys.get(kid);
    if (key === undefined) return { ok: false, reason: 'it is signed with a key that is not among the public keys' };
    await compactVerify(`${header}.${Buffer.from(bytes).toString('base64url')}.${signature}`, key, {
      algorithms: ['EdDSA'],
    });
    return { ok: true, statement: STATEMENT.parse(file) };
  } catch (error) {
    if (!NOT_A_SIGNATURE.some((raised) => error instanceof raised)) throw error;
    return { ok: false, reason: 'the file or its signature was changed' };
  }
}
