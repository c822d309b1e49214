/** Where an installation keeps its files, and where it answers. */
import { isIPv6 } from 'node:net';
import { join, resolve } from 'node:path';
import type { Config } from './config.js';
import { isServer } from './database-url.js';
import { PACKAGE_ROOT } from './package-root.js';
import type { ThreadOptions } from './records/record-search.js';

/** Folder of the record. */
export function recordFolder(config: Config): string {
  return join(config.data, 'record');
}

/** Where the index of the record lies; it can be deleted at any time. */
export function recordSearchOptions(config: Config): ThreadOptions {
  const { data, utcOffsetMinutes } = config;
  return { file: join(data, 'record-index.sqlite'), folder: recordFolder(config), utcOffsetMinutes };
}

/** Folder of keys. Who reads it can sign records and mint development tokens. */
export function keyFolder(config: Config): string {
  return join(config.data, 'keys');
}

/** Key of the record's pseudonyms. */
export function pseudonymKeyFile(config: Config): string {
  return join(keyFolder(config), 'subject-pseudonym.key');
}

/** Folder of the seasons run from the console. Who reads it sees lists of applicants and what was said of them. */
export function seasonFolder(config: Config): string {
  return join(config.data, 'seasons');
}

/** Folder of the log's files; null where the log goes to standard output. */
export function logFolder({ log, data }: Pick<Config, 'log' | 'data'>): string | null {
  return log.folder === undefined ? null : resolve(data, log.folder);
}

/** Folder of the matters. */
export function matterFolder({ matters, data }: Pick<Config, 'matters' | 'data'>): string {
  return matters === undefined ? join(PACKAGE_ROOT, 'matters') : resolve(data, matters);
}

/** SQLite file of the control store; null where it is on a server. */
export function controlFile({ control, data }: Pick<Config, 'control' | 'data'>): string | null {
  return isServer(control) ? null : resolve(data, control);
}

/** Where the configured gateway listens. */
export function listeningUrl({ tls, host, port }: Pick<Config, 'tls' | 'host' | 'port'>): string {
  return `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Where applications ask, as they see it. */
export function graphqlUrl(config: Config): string {
  return `${(config.publicUrl ?? listeningUrl(config)).replace(/\/+$/, '')}/graphql`;
}
