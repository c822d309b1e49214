/** Puts a backup into an empty data folder, and proves what it put there. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { JWK } from 'jose';
import { signingPublicKeys } from '../audit/signing-key.js';
import { type Verification, verifyRecord } from '../audit/verify.js';
import { copyFile, digestOf } from './copy.js';
import { BackupFault } from './fault.js';
import { decryptKeys } from './keys.js';
import { CONTROL, isSigned, KEYS, MANIFEST, type Manifest, readManifest, SIGNATURE } from './manifest.js';

/** What is restored, and where to. */
export interface RestoreOptions {
  readonly from: string;
  /** The data folder; must be empty or missing. */
  readonly data: string;
  readonly recordFolder: string;
  readonly keyFolder: string;
  /** Where a control store on SQLite belongs; null where the configuration names a server. */
  readonly controlFile: string | null;
  /** What the keys were encrypted with; null: they are not restored. */
  readonly passphrase: Uint8Array | null;
  /** Public keys of the installation as known from elsewhere; empty: the restored key, else the backup's own word. */
  readonly trustedKeys: readonly JWK[];
}

/** A backup that was restored. */
export interface RestoredBackup {
  readonly manifest: Manifest;
  readonly verification: Verification;
  /** By what the manifest's signature was held: `BACKUP` proves only that it fits itself. */
  readonly trust: 'GIVEN_KEYS' | 'RESTORED_KEY' | 'BACKUP';
  readonly keys: boolean;
  readonly control: boolean;
}

/**
 * Restores a backup. Every file is checked against the manifest before and after it is copied, and the record is
 * verified in its new place and compared with what the manifest says of it. Where anything is wrong the data folder
 * is emptied again.
 * @throws BackupFault NOT_EMPTY, NO_BACKUP, CHANGED, PASSPHRASE
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoredBackup> {
  const { from, data } = options;
  await mkdir(data, { recursive: true, mode: 0o700 });
  if ((await readdir(data)).length > 0) throw new BackupFault('NOT_EMPTY', `${data} is not empty`);
  const manifest = await readManifest(from);
  try {
    return await restore(options, manifest);
  } catch (error) {
    for (const name of await readdir(data)) await rm(join(data, name), { recursive: true });
    throw error;
  }
}

async function restore(options: RestoreOptions, manifest: Manifest): Promise<RestoredBackup> {
  const { from, recordFolder, keyFolder, controlFile, passphrase } = options;
  await checkFiles(from, manifest);
  if (passphrase !== null) {
    if (!manifest.files.some(({ path }) => path === KEYS)) {
      throw new BackupFault('PASSPHRASE', 'the backup was made without keys');
    }
    await decryptKeys(await readFile(join(from, KEYS), 'utf8'), passphrase, keyFolder);
  }
  const { trust, publicKeys } = await trusted(options, manifest);
  if (!(await isSigned(from, publicKeys))) {
    throw new BackupFault('CHANGED', `${MANIFEST} is not what the installation signed`);
  }
  for (const { path, bytes, sha256 } of manifest.files) {
    const to = path === CONTROL ? controlFile : path === KEYS ? null : join(recordFolder, path.slice('record/'.length));
    if (to === null) continue;
    const copied = await copyFile(join(from, path), to);
    if (copied.bytes !== bytes || copied.sha256 !== sha256) {
      throw new BackupFault('CHANGED', `${path} changed while it was copied`);
    }
  }
  await mkdir(recordFolder, { recursive: true, mode: 0o700 });
  const verification = await verifyRecord(recordFolder, [...publicKeys, ...(manifest.publicKeys as readonly JWK[])]);
  checkRecord(manifest, verification);
  const control = controlFile !== null && manifest.control === 'SQLITE';
  return { manifest, verification, trust, keys: passphrase !== null, control };
}

/** Whose signature counts. */
async function trusted(
  { trustedKeys, passphrase, keyFolder }: RestoreOptions,
  manifest: Manifest,
): Promise<{ readonly trust: RestoredBackup['trust']; readonly publicKeys: readonly JWK[] }> {
  if (trustedKeys.length > 0) return { trust: 'GIVEN_KEYS', publicKeys: trustedKeys };
  if (passphrase === null) return { trust: 'BACKUP', publicKeys: manifest.publicKeys as readonly JWK[] };
  return { trust: 'RESTORED_KEY', publicKeys: await signingPublicKeys(keyFolder) };
}

async function checkFiles(from: string, { files }: Manifest): Promise<void> {
  const listed = new Set([MANIFEST, SIGNATURE, ...files.map(({ path }) => path)]);
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name));
    if (!entry.isDirectory() && !listed.has(path)) throw new BackupFault('CHANGED', `${path} is not in ${MANIFEST}`);
  }
  for (const { path, bytes, sha256 } of files) {
    const found = await digestOf(join(from, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new BackupFault('CHANGED', `${path} is missing`);
    });
    if (found.bytes !== bytes || found.sha256 !== sha256) {
      throw new BackupFault('CHANGED', `${path} is not the file that was backed up`);
    }
  }
}

/** The record must be what the manifest says it was; one that was broken then is restored as it is. */
function checkRecord({ record }: Manifest, verification: Verification): void {
  if (record.state === 'BROKEN') return;
  const heads =
    verification.state === 'INTACT' ? verification.chains.map(({ chain, head }) => ({ chain, ...head })) : [];
  if (JSON.stringify(heads) !== JSON.stringify(record.chains)) {
    throw new BackupFault('CHANGED', 'the restored record is not the one that was backed up');
  }
}
