/** The control store of the configuration. */
import { mkdirSync } from 'node:fs';
import { RecordError } from './audit/errors.js';
import type { Config } from './config.js';
import { databaseUrl } from './database-url.js';
import { controlFile } from './places.js';
import { type ControlStore, openControlStore } from './store/control-store.js';

/** A gateway cannot be opened, because of something around it; the message says what, and the system's reason. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
}

/** Opens something, and says of a failure what it was that could not be opened. */
export async function opening<T>(what: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    // It says itself what is wrong and where.
    if (error instanceof RecordError) throw error;
    const reasons: string[] = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) reasons.push(at.message);
    throw new StartFault(`${what} cannot be opened: ${reasons.join(': ')}`, { cause: error });
  }
}

/**
 * Does work with a store, and with one of its own only where none is given: two connections of one process to a SQLite
 * file would wait for each other, for SQLite waits with the whole thread.
 */
export async function withStore<T>(
  config: Config,
  given: ControlStore | undefined,
  work: (store: ControlStore) => Promise<T>,
): Promise<T> {
  if (given !== undefined) return work(given);
  const store = await openStore(config);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * Opens the control store of the configuration.
 * @throws StartFault where it does not answer: nothing can be authorized then, so a start does not wait for it
 */
export function openStore(config: Config): Promise<ControlStore> {
  const { control, controlPasswordFile, data } = config;
  return opening('the control store', async () => {
    mkdirSync(data, { recursive: true });
    const file = controlFile(config);
    return openControlStore(file ?? databaseUrl({ url: control, passwordFile: controlPasswordFile }, data));
  });
}
