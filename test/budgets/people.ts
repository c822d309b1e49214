/** Residents and numbers that nobody has, for tests of budgets and walks. */
import { citizenIdCheckCharacter } from '../../src/domain/identifiers.js';
import type { World } from '../support/memory-connector.js';

const LAST = 28;

/** A citizen ID with a right check character. @param sequence 0 to 999 */
export function citizenId(birthday: string, sequence: number): string {
  const first17 = `350702${birthday}${String(sequence).padStart(3, '0')}`;
  return first17 + citizenIdCheckCharacter(first17);
}

const day = (n: number): string => String(n).padStart(2, '0');

const NUMBERS: Readonly<Record<string, (n: number) => string>> = {
  p: (n) => citizenId(`199001${day(n)}`, 101),
  n: (n) => citizenId(`198001${day(n)}`, 101),
  f: (n) => citizenId('20200101', 100 + n),
  s: (n) => citizenId('19700101', 100 + n),
  c: (n) => citizenId('20190101', 100 + n),
};

/** The number of `p1`, `n1`, … as test/cases/budgets.yaml calls them. */
export function idOf(name: string): string {
  const make = NUMBERS[name.charAt(0)];
  if (make === undefined) throw new RangeError(`no such people: ${name}`);
  return make(Number(name.slice(1)));
}

function residents(letter: string, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    idNumber: idOf(`${letter}${i + 1}`),
    name: `${letter}${i + 1}`,
    $region: '350702',
    guardians: [],
  }));
}

/** The departments' rows. */
export const PEOPLE: World = {
  Resident: [
    ...residents('p', LAST),
    ...residents('f', 20),
    {
      idNumber: idOf('c1'),
      name: 'c1',
      $region: '350702',
      guardians: ['p1', 'p2'].map((name) => ({
        relation: 'FATHER',
        name,
        idNumber: idOf(name),
        guardian: idOf(name),
      })),
    },
  ],
};
