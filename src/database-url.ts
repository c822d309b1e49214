/** URLs of databases whose passwords stand in files of their own. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** How a configuration names a database. */
export interface NamedDatabase {
  /** `mysql://user@host:port/database`, or a SQLite file. */
  readonly url: string;
  /** File that holds the password, relative to the data folder; the line break at its end does not count. */
  readonly passwordFile?: string | undefined;
}

/** Whether it is a database server, not a file. */
export function isServer(url: string): boolean {
  return url.startsWith('mysql:');
}

/** Whether a password stands in the URL itself: before its host, or as an option of the driver. */
export function holdsPassword(url: string): boolean {
  if (!isServer(url) || !URL.canParse(url)) return false;
  const { password, searchParams } = new URL(url);
  return password !== '' || [...searchParams.keys()].some((name) => /^pass(word|wd)?\d*$/i.test(name));
}

/** What is wrong with how a database is named; empty where nothing is. @param production no password in the configuration */
export function databaseFaults({ url, passwordFile }: NamedDatabase, production: boolean): string[] {
  if (isServer(url) && !URL.canParse(url)) return ['not a URL'];
  if (!isServer(url) && url.includes('://')) return ['takes mysql://…, for MariaDB too, or a SQLite file'];
  if (passwordFile !== undefined && !isServer(url)) return ['a file has no password'];
  if (!holdsPassword(url)) return [];
  if (passwordFile !== undefined) return ['has a password already, beside the one in the file'];
  return production ? ['holds a password, which production takes only from a file (passwordFile)'] : [];
}

/**
 * The URL with its password.
 * @param folder where a relative `passwordFile` is looked for
 * @throws the system's error where the file cannot be read; TypeError where it is empty
 */
export function databaseUrl({ url, passwordFile }: NamedDatabase, folder: string): string {
  if (passwordFile === undefined) return url;
  const path = resolve(folder, passwordFile);
  const password = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  if (password === '') throw new TypeError(`${path} holds no password`);
  const whole = new URL(url);
  whole.password = encodeURIComponent(password);
  return whole.href;
}
