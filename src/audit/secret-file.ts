import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RecordError } from './errors.js';
import { nodeFiles } from './files.js';

/**
 * Reads a secret's file, or creates it durably with mode 0600 at first use; of two processes that
 * create it at once, both get the one that came first. It does not check who owns the file or who
 * may enter its folder.
 * @param path the folder is created with mode 0700 where missing
 * @param create makes the contents
 * @throws RecordError UNFIT where others than the owner may read or write the file (not on Windows)
 */
export async function loadOrCreateSecret(path: string, create: () => Promise<Uint8Array>): Promise<Buffer> {
  if (!(await exists(path))) {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const own = `${path}.${randomUUID()}`;
    try {
      await writeFile(own, await create(), { flag: 'wx', mode: 0o600, flush: true });
      // A link, unlike a rename, leaves standing what another process created meanwhile.
      await link(own, path);
      await nodeFiles.syncFolder(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(own, { force: true });
    }
  }
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new RecordError('UNFIT', `${path} is open to others than its owner: chmod 600`);
  }
  return await readFile(path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
