/** The city as five databases of MariaDB or MySQL. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { TableDefinition } from '../connectors/contract.js';
import { createTableStatements } from '../connectors/transports/create-tables.js';
import { CITY_DATABASES, rowsOf } from './rows.js';
import { InsertText, splitStatements } from './statements.js';
import { type CityRecord, type CityTarget, type CityWriter, SeedTargetError } from './target.js';

type MysqlTarget = Extract<CityTarget, { kind: 'MYSQL' }>;

/** Marks a database as the demonstration city's own and says which city, and whether it is complete. */
const RECORD = 'mianzheng_city';
/** Characters of one INSERT: up to 0.7 MB in UTF-8, well under the servers' default packet of 16 MB and 64 MB. */
const STATEMENT_LENGTH = 250_000;
/** Statements that may wait for one database before the generator is held up. */
const WAITING = 2;
/** Statements of one transaction. */
const STATEMENTS_PER_COMMIT = 16;

/**
 * Names of the five databases, by department.
 * @throws SeedTargetError where the prefix is not letters, digits and `_`, begins with none, or is longer than 40
 */
export function mysqlDatabases(prefix = 'mianzheng_'): ReadonlyMap<string, string> {
  if (!/^[A-Za-z]\w{0,39}$/.test(prefix)) {
    throw new SeedTargetError('databasePrefix: a letter, then letters, digits and _, at most 40');
  }
  return new Map(CITY_DATABASES.map(({ name }) => [name, `${prefix}${name.replaceAll('-', '_')}`]));
}

/** Checks the databases, makes them anew with their tables, and opens one connection to each. */
export async function openMysql(target: MysqlTarget): Promise<CityWriter> {
  const names = mysqlDatabases(target.databasePrefix);
  const server = await connect(target.url);
  const loads: DatabaseLoad[] = [];
  const close = async () => {
    await Promise.all(loads.map((load) => load.close()));
    await server.end();
  };
  try {
    const existing = await databasesAmong(server, [...names.values()]);
    if (target.force !== true) {
      for (const database of existing) await demandOwn(server, database);
    }
    for (const { name, tables } of CITY_DATABASES) {
      const database = names.get(name) ?? name;
      await server.query(`DROP DATABASE IF EXISTS \`${database}\``);
      await server.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
      const load = new DatabaseLoad(await connect(target.url), database, tables);
      loads.push(load);
      await load.open();
    }
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    async write(rows) {
      await Promise.all(loads.map((load) => load.add((table) => rowsOf(rows, table))));
    },
    async complete(city) {
      await Promise.all(loads.map((load) => load.finish()));
      // Only when all five are whole is any of them marked complete.
      for (const load of loads) await load.mark(city);
    },
    close,
  };
}

/** The complete city of the five databases; null where one is missing, incomplete or of another city. */
export async function readMysqlCity(target: MysqlTarget): Promise<CityRecord | null> {
  const names = [...mysqlDatabases(target.databasePrefix).values()];
  const server = await connect(target.url);
  try {
    const records: CityRecord[] = [];
    for (const database of names) {
      if (!(await hasTable(server, database, RECORD))) return null;
      const [rows] = await server.query<RowDataPacket[]>(
        `SELECT version, residents, seed, as_of AS asOf FROM \`${database}\`.${RECORD} WHERE state = 'COMPLETE'`,
      );
      const row = rows[0];
      if (row === undefined) return null;
      records.push({
        version: Number(row.version),
        residents: Number(row.residents),
        seed: Number(row.seed),
        asOf: String(row.asOf),
      });
    }
    const [first, ...others] = records;
    if (first === undefined) return null;
    const same = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
    return same ? first : null;
  } finally {
    await server.end();
  }
}

async function connect(url: string): Promise<Connection> {
  const bare = new URL(url);
  bare.pathname = '';
  return createConnection({ uri: bare.href, charset: 'utf8mb4', connectTimeout: 10_000 });
}

