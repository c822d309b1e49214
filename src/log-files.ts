/** The log in files, one a day, where the configuration names a folder for it. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import { todayIn } from './domain/calendar.js';

const NAME = /^mianzheng-(\d{4}-\d\d-\d\d)\.log$/;

/** How the log is written to files. */
export interface LogFilesOptions {
  /** Created where missing, mode 0700. */
  readonly folder: string;
  /** Difference to UTC that days are reckoned in, minutes. */
  readonly utcOffsetMinutes: number;
  /** ms since the epoch. */
  readonly now: () => number;
}

/**
 * Writes each line to the file of its day, `mianzheng-YYYY-MM-DD.log`, mode 0600; several processes may write to one.
 * A line that the disk does not take goes to standard error: a full disk must not end the gateway.
 */
export function openLogFiles({ folder, utcOffsetMinutes, now }: LogFilesOptions): DestinationStream {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let open: { readonly day: string; readonly file: number } | null = null;
  const fileOf = (day: string): number => {
    if (open?.day === day) return open.file;
    if (open !== null) closeSync(open.file);
    open = null;
    const file = openSync(join(folder, `mianzheng-${day}.log`), 'a', 0o600);
    open = { day, file };
    return file;
  };
  return {
    write(line) {
      try {
        writeSync(fileOf(todayIn(utcOffsetMinutes, now())), line);
      } catch {
        process.stderr.write(line);
      }
    },
  };
}

/** Names of the log files of days before `day`, `YYYY-MM-DD`; other files are passed over. */
export async function expiredLogFiles(folder: string, day: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  return names.filter((name) => (NAME.exec(name)?.[1] ?? day) < day).sort();
}

/** Removes one of them; none is left where another process was faster. */
export async function removeLogFile(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
}
