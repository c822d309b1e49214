/** The enrolment read of one child, and of many at once, parallel where it can be. */
import { type GuardianReads, residentOf } from './answer.js';
import { childOf, formsOfAll, guardianIds } from './people.js';
import { unitNumbers } from './property.js';
import { formsOf, NOTHING, type Raw, type RowsByKey } from './raw.js';
import type { LookupName } from './statements.js';

/** Reads rows by stored keys; what was not found is not in it. May hold rows of other keys too. */
export type Read = (name: LookupName, keys: readonly string[]) => Promise<RowsByKey>;

/** An answer with whom it is about. */
export interface Answered {
  readonly data: Readonly<Record<string, unknown>>;
  /** Citizen IDs of everybody whose data were read. */
  readonly subjects: readonly string[];
  /** The facts a verdict rests on, where `data` is one and leaves with a receipt. */
  readonly facts?: unknown;
}

/** The rows of these keys, without those of fellow passengers. */
export function keep(rows: RowsByKey, keys: readonly string[]): RowsByKey {
  const own = new Map<string, readonly Raw[]>();
  for (const key of keys) {
    const found = rows.get(key);
    if (found !== undefined) own.set(key, found);
  }
  return own;
}

/** Reads rows, or nothing where there are no keys. */
export function readAny(read: Read, name: LookupName, keys: readonly string[]): Promise<RowsByKey> | RowsByKey {
  return keys.length === 0 ? NOTHING : read(name, keys);
}

/** Ownerships of persons by the forms of their IDs, then the units they are in. */
export async function readOwned(read: Read, forms: readonly string[], lookup: 'ownerships' | 'datedOwnerships') {
  const ownerships = keep(await readAny(read, lookup, forms), forms);
  return { ownerships, units: await readAny(read, 'units', unitNumbers(ownerships)) };
}

async function readGuardians(read: Read, ids: readonly string[]): Promise<GuardianReads> {
  const forms = formsOfAll(ids);
  const [owned, licences, months] = await Promise.all([
    readOwned(read, forms, 'ownerships'),
    readAny(read, 'licences', forms),
    readAny(read, 'months', forms),
  ]);
  return { ...owned, licences, months };
}

/** @param day a vaccination is judged by, `YYYY-MM-DD` */
export async function enrolment(read: Read, id: string, day: string): Promise<Answered> {
  const reading = async () => {
    const child = childOf(await read('residents', formsOf(id)), id);
    const guardians = guardianIds(child);
    return { child, guardians, reads: await readGuardians(read, guardians) };
  };
  const [vaccinations, { child, guardians, reads }] = await Promise.all([read('vaccinations', formsOf(id)), reading()]);
  return { data: { resident: residentOf(id, child, vaccinations, reads, day) }, subjects: [id, ...guardians] };
}

/** The same of many children: the workload `list`. */
export async function list(read: Read, ids: readonly string[], day: string): Promise<Answered> {
  const own = formsOfAll(ids);
  const reading = async () => {
    const rows = await read('residents', own);
    const children = ids.map((id) => childOf(rows, id));
    const guardians = [...new Set(children.flatMap(guardianIds))];
    return { children, guardians, reads: await readGuardians(read, guardians) };
  };
  const [vaccinations, { children, guardians, reads }] = await Promise.all([read('vaccinations', own), reading()]);
  const residents = ids.map((id, i) => residentOf(id, children[i] ?? null, vaccinations, reads, day));
  return { data: { residents }, subjects: [...ids, ...guardians] };
}

/** The enrolment read where reads answer at once. */
export function enrolmentNow(
  read: (name: LookupName, keys: readonly string[]) => RowsByKey,
  id: string,
  day: string,
): Answered {
  const own = formsOf(id);
  const child = childOf(read('residents', own), id);
  const guardians = guardianIds(child);
  const forms = formsOfAll(guardians);
  const among = (name: LookupName) => (forms.length === 0 ? NOTHING : read(name, forms));
  const ownerships = among('ownerships');
  const numbers = unitNumbers(ownerships);
  const units = numbers.length === 0 ? NOTHING : read('units', numbers);
  const reads = { ownerships, units, licences: among('licences'), months: among('months') };
  const resident = residentOf(id, child, read('vaccinations', own), reads, day);
  return { data: { resident }, subjects: [id, ...guardians] };
}
