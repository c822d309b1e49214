/** Applications whose grants keep them from almost everybody, and the numbers they ask about. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Grant } from '../../src/authorize/rights.js';
import { citizenIdCheckCharacter, parseCitizenId } from '../../src/domain/identifiers.js';
import type { ControlStore } from '../../src/store/control-store.js';

/** How an application is kept out. `OPEN`: not at all; it shows what the measure sees where there is a difference. */
export type Scope = 'CASE_SUBJECTS' | 'RELATED' | 'REGION' | 'OPEN';

/** An application that the development issuer knows, and how it asks. */
export interface Outsider {
  readonly scope: Scope;
  readonly client: string;
  readonly matter: string;
}

const MATTER = 'school-enrolment-primary';

/** One application for each scope. */
export const OUTSIDERS: readonly Outsider[] = [
  { scope: 'CASE_SUBJECTS', client: 'school-enrolment', matter: MATTER },
  { scope: 'RELATED', client: 'licence-approval', matter: MATTER },
  { scope: 'REGION', client: 'benefits-office', matter: MATTER },
  { scope: 'OPEN', client: 'no-grants', matter: MATTER },
];

/** Case of each of them. */
export const CASE = 'T-1';

/** A division in which nobody of the city lives. */
const ELSEWHERE = '11';

/** What is asked about a resident. */
export const DOCUMENT =
  'query($id: CitizenId!) { resident(id: $id) { name birthDate status guardians { resident { name } } } }';

const COORDINATES = [
  'Query.resident',
  'Resident.name',
  'Resident.birthDate',
  'Resident.status',
  'Resident.guardians',
  'Guardianship.resident',
];

/** Registers the applications with one grant and one case each. @param subject the person their case is about */
export async function storeOutsiders(store: ControlStore, subject: string): Promise<void> {
  const grants = OUTSIDERS.map(
    ({ scope, client, matter }): Grant => ({
      id: `timing-${client}`,
      client,
      department: 'HOUSEHOLD',
      status: 'APPROVED',
      matters: [matter],
      legalBasis: 'benchmark',
      coordinates: Object.fromEntries(COORDINATES.map((coordinate) => [coordinate, 'FULL' as const])),
      regions: scope === 'REGION' ? [ELSEWHERE] : [],
      subjects: scope === 'CASE_SUBJECTS' || scope === 'RELATED' ? scope : 'ANY',
      maxHops: 2,
      validFrom: '2026-01-01',
      validTo: '2035-12-31',
    }),
  );
  const clients = OUTSIDERS.map(({ client: id }) => ({ id, nameZh: id, nameEn: id, active: true }));
  await store.putPolicy(clients, grants);
  for (const { client, matter } of OUTSIDERS) {
    const subjects = [{ role: 'child', kind: 'CITIZEN', id: subject }];
    await store.registerCase({ client, number: CASE, matter, filedOn: '2026-07-01', subjects });
  }
}

/** Numbers of residents, and as many of nobody that look alike: the same divisions and birthdays. */
export interface Numbers {
  readonly existing: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Reads the numbers from the city's household register.
 * @param folder of the city's SQLite files
 */
export function readNumbers(folder: string): Numbers {
  const household = new Database(join(folder, 'household.sqlite'), { readonly: true });
  const all = household.prepare('SELECT DISTINCT gmsfhm FROM HJXX_CZRKJBXXB ORDER BY gmsfhm').pluck().all() as string[];
  household.close();
  const existing = all.filter((id) => id.length === 18 && parseCitizenId(id).ok);
  const known = new Set(all.map((id) => id.slice(0, 17)));
  const missing = existing.flatMap((id) => {
    // The next free sequence number of the same day and division.
    for (let step = 1; step < 1000; step += 1) {
      const sequence = (Number(id.slice(14, 17)) + 7 * step) % 1000;
      const first17 = id.slice(0, 14) + String(sequence).padStart(3, '0');
      if (!known.has(first17)) return [first17 + citizenIdCheckCharacter(first17)];
    }
    return [];
  });
  return { existing, missing };
}
