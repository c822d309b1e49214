/**
 * Fills the pilot's databases with the demonstration city: each department's server gets its own
 * database, the control store the applications, grants and cases. For invented people only:
 * whatever stands in databases of these names is replaced.
 *
 * A load makes all five databases on the server it is given, so it runs once per server and the
 * four that belong elsewhere are dropped again.
 *
 * `SECRETS` folder with `<department>-seeder`; `RESIDENTS` how many, default 3000.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { mysqlDatabases } from '../dist/seeds/load-mysql.js';
import { seedCity } from '../dist/seeds/load.js';
import { loadConfig } from '../dist/src/config.js';
import { DEFAULT_RESIDENTS, storeDemonstration } from '../dist/src/demonstration.js';
import { openStore } from '../dist/src/open-gateway.js';

const PREFIX = 'mianzheng_';
const secrets = process.env.SECRETS ?? '/run/secrets';
const residents = Number(process.env.RESIDENTS ?? DEFAULT_RESIDENTS);
const databases = mysqlDatabases(PREFIX);

for (const [department, own] of databases) {
  const password = readFileSync(join(secrets, `${department}-seeder`), 'utf8').trim();
  const url = `mysql://seeder:${password}@${department}-db:3306`;
  const { rows } = await seedCity({
    residents,
    target: { kind: 'MYSQL', url, databasePrefix: PREFIX },
  });
  const server = await createConnection({ uri: url });
  try {
    for (const database of databases.values()) {
      if (database !== own) await server.query(`DROP DATABASE \`${database}\``);
    }
    const [tables] = await server.query(`SHOW TABLES FROM \`${own}\``);
    const names = tables.map((row) => String(Object.values(row)[0]));
    const count = names.reduce((sum, name) => sum + (rows[name] ?? 0), 0);
    process.stdout.write(`${department}: ${count} rows in ${own}\n`);
  } finally {
    await server.end();
  }
}

const store = await openStore(loadConfig(process.env, process.cwd()));
try {
  await storeDemonstration(store);
} finally {
  await store.close();
}
process.stdout.write('control store: applications, grants and cases\n');
