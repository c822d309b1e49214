/** Instances that start at once on one control store: each finds it whole, whoever made it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterEach, describe, expect, it } from 'vitest';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { mariadb } from '../support/services.js';

const INSTANCES = 8;

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function database(): Promise<string> {
  if (mariadb === null) throw new TypeError('runs where MariaDB answers');
  const name = `mz_test_together_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const { url } = mariadb;
  const connection = await createConnection({ uri: url });
  await connection.query(`CREATE DATABASE ${name} COLLATE utf8mb4_bin`);
  await connection.end();
  ending.push(async () => {
    const last = await createConnection({ uri: url });
    await last.query(`DROP DATABASE ${name}`);
    await last.end();
  });
  return `${url}/${name}`;
}

async function startTogether(url: string): Promise<readonly ControlStore[]> {
  const stores = await Promise.all(Array.from({ length: INSTANCES }, () => openControlStore(url)));
  for (const store of stores) ending.push(() => store.close());
  return stores;
}

async function expectWhole(stores: readonly ControlStore[]): Promise<void> {
  const [first] = stores;
  await first?.putPolicy([{ id: 'school', nameZh: '学校', nameEn: 'School', active: true }], []);
  for (const store of stores) {
    const policy = await store.readPolicy();
    expect([policy.version, [...policy.clients.keys()]]).toEqual([2, ['school']]);
  }
}

describe.skipIf(mariadb === null)(`${INSTANCES} instances that start at once on MariaDB`, () => {
  it('make an empty store once', async () => {
    await expectWhole(await startTogether(await database()));
  });

  it('bring a store of an earlier version up to this one, once', async () => {
    const url = await database();
    await (await openControlStore(url)).close();
    const connection = await createConnection({ uri: url });
    for (const table of ['client', 'access_grant']) {
      await connection.query(`ALTER TABLE ${table} DROP INDEX ${table}_changed_in_index, DROP COLUMN changed_in`);
    }
    await connection.end();
    await expectWhole(await startTogether(url));
  });
});

describe(`${INSTANCES} instances that start at once on one SQLite file`, () => {
  it('make an empty store once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mianzheng-together-'));
    ending.push(async () => rmSync(folder, { recursive: true }));
    await expectWhole(await startTogether(join(folder, 'control.sqlite')));
  });
});
