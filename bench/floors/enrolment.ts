/** The enrolment read, parallel where it can be. */
import { answerOf, childOf, type Enrolment, formsOf, guardianForms, type RowsByKey, unitNumbers } from './answer.js';
import type { LookupName } from './statements.js';

/** Reads rows by stored keys; what was not found is not in it. May hold rows of other keys too. */
export type Read = (name: LookupName, keys: readonly string[]) => Promise<RowsByKey>;

const NOTHING: RowsByKey = new Map();

/** An answer with whom it is about. */
export interface Answered {
  readonly data: Enrolment;
  /** Citizen IDs of everybody whose data were read. */
  readonly subjects: readonly string[];
}

function keep(rows: RowsByKey, keys: readonly string[]): RowsByKey {
  const own = new Map<string, RowsByKey extends ReadonlyMap<string, infer R> ? R : never>();
  for (const key of keys) {
    const found = rows.get(key);
    if (found !== undefined) own.set(key, found);
  }
  return own;
}

async function reading(read: Read, id: string) {
  const child = childOf(await read('residents', formsOf(id)), id);
  const forms = child === null ? [] : guardianForms(child);
  const among = (name: LookupName) => (forms.length === 0 ? NOTHING : read(name, forms));
  const owning = async () => {
    const ownerships = keep(await among('ownerships'), forms);
    const numbers = unitNumbers(ownerships);
    return { ownerships, units: numbers.length === 0 ? NOTHING : await read('units', numbers) };
  };
  const [owned, licences, months] = await Promise.all([owning(), among('licences'), among('months')]);
  return { child, reads: { ...owned, licences, months } };
}

/** @param day a vaccination is judged by, `YYYY-MM-DD` */
export async function enrolment(read: Read, id: string, day: string): Promise<Answered> {
  const [vaccinations, { child, reads }] = await Promise.all([read('vaccinations', formsOf(id)), reading(read, id)]);
  const guardians = child === null ? [] : child.guardians.flatMap((guardian) => guardian.id ?? []);
  return { data: answerOf(id, child, vaccinations, reads, day), subjects: [id, ...guardians] };
}

/** The same where reads answer at once. */
export function enrolmentNow(
  read: (name: LookupName, keys: readonly string[]) => RowsByKey,
  id: string,
  day: string,
): Answered {
  const own = formsOf(id);
  const child = childOf(read('residents', own), id);
  const forms = child === null ? [] : guardianForms(child);
  const among = (name: LookupName) => (forms.length === 0 ? NOTHING : read(name, forms));
  const ownerships = among('ownerships');
  const numbers = unitNumbers(ownerships);
  const units = numbers.length === 0 ? NOTHING : read('units', numbers);
  const reads = { ownerships, units, licences: among('licences'), months: among('months') };
  const guardians = child === null ? [] : child.guardians.flatMap((guardian) => guardian.id ?? []);
  return { data: answerOf(id, child, read('vaccinations', own), reads, day), subjects: [id, ...guardians] };
}
