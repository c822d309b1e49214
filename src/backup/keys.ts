/** Keys leave the machine encrypted only: one compact JWE that any JOSE library opens with the passphrase. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import { z } from 'zod';
import { BackupFault } from './fault.js';

/** Shortest passphrase, characters: it must not be one that a person chose. `openssl rand -hex 32` makes one. */
const SHORTEST_PASSPHRASE = 32;

/** Iterations of PBKDF2. Of little weight for a random passphrase of that length, and cheap. */
const ITERATIONS = 100_000;

const bundleShape = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/),
  z.base64(),
);

/** Reads a passphrase from its file. @throws BackupFault PASSPHRASE where it is shorter than 32 characters */
export async function readPassphrase(file: string): Promise<Buffer> {
  const text = (await readFile(file, 'utf8')).trim();
  if (text.length < SHORTEST_PASSPHRASE) {
    throw new BackupFault('PASSPHRASE', `${file}: a passphrase has at least ${SHORTEST_PASSPHRASE} characters`);
  }
  return Buffer.from(text);
}

/**
 * Encrypts every file of the key folder, of folders in it too: compact JWE (RFC 7516), PBES2-HS512+A256KW and
 * A256GCM, of a JSON object from path to contents in base64.
 */
export async function encryptKeys(folder: string, passphrase: Uint8Array): Promise<string> {
  const bundle: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    bundle[relative(folder, path)] = (await readFile(path)).toString('base64');
  }
  return await new CompactEncrypt(Buffer.from(JSON.stringify(bundleShape.parse(bundle))))
    .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', typ: 'mianzheng-keys+jwe' })
    .setKeyManagementParameters({ p2c: ITERATIONS })
    .encrypt(passphrase);
}

/**
 * Decrypts what {@link encryptKeys} made, and writes it with modes 0600 and 0700.
 * @throws BackupFault PASSPHRASE where it is another one, or the text was changed
 */
export async function decryptKeys(jwe: string, passphrase: Uint8Array, folder: string): Promise<void> {
  const bundle = await opened(jwe, passphrase);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [path, contents] of Object.entries(bundle)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, Buffer.from(contents, 'base64'), { flag: 'wx', mode: 0o600, flush: true });
    // The umask must not decide.
    await chmod(target, 0o600);
  }
}

async function opened(jwe: string, passphrase: Uint8Array): Promise<Readonly<Record<string, string>>> {
  try {
    const { plaintext } = await compactDecrypt(jwe, passphrase, {
      keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: ITERATIONS,
    });
    return bundleShape.parse(JSON.parse(Buffer.from(plaintext).toString('utf8')));
  } catch (error) {
    if (!(error instanceof errors.JOSEError || error instanceof z.ZodError)) throw error;
    // The cause is left out: it may quote what was decrypted.
    throw new BackupFault('PASSPHRASE', 'the keys cannot be decrypted: another passphrase, or the file was changed');
  }
}
