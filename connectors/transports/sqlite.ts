/** SQLite through better-sqlite3: the embedded city, and departments that deliver a file. */
import BetterSqlite3 from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { SourceFault } from '../../src/errors.js';
import type { RawRow } from '../definition.js';
import { type Database, errorCode } from './database.js';

/** Prepared statements kept for one database; the least used one is dropped beyond it. */
const MAX_STATEMENTS = 500;

/**
 * Opens an existing file for reading. The driver is synchronous: a SELECT holds the event loop, and
 * a deadline is noticed between statements, not within one.
 * @param path file; it must exist
 * @throws the driver's error where the file cannot be opened or is no database
 */
export function openSqlite(path: string): Database {
  const connection = open(path);
  const statements = new LRUCache<string, BetterSqlite3.Statement<unknown[], RawRow>>({ max: MAX_STATEMENTS });
  return {
    dialect: 'sqlite',
    async select(sql, binds) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = connection.prepare<unknown[], RawRow>(sql);
        statements.set(sql, statement);
      }
      return statement.all(...binds);
    },
    faultOf,
    async close() {
      connection.close();
    },
  };
}

function open(path: string): BetterSqlite3.Database {
  const connection = new BetterSqlite3(path, { fileMustExist: true });
  try {
    connection.pragma('query_only = 1');
    // The file itself is not looked at before something is read of it.
    connection.pragma('schema_version');
    // Integers come as bigint: none loses digits.
    connection.defaultSafeIntegers(true);
    return connection;
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

function faultOf(error: unknown): SourceFault {
  const code = errorCode(error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'OVERLOADED';
  // SQLITE_ERROR is a table or column that is not there.
  if (code === 'SQLITE_ERROR' || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'GARBLED';
  return 'UNREACHABLE';
}
