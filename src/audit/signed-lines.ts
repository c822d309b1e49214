/** Files of a chain that hold one signed statement a line: checkpoints and anchors. */
import { open, stat } from 'node:fs/promises';
import { CompactSign, type CryptoKey, compactVerify, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';
import type { SigningKey } from './signing-key.js';

/** Longest line that {@link lastLine} finds, bytes. */
const MAX_BYTES = 4096;

/** What decoding raises, TypeError from jose for a header that is none. */
const NOT_A_STATEMENT = [errors.JOSEError, SyntaxError, TypeError, z.ZodError];

/** A kind of statement: `type` is its JWS `typ`, so that no other JWS passes for one. */
export interface StatementKind<T> {
  readonly type: string;
  readonly shape: z.ZodType<T>;
}

/** A line as verified, or why it states nothing. */
export type VerifiedLine<T> =
  | { readonly ok: true; readonly statement: T }
  | { readonly ok: false; readonly reason: string };

/** Signs a statement: compact JWS (RFC 7515), EdDSA. */
export async function signLine<T>({ type }: StatementKind<T>, statement: T, key: SigningKey): Promise<string> {
  return await new CompactSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: type })
    .sign(key.privateKey);
}

/**
 * Verifies signature, type and shape. It does not check that what is stated is so, nor the time.
 * @param keys public keys by `kid`
 */
export async function verifyLine<T>(
  { type, shape }: StatementKind<T>,
  jws: string,
  keys: ReadonlyMap<string, CryptoKey>,
): Promise<VerifiedLine<T>> {
  try {
    const { kid, typ } = decodeProtectedHeader(jws);
    const key = kid === undefined ? undefined : keys.get(kid);
    if (key === undefined) return { ok: false, reason: 'it is signed with a key that is not among the public keys' };
    if (typ !== type) return { ok: false, reason: 'it is signed for another purpose' };
    const { payload } = await compactVerify(jws, key, { algorithms: ['EdDSA'] });
    // The last character of the signature has unused bits, which a decoder passes over.
    const signature = jws.slice(jws.lastIndexOf('.') + 1);
    if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) {
      return { ok: false, reason: 'its signature is not written as it was' };
    }
    return { ok: true, statement: read(shape, payload) };
  } catch (error) {
    if (!NOT_A_STATEMENT.some((raised) => error instanceof raised)) throw error;
    return { ok: false, reason: 'its text or signature was changed' };
  }
}

function read<T>(shape: z.ZodType<T>, payload: Uint8Array): T {
  return shape.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
}

/** The last finished line of a file. */
export interface LastLine<T> {
  /** Null where there is none, or no file. */
  readonly last: T | null;
  /** Bytes up to its end. */
  readonly size: number;
}

/**
 * Reads what the last finished line states, without verifying its signature.
 * @throws SyntaxError or ZodError where it states nothing of this shape
 */
export async function lastLine<T>({ shape }: StatementKind<T>, path: string): Promise<LastLine<T>> {
  const total = await stat(path).then(
    (found) => found.size,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return 0;
    },
  );
  if (total === 0) return { last: null, size: 0 };
  const length = Math.min(total, 2 * MAX_BYTES);
  const bytes = Buffer.alloc(length);
  const file = await open(path, 'r');
  try {
    await file.read(bytes, 0, length, total - length);
  } finally {
    await file.close();
  }
  const end = bytes.lastIndexOf(0x0a);
  if (end === -1 && length === total) return { last: null, size: 0 };
  const line = bytes.toString('latin1', end <= 0 ? 0 : bytes.lastIndexOf(0x0a, end - 1) + 1, Math.max(0, end));
  return { last: read(shape, Buffer.from(line.split('.')[1] ?? '', 'base64url')), size: total - length + end + 1 };
}

/**
 * Finds the first line of which something holds, in a file in which it holds of every line behind one of which it
 * does. Signatures are not verified: whoever reads from there on does that.
 * @param size bytes to look in, up to the end of a line
 * @returns where it begins, in bytes; `size` where there is none, 0 where a line that was looked at states nothing
 */
export async function findLine<T>(
  { shape }: StatementKind<T>,
  path: string,
  size: number,
  holds: (statement: T) => boolean,
): Promise<number> {
  if (size === 0) return 0;
  const file = await open(path, 'r');
  const bytes = Buffer.alloc(2 * MAX_BYTES);
  /** The first line that begins at or behind a place. */
  const lineFrom = async (at: number) => {
    const before = Math.max(0, at - 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, before);
    const begin = at === 0 ? 0 : bytes.subarray(0, bytesRead).indexOf(0x0a) + 1;
    const end = bytes.subarray(0, bytesRead).indexOf(0x0a, begin);
    if ((at !== 0 && begin === 0) || end === -1) return null;
    const payload = bytes.toString('latin1', begin, end).split('.')[1] ?? '';
    return {
      begin: before + begin,
      end: before + end + 1,
      holds: holds(read(shape, Buffer.from(payload, 'base64url'))),
    };
  };
  try {
    let low = 0;
    for (let high = size; low < high; ) {
      const middle = Math.floor((low + high) / 2);
      const line = await lineFrom(middle);
      if (line === null || line.begin >= size || line.holds) high = middle;
      else low = line.end;
    }
    return (await lineFrom(low))?.begin ?? size;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    return 0;
  } finally {
    await file.close();
  }
}
