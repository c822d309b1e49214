import { join } from 'node:path';
import type { CryptoKey } from 'jose';
import { z } from 'zod';
import type { Head } from './entries.js';
import { RecordError } from './errors.js';
import { ANCHORS, segmentsIn } from './folders.js';
import {
  type LastLine,
  lastLine,
  type StatementKind,
  signLine,
  type VerifiedLine,
  verifyLine,
} from './signed-lines.js';
import type { SigningKey } from './signing-key.js';

/**
 * What an anchor states: the chain's entries up to `seq`, the last of which had this hash, were removed
 * because their time had come. The chain goes on behind it.
 */
export interface Anchor extends Head {
  readonly chain: string;
  /** Anchors of a chain are numbered from 1. */
  readonly number: number;
  /** Last segment removed; all before it were too. */
  readonly segment: number;
  /** Entries that this pruning removed: those behind the anchor before it. */
  readonly entries: number;
  /** ISO 8601 instant of the latest entry removed. */
  readonly until: string;
  /** Who removed them. */
  readonly by: string;
  /** ISO 8601 instant of the pruning. */
  readonly time: string;
}

const ANCHOR: StatementKind<Anchor> = {
  type: 'mianzheng-anchor+jws',
  shape: z.strictObject({
    chain: z.string(),
    number: z.int().positive(),
    seq: z.int().positive(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    segment: z.int().positive(),
    entries: z.int().positive(),
    until: z.iso.datetime(),
    by: z.string().min(1).max(200),
    time: z.iso.datetime(),
  }),
};

/** Signs an anchor with the key that signs the checkpoints, under a `typ` of its own. */
export function signAnchor(anchor: Anchor, key: SigningKey): Promise<string> {
  return signLine(ANCHOR, anchor, key);
}

/** Verifies signature, type and shape. It does not check that the entries were due, nor that they are gone. */
export function verifyAnchor(jws: string, keys: ReadonlyMap<string, CryptoKey>): Promise<VerifiedLine<Anchor>> {
  return verifyLine(ANCHOR, jws, keys);
}

/**
 * Reads the last anchor of a chain, without verifying its signature: a forged one can hide entries from
 * whoever reads the chain, and verifyRecord says so.
 * @returns the anchor, null where nothing was ever removed, and the bytes up to the last finished line
 * @throws RecordError BROKEN where the last finished line is no anchor of this shape
 */
export async function lastAnchor(chainFolder: string): Promise<LastLine<Anchor>> {
  try {
    return await lastLine(ANCHOR, join(chainFolder, ANCHORS));
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    throw new RecordError('BROKEN', 'the last anchor of the chain cannot be read', { segment: ANCHORS, cause });
  }
}

/**
 * Numbers of a chain's segments that stand, ascending. One that an anchor says is removed does not
 * count, though a kill may have left its file.
 * @throws RecordError as {@link lastAnchor}
 */
export async function standingSegments(chainFolder: string): Promise<number[]> {
  // In this order: what is removed meanwhile is then stated by the anchor, and does not seem to be missing.
  const numbers = await segmentsIn(chainFolder);
  const { last } = await lastAnchor(chainFolder);
  return numbers.filter((number) => number > (last?.segment ?? 0));
}
