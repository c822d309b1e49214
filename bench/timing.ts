/**
 * `npm run timing`: whether the time of a refusal tells who exists. An application that is not let near a person asks
 * about residents and about numbers that nobody has, in random order over HTTP; what comes back must be the same but for
 * names of the request, and take the same time. Exit 1 where it does not.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { createConnection } from 'mysql2/promise';
import { stringify } from 'yaml';
import { seedCity } from '../seeds/load.js';
import { mysqlDatabases } from '../seeds/load-mysql.js';
import { loadConfig } from '../src/config.js';
import { openIssuer } from '../src/open-issuer.js';
import { openStore } from '../src/open-store.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { build } from './build.js';
import { mysqlDepartments } from './city.js';
import { startServer } from './contestant.js';
import { randomFrom } from './load/random.js';
import { machine } from './options.js';
import {
  CASE,
  DOCUMENT,
  type Numbers,
  OUTSIDERS,
  type Outsider,
  readNumbers,
  type Scope,
  storeOutsiders,
} from './timing/outsiders.js';
import { type Comparison, compareSamples, indistinguishable } from './timing/statistics.js';

/** How far from 0.5 the chance of a guess by time may lie. */
const BOUND = 0.05;
/** Pairs asked before anything is counted. */
const WARM_UP = 500;

interface Options {
  readonly samples: number;
  readonly repeats: number;
  readonly residents: number;
  readonly seed: number;
  readonly target: string;
  readonly json: boolean;
}

/** What came of one scope on one kind of database. */
interface Result {
  readonly database: 'SQLite' | 'MySQL';
  readonly scope: Scope;
  readonly samples: number;
  /** Of the first time that each number was asked about: nothing of it is in any cache. */
  readonly first: Comparison;
  /** Of the shortest of several times, which leaves most of the noise out. */
  readonly best: Comparison;
  /** Whether answers differed in anything but the names of the request. */
  readonly alike: boolean;
  /** Null for the scope that shows what is seen where there is a difference. */
  readonly holds: boolean | null;
}

const options = new Command('timing')
  .description('whether the time of a refusal tells who exists')
  .option('--samples <n>', 'numbers of each kind, 4,000 or more for the bound to mean something', Number, 4000)
  .option('--repeats <n>', 'times that each is asked about in a row', Number, 3)
  .option('--residents <n>', 'size of the city', Number, 3000)
  .option('--seed <n>', 'of the order in which they are asked', Number, 1)
  .option('--target <url>', 'MySQL server, left out where none answers', 'mysql://root@127.0.0.1:3306')
  .option('--json', 'print the results as JSON', false)
  .parse()
  .opts<Options>();

