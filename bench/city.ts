/** The city the benchmark runs on: made when missing, reused when complete. */
import { join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { DEFAULT_SEED } from '../seeds/generate.js';
import { readCity, seedCity } from '../seeds/load.js';
import { mysqlDatabases } from '../seeds/load-mysql.js';
import type { CityTarget } from '../seeds/target.js';
import { DEPARTMENTS, type DepartmentName, type Ground } from './ground.js';

/** Has a city of this size at the target, making it where there is none or another. */
export async function ensureCity(target: CityTarget, residents: number): Promise<void> {
  const city = await readCity(target);
  if (city !== null && city.residents === residents && city.seed === DEFAULT_SEED) return;
  const bar = new SingleBar({ format: 'city {bar} {value}/{total} residents', stream: process.stderr }, Presets.rect);
  bar.start(residents, 0);
  try {
    await seedCity({ residents, target, onProgress: (progress) => bar.update(progress.residents) });
  } finally {
    bar.stop();
  }
}

function byDepartment(of: (name: DepartmentName) => string): Ground['departments'] {
  return Object.fromEntries(DEPARTMENTS.map((name) => [name, of(name)])) as Ground['departments'];
}

/** Addresses of the five databases on a server. */
export function mysqlDepartments(url: string, prefix: string): Ground['departments'] {
  const names = mysqlDatabases(prefix);
  return byDepartment((name) => {
    const department = new URL(url);
    department.pathname = `/${names.get(name)}`;
    return department.href;
  });
}

/** Files of the five departments in a folder. */
export function sqliteDepartments(folder: string): Ground['departments'] {
  return byDepartment((name) => join(folder, `${name}.sqlite`));
}
