/** A copy of everything only this installation has, made while the gateway runs. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { ANCHORS, CHECKPOINTS, chainsIn, segmentName, segmentsIn } from '../audit/folders.js';
import type { SigningKey } from '../audit/signing-key.js';
import { type Verification, verifyRecord } from '../audit/verify.js';
import { copySqliteStore } from '../store/copy.js';
import { copyFile, digestOf, type FileDigest, finishedBytes } from './copy.js';
import { BackupFault } from './fault.js';
import { encryptKeys } from './keys.js';
import { CONTROL, KEYS, type Manifest, writeManifest } from './manifest.js';

/** What is backed up, and where to. */
export interface BackupOptions {
  /** Made where missing, mode 0700; must be empty. */
  readonly to: string;
  readonly instance: string;
  readonly recordFolder: string;
  readonly keyFolder: string;
  /** SQLite file of the control store; null where it is on a server, which has its own means. */
  readonly controlFile: string | null;
  /** Encrypts the keys; null: they are left out. */
  readonly passphrase: Uint8Array | null;
  readonly signingKey: SigningKey;
  /** Public keys that sealed the record before the present one. */
  readonly earlierKeys: readonly JWK[];
  /** ms since the epoch. */
  readonly now: () => number;
}

/** A backup that was made. */
export interface MadeBackup {
  readonly manifest: Manifest;
  /** Of the copy. */
  readonly verification: Verification;
}

/**
 * Makes a backup and verifies the record in it. One whose record is broken is made all the same: it is what there is.
 * @throws BackupFault NOT_EMPTY; errors of the file system as they are: the folder then holds no backup
 */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { to, instance, signingKey, controlFile, passphrase } = options;
  await mkdir(to, { recursive: true, mode: 0o700 });
  if ((await readdir(to)).length > 0) throw new BackupFault('NOT_EMPTY', `${to} is not empty`);
  const made = new Date(options.now()).toISOString();
  const files: Manifest['files'] = [];
  const add = (path: string, digest: FileDigest) => files.push({ path, ...digest });
  if (controlFile !== null) {
    await copySqliteStore(controlFile, join(to, CONTROL));
    add(CONTROL, await digestOf(join(to, CONTROL)));
  }
  await mkdir(join(to, 'record'), { mode: 0o700 });
  for (const chain of await chainsIn(options.recordFolder)) await copyChain(options.recordFolder, chain, to, add);
  if (passphrase !== null) {
    await writeFile(join(to, KEYS), await encryptKeys(options.keyFolder, passphrase), {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    add(KEYS, await digestOf(join(to, KEYS)));
  }
  const publicKeys = [signingKey.publicJwk, ...options.earlierKeys];
  const verification = await verifyRecord(join(to, 'record'), publicKeys);
  const chains =
    verification.state === 'INTACT' ? verification.chains.map(({ chain, head }) => ({ chain, ...head })) : [];
  const manifest: Manifest = {
    version: 1,
    made,
    instance,
    control: controlFile === null ? 'SERVER' : 'SQLITE',
    files,
    record: { state: verification.state, chains },
    publicKeys: publicKeys.map(({ kty = '', crv, x, kid }) => ({ kty, ...(crv && { crv }), ...(x && { x }), kid })),
  };
  await writeManifest(to, manifest, signingKey);
  return { manifest, verification };
}

/**
 * Copies a chain that may be written and pruned meanwhile: checkpoints first, so that all they seal is in the copy;
 * anchors last, so that they state what was removed before it could be copied.
 */
async function copyChain(
  recordFolder: string,
  chain: string,
  to: string,
  add: (path: string, digest: FileDigest) => void,
): Promise<void> {
  const copy = async (name: string): Promise<void> => {
    const from = join(recordFolder, chain, name);
    const path = `record/${chain}/${name}`;
    try {
      add(path, await copyFile(from, join(to, path), await finishedBytes(from)));
    } catch (error) {
      // Never written, or removed meanwhile: that the copy is whole all the same is for verification to say.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await rm(join(to, path), { force: true });
    }
  };
  await copy(CHECKPOINTS);
  for (const number of await segmentsIn(join(recordFolder, chain))) await copy(segmentName(number));
  await copy(ANCHORS);
}
