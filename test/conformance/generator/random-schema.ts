/** Random schemas in our shape. */
import type { Randomness } from '../randomness.js';
import type { FieldShape, Leaf, MaskName, SchemaShape, ShapedField, ShapedType } from './shape.js';

const KINDS = ['CITIZEN', 'ENTERPRISE', 'HOUSEHOLD', 'PROPERTY_UNIT', 'LICENCE'] as const;
const MASKS: readonly MaskName[] = ['NAME', 'ID_NUMBER', 'ADDRESS', 'PHONE'];

function sharing(random: Randomness): ShapedField['sharing'] {
  const roll = random.below(20);
  return roll === 0 ? 'NOT_SHARED' : roll < 3 ? 'UNCONDITIONAL' : 'CONDITIONAL';
}

function value(random: Randomness): FieldShape {
  const leaf: Leaf = random.pick(['String', 'String', 'String', 'Int', 'Boolean']);
  return { kind: 'VALUE', leaf, mask: leaf === 'String' && random.chance(0.6) ? random.pick(MASKS) : null };
}

/** Names of what a schema has, settled before its fields are. */
interface Frame {
  readonly departments: readonly string[];
  readonly entities: readonly string[];
  readonly parts: readonly string[];
  readonly members: readonly string[];
  readonly abstracts: readonly string[];
  /** Owner by type. */
  readonly owners: ReadonlyMap<string, string>;
  /** Of a part: the entity it belongs to. */
  readonly holders: ReadonlyMap<string, string>;
}

