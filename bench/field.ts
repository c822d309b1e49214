/** Who takes part. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PACKAGE_ROOT } from '../src/package-root.js';
import type { Contestant, Workload } from './contestant.js';
import { floor } from './contestants/floors.js';
import { gateway } from './contestants/ours.js';
import type { Options } from './options.js';

/** Contestants by the ground they stand on. */
export interface Field {
  readonly mysql: readonly Contestant[];
  readonly sqlite: readonly Contestant[];
}

const ONE: readonly Workload[] = ['enrolment'];
const EVERY: readonly Workload[] = ['enrolment', 'wide', 'list', 'verify', 'mix'];

/** The peers, where they are installed (`npm ci --prefix bench/peers`). */
async function peers(): Promise<readonly Contestant[]> {
  const folder = join(PACKAGE_ROOT, 'bench', 'peers');
  if (!existsSync(join(folder, 'index.ts'))) return [];
  if (!existsSync(join(folder, 'node_modules'))) {
    process.stderr.write('the peers are left out: npm ci --prefix bench/peers installs them\n');
    return [];
  }
  const module = (await import(pathToFileURL(join(folder, 'index.ts')).href)) as {
    readonly peers: readonly Contestant[];
  };
  return module.peers;
}

/** All contestants that the options let take part. @throws RangeError for a name nobody has */
export async function fieldOf({ only, profile, quick }: Options, folder: string): Promise<Field> {
  const profiled = (name: string) => (profile.includes(name) ? ['--cpu-prof', `--cpu-prof-dir=${folder}/${name}`] : []);
  const ours = (name: string, title: string, workloads: readonly Workload[]) =>
    gateway(name, title, workloads, profiled(name));
  const hand = (name: string, title: string, file: string, workloads: readonly Workload[], ...flags: string[]) =>
    floor(name, title, file, workloads, flags, profiled(name));
  const mysql = [
    ours('ours', 'The gateway: tokens, field-level grants, cases, masks, provenance, chained record', EVERY),
    hand('floorA', 'By hand: six prepared SELECTs, cached token check, one record row per request', 'a.ts', ONE),
    hand('floorA-bare', 'The same without token and record', 'a.ts', ONE, '--no-duties'),
    hand(
      'floorB',
      'By hand: cross-request micro-batches, cached token check, chained group-committed record',
      'b.ts',
      EVERY,
    ),
    hand('floorB-bare', 'The same without token and record', 'b.ts', ONE, '--no-duties'),
    ...(await peers()),
  ];
  const sqlite = [
    ours('ours-sqlite', 'The gateway on embedded SQLite', ONE),
    gateway('ours-sqlite-2', 'The same in two processes behind one port', ONE, [], { configuration: { processes: 2 } }),
    hand('floorB-sqlite', 'By hand on SQLite, with the duties of floor B', 'b-sqlite.ts', ONE),
  ];
  const names = [...mysql, ...sqlite].map(({ name }) => name);
  const unknown = [...(only ?? []), ...profile].filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new RangeError(`no contestant ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const chosen = ({ name, part }: Contestant) => (only === null ? !quick || part !== 'ASIDE' : only.includes(name));
  return { mysql: mysql.filter(chosen), sqlite: sqlite.filter(chosen) };
}
