/** What a backup holds, and the signature that says so. */

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { z } from 'zod';
import { type StatementKind, signLine, verifyLine } from '../audit/signed-lines.js';
import type { SigningKey } from '../audit/signing-key.js';
import { importKeys } from '../audit/verify.js';
import { BackupFault } from './fault.js';

/** File of the manifest in a backup, JSON. */
export const MANIFEST = 'manifest.json';

/** Its signature: a compact JWS over its SHA-256. */
export const SIGNATURE = 'manifest.jws';

/** File of the keys in a backup: a compact JWE, see {@link encryptKeys}. */
export const KEYS = 'keys.jwe';

/** Copy of a control store on SQLite. */
export const CONTROL = 'control.sqlite';

/** Paths in a backup lead nowhere else. */
const PATH = /^(record\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[a-z0-9]+\.jsonl|control\.sqlite|keys\.jwe)$/;

const manifestShape = z.strictObject({
  version: z.literal(1),
  /** ISO 8601 instant at which it was begun. */
  made: z.iso.datetime(),
  instance: z.string(),
  /** The control store's kind; one on a server is not in the backup. */
  control: z.enum(['SQLITE', 'SERVER']),
  /** Every file, by its path in the backup. */
  files: z.array(
    z.strictObject({
      path: z.string().regex(PATH),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** What verification of the copy said. */
  record: z.strictObject({
    state: z.enum(['INTACT', 'BROKEN']),
    /** The last entry of each chain; empty where it is broken. */
    chains: z.array(z.strictObject({ chain: z.string(), seq: z.int().nonnegative(), hash: z.string() })),
  }),
  /** Public keys that sealed the record (Ed25519). */
  publicKeys: z.array(z.looseObject({ kty: z.string(), crv: z.string().optional(), x: z.string().optional() })),
});

/** The contents of {@link MANIFEST}. */
export type Manifest = z.infer<typeof manifestShape>;

const STATEMENT: StatementKind<{ readonly sha256: string }> = {
  type: 'mianzheng-backup+jws',
  shape: z.strictObject({ sha256: z.string() }),
};

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Writes manifest and signature. */
export async function writeManifest(folder: string, manifest: Manifest, key: SigningKey): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const flags = { flag: 'wx', mode: 0o600, flush: true } as const;
  await writeFile(join(folder, MANIFEST), text, flags);
  await writeFile(join(folder, SIGNATURE), `${await signLine(STATEMENT, { sha256: sha256(text) }, key)}\n`, flags);
}

/**
 * Reads a manifest. It does not check who signed it: see {@link isSigned}.
 * @throws BackupFault NO_BACKUP
 */
export async function readManifest(folder: string): Promise<Manifest> {
  try {
    return manifestShape.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
  } catch (cause) {
    throw new BackupFault('NO_BACKUP', `${folder} has no manifest of a backup that this version can read`, cause);
  }
}

/** Whether the manifest is as it was signed with one of these keys. */
export async function isSigned(folder: string, publicKeys: readonly JWK[]): Promise<boolean> {
  const jws = (await readFile(join(folder, SIGNATURE), 'utf8')).trimEnd();
  const verified = await verifyLine(STATEMENT, jws, await importKeys(publicKeys));
  return verified.ok && verified.statement.sha256 === sha256(await readFile(join(folder, MANIFEST)));
}
