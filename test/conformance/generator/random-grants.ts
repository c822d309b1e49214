/** Random grants and cases. */
import type { Disclosure, Grant } from '../../../src/authorize/rights.js';
import type { Randomness } from '../randomness.js';
import { CLIENTS, MATTERS, type SituationCase, type SourceWorld } from '../situation.js';
import type { SchemaShape } from './shape.js';

interface Coordinate {
  readonly coordinate: string;
  readonly department: string;
  readonly link: boolean;
  readonly maskable: boolean;
}

function coordinatesOf(shape: SchemaShape): Coordinate[] {
  const roots = shape.roots.map(({ name, department }) => ({
    coordinate: `Query.${name}`,
    department,
    link: true,
    maskable: false,
  }));
  const fields = shape.types.flatMap((type) =>
    type.fields.map(({ name, department, shape: field }) => ({
      coordinate: `${type.name}.${name}`,
      department,
      link: field.kind === 'ONE' || field.kind === 'PAGE',
      maskable: (field.kind === 'VALUE' || field.kind === 'DERIVED') && field.mask !== null,
    })),
  );
  return [
    ...roots,
    ...fields,
    { coordinate: 'Mutation.registerCase', department: 'PLATFORM', link: false, maskable: false },
  ];
}

function disclosureOf(random: Randomness, { link, maskable }: Coordinate): Disclosure {
  const roll = random.below(20);
  if (roll === 0) return 'PREDICATE';
  // A mask on what cannot be masked is a fault of the grant; it must open nothing.
  if (roll < 5 && (maskable || (!link && roll === 1))) return 'MASKED';
  return 'FULL';
}

const REGIONS: readonly (readonly string[])[] = [['350702'], ['350703'], ['350702', '350722'], ['3507'], ['35078']];

function grantOf(random: Randomness, all: readonly Coordinate[], department: string, i: number): Grant {
  const density = random.pick([0.3, 0.7, 0.95]);
  const own = all.filter((c) => c.department === department);
  // Another department's field: the grant must not count for it.
  const foreign = random.chance(0.15) ? random.some(all, 0.1) : [];
  const named = [...random.some(own, density), ...foreign];
  const scope = random.below(10);
  return {
    id: `grant-${i}`,
    client: random.chance(0.95) ? CLIENTS[0] : CLIENTS[1],
    department,
    status: random.chance(0.95) ? 'APPROVED' : random.pick(['DRAFT', 'SUBMITTED', 'SUSPENDED', 'REVOKED', 'EXPIRED']),
    matters: random.chance(0.93) ? [MATTERS[0]] : random.pick([[], [MATTERS[1]], [...MATTERS]]),
    legalBasis: `basis ${i}`,
    coordinates: Object.fromEntries(named.map((c) => [c.coordinate, disclosureOf(random, c)])),
    regions: random.chance(0.25) ? random.pick(REGIONS) : [],
    subjects: scope < 5 ? 'ANY' : scope < 8 ? 'RELATED' : 'CASE_SUBJECTS',
    maxHops: random.below(4),
    validFrom: random.chance(0.97) ? '2026-01-01' : '2026-07-02',
    validTo: random.chance(0.97) ? '2026-07-01' : '2026-06-30',
  };
}

/** Makes the grants of one policy. */
export function randomGrants(random: Randomness, shape: SchemaShape): Grant[] {
  const all = coordinatesOf(shape);
  const departments = [...shape.departments, 'PLATFORM'];
  // One to three grants of each department.
  const signed = departments.flatMap((department) =>
    Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => department),
  );
  return signed.map((department, i) => grantOf(random, all, department, i));
}

/** Makes the registered cases: those of the first application, and one of another and one for another matter. */
export function randomCases(random: Randomness, shape: SchemaShape, world: SourceWorld): SituationCase[] {
  const people = shape.types.flatMap((type) =>
    type.subject === null
      ? []
      : (world[type.name] ?? []).map((row) => ({ kind: type.subject as string, id: String(row.id) })),
  );
  const subjects = random.some(people, random.pick([0.15, 0.4, 0.8]));
  return [
    { client: CLIENTS[0], number: 'C-1', matter: MATTERS[0], subjects },
    { client: CLIENTS[0], number: 'C-2', matter: MATTERS[1], subjects },
    { client: CLIENTS[1], number: 'C-3', matter: MATTERS[0], subjects },
  ];
}
