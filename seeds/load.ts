/** Fills the five departments' databases with the demonstration city: random people and the named stories. */
import { type CityOptions, DEFAULT_AS_OF, DEFAULT_SEED, generateCity } from './generate.js';
import { openMysql, readMysqlCity } from './load-mysql.js';
import { openSqlite, readSqliteCity } from './load-sqlite.js';
import type { CityRows } from './rows.js';
import { readStoryBooks } from './stories.js';
import { storyRows } from './story-rows.js';
import { CITY_VERSION, type CityRecord, type CityTarget } from './target.js';

/** How far a load is. */
export interface LoadProgress {
  /** `ROWS` while rows are written, then `INDEXES`. */
  readonly phase: 'ROWS' | 'INDEXES';
  /** Random residents written. */
  readonly residents: number;
  /** Rows written to all tables. */
  readonly rows: number;
}

/** What {@link seedCity} loads, where to, and who is told. */
export interface SeedOptions extends CityOptions {
  readonly target: CityTarget;
  /** Told after each batch. Default: nobody. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Rows loaded. */
export interface SeededCity extends CityRecord {
  /** Rows of each table, superseded and deleted ones included. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Loads the city, replacing an earlier one. Until it is complete {@link readCity} yields null, so a
 * load that was killed is simply run again.
 * @throws RangeError where an option is out of its bound; SeedTargetError where MySQL databases of
 * those names hold something else; otherwise the driver's or file system's error
 */
export async function seedCity(options: SeedOptions): Promise<SeededCity> {
  const { residents, seed = DEFAULT_SEED, asOf = DEFAULT_AS_OF, target, onProgress } = options;
  const city: CityRecord = { version: CITY_VERSION, residents, seed, asOf };
  const batches = generateCity({ residents, seed, asOf });
  // Drawn before the target is touched, so that a wrong option destroys nothing.
  const first = batches.next();
  const stories = storyRows(...readStoryBooks());
  const writer = target.kind === 'SQLITE' ? openSqlite(target.folder) : await openMysql(target);
  const counts: Record<string, number> = {};
  let total = 0;
  const write = async (rows: CityRows, written: number) => {
    await writer.write(rows);
    for (const [table, list] of Object.entries(rows)) {
      counts[table] = (counts[table] ?? 0) + list.length;
      total += list.length;
    }
    onProgress?.({ phase: 'ROWS', residents: written, rows: total });
  };
  try {
    await write(stories, 0);
    if (first.done !== true) await write(first.value.rows, first.value.residents);
    for (const batch of batches) await write(batch.rows, batch.residents);
    onProgress?.({ phase: 'INDEXES', residents, rows: total });
    await writer.complete(city);
  } finally {
    await writer.close();
  }
  return { ...city, rows: counts };
}

/** The complete city at the target; null where there is none, it is not complete, or another version wrote it. */
export async function readCity(target: CityTarget): Promise<CityRecord | null> {
  const city = target.kind === 'SQLITE' ? readSqliteCity(target.folder) : await readMysqlCity(target);
  return city === null || city.version !== CITY_VERSION ? null : city;
}
