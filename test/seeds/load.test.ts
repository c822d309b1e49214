import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LoadProgress, readCity, seedCity } from '../../seeds/load.js';
import { mysqlDatabases } from '../../seeds/load-mysql.js';
import { openSqlite, sqlitePath } from '../../seeds/load-sqlite.js';
import { CITY_DATABASES } from '../../seeds/rows.js';
import { readStoryBooks } from '../../seeds/stories.js';
import { storyRows } from '../../seeds/story-rows.js';
import { CITY_VERSION, type CityTarget, SeedTargetError } from '../../seeds/target.js';
import { mariadb } from '../support/services.js';

const CITY = { residents: 300, seed: 11, asOf: '2026-07-01' } as const;
const RECORD = { version: CITY_VERSION, ...CITY };

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Every table's rows in the order of the primary key, numbers as text with two decimals. */
function comparable(rows: Rows): Rows {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [key, typeof value === 'number' ? value.toFixed(2) : value]),
    ),
  );
}

function readSqlite(folder: string): Map<string, Rows> {
  const all = new Map<string, Rows>();
  for (const { name, tables } of CITY_DATABASES) {
    const file = new Sqlite(sqlitePath(folder, name), { readonly: true });
    for (const table of tables) {
      const order = table.primaryKey.map((column) => `"${column}"`).join();
      all.set(table.name, comparable(file.prepare(`SELECT * FROM "${table.name}" ORDER BY ${order}`).all() as Rows));
    }
    file.close();
  }
  return all;
}

