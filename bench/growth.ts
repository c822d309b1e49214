/** `npm run bench:growth`: what one request costs while city, applications, grants, document and matters grow. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { build } from './build.js';
import { openDatabaseServer } from './database.js';
import { fairness } from './growth/fairness.js';
import { type GrowthOptions, readGrowthOptions, SERIES, type SeriesName } from './growth/options.js';
import { type GrowthResults, growthText, writeGrowthPage } from './growth/page.js';
import type { GrowthSeries } from './growth/point.js';
import { clientsSeries, fieldsSeries, grantsSeries, mattersSeries, residentsSeries } from './growth/series.js';
import type { Stage } from './growth/stage.js';
import { waitingSeries } from './growth/waiting.js';
import { openBenchIssuer } from './issuer.js';
import { openLoad } from './load/load.js';
import { machine } from './options.js';

/** Connections to the database server that the run may need. */
const ALL_CONNECTIONS = 500;

async function measureAll(stage: Stage, options: GrowthOptions): Promise<GrowthResults> {
  const asked = (name: SeriesName) => options.only.includes(name);
  const all: readonly (readonly [SeriesName, () => Promise<GrowthSeries>])[] = [
    ['residents', () => residentsSeries(stage, options.tenMillion)],
    ['clients', () => clientsSeries(stage)],
    ['grants', () => grantsSeries(stage)],
    ['fields', () => fieldsSeries(stage)],
    ['matters', () => mattersSeries(stage)],
  ];
  const series: GrowthSeries[] = [];
  for (const [name, measure] of all) if (asked(name)) series.push(await measure());
  return {
    time: new Date().toISOString(),
    command: `npm run bench:growth${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}`,
    machine: machine(),
    database: stage.database.version,
    seconds: options.seconds,
    series,
    waiting: asked('waiting') ? await waitingSeries() : null,
    fairness: asked('fairness') ? await fairness(stage) : null,
  };
}

async function main(): Promise<void> {
  const options = readGrowthOptions();
  const { target, seconds } = options;
  const folder = join(PACKAGE_ROOT, '.data', 'growth');
  mkdirSync(folder, { recursive: true });
  build();
  const issuer = await openBenchIssuer();
  const database = await openDatabaseServer(target);
  const load = openLoad();
  try {
    const restore = await database.prepare(ALL_CONNECTIONS);
    try {
      const announce = (what: string) => process.stderr.write(`${what}\n`);
      const results = await measureAll({ target, database, issuer, load, folder, seconds, announce }, options);
      // A part of the series would overwrite the page with less than it says.
      if (options.only === SERIES) writeGrowthPage(join(PACKAGE_ROOT, 'docs'), results);
      process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : growthText(results));
    } finally {
      await restore();
    }
  } finally {
    await load.close();
    await database.close();
    await issuer.close();
  }
}

await main();
