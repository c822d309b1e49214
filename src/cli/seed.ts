import { Command } from 'commander';
import { DEFAULT_AS_OF, DEFAULT_SEED } from '../../seeds/generate.js';
import { seedCity } from '../../seeds/load.js';
import type { CityTarget } from '../../seeds/target.js';
import { loadConfig } from '../config.js';
import { DEFAULT_RESIDENTS, embeddedCity, storeDemonstration } from '../demonstration.js';
import { storeDemonstrationCitizen } from '../demonstration-citizen.js';
import { todayIn } from '../domain/calendar.js';
import { openStore } from '../open-store.js';
import { print, table } from './output.js';
import { showProgress } from './progress.js';

interface SeedOptions {
  readonly residents: number;
  readonly seed: number;
  readonly asOf: string;
  readonly target?: string;
  readonly prefix: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `mianzheng seed`: makes the demonstration city. */
export function seedCommand(): Command {
  return new Command('seed')
    .description("make the demonstration city: departments, applications with grants, the stories' cases")
    .option('--residents <n>', 'random residents beside those of the stories', Number, DEFAULT_RESIDENTS)
    .option('--seed <n>', 'equal seeds give equal cities', Number, DEFAULT_SEED)
    .option('--as-of <date>', 'the day the city stands at, YYYY-MM-DD', DEFAULT_AS_OF)
    .option(
      '--target <url>',
      'mysql://user:password@host:port to fill five databases there; default: SQLite in the data folder',
    )
    .option('--prefix <text>', "begin of the MySQL databases' names", 'mianzheng_')
    .option('--force', 'drop MySQL databases of these names even where they hold something else')
    .option('--json', 'print the rows of each table as JSON')
    .action(async (options: SeedOptions) => {
      const config = loadConfig(process.env, process.cwd());
      const target: CityTarget =
        options.target === undefined
          ? embeddedCity(config)
          : { kind: 'MYSQL', url: options.target, databasePrefix: options.prefix, force: options.force ?? false };
      const progress = showProgress(options.residents);
      const { residents, seed, asOf } = options;
      const city = await seedCity({ residents, seed, asOf, target, onProgress: progress.update }).finally(
        progress.stop,
      );
      const store = await openStore(config);
      try {
        await storeDemonstration(store);
        await storeDemonstrationCitizen(store, todayIn(config.utcOffsetMinutes, Date.now()));
      } finally {
        await store.close();
      }
      print(city, options.json, ({ rows }) =>
        table(
          ['table', 'rows'],
          Object.entries(rows).map(([name, n]) => [name, String(n)]),
        ),
      );
    });
}
