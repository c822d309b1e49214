/** One process writes a journal: a file beside it names which. */
import { open, readFile, rm } from 'node:fs/promises';
import { SeasonFault } from './faults.js';

function isLiving(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Takes the lock of a journal; that of a process which has ended is taken over. It keeps out
 * processes of this machine only.
 * @returns releases the lock
 * @throws SeasonFault IN_USE while another process holds it, JOURNAL where it cannot be written
 */
export async function lockJournal(journal: string): Promise<() => Promise<void>> {
  const lock = `${journal}.lock`;
  try {
    if (!(await take(lock))) {
      const holder = Number(await readFile(lock, 'utf8'));
      if (isLiving(holder)) throw new SeasonFault('IN_USE', `${journal} is being written by process ${holder}`);
      await rm(lock, { force: true });
      if (!(await take(lock))) throw new SeasonFault('IN_USE', `${journal} is being written by another process`);
    }
  } catch (error) {
    if (error instanceof SeasonFault) throw error;
    throw new SeasonFault('JOURNAL', `${lock} cannot be written`, error);
  }
  return () => rm(lock, { force: true });
}
