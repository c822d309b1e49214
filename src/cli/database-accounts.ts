/** What `doctor` finds of the accounts that the gateway has at databases. */
import { examineMysqlAccount } from '../../connectors/transports/mysql-account.js';
import type { Config } from '../config.js';
import { databaseUrl, isServer, type NamedDatabase } from '../database-url.js';

/** A database server in the configuration. */
export interface DatabaseAccount {
  /** `department household` or `control store`. */
  readonly name: string;
  readonly database: NamedDatabase;
  /** Whether the account may only read. */
  readonly readOnly: boolean;
}

/** Names and addresses of this machine, as a URL holds them. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The database servers of the configuration. */
export function databaseServers(config: Pick<Config, 'control' | 'controlPasswordFile' | 'departments'>) {
  const departments = Object.entries(config.departments).flatMap(([name, department]): DatabaseAccount[] =>
    department.transport === 'sql' ? [{ name: `department ${name}`, database: department, readOnly: true }] : [],
  );
  const control = { url: config.control, passwordFile: config.controlPasswordFile };
  const all: DatabaseAccount[] = [...departments, { name: 'control store', database: control, readOnly: false }];
  return all.filter(({ database }) => isServer(database.url));
}

/** A driver's error by its code: its text may name more. */
function withoutWords(error: unknown): Error {
  const { code } = error as { readonly code?: unknown };
  return new Error(typeof code === 'string' ? code : 'the server did not answer');
}

/**
 * Examines an account.
 * @param folder where a relative `passwordFile` is looked for
 * @returns what is well
 * @throws Error with what is not: an account of a department that may do more than read, or a connection that leaves this
 *   machine unencrypted
 */
export async function examineAccount({ database, readOnly }: DatabaseAccount, folder: string): Promise<string> {
  const url = databaseUrl(database, folder);
  const { beyondReading, encrypted } = await examineMysqlAccount(url).catch((error: unknown) => {
    throw withoutWords(error);
  });
  const local = LOOPBACK.test(new URL(url).hostname);
  const faults = [
    ...(readOnly && beyondReading.length > 0 ? [`may do more than SELECT: ${beyondReading.join('; ')}`] : []),
    ...(encrypted || local ? [] : ['the connection is not encrypted, and leaves this machine']),
  ];
  if (faults.length > 0) throw new Error(faults.join('; '));
  return [readOnly ? 'may only read' : 'answers', encrypted ? 'TLS' : 'on this machine'].join(', ');
}