describe('into SQLite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-city-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes five files and the record of the city', async () => {
    const target: CityTarget = { kind: 'SQLITE', folder: join(folder, 'new') };
    expect(await readCity(target)).toBeNull();
    const progress: LoadProgress[] = [];
    const seeded = await seedCity({ ...CITY, target, onProgress: (step) => progress.push(step) });
    expect(readdirSync(target.folder).sort()).toEqual(
      ['city.json', ...CITY_DATABASES.map(({ name }) => `${name}.sqlite`)].sort(),
    );
    expect(await readCity(target)).toEqual(RECORD);
    for (const [table, rows] of readSqlite(target.folder)) expect(rows.length).toBe(seeded.rows[table]);
    expect(progress.at(-1)).toEqual({
      phase: 'INDEXES',
      residents: 300,
      rows: Object.values(seeded.rows).reduce((sum, n) => sum + n, 0),
    });
  });

  it('gives every table its indexes', async () => {
    await seedCity({ residents: 20, target: { kind: 'SQLITE', folder } });
    for (const { name, tables } of CITY_DATABASES) {
      const file = new Sqlite(sqlitePath(folder, name), { readonly: true });
      const made = file
        .prepare("SELECT tbl_name AS t FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        .all() as {
        t: string;
      }[];
      file.close();
      for (const table of tables) {
        expect(made.filter(({ t }) => t === table.name).length).toBe(table.indexes.length);
      }
    }
  });

  it('replaces an earlier city', async () => {
    const target: CityTarget = { kind: 'SQLITE', folder };
    await seedCity({ residents: 50, target });
    const second = await seedCity({ residents: 20, seed: 2, target });
    expect(await readCity(target)).toMatchObject({ residents: 20, seed: 2 });
    expect(readSqlite(folder).get('HJXX_CZRKJBXXB')?.length).toBe(second.rows.HJXX_CZRKJBXXB);
  });

  it('leaves the earlier city when a load ends half-way', async () => {
    const target: CityTarget = { kind: 'SQLITE', folder };
    await seedCity({ ...CITY, target });
    const before = readSqlite(folder);
    const writer = openSqlite(folder);
    await writer.write(storyRows(...readStoryBooks()));
    await writer.close();
    expect(await readCity(target)).toEqual(RECORD);
    expect(readSqlite(folder)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('takes what a killed load left for no city, and loads over it', async () => {
    for (const { name } of CITY_DATABASES) writeFileSync(`${sqlitePath(folder, name)}.partial`, 'half a file');
    const target: CityTarget = { kind: 'SQLITE', folder };
    expect(await readCity(target)).toBeNull();
    await seedCity({ ...CITY, target });
    expect(await readCity(target)).toEqual(RECORD);
  });

  it('touches nothing where an option is wrong', async () => {
    const missing = join(folder, 'missing');
    await expect(seedCity({ residents: -5, target: { kind: 'SQLITE', folder: missing } })).rejects.toThrow(RangeError);
    expect(existsSync(missing)).toBe(false);
  });

  it('takes a city of another version for none', async () => {
    writeFileSync(join(folder, 'city.json'), JSON.stringify({ ...RECORD, version: 0 }));
    expect(await readCity({ kind: 'SQLITE', folder })).toBeNull();
  });
});

describe.skipIf(mariadb === null)('into MariaDB', () => {
  const prefix = `mz_test_${randomBytes(5).toString('hex')}_`;
  const url = mariadb?.url ?? '';
  const target = { kind: 'MYSQL', url, databasePrefix: prefix } as const;
  const names = [...mysqlDatabases(prefix).values()];
  let server: Connection;
  let folder: string;

  const dropAll = async () => {
    for (const name of names) await server.query(`DROP DATABASE IF EXISTS \`${name}\``);
  };

  beforeAll(async () => {
    server = await createConnection({ uri: url, decimalNumbers: true });
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-city-'));
  });
  afterEach(dropAll);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await dropAll();
    await server.end();
  });

  it('holds the same rows as SQLite, with the indexes', async () => {
    expect(await readCity(target)).toBeNull();
    const seeded = await seedCity({ ...CITY, target });
    const embedded = await seedCity({ ...CITY, target: { kind: 'SQLITE', folder } });
    expect(seeded).toEqual(embedded);
    expect(await readCity(target)).toEqual(RECORD);
    const expected = readSqlite(folder);
    for (const { name, tables } of CITY_DATABASES) {
      const database = mysqlDatabases(prefix).get(name);
      for (const table of tables) {
        const order = table.primaryKey.join();
        const [rows] = await server.query<RowDataPacket[]>(`SELECT * FROM ${database}.${table.name} ORDER BY ${order}`);
        expect(trimmed(comparable(rows))).toEqual(trimmed(expected.get(table.name) ?? []));
        const [indexes] = await server.query<RowDataPacket[]>(`SHOW INDEX FROM ${database}.${table.name}`);
        const secondary = new Set(indexes.map((row) => String(row.Key_name)).filter((key) => key !== 'PRIMARY'));
        expect(secondary.size).toBe(table.indexes.length);
      }
    }
  });

  it('replaces an earlier city, and takes one that was never completed for none', async () => {
    await seedCity({ residents: 30, target });
    await server.query(`UPDATE ${names[0]}.mianzheng_city SET state = 'LOADING'`);
    expect(await readCity(target)).toBeNull();
    await seedCity({ residents: 20, seed: 4, target });
    expect(await readCity(target)).toMatchObject({ residents: 20, seed: 4 });
  });

  it('refuses databases that hold something else, and changes nothing', async () => {
    const [first, , third] = names;
    await server.query(`CREATE DATABASE ${third}`);
    await server.query(`CREATE TABLE ${third}.precious (id int)`);
    await expect(seedCity({ residents: 10, target })).rejects.toThrow(SeedTargetError);
    const [tables] = await server.query<RowDataPacket[]>(`SHOW TABLES FROM ${third}`);
    expect(tables.length).toBe(1);
    const [databases] = await server.query<RowDataPacket[]>('SHOW DATABASES');
    expect(databases.some((row) => row.Database === first)).toBe(false);
  });

  it('replaces them under force', async () => {
    await server.query(`CREATE DATABASE ${names[2]}`);
    await server.query(`CREATE TABLE ${names[2]}.precious (id int)`);
    await seedCity({ residents: 10, target: { ...target, force: true } });
    expect(await readCity(target)).toMatchObject({ residents: 10 });
  });

  it('refuses a prefix that is no plain name', async () => {
    for (const databasePrefix of ['', 'a`b', 'a b', '1a', 'a'.repeat(41)]) {
      await expect(seedCity({ residents: 10, target: { ...target, databasePrefix } })).rejects.toThrow(SeedTargetError);
    }
  });
});

/** CHAR columns come back from MariaDB without the blanks at their end. */
function trimmed(rows: Rows): Rows {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [key, typeof value === 'string' ? value.trimEnd() : value]),
    ),
  );
}
