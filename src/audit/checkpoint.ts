import { open, stat } from 'node:fs/promises';
import { CompactSign, type CryptoKey, compactVerify, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';
import type { Head } from './entries.js';
import { RecordError } from './errors.js';
import { CHECKPOINTS } from './folders.js';
import type { SigningKey } from './signing-key.js';

const TYPE = 'mianzheng-checkpoint+jws';
const MAX_BYTES = 4096;

/** What a checkpoint states: at `time` the chain's entry `seq` had this hash, and so had all before it. */
export interface Checkpoint extends Head {
  readonly chain: string;
  /** Checkpoints of a chain are numbered from 1. */
  readonly number: number;
  /** ISO 8601 instant. */
  readonly time: string;
}

/** What decoding raises, TypeError from jose for a header that is none. */
const NOT_A_CHECKPOINT = [errors.JOSEError, SyntaxError, TypeError, z.ZodError];

const SHAPE = z.strictObject({
  chain: z.string(),
  number: z.int().positive(),
  seq: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.iso.datetime(),
});

/** Signs a checkpoint: compact JWS (RFC 7515), EdDSA, `typ` of its own so that no other JWS passes for one. */
export async function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): Promise<string> {
  return await new CompactSign(Buffer.from(JSON.stringify(checkpoint)))
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: TYPE })
    .sign(key.privateKey);
}

/** A checkpoint line as verified, or why it is none. */
export type VerifiedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly reason: string };

/**
 * Verifies signature, type and shape. It does not check that the chain has such an entry, nor the time.
 * @param keys public keys by `kid`
 */
export async function verifyCheckpoint(jws: string, keys: ReadonlyMap<string, CryptoKey>): Promise<VerifiedCheckpoint> {
  try {
    const { kid, typ } = decodeProtectedHeader(jws);
    const key = kid === undefined ? undefined : keys.get(kid);
    if (key === undefined) return { ok: false, reason: 'it is signed with a key that is not among the public keys' };
    if (typ !== TYPE) return { ok: false, reason: 'it is signed for another purpose' };
    const { payload } = await compactVerify(jws, key, { algorithms: ['EdDSA'] });
    // The last character of the signature has unused bits, which a decoder passes over.
    const signature = jws.slice(jws.lastIndexOf('.') + 1);
    if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) {
      return { ok: false, reason: 'its signature is not written as it was' };
    }
    return { ok: true, checkpoint: read(payload) };
  } catch (error) {
    if (!NOT_A_CHECKPOINT.some((type) => error instanceof type)) throw error;
    return { ok: false, reason: 'its text or signature was changed' };
  }
}

function read(payload: Uint8Array): Checkpoint {
  return SHAPE.parse(JSON.parse(Buffer.from(payload).toString('utf8')));
}

/** The end of a chain's checkpoint file. */
export interface CheckpointTail {
  /** Null where there is none yet. */
  readonly last: Checkpoint | null;
  /** Bytes up to the last finished line. */
  readonly size: number;
}

/**
 * Reads the last checkpoint, without verifying its signature: opening a chain only needs to know
 * what must be there, and a forged checkpoint can but make it refuse.
 * @throws RecordError BROKEN where the last finished line is no checkpoint
 */
export async function lastCheckpoint(path: string, chain: string): Promise<CheckpointTail> {
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
  try {
    const last = read(Buffer.from(line.split('.')[1] ?? '', 'base64url'));
    if (last.chain !== chain) throw new RangeError('a checkpoint of another chain');
    return { last, size: total - length + end + 1 };
  } catch (cause) {
    throw new RecordError('BROKEN', `the last checkpoint of chain ${chain} cannot be read`, {
      chain,
      segment: CHECKPOINTS,
      cause,
    });
  }
}
