import type { CryptoKey } from 'jose';
import { z } from 'zod';
import type { Head } from './entries.js';
import { RecordError } from './errors.js';
import { CHECKPOINTS } from './folders.js';
import {
  findLine,
  type LastLine,
  lastLine,
  type StatementKind,
  signLine,
  type VerifiedLine,
  verifyLine,
} from './signed-lines.js';
import type { SigningKey } from './signing-key.js';

/** What a checkpoint states: at `time` the chain's entry `seq` had this hash, and so had all before it. */
export interface Checkpoint extends Head {
  readonly chain: string;
  /** Checkpoints of a chain are numbered from 1. */
  readonly number: number;
  /** ISO 8601 instant. */
  readonly time: string;
}

const CHECKPOINT: StatementKind<Checkpoint> = {
  type: 'mianzheng-checkpoint+jws',
  shape: z.strictObject({
    chain: z.string(),
    number: z.int().positive(),
    seq: z.int().positive(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    time: z.iso.datetime(),
  }),
};

/** Signs a checkpoint: compact JWS (RFC 7515), EdDSA, `typ` of its own so that no other JWS passes for one. */
export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): Promise<string> {
  return signLine(CHECKPOINT, checkpoint, key);
}

/**
 * Verifies signature, type and shape. It does not check that the chain has such an entry, nor the time.
 * @param keys public keys by `kid`
 */
export function verifyCheckpoint(jws: string, keys: ReadonlyMap<string, CryptoKey>): Promise<VerifiedLine<Checkpoint>> {
  return verifyLine(CHECKPOINT, jws, keys);
}

/**
 * Reads the last checkpoint, without verifying its signature: opening a chain only needs to know
 * what must be there, and a forged checkpoint can but make it refuse.
 * @returns the checkpoint, null where there is none yet, and the bytes up to the last finished line
 * @throws RecordError BROKEN where the last finished line is no checkpoint
 */
export async function lastCheckpoint(path: string, chain: string): Promise<LastLine<Checkpoint>> {
  try {
    const found = await lastLine(CHECKPOINT, path);
    if (found.last !== null && found.last.chain !== chain) throw new RangeError('a checkpoint of another chain');
    return found;
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw new RecordError('BROKEN', `the last checkpoint of chain ${chain} cannot be read`, {
      chain,
      segment: CHECKPOINTS,
      cause,
    });
  }
}

/**
 * Where the first checkpoint at or behind an entry begins in a file of checkpoints, in bytes.
 * @param size bytes of the file up to the end of its last finished line
 */
export function findCheckpoint(path: string, size: number, seq: number): Promise<number> {
  return findLine(CHECKPOINT, path, size, (checkpoint) => checkpoint.seq >= seq);
}