async function databasesAmong(server: Connection, names: readonly string[]): Promise<string[]> {
  const [rows] = await server.query<RowDataPacket[]>('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
  return rows.map((row) => String(row.name)).filter((name) => names.includes(name));
}

async function hasTable(server: Connection, database: string, table: string): Promise<boolean> {
  const [rows] = await server.execute<RowDataPacket[]>(
    'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
    [database, table],
  );
  return rows.length > 0;
}

/** @throws SeedTargetError where the database has tables and none says that it is a demonstration city */
async function demandOwn(server: Connection, database: string): Promise<void> {
  if (await hasTable(server, database, RECORD)) return;
  const [rows] = await server.execute<RowDataPacket[]>(
    'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? LIMIT 1',
    [database],
  );
  if (rows.length > 0) {
    throw new SeedTargetError(
      `database ${database} holds tables that are not a demonstration city's; nothing was changed`,
    );
  }
}

/** One database being filled: its statements run one after another, in the order of the rows. */
class DatabaseLoad {
  private readonly texts: readonly InsertText[];
  private readonly indexes: string[];
  private readonly creating: string[];
  private readonly running: Promise<void>[] = [];
  private statements = 0;

  constructor(
    private readonly connection: Connection,
    private readonly database: string,
    private readonly tables: readonly TableDefinition[],
  ) {
    this.texts = tables.map((table) => new InsertText(table, STATEMENT_LENGTH));
    const { tables: creating, indexes } = splitStatements(createTableStatements(tables, 'mysql'));
    this.creating = creating;
    this.indexes = indexes;
  }

  async open(): Promise<void> {
    const { connection } = this;
    await connection.query(`USE \`${this.database}\``);
    await connection.query(
      `CREATE TABLE ${RECORD} (state varchar(8) NOT NULL, version int, residents int, seed bigint, as_of char(10))`,
    );
    await connection.query(`INSERT INTO ${RECORD} (state) VALUES ('LOADING')`);
    for (const statement of this.creating) await connection.query(statement);
    // Keys are unique by construction and indexes come after the rows.
    await connection.query('SET SESSION unique_checks = 0, foreign_key_checks = 0, autocommit = 0');
  }

  /** Adds the rows of all tables; resolves when few statements wait. */
  async add(rowsFor: (table: string) => ReturnType<typeof rowsOf>): Promise<void> {
    for (const [i, table] of this.tables.entries()) {
      const text = this.texts[i];
      for (const row of rowsFor(table.name)) {
        const statement = text?.add(row) ?? null;
        if (statement !== null) this.run(statement);
      }
    }
    while (this.running.length > WAITING) await this.running.shift();
  }

  async finish(): Promise<void> {
    for (const text of this.texts) {
      const statement = text.take();
      if (statement !== null) this.run(statement);
    }
    this.run('COMMIT');
    await this.settle();
    for (const statement of this.indexes) await this.connection.query(statement);
    // Without it the optimizer of a freshly filled table guesses.
    await this.connection.query(`ANALYZE TABLE ${this.tables.map(({ name }) => `\`${name}\``).join(', ')}`);
  }

  async mark(city: CityRecord): Promise<void> {
    await this.connection.execute(
      `UPDATE ${RECORD} SET state = 'COMPLETE', version = ?, residents = ?, seed = ?, as_of = ?`,
      [city.version, city.residents, city.seed, city.asOf],
    );
    await this.connection.query('COMMIT');
  }

  /** Closes the connection; what still runs on it is given up. */
  close(): Promise<void> {
    this.connection.destroy();
    return Promise.resolve();
  }

  private run(statement: string): void {
    this.statements += 1;
    const commit = this.statements % STATEMENTS_PER_COMMIT === 0;
    const done = this.connection.query(statement).then(async () => {
      if (commit) await this.connection.query('COMMIT');
    });
    // The failure is met where the statement is awaited; until then it must not count as unhandled.
    done.catch(() => undefined);
    this.running.push(done);
  }

  private async settle(): Promise<void> {
    while (this.running.length > 0) await this.running.shift();
  }
}
