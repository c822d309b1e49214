/** What `doctor` finds of the files that hold secrets. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.js';
import { keyFolder } from '../places.js';

/** Where a container engine mounts secrets for one container alone; their modes are the engine's. */
const MOUNTED = '/run/secrets/';

/** The files of the configuration that hold secrets. */
function named(config: Config): string[] {
  const { departments, controlPasswordFile, tls, console: page, webhooks, notices, reminders, events, data } = config;
  const ofDepartments = Object.values(departments).flatMap((department) => [
    'passwordFile' in department ? department.passwordFile : undefined,
    'tokenFile' in department ? department.tokenFile : undefined,
    ...(department.peers ?? []).flatMap(({ tokenFile, credential }) => [tokenFile, credential?.keyFile]),
  ]);
  const ofMessages = [...webhooks, ...notices, ...reminders.channels, ...events].map((told) =>
    'secretFile' in told ? told.secretFile : undefined,
  );
  const ofConsole = [page.signIn?.clientSecretFile, ...page.seasons.map(({ tokenFile }) => tokenFile)];
  return [...ofDepartments, controlPasswordFile, tls?.keyFile, ...ofMessages, ...ofConsole].flatMap((file) =>
    file === undefined ? [] : [resolve(data, file)],
  );
}

/** The files of the key folder, however deep. */
function keys(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Examines that nobody but their owner can read or change the files with secrets. Does NOT look at the folders they lie in,
 * nor at who the owner is.
 * @returns what is well
 * @throws Error with the files that others can read, or the system's where one is missing
 */
export function examineSecretFiles(config: Config): string {
  const files = [...keys(keyFolder(config)), ...named(config)];
  if (process.platform === 'win32') return `${files.length} files, modes are not told here`;
  const open = files.filter((file) => !file.startsWith(MOUNTED) && (statSync(file).mode & 0o077) !== 0);
  if (open.length > 0) throw new Error(`open to others than their owner: ${open.join(', ')}`);
  return `${files.length} files, each for its owner only`;
}
