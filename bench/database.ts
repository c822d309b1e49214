/** The benchmark's database server: its process, its counters, and how durable its commits are. */
import { existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Buffer pool of the server while contestants are timed, at most; a quarter of the machine's memory where that is less. */
const BUFFER_BYTES = 4 * 2 ** 30;

/** Statements the server has run since it began. */
export interface Statements {
  /** `Com_select`: SELECTs, prepared or not. */
  readonly selects: number;
  /** `Com_insert`: what records write. */
  readonly inserts: number;
}

/** A database server. */
export interface DatabaseServer {
  readonly version: string;
  /** Its process on this machine; null where it runs elsewhere or cannot be found: then its CPU time is not measured. */
  readonly pid: number | null;
  statements(): Promise<Statements>;
  /** Makes a database where it is missing. */
  ensureDatabase(name: string): Promise<void>;
  /**
   * Has every commit reach the disk (`innodb_flush_log_at_trx_commit = 1`), keeps the city in memory as a
   * department's server would ({@link BUFFER_BYTES}), and lets all contestants be connected at once.
   * @returns what to put the server's settings back with
   */
  prepare(connections: number): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

async function variable(connection: Connection, name: string): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES WHERE Variable_name = ?', [name]);
  return String(rows[0]?.Value ?? '');
}

async function findProcess(connection: Connection): Promise<number | null> {
  const file = await variable(connection, 'pid_file');
  const path = isAbsolute(file) ? file : join(await variable(connection, 'datadir'), file);
  if (!existsSync(path)) return null;
  const pid = Number(readFileSync(path, 'utf8').trim());
  return existsSync(`/proc/${pid}`) ? pid : null;
}

/** Connects to a server. @param url `mysql://user:password@host:port`, a user who may create databases */
export async function openDatabaseServer(url: string): Promise<DatabaseServer> {
  const connection = await createConnection(url);
  const version = await variable(connection, 'version');
  const pid = await findProcess(connection);
  return {
    version,
    pid,
    async statements() {
      const [rows] = await connection.query<RowDataPacket[]>(
        "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_select', 'Com_insert')",
      );
      const count = (name: string) => Number(rows.find((row) => row.Variable_name === name)?.Value ?? 0);
      return { selects: count('Com_select'), inserts: count('Com_insert') };
    },
    async ensureDatabase(name) {
      await connection.query(`CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    },
    async prepare(connections) {
      const buffer = Math.min(BUFFER_BYTES, totalmem() / 4);
      const settings = [
        ['innodb_flush_log_at_trx_commit', 1],
        ['innodb_buffer_pool_size', Math.max(buffer, Number(await variable(connection, 'innodb_buffer_pool_size')))],
        ['max_connections', Math.max(connections, Number(await variable(connection, 'max_connections')))],
      ] as const;
      const before: [string, number][] = [];
      for (const [name, value] of settings) {
        before.push([name, Number(await variable(connection, name))]);
        await connection.query(`SET GLOBAL ${name} = ${value}`);
      }
      return async () => {
        for (const [name, value] of before) await connection.query(`SET GLOBAL ${name} = ${value}`);
      };
    },
    close: () => connection.end(),
  };
}
