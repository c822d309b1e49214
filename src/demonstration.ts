/** The demonstration city: its departments' databases, its applications with their grants, its cases. */
import { join } from 'node:path';
import { readGrants } from '../seeds/grants.js';
import { type LoadProgress, readCity, seedCity } from '../seeds/load.js';
import { readPeerStories } from '../seeds/peer-city.js';
import { readAllStories } from '../seeds/stories.js';
import type { CityTarget } from '../seeds/target.js';
import type { Grant } from './authorize/rights.js';
import type { Config } from './config.js';
import { storeHistory } from './demonstration-history.js';
import type { ControlStore } from './store/control-store.js';

/** Residents of the city that the first start makes. */
export const DEFAULT_RESIDENTS = 3000;

/** The city's SQLite files in the data folder. */
export function embeddedCity(config: Config): CityTarget {
  return { kind: 'SQLITE', folder: join(config.data, 'departments') };
}

/** Whether every department of the configuration is a database of its own, so that no city is needed. */
export function needsEmbeddedCity(config: Config, departments: readonly string[]): boolean {
  return config.mode === 'development' && departments.some((name) => config.departments[name] === undefined);
}

/** Makes the embedded city where it is missing or was left half done. @returns whether it was made */
export async function ensureCity(config: Config, onProgress: (progress: LoadProgress) => void): Promise<boolean> {
  const target = embeddedCity(config);
  if ((await readCity(target)) !== null) return false;
  await seedCity({ residents: DEFAULT_RESIDENTS, target, onProgress });
  return true;
}

/** The city's applications and grants, as the store holds them. */
export function demonstrationPolicy() {
  const { clients, grants } = readGrants();
  return {
    clients: Object.entries(clients).map(([id, name]) => ({ id, nameZh: name.zh, nameEn: name.en, active: true })),
    grants: grants.map(
      ({ legalBasis, ...grant }): Grant => ({ ...grant, status: 'APPROVED', legalBasis: legalBasis.zh }),
    ),
  };
}

/** Puts applications, grants and the stories' cases, with what happened to them before, into the store. Repeating it changes nothing but the version. */
export async function storeDemonstration(store: ControlStore): Promise<void> {
  const { clients, grants } = demonstrationPolicy();
  await store.putPolicy(clients, grants);
  for (const story of [...readAllStories(), ...readPeerStories()]) {
    const { client, caseNumber, matter, filedOn, division, subjects } = story;
    const place = division === undefined ? {} : { division };
    await store.registerCase({ client, number: caseNumber, matter, filedOn, ...place, subjects });
    await storeHistory(store, story);
  }
}