function plainFields(random: Randomness, type: string, department: string, count: number): ShapedField[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${type.toLowerCase()}_v${i}`,
    department,
    sharing: sharing(random),
    shape: value(random),
  }));
}

function member(random: Randomness, frame: Frame, name: string): ShapedType {
  const department = frame.owners.get(name) ?? '';
  const fields = plainFields(random, name, department, 1 + random.below(3));
  const hidden: string[] = [];
  // M0 leads on; the others may be computed, where a link has no place.
  if (name === 'M0') {
    const target = random.pick(frame.entities);
    const from = `${name.toLowerCase()}_key`;
    hidden.push(from);
    const shape: FieldShape = { kind: 'ONE', target, from, by: null };
    fields.push({ name: `${name.toLowerCase()}_to`, department, sharing: 'CONDITIONAL', shape });
  }
  return { name, kind: 'MEMBER', department, subject: null, implements: [], fields, hidden };
}

/** Fields that entities and parts have: values, embedded and derived ones, links to entities and abstracts. */
function rowFields(random: Randomness, frame: Frame, name: string, hidden: string[]): ShapedField[] {
  const department = frame.owners.get(name) ?? '';
  const low = name.toLowerCase();
  const fields = plainFields(random, name, department, 1 + random.below(4));
  const add = (suffix: string, shape: FieldShape, owner = department, how = sharing(random)): void => {
    fields.push({ name: `${low}_${suffix}`, department: owner, sharing: how, shape });
  };
  const ownMembers = frame.members.filter((type) => frame.owners.get(type) === department);
  if (ownMembers.length > 0 && random.chance(0.5)) {
    add('inside', { kind: 'EMBEDDED', type: random.pick(ownMembers), list: random.chance(0.5) });
  }
  if (random.chance(0.4)) {
    const reads = random.chance(0.5) ? [`${low}_basis`, `${low}_more`] : [`${low}_basis`];
    hidden.push(...reads);
    const mask = random.chance(0.4) ? random.pick(MASKS) : null;
    add('derived', { kind: 'DERIVED', from: reads, type: null, list: false, mask });
  }
  const plain = ownMembers.filter((type) => !type.startsWith('M0'));
  if (plain.length > 0 && random.chance(0.4)) {
    hidden.push(`${low}_whole`);
    const type = random.pick(plain);
    add('computed', { kind: 'DERIVED', from: [`${low}_whole`], type, list: random.chance(0.5), mask: null });
  }
  if (random.chance(0.8)) {
    hidden.push(`${low}_key`);
    add('one', { kind: 'ONE', target: random.pick(frame.entities), from: `${low}_key`, by: null });
  }
  if (random.chance(0.6)) {
    hidden.push(`${low}_ref`);
    add('any', { kind: 'ONE', target: random.pick(frame.abstracts), from: `${low}_ref`, by: null });
  }
  return fields;
}

function part(random: Randomness, frame: Frame, name: string): ShapedType {
  const hidden = [`${name.toLowerCase()}_holder`];
  const fields = rowFields(random, frame, name, hidden);
  const department = frame.owners.get(name) ?? '';
  return { name, kind: 'PART', department, subject: null, implements: [], fields, hidden };
}

function entity(random: Randomness, frame: Frame, name: string, i: number, interfaces: readonly string[]): ShapedType {
  const hidden: string[] = [];
  const department = frame.owners.get(name) ?? '';
  const common: ShapedField[] = [
    { name: 'id', department, sharing: 'CONDITIONAL', shape: { kind: 'VALUE', leaf: 'String', mask: 'ID_NUMBER' } },
    {
      name: 'title',
      department,
      sharing: sharing(random),
      shape: { kind: 'VALUE', leaf: 'String', mask: random.pick([...MASKS, null]) },
    },
  ];
  const fields = [...common, ...rowFields(random, frame, name, hidden)];
  for (const [target, holder] of frame.holders) {
    if (holder !== name) continue;
    // The department that owns the rows signs for the edge, as with a resident's properties; sometimes the holder's.
    const owner = random.chance(0.8) ? (frame.owners.get(target) ?? '') : department;
    const by = `${target.toLowerCase()}_holder`;
    const one = random.chance(0.25);
    fields.push({
      name: `${name.toLowerCase()}_${target.toLowerCase()}`,
      department: owner,
      sharing: sharing(random),
      shape: one ? { kind: 'ONE', target, from: 'id', by } : { kind: 'PAGE', target, from: 'id', by },
    });
  }
  const peer = random.pick(frame.entities);
  if (random.chance(0.6)) {
    const by = `in_${name.toLowerCase()}`;
    fields.push({
      name: `${name.toLowerCase()}_peers`,
      department: random.chance(0.7) ? (frame.owners.get(peer) ?? '') : department,
      sharing: sharing(random),
      shape: { kind: 'PAGE', target: peer, from: 'id', by },
    });
  }
  return {
    name,
    kind: 'ENTITY',
    department,
    subject: KINDS[i % KINDS.length] ?? 'CITIZEN',
    implements: interfaces,
    fields,
    hidden,
  };
}

/** Attributes that lists of peers are looked up by belong to the peers. */
function withLookups(types: readonly ShapedType[]): ShapedType[] {
  return types.map((type) => {
    const by = types
      .flatMap((other) => other.fields)
      .flatMap(({ shape }) => (shape.kind === 'PAGE' && shape.target === type.name ? [shape.by] : []));
    return { ...type, hidden: [...new Set([...type.hidden, ...by])] };
  });
}

/** Makes a schema. */
export function randomSchema(random: Randomness): SchemaShape {
  const departments = ['ALPHA', 'BETA', 'GAMMA'].slice(0, 2 + random.below(2));
  const name = (prefix: string, least: number, range: number) =>
    Array.from({ length: least + random.below(range) }, (_, i) => `${prefix}${i}`);
  const entities = name('E', 2, 3);
  const parts = name('P', 1, 2);
  const members = name('M', 2, 3);
  const all = [...entities, ...parts, ...members];
  const frame: Frame = {
    departments,
    entities,
    parts,
    members,
    abstracts: ['Face', 'Either'],
    owners: new Map(all.map((type) => [type, random.pick(departments)])),
    holders: new Map(parts.map((type) => [type, random.pick(entities)])),
  };
  const faces = random.some(entities, 0.7);
  const face = faces.length === 0 ? entities.slice(0, 1) : faces;
  const other = random.some(entities, 0.6);
  const either = other.length === 0 ? entities.slice(-1) : other;
  const types = withLookups([
    ...entities.map((type, i) => entity(random, frame, type, i, face.includes(type) ? ['Face'] : [])),
    ...parts.map((type) => part(random, frame, type)),
    ...members.map((type) => member(random, frame, type)),
  ]);
  return {
    departments,
    types,
    abstracts: [
      { name: 'Face', kind: 'INTERFACE', members: face, fields: ['id', 'title'] },
      { name: 'Either', kind: 'UNION', members: either, fields: [] },
    ],
    roots: entities.flatMap((target) => [
      {
        name: target.toLowerCase(),
        target,
        many: false,
        department: frame.owners.get(target) ?? '',
        sharing: random.chance(0.08) ? 'UNCONDITIONAL' : 'CONDITIONAL',
      },
      {
        name: `${target.toLowerCase()}s`,
        target,
        many: true,
        department: frame.owners.get(target) ?? '',
        sharing: 'CONDITIONAL',
      },
    ]),
  };
}
