/** A small demonstration city in a folder or on MariaDB, and a gateway over it, for tests end to end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createConnection } from 'mysql2/promise';
import { seedCity } from '../../seeds/load.js';
import { type Config, loadConfig } from '../../src/config.js';
import { storeDemonstration } from '../../src/demonstration.js';
import { ANNOUNCED } from '../../src/domain/working-days.js';
import { buildServer } from '../../src/http/server.js';
import { type OpenGateway, openGateway } from '../../src/open-gateway.js';
import { openStore } from '../../src/open-store.js';
import { collect, collectingLog, errorsIn } from './collected.js';
import type { DatabaseServer } from './services.js';

/** Residents of the tests' city. */
const RESIDENTS = 150;

const DEPARTMENTS = ['household', 'property', 'vaccination', 'social-security', 'licences'] as const;

/** A folder of its own with the city's SQLite files; `remove` it when done. */
export async function embeddedCityFolder(): Promise<{ readonly folder: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-city-'));
  await seedCity({ residents: RESIDENTS, target: { kind: 'SQLITE', folder: join(folder, 'departments') } });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The city on a database server, under names of its own; `remove` drops them. */
export async function cityOn(server: DatabaseServer): Promise<{
  readonly departments: Config['departments'];
  readonly remove: () => Promise<void>;
}> {
  const prefix = `mz_test_${process.pid}_${Math.random().toString(36).slice(2, 8)}_`;
  await seedCity({ residents: RESIDENTS, target: { kind: 'MYSQL', url: server.url, databasePrefix: prefix } });
  const names = DEPARTMENTS.map((name) => [name, `${prefix}${name.replace('-', '_')}`] as const);
  return {
    departments: Object.fromEntries(
      names.map(([name, database]) => [name, { transport: 'sql' as const, url: `${server.url}/${database}` }]),
    ),
    async remove() {
      const connection = await createConnection({ uri: server.url });
      for (const [, database] of names) await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
      await connection.end();
    },
  };
}

/** A running gateway. */
export interface RunningGateway {
  readonly url: string;
  readonly config: Config;
  readonly gateway: OpenGateway;
  readonly server: FastifyInstance;
  /** Fetches made of departments since the last call: one statement or call each. */
  fetches(): readonly string[];
  ask(client: string, purpose: Readonly<Record<string, string>>, query: string, variables?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** An answer of the data plane. */
export interface Answer {
  readonly status: number;
  readonly data?: Record<string, never> | null;
  readonly errors?: readonly { readonly path?: unknown; readonly extensions: { readonly code: string } }[];
  readonly extensions: { readonly mianzheng: { readonly requestId: string; readonly record?: string } };
}

/** What nobody has announced yet of this year and the next: plain weeks, so that a test does not depend on the date it runs on. */
function unannounced(now: number): Config['workingDays'] {
  const year = new Date(now).getUTCFullYear();
  return [year, year + 1].flatMap((one) => (ANNOUNCED.knows(one) ? [] : [{ year: one, holidays: [], workdays: [] }]));
}

/**
 * Starts a gateway over the folder's city on a free port.
 * @param instance names its chain of the record
 * @param given stands above the rest of the configuration
 * @param now ms since the epoch
 */
export async function startGateway(
  folder: string,
  departments: Config['departments'] = {},
  instance = 'gateway-1',
  given: Partial<Config> = {},
  now: () => number = Date.now,
): Promise<RunningGateway> {
  const loaded = loadConfig({ MIANZHENG_DATA: folder, PORT: '0' }, folder);
  const config: Config = { ...loaded, departments, instance, workingDays: unannounced(now()), ...given };
  const store = await openStore(config);
  await storeDemonstration(store);
  await store.close();
  const gateway = await openGateway(config, collectingLog(), now);
  let asked: string[] = [];
  for (const connector of gateway.sources.connectors) {
    const fetch = connector.fetch.bind(connector);
    Object.assign(connector, {
      fetch: (...args: Parameters<typeof fetch>) => {
        asked.push(args[0].id);
        return fetch(...args);
      },
    });
  }
  const server = buildServer(gateway, { bodyBytes: config.limits.bodyBytes });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const tokens = new Map<string, string>();
  return {
    url,
    config,
    gateway,
    server,
    fetches() {
      const made = asked;
      asked = [];
      return made;
    },
    async ask(client, purpose, query, variables = {}) {
      let token = tokens.get(client);
      if (token === undefined) {
        token = (await gateway.developmentIssuer?.mint(client))?.token ?? '';
        tokens.set(client, token);
      }
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...purpose },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      collect('errors', errorsIn(text));
      return { status: response.status, ...(JSON.parse(text) as Omit<Answer, 'status'>) };
    },
    async close() {
      collect('metrics', await gateway.metrics.text());
      await server.close();
      await gateway.close();
    },
  };
}
