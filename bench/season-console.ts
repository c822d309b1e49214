/** `npx tsx bench/season-console.ts`: a season in the console, from the upload of its list to its finished results. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { loadConfig } from '../src/config.js';
import { storeDemonstration } from '../src/demonstration.js';
import { openIssuer } from '../src/open-issuer.js';
import { openStore } from '../src/open-store.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { build } from './build.js';
import { mysqlDepartments } from './city.js';
import { startServer } from './contestant.js';
import { openDatabaseServer } from './database.js';
import { machine } from './options.js';
import { withChildren } from './processes.js';
import { writeApplications } from './season/applications.js';
import { sampled } from './season/timed.js';
import { MATTER } from './work.js';

/** Connections to the database server that the gateway may need. */
const CONNECTIONS = 200;
/** Between two looks at the season, ms. */
const LOOK_MS = 200;

interface Options {
  readonly applications: number;
  readonly target: string;
  readonly prefix: string;
  readonly json: boolean;
}

/** A season as the console shows it. */
interface Seen {
  readonly id: string;
  readonly state: string;
  readonly list: { readonly rows: number; readonly faulty: number } | null;
  readonly progress: {
    readonly done: number;
    readonly faults: readonly { readonly en: string }[];
    readonly verdicts: readonly { readonly name: string; readonly count: number }[];
  };
}

const SEASON = 'id state list { rows faulty } progress { done faults { en } verdicts { name count } }';

const options = new Command('season-console')
  .description('a season in the console of one gateway process: seconds from the upload of its list to its results')
  .option('--applications <n>', 'applications; a small city has fewer', Number, 75_000)
  .option('--target <url>', 'database server', 'mysql://root@127.0.0.1:3306')
  .option('--prefix <text>', "begin of the databases' names; the city must be there", 'mianzheng_bench_')
  .option('--json', 'print the results as JSON', false)
  .parse()
  .opts<Options>();

/** A person's way to the control plane. */
function personAt(url: string, token: string) {
  const authorization = `Bearer ${token}`;
  return {
    async ask(query: string, variables: object): Promise<Seen> {
      const headers = { authorization, 'content-type': 'application/json' };
      const body = JSON.stringify({ query, variables });
      const response = await fetch(`${url}/admin/graphql`, { method: 'POST', headers, body });
      const { data, errors } = (await response.json()) as {
        readonly data: { readonly it: Seen };
        readonly errors?: object;
      };
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data.it;
    },
    async bring(id: string, list: Buffer): Promise<void> {
      const headers = { authorization, 'content-type': 'application/octet-stream' };
      const { ok, status } = await fetch(`${url}/admin/seasons/${id}/list`, { method: 'PUT', headers, body: list });
      if (!ok) throw new Error(`the list was answered with ${status}`);
    },
    async size(id: string, file: string): Promise<number> {
      const response = await fetch(`${url}/admin/seasons/${id}/${file}`, { headers: { authorization } });
      if (!response.ok) throw new Error(`${file} was answered with ${response.status}`);
      return (await response.arrayBuffer()).byteLength;
    },
  };
}

const folder = join(PACKAGE_ROOT, '.data', 'bench', 'season-console');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
build();
const database = await openDatabaseServer(options.target);
const restore = await database.prepare(CONNECTIONS);
try {
  const departments = mysqlDepartments(options.target, options.prefix);
  const list = join(folder, 'list.csv');
  const applications = await writeApplications(departments.household, options.applications, list);
  const file = join(folder, 'mianzheng.yaml');
  writeFileSync(
    file,
    stringify({
      port: 0,
      departments: Object.fromEntries(
        Object.entries(departments).map(([name, url]) => [name, { transport: 'sql', url }]),
      ),
      // It asks about everybody, which is what budgets are there to prevent.
      budgets: { hold: false, default: { seasonSubjectsPerHour: 10_000_000 } },
    }),
  );
  const environment = { MIANZHENG_CONFIG: file, MIANZHENG_DATA: folder };
  const config = loadConfig(environment, folder);
  const store = await openStore(config);
  await storeDemonstration(store);
  await store.close();
  const program = join(PACKAGE_ROOT, 'bin', 'mianzheng.js');
  const server = await startServer([program, 'serve', '--json', '--log-level', 'error'], '', environment, folder);
  try {
    const { token } = await (await openIssuer(config, Date.now)).mint('operator');
    const person = personAt(server.url, token);
    const input = { client: 'school-enrolment', matter: MATTER, file: 'list.csv' };
    const { id } = await person.ask(
      `mutation($input: SeasonInput!) { it: createSeason(input: $input) { ${SEASON} } }`,
      {
        input,
      },
    );
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const usage = sampled(withChildren(server.pid));
    await person.bring(id, readFileSync(list));
    const checked = seconds();
    let season = await person.ask(`mutation($id: ID!) { it: startSeason(id: $id) { ${SEASON} } }`, { id });
    while (season.state === 'RUNNING') {
      await sleep(LOOK_MS);
      season = await person.ask(`query($id: ID!) { it: season(id: $id) { ${SEASON} } }`, { id });
    }
    const done = seconds();
    const { memory, cpu } = usage.end();
    if (season.state !== 'DONE') throw new Error(JSON.stringify(season));
    const bytes = await person.size(id, 'result.csv');
    const { progress } = season;
    const results = {
      machine: machine(),
      database: database.version,
      applications,
      checked,
      done,
      cpu,
      memory,
      bytes,
      progress,
    };
    const text = [
      `${applications} applications on ${results.machine}, ${database.version}`,
      `uploaded and checked after ${checked.toFixed(1)} s, results finished after ${done.toFixed(1)} s: ` +
        `${Math.round(applications / done)} applications/s; gateway CPU ${cpu.toFixed(1)} s, peak ${Math.round(memory)} MiB`,
      `${progress.done} rows, ${progress.verdicts.map(({ name, count }) => `${name} ${count}`).join(', ')}; result.csv ${bytes} bytes`,
    ].join('\n');
    process.stdout.write(`${options.json ? JSON.stringify(results, null, 2) : text}\n`);
    process.exitCode = progress.done === applications ? 0 : 1;
  } finally {
    await server.stop();
  }
} finally {
  await restore();
  await database.close();
}
