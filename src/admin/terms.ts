/** Terms of grants and applications for access: what they may say, and which are narrower than which. */
import type { Disclosure, Grant, SubjectScope } from '../authorize/rights.js';
import { regionsCover } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import type { ControlParts } from './context.js';

/** Bounds of rows and people, and of how many of these in a day. */
export interface Bounds {
  readonly regions: readonly string[];
  readonly subjects: SubjectScope;
  readonly maxHops: number;
  /** Absent or null: no bound. */
  readonly subjectsPerDay?: number | null;
}

/** A field and how it is to be seen. */
export interface Item {
  readonly coordinate: string;
  readonly disclosure: Disclosure;
}

const MOST_ITEMS = 500;
const MOST_MATTERS = 20;
const MOST_REGIONS = 100;
const MOST_HOPS = 5;
const MOST_SUBJECTS = 10_000_000;

function refuse(field: string, why: string): MianzhengError {
  return new MianzhengError('BAD_USER_INPUT', `${field} ${why}`, { field });
}

/**
 * Checks fields: known, not of the class NOT_SHARED, named once, MASKED only where there is a mask.
 * @param department where given, all must be its own
 * @throws MianzhengError BAD_USER_INPUT naming the field at fault
 */
export function checkItems(
  { catalogue }: Pick<ControlParts, 'catalogue'>,
  items: readonly Item[],
  field: string,
  department?: string,
): void {
  if (items.length < 1 || items.length > MOST_ITEMS) throw refuse(field, `takes 1 to ${MOST_ITEMS} fields`);
  const named = new Set<string>();
  items.forEach(({ coordinate, disclosure }, i) => {
    const at = `${field}.${i}.coordinate`;
    const known = catalogue.fields.get(coordinate);
    if (known === undefined) throw refuse(at, 'is no field of the catalogue');
    if (known.sharing === 'NOT_SHARED') throw refuse(at, 'is not shared, whatever is granted');
    if (named.has(coordinate)) throw refuse(at, 'is named twice');
    if (department !== undefined && known.department !== department) throw refuse(at, 'belongs to another department');
    if (disclosure === 'MASKED' && known.mask === null)
      throw refuse(`${field}.${i}.disclosure`, 'takes no MASKED: the field has no mask');
    named.add(coordinate);
  });
}

/** Checks matters. @throws MianzhengError BAD_USER_INPUT */
export function checkMatters(
  { matters }: Pick<ControlParts, 'matters'>,
  codes: readonly string[],
  field: string,
): void {
  if (codes.length < 1 || codes.length > MOST_MATTERS) throw refuse(field, `takes 1 to ${MOST_MATTERS} matters`);
  codes.forEach((code, i) => {
    if (!matters.has(code)) throw refuse(`${field}.${i}`, 'is no matter that this gateway knows');
    if (codes.indexOf(code) < i) throw refuse(`${field}.${i}`, 'is named twice');
  });
}

/** Checks bounds. @throws MianzhengError BAD_USER_INPUT */
export function checkBounds({ regions, maxHops, subjectsPerDay = null }: Bounds, field: string): void {
  if (regions.length > MOST_REGIONS) throw refuse(`${field}.regions`, `takes at most ${MOST_REGIONS} prefixes`);
  regions.forEach((prefix, i) => {
    if (!/^\d{2}(\d{2}){0,2}$/.test(prefix)) throw refuse(`${field}.regions.${i}`, 'takes 2, 4 or 6 digits');
  });
  if (maxHops < 0 || maxHops > MOST_HOPS) throw refuse(`${field}.maxHops`, `takes 0 to ${MOST_HOPS}`);
  if (subjectsPerDay !== null && (subjectsPerDay < 1 || subjectsPerDay > MOST_SUBJECTS)) {
    throw refuse(`${field}.subjectsPerDay`, `takes 1 to ${MOST_SUBJECTS}`);
  }
}

/** Checks a period. @throws MianzhengError BAD_USER_INPUT */
export function checkPeriod(validFrom: string, validTo: string, field: string): void {
  if (validTo < validFrom) throw refuse(`${field}.validTo`, 'lies before the first day');
}

/** What each disclosure may be narrowed to. MASKED and PREDICATE give different things, neither less than the other. */
const NARROWER: Readonly<Record<Disclosure, ReadonlySet<Disclosure>>> = {
  FULL: new Set(['FULL', 'MASKED', 'PREDICATE']),
  MASKED: new Set(['MASKED']),
  PREDICATE: new Set(['PREDICATE']),
};

/** Whether one disclosure gives nothing that the other does not. */
export function isWithin(inner: Disclosure, outer: Disclosure): boolean {
  return NARROWER[outer].has(inner);
}

const WIDTH: Readonly<Record<SubjectScope, number>> = { CASE_SUBJECTS: 0, RELATED: 1, ANY: 2 };

/** Links that a scope reaches from the case's subjects. */
const hops = ({ subjects, maxHops }: Bounds): number => (subjects === 'RELATED' ? maxHops : 0);

/** Demands that bounds lie within others. @throws MianzhengError BAD_USER_INPUT naming the bound that does not */
export function requireWithin(inner: Bounds, outer: Bounds, field: string): void {
  const wide = (regions: readonly string[]) => (regions.length === 0 ? null : regions);
  if (!regionsCover(wide(outer.regions), wide(inner.regions))) throw refuse(`${field}.regions`, 'reaches further');
  if (WIDTH[inner.subjects] > WIDTH[outer.subjects]) throw refuse(`${field}.subjects`, 'reaches further');
  if (outer.subjects === 'RELATED' && hops(inner) > hops(outer)) throw refuse(`${field}.maxHops`, 'reaches further');
  const most = ({ subjectsPerDay }: Bounds) => subjectsPerDay ?? Number.POSITIVE_INFINITY;
  if (most(inner) > most(outer)) throw refuse(`${field}.subjectsPerDay`, 'reaches further');
}

/** Fields by coordinate. */
export function coordinatesOf(items: readonly Item[]): Readonly<Record<string, Disclosure>> {
  return Object.fromEntries(
    [...items].sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1)).map((i) => [i.coordinate, i.disclosure]),
  );
}

/** Fields as a list, by coordinate. */
export function itemsOf({ coordinates }: Pick<Grant, 'coordinates'>): Item[] {
  return Object.entries(coordinates)
    .map(([coordinate, disclosure]) => ({ coordinate, disclosure }))
    .sort((a, b) => (a.coordinate < b.coordinate ? -1 : 1));
}
