/** Random data: each text cell holds a sentinel that stands nowhere else. */
import type { Randomness } from '../randomness.js';
import type { SourceRow, SourceWorld } from '../situation.js';
import { type SchemaShape, type ShapedType, targetsOf, typeOf } from './shape.js';

/** Divisions that rows lie in. */
export const DIVISIONS = ['350702', '350703', '350722', '350781'] as const;

/**
 * What a sentinel looks like. Its six middle characters are its own; every mask hides them: NAME shows one
 * character at each end, ID_NUMBER six and two, PHONE two, ADDRESS none.
 */
export const SENTINEL = /ZZZZZZ[0-9a-z]{6}ZZ/g;

/** Whether a text is one sentinel. */
export function isSentinel(text: string): boolean {
  return /^ZZZZZZ[0-9a-z]{6}ZZ$/.test(text);
}

/** Makes sentinels, each once. */
export function sentinels(prefix: string): () => string {
  let made = 0;
  return () => {
    made += 1;
    return `ZZZZZZ${prefix}${made.toString(36).padStart(6 - prefix.length, '0')}ZZ`;
  };
}

interface Making {
  readonly random: Randomness;
  readonly shape: SchemaShape;
  readonly next: () => string;
  /** Identifiers by entity. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

/** A key of an entity: usually one that is there, sometimes a dangling one, sometimes none. */
function keyOf({ random, ids, next }: Making, target: string): string | null {
  const known = ids.get(target) ?? [];
  const roll = random.below(12);
  if (roll === 0) return null;
  if (roll === 1 || known.length === 0) return next();
  return random.pick(known);
}

/** A value for a cell of this leaf type. */
export function leafValue(random: Randomness, leaf: 'String' | 'Int' | 'Boolean', next: () => string): unknown {
  if (random.chance(0.12)) return null;
  if (leaf === 'Int') return random.below(1000);
  if (leaf === 'Boolean') return random.chance(0.5);
  return next();
}

function memberObject(making: Making, type: ShapedType): SourceRow {
  const object: Record<string, unknown> = {};
  for (const { name, shape } of type.fields) {
    if (shape.kind === 'VALUE') object[name] = leafValue(making.random, shape.leaf, making.next);
    if (shape.kind === 'ONE') object[shape.from] = keyOf(making, shape.target);
  }
  return object;
}

/** An object of a member type, or a list of some; none at times. */
function memberValue(making: Making, type: string, list: boolean): unknown {
  const member = typeOf(making.shape, type);
  const some = Array.from({ length: making.random.below(4) }, () => memberObject(making, member));
  return list ? some : (some[0] ?? null);
}

function rowOf(making: Making, type: ShapedType, id: string | null): SourceRow {
  const { random, shape, next } = making;
  const row: Record<string, unknown> = { $region: random.pick(DIVISIONS) };
  if (id !== null) row.id = id;
  for (const { name, shape: field } of type.fields) {
    switch (field.kind) {
      case 'VALUE':
        if (name !== 'id') row[name] = leafValue(random, field.leaf, next);
        break;
      case 'EMBEDDED':
        row[name] = memberValue(making, field.type, field.list);
        break;
      case 'ONE':
        if (field.from === 'id') break;
        if (shape.abstracts.some((abstract) => abstract.name === field.target)) {
          const target = random.pick(targetsOf(shape, field.target));
          const key = keyOf(making, target);
          row[field.from] = key === null ? null : { type: target, key };
        } else row[field.from] = keyOf(making, field.target);
        break;
      case 'DERIVED':
        for (const from of field.from) {
          if (field.type === null) row[from] = random.chance(0.1) ? null : next();
          else row[from] = memberValue(making, field.type, field.list);
        }
        break;
      case 'PAGE':
        break;
    }
  }
  return row;
}

/** The entity whose rows an attribute of a type holds a key of. */
function lookups(shape: SchemaShape): { readonly type: string; readonly by: string; readonly holder: string }[] {
  return shape.types.flatMap((holder) =>
    holder.fields.flatMap(({ shape: field }) =>
      (field.kind === 'PAGE' || field.kind === 'ONE') && field.by !== null
        ? [{ type: field.target, by: field.by, holder: holder.name }]
        : [],
    ),
  );
}

/** Makes the rows of every type. */
export function randomWorld(random: Randomness, shape: SchemaShape, next = sentinels('a')): SourceWorld {
  const ids = new Map<string, readonly string[]>();
  for (const type of shape.types) {
    if (type.kind === 'ENTITY') ids.set(type.name, Array.from({ length: 1 + random.below(5) }, next));
  }
  const making: Making = { random, shape, next, ids };
  const world: Record<string, SourceRow[]> = {};
  for (const type of shape.types) {
    if (type.kind === 'ENTITY') world[type.name] = (ids.get(type.name) ?? []).map((id) => rowOf(making, type, id));
    if (type.kind === 'PART') {
      world[type.name] = Array.from({ length: random.below(8) }, (_, i) => ({
        ...rowOf(making, type, null),
        $row: `${type.name}-${i}`,
      }));
    }
  }
  for (const { type, by, holder } of lookups(shape)) {
    const single = typeOf(shape, holder).fields.some(({ shape: f }) => f.kind === 'ONE' && f.by === by);
    const free = [...(ids.get(holder) ?? [])];
    for (const row of world[type] ?? []) {
      const cells = row as Record<string, unknown>;
      // A link to one object finds one row at most: what a source with several would mean is not specified.
      if (single) cells[by] = free.splice(random.below(free.length), 1)[0] ?? next();
      else cells[by] = keyOf(making, holder);
    }
  }
  return world;
}
