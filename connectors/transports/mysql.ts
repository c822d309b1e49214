/** MariaDB and MySQL through mysql2, with prepared statements. */
import { createPool, type PoolConnection, type RowDataPacket } from 'mysql2';
import { Overdue } from '../../src/domain/overdue.js';
import type { SourceFault } from '../../src/errors.js';
import { type Bind, type Database, errorCode } from './database.js';

/** How to reach one department's database. */
export interface MysqlOptions {
  /** `mysql://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most. Default 8. One connection runs one statement at a time; further ones wait. */
  readonly connections?: number;
  /** Longest a connection may take to stand, milliseconds. Default 3000; then `TIMEOUT`. */
  readonly connectTimeout?: number;
  /** Longest the server works on one statement, milliseconds. Default 10000; then it ends it itself: `TIMEOUT`. */
  readonly statementTimeout?: number;
}

/**
 * How much longer than its statement's deadline a connection may be silent, milliseconds. The server ends a statement
 * itself, so that whatever comes later than this will not come: the way to the server is cut.
 */
const SILENCE = 500;
/** Longest wait for the server to say goodbye, milliseconds. */
const GOODBYE = 1000;
/** Statements waiting for a connection at most; beyond it `OVERLOADED`. */
const MAX_WAITING = 1000;
/** Prepared statements kept for one connection; the least used one is dropped beyond it. */
const MAX_STATEMENTS = 500;

/** Errors of time: connecting, or the server's own statement deadline (MySQL, MariaDB). */
const TIMEOUTS = new Set(['ETIMEDOUT', 'PROTOCOL_SEQUENCE_TIMEOUT', 'ER_QUERY_TIMEOUT']);
/** MariaDB's ER_STATEMENT_TIMEOUT, which the driver has no name for. */
const STATEMENT_TIMEOUT = 1969;
const OVERLOADS = new Set(['ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED']);
/** Errors of a database that is not the one the queries were written for. */
const STRANGERS = new Set(['ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR', 'ER_PARSE_ERROR', 'ER_MALFORMED_PACKET']);

/** A statement that a server works on. */
interface Asked {
  readonly connection: PoolConnection;
  readonly told: (error: Error | null, found: RowDataPacket[]) => void;
}

/** A connection on which the server fell silent. */
class Silent extends Error {
  readonly code = 'ETIMEDOUT';
}

/**
 * A pool of connections, opened when first needed; each is set to read only and to the statement
 * deadline. A statement nobody waits for any more runs on until it ends or meets that deadline, and keeps
 * its connection until then; a connection that is silent for longer is given up. One that nobody waits for before it
 * has a connection is not begun.
 */
export function connectMysql(options: MysqlOptions): Database {
  const statementTimeout = options.statementTimeout ?? 10_000;
  const pool = createPool({
    uri: options.url,
    connectionLimit: options.connections ?? 8,
    connectTimeout: options.connectTimeout ?? 3000,
    queueLimit: MAX_WAITING,
    maxPreparedStatements: MAX_STATEMENTS,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    enableKeepAlive: true,
  });
  const standing = new Set<PoolConnection>();
  pool.on('connection', (connection) => {
    standing.add(connection);
    connection.once('end', () => standing.delete(connection));
    connection.once('error', () => standing.delete(connection));
    // One text for both servers: each reads only its own kind of comment.
    const deadline = `SET SESSION /*M! max_statement_time = ${statementTimeout / 1000} */ /*!50708 max_execution_time = ${statementTimeout} */`;
    const destroyOnError = (error: unknown) => {
      if (error !== null) giveUp(connection);
    };
    connection.query(deadline, destroyOnError);
    connection.query('SET SESSION TRANSACTION READ ONLY', destroyOnError);
  });

  function giveUp(connection: PoolConnection): void {
    standing.delete(connection);
    connection.destroy();
  }

  const asked = new Overdue<Asked>(statementTimeout + SILENCE, ({ connection, told }) => {
    giveUp(connection);
    told(new Silent('the server fell silent'), []);
  });

  function execute(connection: PoolConnection, sql: string, binds: readonly Bind[], told: Asked['told']): void {
    const statement = { connection, told };
    asked.begin(statement);
    const ended = connection.execute<RowDataPacket[]>(sql, [...binds], (error, found) => {
      asked.end(statement);
      told(error, found);
    });
    ended.once('end', () => connection.release());
  }

  return {
    dialect: 'mysql',
    // The driver's promises capture a stack for each statement; its callbacks cost nothing.
    select: (sql, binds, deadline) =>
      new Promise((resolve, reject) => {
        pool.getConnection((refused, connection) => {
          if (refused !== null) {
            reject(refused);
          } else if (deadline?.passed === true) {
            connection.release();
            reject(new Silent('nobody waits any more'));
          } else {
            execute(connection, sql, binds, (error, found) => (error === null ? resolve(found) : reject(error)));
          }
        });
      }),
    faultOf,
    close: () =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          for (const connection of standing) connection.destroy();
          asked.close();
          resolve();
        }, GOODBYE);
        pool.end((error) => {
          clearTimeout(late);
          asked.close();
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}

function faultOf(error: unknown): SourceFault {
  const code = errorCode(error);
  if (TIMEOUTS.has(code) || errorNumber(error) === STATEMENT_TIMEOUT) return 'TIMEOUT';
  if (OVERLOADS.has(code) || (error instanceof Error && error.message === 'Queue limit reached.')) return 'OVERLOADED';
  return STRANGERS.has(code) ? 'GARBLED' : 'UNREACHABLE';
}

function errorNumber(error: unknown): unknown {
  return error instanceof Error && 'errno' in error ? error.errno : undefined;
}
