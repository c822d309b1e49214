/** `npx tsx bench/season.ts`: a season of applications, by the hand-written floor and by the gateway. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { build, compiled } from './build.js';
import { mysqlDepartments } from './city.js';
import { YOUNG_GENERATION } from './contestant.js';
import { gateway } from './contestants/ours.js';
import { type DatabaseServer, openDatabaseServer } from './database.js';
import { GROUND_VARIABLE, type Ground } from './ground.js';
import { openBenchIssuer } from './issuer.js';
import { machine } from './options.js';
import { writeApplications } from './season/applications.js';
import { compare } from './season/compare.js';
import { type Timed, timed } from './season/timed.js';
import { FILED_ON, MATTER } from './work.js';

/** Connections to the database server that all together may need. */
const CONNECTIONS = 500;

interface Options {
  readonly applications: number;
  readonly chunk: number;
  readonly inFlight: number;
  readonly processes: number;
  readonly target: string;
  readonly prefix: string;
  readonly connections: number;
  readonly profile: boolean;
  readonly json: boolean;
}

const options = new Command('season')
  .description('a season of applications: the same list by the hand-written floor and by mianzheng batch')
  .option('--applications <n>', 'applications; a small city has fewer', Number, 75_000)
  .option('--chunk <n>', 'rows of one request of the gateway', Number, 250)
  .option('--in-flight <n>', 'requests of the gateway at once', Number, 2)
  .option('--processes <n>', 'processes of the gateway', Number, 2)
  .option('--target <url>', 'database server', 'mysql://root@127.0.0.1:3306')
  .option('--prefix <text>', "begin of the databases' names; the city must be there", 'mianzheng_bench_')
  .option('--connections <n>', 'connections to each department', Number, 16)
  .option('--profile', 'write CPU profiles of command and gateway; it costs them speed', false)
  .option('--json', 'print the results as JSON', false)
  .parse()
  .opts<Options>();

/** Options of node that write a CPU profile into a folder of its own. */
function profiled(name: string): readonly string[] {
  return options.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(folder, 'profiles', name)}`] : [];
}

async function ours(
  ground: Ground,
  groundFile: string,
  list: string,
  out: string,
  database: DatabaseServer,
): Promise<Timed> {
  const { processes } = options;
  const contestant = gateway('season-ours', 'the gateway', [], profiled('gateway'), { configuration: { processes } });
  try {
    const { url, pids } = await contestant.start(ground, groundFile);
    const program = join(PACKAGE_ROOT, 'bin', 'mianzheng.js');
    const asked = [
      '--url',
      url,
      '--token',
      ground.token,
      '--chunk',
      String(options.chunk),
      '--in-flight',
      String(options.inFlight),
    ];
    const node = [YOUNG_GENERATION, ...profiled('command')];
    const args = [...node, program, 'batch', list, '--matter', ground.matter, '--out', out, '--json', ...asked];
    return await timed(args, {}, database, pids);
  } finally {
    await contestant.stop();
  }
}

const folder = join(PACKAGE_ROOT, '.data', 'bench', 'season');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
build();
const issuer = await openBenchIssuer();
const database = await openDatabaseServer(options.target);
const restore = await database.prepare(CONNECTIONS);
try {
  const departments = mysqlDepartments(options.target, options.prefix);
  const list = join(folder, 'list.csv');
  const applications = await writeApplications(departments.household, options.applications, list);
  const ground: Ground = {
    departments,
    connections: options.connections,
    record: null,
    folder,
    issuer: issuer.public,
    token: await issuer.mint('bench'),
    listToken: '',
    tokens: [],
    matter: MATTER,
    filedOn: FILED_ON,
    applicants: [],
  };
  const groundFile = join(folder, 'ground.json');
  writeFileSync(groundFile, JSON.stringify(ground));
  const out = { floor: join(folder, 'floor.csv'), ours: join(folder, 'ours.csv') };
  const floor = await timed(
    [YOUNG_GENERATION, compiled('bench/season/floor.ts'), list, out.floor],
    { [GROUND_VARIABLE]: groundFile },
    database,
    [],
  );
  const own = await ours(ground, groundFile, list, out.ours, database);
  const compared = await compare(out.floor, out.ours, MATTER);
  const ratio = own.seconds / floor.seconds;
  const results = {
    machine: machine(),
    database: database.version,
    applications,
    floor,
    ours: own,
    ratio,
    ...compared,
  };
  const line = (name: string, { seconds, selects, memory, serverMemory, cpu, serverCpu }: Timed) =>
    `${name}: ${seconds.toFixed(1)} s, ${Math.round(applications / seconds)} applications/s, ${selects} SELECTs, ` +
    `peak ${Math.round(memory)} MiB, CPU ${cpu.toFixed(1)} s` +
    (serverMemory === null ? '' : `; gateway ${Math.round(serverMemory)} MiB, CPU ${serverCpu?.toFixed(1)} s`);
  const text = [
    `${applications} applications on ${results.machine}, ${database.version}`,
    line('floor', floor),
    line('ours', own),
    `ratio ${ratio.toFixed(2)}; ${compared.rows} rows compared, ${compared.different.length === 0 ? 'all equal' : `different: ${compared.different.join(', ')}`}`,
    JSON.stringify(compared.verdicts),
  ].join('\n');
  process.stdout.write(`${options.json ? JSON.stringify(results, null, 2) : text}\n`);
  process.exitCode = compared.different.length === 0 && compared.rows === applications ? 0 : 1;
} finally {
  await restore();
  await database.close();
  await issuer.close();
}
