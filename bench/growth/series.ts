/** The series: each makes one thing larger and leaves the rest as it is. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { GatewayOverrides } from '../contestants/ours.js';
import type { Ground } from '../ground.js';
import { MATTER } from '../work.js';
import { type GrowthPoint, type GrowthSeries, measurePoint } from './point.js';
import { groundOver, type Stage } from './stage.js';

/** Residents of the city that all series but the first stand on. */
export const BASE_RESIDENTS = 100_000;

async function pointsOf(
  stage: Stage,
  name: string,
  sizes: readonly number[],
  ofSize: (size: number) => Promise<readonly [Ground, GatewayOverrides]>,
): Promise<readonly GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const size of sizes) {
    stage.announce(`${name}: ${size}`);
    const [ground, overrides] = await ofSize(size);
    points.push(await measurePoint(stage, ground, size, overrides));
  }
  return points;
}

/** Residents of the city. */
export async function residentsSeries(stage: Stage, tenMillion: boolean): Promise<GrowthSeries> {
  const sizes = [10_000, 100_000, 1_000_000, ...(tenMillion ? [10_000_000] : [])];
  const points = await pointsOf(stage, 'residents', sizes, async (size) => [await groundOver(stage, size), {}]);
  return { name: 'residents', title: 'residents of the city', points };
}

/** Applications that ask, each in turn, with equal grants. */
export async function clientsSeries(stage: Stage): Promise<GrowthSeries> {
  const ground = await groundOver(stage, BASE_RESIDENTS);
  const sizes = [1, 10, 100, 1000].map((size) => Math.min(size, ground.applicants.length));
  const points = await pointsOf(stage, 'clients', sizes, async (size) => {
    const ids = Array.from({ length: size }, (_, i) => `asker-${i}`);
    const askers = await Promise.all(ids.map(async (id) => ({ id, token: await stage.issuer.mint(id) })));
    return [ground, { askers }];
  });
  return { name: 'clients', title: 'applications that ask', points };
}

/** Grants of other applications in the control store, a hundred each. */
export async function grantsSeries(stage: Stage): Promise<GrowthSeries> {
  const ground = await groundOver(stage, BASE_RESIDENTS);
  const points = await pointsOf(stage, 'grants', [10, 1000, 10_000, 100_000], async (grants) => [
    ground,
    { bystanders: { clients: Math.ceil(grants / 100), grants } },
  ]);
  return { name: 'grants', title: 'grants of other applications', points };
}

const SCALARS = ['name', 'sex', 'birthDate', 'status', 'ethnicity', 'phone', 'registration', 'movedInDate'];
/** Fields of one fragment. */
const FRAGMENT = 10;
/** Fields of the documents asked for. */
const FIELDS = [5, 20, 50, 200] as const;

/** A document of so many fields below the resident, each under an alias, in fragments. */
export function documentOf(fields: number): string {
  const aliased = Array.from({ length: fields }, (_, i) => `f${i}: ${SCALARS[i % SCALARS.length]}`);
  const parts = Array.from({ length: Math.ceil(fields / FRAGMENT) }, (_, i) =>
    aliased.slice(i * FRAGMENT, (i + 1) * FRAGMENT),
  );
  const spreads = parts.map((_, i) => `...P${i}`).join(' ');
  const fragments = parts.map((part, i) => `fragment P${i} on Resident { ${part.join(' ')} }`);
  return [`query Fields($id: CitizenId!) { resident(id: $id) { ${spreads} } }`, ...fragments].join('\n');
}

/** Fields of the document. */
export async function fieldsSeries(stage: Stage): Promise<GrowthSeries> {
  const ground = await groundOver(stage, BASE_RESIDENTS);
  // Nobody needs so many aliases but this series, whose document is made of one field over and over.
  const limits = { sourceConcurrency: ground.connections, documentAliases: Math.max(...FIELDS) };
  const points = await pointsOf(stage, 'fields', FIELDS, async (fields) => [
    ground,
    { document: documentOf(fields), configuration: { limits } },
  ]);
  return { name: 'fields', title: 'fields of the document (one department)', points };
}

/** A folder of so many matters: the one asked for, and copies of it under other codes. */
function mattersFolder(stage: Stage, count: number): string {
  const folder = join(stage.folder, 'matters');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const text = readFileSync(join(PACKAGE_ROOT, 'matters', `${MATTER}.yaml`), 'utf8');
  const { parts } = parse(text) as { readonly parts: readonly string[] };
  for (const part of parts) {
    const file = join('parts', `${part}.yaml`);
    cpSync(join(PACKAGE_ROOT, 'matters', file), join(folder, file));
  }
  for (let i = 0; i < count; i += 1) {
    const code = i === 0 ? MATTER : `${MATTER}-${i}`;
    writeFileSync(join(folder, `${code}.yaml`), text.replace(`code: ${MATTER}\n`, `code: ${code}\n`));
  }
  return folder;
}

/** Matters that the gateway knows. */
export async function mattersSeries(stage: Stage): Promise<GrowthSeries> {
  const ground = await groundOver(stage, BASE_RESIDENTS);
  const points = await pointsOf(stage, 'matters', [1, 10, 100, 1000], async (count) => [
    ground,
    { configuration: { matters: mattersFolder(stage, count) } },
  ]);
  return { name: 'matters', title: 'matters', points };
}