interface Asked {
  readonly ms: number;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request, from its first byte to the last of its answer. */
function ask(url: string, token: string, { matter }: Outsider, id: string): Promise<Asked> {
  const body = JSON.stringify({ query: DOCUMENT, variables: { id } });
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'mianzheng-matter': matter,
      'mianzheng-case': CASE,
    };
    const outgoing = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const ms = performance.now() - began;
        resolve({ ms, text: `${response.statusCode} ${Buffer.concat(parts).toString()}` });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** An answer without what names this one request: its identifier, its place in the record, the instants of its fetches. */
function nameless(text: string): string {
  return text.replace(/"(requestId|record)":"[^"]*"/g, '"$1":""').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
}

async function measure(
  database: Result['database'],
  url: string,
  outsider: Outsider,
  token: string,
  { existing, missing }: Numbers,
): Promise<Result> {
  const random = randomFrom(options.seed);
  const pick = (numbers: readonly string[]) => numbers[Math.floor(random() * numbers.length)] as string;
  const first: Record<'existing' | 'missing', number[]> = { existing: [], missing: [] };
  const best: typeof first = { existing: [], missing: [] };
  const texts = new Set<string>();
  for (let i = -WARM_UP; i < options.samples; i += 1) {
    const pair = [
      { kind: 'existing', id: pick(existing) },
      { kind: 'missing', id: pick(missing) },
    ] as const;
    for (const { kind, id } of random() < 0.5 ? pair : [...pair].reverse()) {
      const asked: Asked[] = [];
      for (let time = 0; time < options.repeats; time += 1) asked.push(await ask(url, token, outsider, id));
      if (i < 0) continue;
      first[kind].push(asked[0]?.ms ?? Number.NaN);
      best[kind].push(Math.min(...asked.map(({ ms }) => ms)));
      if (texts.size < 2) for (const { text } of asked) texts.add(nameless(text));
    }
  }
  const comparisons = {
    first: compareSamples(first.existing, first.missing),
    best: compareSamples(best.existing, best.missing),
  };
  const alike = texts.size === 1;
  const judged = outsider.scope !== 'OPEN';
  const within = Object.values(comparisons).every((comparison) => indistinguishable(comparison, BOUND));
  const holds = judged ? alike && within : null;
  return { database, scope: outsider.scope, samples: options.samples, ...comparisons, alike, holds };
}

/** Measures every scope on one gateway over these departments. */
async function measureAll(
  database: Result['database'],
  folder: string,
  numbers: Numbers,
  departments: Readonly<Record<string, unknown>>,
): Promise<readonly Result[]> {
  const data = join(folder, database);
  mkdirSync(data, { recursive: true });
  const file = join(data, 'mianzheng.yaml');
  const budgets = {
    // Without budgets, as no attacker meets the gateway: they would end the measurement after some hundred requests.
    hold: false,
    default: { subjectsPerCase: 100_000, subjectsPerHour: 10_000_000, unknownPerHour: 1_000_000 },
  };
  writeFileSync(file, stringify({ port: 0, departments, budgets }));
  const environment = { MIANZHENG_CONFIG: file, MIANZHENG_DATA: data };
  const config = loadConfig(environment, data);
  const store = await openStore(config);
  await storeOutsiders(store, numbers.existing[0] ?? '');
  await store.close();
  const program = join(PACKAGE_ROOT, 'bin', 'mianzheng.js');
  const server = await startServer([program, 'serve', '--json', '--log-level', 'error'], '', environment, data);
  try {
    const issuer = await openIssuer(config, Date.now);
    const results: Result[] = [];
    // The first is whom the cases are about.
    const others = { ...numbers, existing: numbers.existing.slice(1) };
    for (const outsider of OUTSIDERS) {
      const { token } = await issuer.mint(outsider.client, { expiresInSeconds: 3600 });
      const result = await measure(database, server.url, outsider, token, others);
      results.push(result);
      if (!options.json) process.stdout.write(`${line(result)}\n`);
    }
    return results;
  } finally {
    await server.stop();
  }
}

function told({ auc, low, high, medianDifference }: Comparison): string {
  const interval = `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return `AUC ${auc.toFixed(3)} (99 %: ${interval}), medians differ by ${(medianDifference * 1000).toFixed(1)} µs`;
}

function line({ database, scope, first, best, alike, holds }: Result): string {
  const verdict = holds === null ? 'for comparison' : holds ? 'holds' : 'FAILS';
  const words = alike ? 'answers alike' : 'answers differ';
  return `${database} ${scope}: first ${told(first)}; best ${told(best)}; ${words}: ${verdict}`;
}

/** Whether the server answers. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await createConnection({ uri: url, connectTimeout: 2000 })).end();
    return true;
  } catch {
    process.stderr.write(`left out: no server answers at ${url}\n`);
    return false;
  }
}

async function onMysql(folder: string, numbers: Numbers): Promise<readonly Result[]> {
  const { target: url, residents } = options;
  const databasePrefix = `mz_timing_${process.pid}_`;
  try {
    await seedCity({ residents, target: { kind: 'MYSQL', url, databasePrefix } });
    const departments = Object.entries(mysqlDepartments(url, databasePrefix));
    const named = departments.map(([name, address]) => [name, { transport: 'sql', url: address }] as const);
    return await measureAll('MySQL', folder, numbers, Object.fromEntries(named));
  } finally {
    const connection = await createConnection({ uri: url });
    for (const name of mysqlDatabases(databasePrefix).values()) {
      await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
    }
    await connection.end();
  }
}

build();
const folder = mkdtempSync(join(tmpdir(), 'mianzheng-timing-'));
try {
  const city = join(folder, 'SQLite', 'departments');
  await seedCity({ residents: options.residents, target: { kind: 'SQLITE', folder: city } });
  const numbers = readNumbers(city);
  const results = [
    ...(await measureAll('SQLite', folder, numbers, {})),
    ...((await answers(options.target)) ? await onMysql(folder, numbers) : []),
  ];
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ machine: machine(), bound: BOUND, repeats: options.repeats, results }, null, 2)}\n`,
    );
  if (results.some(({ holds }) => holds === false)) process.exitCode = 1;
} finally {
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
