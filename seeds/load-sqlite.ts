/** The city as five SQLite files, written under another name and moved into place when complete. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import type { TableDefinition } from '../connectors/contract.js';
import { createTableStatements } from '../connectors/transports/create-tables.js';
import { CITY_DATABASES, rowsOf } from './rows.js';
import { splitStatements } from './statements.js';
import type { CityRecord, CityWriter } from './target.js';

/** States that the files beside it are a complete city. Written last, removed first. */
const RECORD = 'city.json';

const record = z.object({
  version: z.number().int(),
  residents: z.number().int(),
  seed: z.number().int(),
  asOf: z.string(),
});

/** Path of a department's database in the city's folder. */
export function sqlitePath(folder: string, database: string): string {
  return join(folder, `${database}.sqlite`);
}

interface OpenFile {
  readonly connection: Sqlite.Database;
  readonly inserts: readonly { readonly table: TableDefinition; readonly statement: Sqlite.Statement }[];
  readonly indexes: readonly string[];
  readonly partial: string;
  readonly path: string;
}

/** Makes the files `<folder>/<department>.sqlite.partial` with their tables. */
export function openSqlite(folder: string): CityWriter {
  mkdirSync(folder, { recursive: true });
  const files: OpenFile[] = [];
  const close = () => {
    for (const { connection, partial } of files) {
      connection.close();
      rmSync(partial, { force: true });
    }
  };
  try {
    for (const { name, tables } of CITY_DATABASES) files.push(openFile(sqlitePath(folder, name), tables));
  } catch (cause) {
    close();
    throw cause;
  }
  return {
    write(rows) {
      for (const { connection, inserts } of files) {
        connection.exec('BEGIN');
        for (const { table, statement } of inserts) for (const row of rowsOf(rows, table.name)) statement.run(row);
        connection.exec('COMMIT');
      }
      return Promise.resolve();
    },
    complete(city) {
      for (const { connection, indexes, partial } of files) {
        for (const statement of indexes) connection.exec(statement);
        connection.exec('ANALYZE');
        connection.close();
        flush(partial);
      }
      rmSync(join(folder, RECORD), { force: true });
      for (const { partial, path } of files) {
        for (const leftover of [`${path}-wal`, `${path}-shm`, `${path}-journal`]) rmSync(leftover, { force: true });
        renameSync(partial, path);
      }
      const partialRecord = join(folder, `${RECORD}.partial`);
      writeFileSync(partialRecord, `${JSON.stringify(city, null, 2)}\n`);
      flush(partialRecord);
      renameSync(partialRecord, join(folder, RECORD));
      return Promise.resolve();
    },
    close() {
      close();
      return Promise.resolve();
    },
  };
}

function openFile(path: string, tables: readonly TableDefinition[]): OpenFile {
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  const connection = new Sqlite(partial);
  // No journal: a load that dies leaves a .partial file, which the next one throws away.
  connection.pragma('journal_mode = OFF');
  connection.pragma('synchronous = OFF');
  const { tables: creating, indexes } = splitStatements(createTableStatements(tables, 'sqlite'));
  for (const statement of creating) connection.exec(statement);
  const inserts = tables.map((table) => {
    const columns = Object.keys(table.columns);
    const places = columns.map((column) => `@${column}`);
    const text = `INSERT INTO "${table.name}" ("${columns.join('","')}") VALUES (${places.join(',')})`;
    return { table, statement: connection.prepare(text) };
  });
  return { connection, inserts, indexes, partial, path };
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The record of a complete city in the folder; null where there is none.
 * @throws SyntaxError or ZodError where `city.json` is not a record
 */
export function readSqliteCity(folder: string): CityRecord | null {
  const path = join(folder, RECORD);
  return existsSync(path) ? record.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}
