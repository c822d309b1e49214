/**
 * A second world that differs from the first in everything the request may not see, and in nothing
 * it may: cells that the reference did not look at, the hidden part of masked ones, rows that no
 * search of it found.
 */
import { isSentinel, sentinels } from '../generator/random-world.js';
import type { Randomness } from '../randomness.js';
import { finds, type Search, type Trace } from '../reference/trace.js';
import type { SourceRow, SourceWorld } from '../situation.js';

interface Changing {
  readonly random: Randomness;
  readonly next: () => string;
  readonly searches: readonly Search[];
}

const DIVISIONS = ['350702', '350703', '350722', '350781', '110000'] as const;

function isObject(value: unknown): value is SourceRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReference(value: SourceRow): boolean {
  return typeof value.type === 'string' && typeof value.key === 'string';
}

/** Another value of the kind; a text stays one, so that only a veil's hidden part changes. */
function otherValue({ random, next }: Changing, value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'string') return next();
  if (typeof value === 'number') return value + 1 + random.below(50);
  if (typeof value === 'boolean') return !value;
  if (isObject(value) && isReference(value)) return { ...value, key: next() };
  return value;
}

type Seen = (attribute: string) => 'READ' | 'VEILED' | 'UNSEEN';

function changedCell(changing: Changing, name: string, value: unknown, seen: Seen): unknown {
  const { random } = changing;
  const nested = (each: unknown): unknown => {
    if (!isObject(each)) return each;
    return Object.fromEntries(
      Object.entries(each).map(([member, held]) => [
        member,
        seen(`${name}.${member}`) === 'READ' || (seen(`${name}.${member}`) === 'VEILED' && !isSentinel(String(held)))
          ? held
          : otherValue(changing, held),
      ]),
    );
  };
  const embedded = Array.isArray(value) || (isObject(value) && !isReference(value));
  switch (seen(name)) {
    case 'READ':
      return Array.isArray(value) ? value.map(nested) : embedded ? nested(value) : value;
    case 'VEILED':
      // Of another text a mask might show other ends.
      return typeof value === 'string' && !isSentinel(value) ? value : otherValue(changing, value);
    case 'UNSEEN':
      if (Array.isArray(value)) return value.slice(random.below(value.length + 1)).map((each) => nested(each));
      if (embedded) return random.chance(0.3) ? null : nested(value);
      return random.chance(0.15) ? null : otherValue(changing, value);
  }
}

function foundBy(searches: readonly Search[], type: string, row: SourceRow): string {
  return searches.map((search) => (finds(search, type, row) ? '1' : '0')).join('');
}

function changedRow(changing: Changing, type: string, row: SourceRow, trace: Trace): SourceRow {
  const read = trace.read.get(row);
  const veiled = trace.veiled.get(row);
  const seen: Seen = (name) => (read?.has(name) ? 'READ' : veiled?.has(name) ? 'VEILED' : 'UNSEEN');
  const before = foundBy(changing.searches, type, row);
  const out: Record<string, unknown> = { ...row };
  for (const [name, value] of Object.entries(row)) {
    if (name.startsWith('$')) continue;
    out[name] = changedCell(changing, name, value, seen);
  }
  // A change must not bring a row into a search or take it out.
  return foundBy(changing.searches, type, out) === before ? out : row;
}

/** A row that no search found may be anything that none finds, or be gone; others like it may be there. */
function unseenRow(changing: Changing, type: string, row: SourceRow): SourceRow[] {
  const { random, next, searches } = changing;
  if (random.chance(0.3)) return [];
  const out: Record<string, unknown> = { ...row, $region: random.pick(DIVISIONS) };
  for (const [name, value] of Object.entries(row)) {
    if (!name.startsWith('$') && random.chance(0.7)) out[name] = otherValue(changing, value);
  }
  if (row.id !== undefined) out.id = next();
  return searches.some((search) => finds(search, type, out)) ? [] : [out];
}

function strangers(changing: Changing, type: string, rows: readonly SourceRow[]): SourceRow[] {
  const { random, next, searches } = changing;
  if (rows.length === 0 || random.chance(0.4)) return [];
  const out: Record<string, unknown> = { ...random.pick(rows), $region: random.pick(DIVISIONS) };
  if (out.id !== undefined) out.id = next();
  if (out.$row !== undefined) out.$row = `${out.$row as string}-twin`;
  return searches.some((search) => finds(search, type, out)) ? [] : [out];
}

/** Makes the second world. Where nothing is hidden it is equal to the first. */
export function secondWorld(random: Randomness, world: SourceWorld, trace: Trace): SourceWorld {
  const next = sentinels('b');
  return Object.fromEntries(
    Object.entries(world).map(([type, rows]) => {
      const searches = trace.searches.filter((search) => search.type === type);
      const changing = { random, next, searches };
      const changed = rows.flatMap((row) =>
        searches.some((search) => finds(search, type, row)) || trace.read.has(row)
          ? [changedRow(changing, type, row, trace)]
          : unseenRow(changing, type, row),
      );
      return [type, [...changed, ...strangers(changing, type, rows)]];
    }),
  );
}
