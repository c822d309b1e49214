import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordError } from './errors.js';

/**
 * The lock is the file `lock.<n>` of the highest n; it names its holder's process. Whoever finds it
 * released or its holder ended creates n + 1, which the file system grants to one only. The highest
 * is never removed, so nobody who was slow can take away a lock taken meanwhile.
 */
const LOCK = /^lock\.([1-9]\d*)$/;
const ATTEMPTS = 100;

/** Folders this process holds: a lock that names our pid for another folder is of an earlier life. */
const held = new Set<string>();

/**
 * Takes the lock of a chain's folder: one writer per chain on one machine. The lock of a process
 * that has ended is taken over. It does not keep out processes on other machines or in other
 * process-id namespaces that share the folder: give each gateway its own chain.
 * @returns releases the lock
 * @throws RecordError LOCKED while another living process, or this one, holds it
 */
export async function lockChain(chainFolder: string, chain: string): Promise<() => Promise<void>> {
  const folder = await realpath(chainFolder);
  const locked = () => new RecordError('LOCKED', `chain ${chain} is being written by another process`, { chain });
  if (held.has(folder)) throw locked();
  held.add(folder);
  try {
    const path = await take(folder, locked);
    return async () => {
      await written(folder, { pid: null, started: null }, (own) => rename(own, path));
      held.delete(folder);
    };
  } catch (error) {
    held.delete(folder);
    throw error;
  }
}

async function take(folder: string, locked: () => Error): Promise<string> {
  return await written(folder, { pid: process.pid, started: await startOf(process.pid) }, async (own) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = Math.max(0, ...(await numbersIn(folder)));
      // Our own pid is an earlier life's: `held` has kept out this one.
      if (before > 0 && (await isLiving(join(folder, `lock.${before}`), () => false))) throw locked();
      const path = join(folder, `lock.${before + 1}`);
      if (!(await linked(own, path))) continue;
      const numbers = await numbersIn(folder);
      if (Math.max(...numbers) === before + 1) {
        for (const number of numbers) if (number <= before) await rm(join(folder, `lock.${number}`), { force: true });
        return path;
      }
      // Others have taken, released and tidied away the number we were about to take.
      await rm(path, { force: true });
    }
    throw locked();
  });
}

/** Whether a living process writes the chain in this folder. */
export async function isChainWritten(chainFolder: string): Promise<boolean> {
  const folder = await realpath(chainFolder);
  const last = Math.max(0, ...(await numbersIn(folder)));
  const own = await startOf(process.pid);
  // Threads of one process do not share `held`: what another of them holds is told by the start.
  const ours = (started: string | null) => held.has(folder) || started === own;
  return last > 0 && (await isLiving(join(folder, `lock.${last}`), ours));
}

/** @param ours whether a lock that names this process's id, and this start, is held */
async function isLiving(path: string, ours: (started: string | null) => boolean): Promise<boolean> {
  const { pid, started } = parsed((await unlessMissing(readFile(path, 'utf8'))) ?? '');
  if (pid === null) return false;
  if (pid === process.pid) return ours(started);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // A process id is used again; its start then differs.
  const start = await startOf(pid);
  return started === null || start === null || started === start;
}

/** Writes a holder to a file of its own, so that it takes its place at once and whole. */
async function written<T>(
  folder: string,
  holder: { pid: number | null; started: string | null },
  place: (own: string) => Promise<T>,
): Promise<T> {
  const own = join(folder, `lock.${randomUUID()}`);
  try {
    await writeFile(own, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 });
    return await place(own);
  } finally {
    await rm(own, { force: true });
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  const numbers = (await readdir(folder)).map((name) => Number(LOCK.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0);
}

function parsed(text: string): { pid: number | null; started: string | null } {
  const match = /^\{"pid":(\d+),"started":(?:"(\d+)"|null)\}\n$/.exec(text);
  return { pid: match?.[1] === undefined ? null : Number(match[1]), started: match?.[2] ?? null };
}

/** Start of a process in clock ticks since boot (proc(5), stat field 22); null where there is no /proc. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await unlessMissing(readFile(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function unlessMissing<T>(attempt: Promise<T>): Promise<T | null> {
  try {
    return await attempt;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
