/** Random documents: valid ones, with everything that authorization has been known to lose track of. */
import type { Randomness } from '../randomness.js';
import type { SourceWorld } from '../situation.js';
import { type SchemaShape, type ShapedField, targetsOf, typeOf } from './shape.js';

/** A document with the variables it takes; their values are chosen for each request. */
export interface RandomDocument {
  readonly text: string;
  /** Chooses values for the variables. */
  readonly variables: (random: Randomness, world: SourceWorld) => Readonly<Record<string, unknown>>;
}

/** Chooses a variable's value; undefined: not given. */
type Choose = (random: Randomness, world: SourceWorld) => unknown;

/** A document while it is written. */
class Writing {
  readonly definitions = new Map<string, { readonly type: string; readonly choose: Choose }>();
  readonly fragments: string[] = [];
  /** Names of the fragments written so far, by type condition: a fragment spreads only earlier ones. */
  readonly named: { readonly name: string; readonly on: string }[] = [];
  fields = 0;

  constructor(
    readonly random: Randomness,
    readonly shape: SchemaShape,
    readonly bound: number,
  ) {}

  variable(name: string, type: string, choose: Choose): string {
    this.definitions.set(name, { type, choose });
    return `$${name}`;
  }

  /** `@skip` or `@include`, mostly none. */
  directive(): string {
    const { random } = this;
    if (!random.chance(0.12)) return '';
    const which = random.pick(['skip', 'include']);
    if (random.chance(0.3)) return ` @${which}(if: ${random.chance(0.5)})`;
    if (random.chance(0.3)) {
      const name = this.variable('maybe', 'Boolean = true', (r) => r.pick([undefined, true, false]));
      // A nullable variable may stand where its default makes it non-null.
      return ` @${which}(if: ${name})`;
    }
    return ` @${which}(if: ${this.variable('flag', 'Boolean!', (r) => r.chance(0.5))})`;
  }
}

function identifiers(world: SourceWorld, target: string): string[] {
  return (world[target] ?? []).map((row) => String(row.id));
}

/** An identifier that is asked for: mostly one that is there. */
function someIdentifier(random: Randomness, world: SourceWorld, target: string): string {
  const known = identifiers(world, target);
  return known.length === 0 || random.chance(0.06) ? 'ZZZZZZnobodyZZ' : random.pick(known);
}

const PAGES = ['', '(first: 1)', '(first: 2, offset: 1)', '(offset: 0)'] as const;

/** A field's alias decides its arguments, so that equal response keys always mean the same. */
function fieldText(writing: Writing, { name, shape }: ShapedField, depth: number): string | null {
  const { random } = writing;
  writing.fields += 1;
  const letter = random.below(5);
  let alias = letter < 2 ? '' : `${'abc'[letter - 2]}_${name}: `;
  let page = '';
  if (shape.kind === 'PAGE') {
    if (letter >= 2) page = PAGES[letter - 1] ?? '';
    if (random.chance(0.12)) {
      alias = `d_${name}: `;
      // One request in thirty or so asks for a page beyond its bound.
      const count = writing.variable('count', 'Int! = 2', (r) =>
        r.pick([undefined, 1, 2, 3, r.chance(0.3) ? 101 : 100]),
      );
      page = `(first: ${count})`;
    }
  }
  const head = `${alias}${name}${page}${writing.directive()}`;
  const inner = targetOf(shape);
  if (inner === null) return head;
  if (depth <= 0) return null;
  return `${head} ${selection(writing, inner, depth - 1)}`;
}

function targetOf(shape: ShapedField['shape']): string | null {
  switch (shape.kind) {
    case 'VALUE':
      return null;
    case 'DERIVED':
    case 'EMBEDDED':
      return shape.type;
    case 'ONE':
    case 'PAGE':
      return shape.target;
  }
}

/** Fields that may be selected on a type, abstract or not. */
function fieldsOn(shape: SchemaShape, type: string): readonly ShapedField[] {
  const abstract = shape.abstracts.find(({ name }) => name === type);
  if (abstract === undefined) return typeOf(shape, type).fields;
  if (abstract.kind === 'UNION') return [];
  return typeOf(shape, abstract.members[0] ?? '').fields.filter(({ name }) => abstract.fields.includes(name));
}

/** Whether a fragment on one type may stand inside a selection on another. */
function overlaps(shape: SchemaShape, a: string, b: string): boolean {
  const left = targetsOf(shape, a);
  return targetsOf(shape, b).some((type) => left.includes(type));
}

function selection(writing: Writing, type: string, depth: number): string {
  const { random, shape } = writing;
  const parts: string[] = [];
  const abstract = shape.abstracts.some(({ name }) => name === type);
  const fields = fieldsOn(shape, type);
  const wish = 1 + random.below(4);
  for (let i = 0; i < wish && fields.length > 0 && writing.fields < writing.bound; i++) {
    const text = fieldText(writing, random.pick(fields), depth);
    if (text !== null) parts.push(text);
  }
  if (random.chance(0.15)) parts.push(random.pick(['__typename', 'kind_of: __typename']));
  const roll = random.below(10);
  if (depth > 0 && (abstract ? roll < 8 : roll < 3)) {
    const conditions = [...shape.types.map((t) => t.name), ...shape.abstracts.map((a) => a.name)].filter((name) =>
      overlaps(shape, type, name),
    );
    const count = abstract ? 1 + random.below(2) : 1;
    for (let i = 0; i < count; i++) {
      const on = random.pick(conditions);
      const bare = on === type && random.chance(0.3);
      parts.push(`...${bare ? '' : ` on ${on}`}${writing.directive()} ${selection(writing, on, depth - 1)}`);
    }
  }
  const fragments = writing.named.filter(({ on }) => overlaps(shape, type, on));
  if (fragments.length > 0 && random.chance(0.35)) {
    const { name } = random.pick(fragments);
    parts.push(`...${name}${writing.directive()}`);
    // A fragment spread twice must not lose a key.
    if (random.chance(0.3)) parts.push(`...${name}`);
  }
  if (parts.length === 0) parts.push('__typename');
  return `{ ${parts.join(' ')} }`;
}

function fragment(writing: Writing): void {
  const { random, shape } = writing;
  const on = random.pick([
    ...shape.types.filter(({ kind }) => kind !== 'MEMBER').map(({ name }) => name),
    ...shape.abstracts.map(({ name }) => name),
  ]);
  const name = `F${writing.named.length}`;
  writing.fragments.push(`fragment ${name} on ${on} ${selection(writing, on, 2)}`);
  writing.named.push({ name, on });
}

function rootText(writing: Writing, i: number): string {
  const { random, shape } = writing;
  const roll = random.below(30);
  if (roll === 0) return `r${i}: divisions${writing.directive()} { code }`;
  if (roll === 1) return `r${i}: __type(name: "${random.pick(shape.types).name}") { name fields { name } }`;
  if (roll === 2) return `r${i}: __typename`;
  const root = random.pick(shape.roots);
  const variable = root.many
    ? writing.variable(`ids${i}`, '[String!]!', (r, world) =>
        Array.from({ length: r.chance(0.02) ? 6 : 1 + r.below(3) }, () => someIdentifier(r, world, root.target)),
      )
    : writing.variable(`id${i}`, 'String!', (r, world) => someIdentifier(r, world, root.target));
  const argument = root.many ? `ids: ${variable}` : `id: ${variable}`;
  return `r${i}: ${root.name}(${argument})${writing.directive()} ${selection(writing, root.target, 2 + random.below(3))}`;
}

/** A mutation: the registration of a case. */
function mutation(writing: Writing): string {
  const input = writing.variable('input', 'RegisterCaseInput!', () => ({
    number: 'NEW-1',
    matter: 'matter-one',
    subjects: [{ role: 'household', kind: 'HOUSEHOLD', id: '100' }],
  }));
  return `mutation($input: RegisterCaseInput!) { a: registerCase(input: ${input}) { number subjectCount ${
    writing.random.chance(0.5) ? '__typename' : 'matter'
  } } }`;
}

/** Writes a document. @param bound fields at most, about */
export function randomDocument(random: Randomness, shape: SchemaShape, bound = 24): RandomDocument {
  const writing = new Writing(random, shape, bound);
  let text: string;
  if (random.chance(0.02)) text = mutation(writing);
  else {
    for (let i = random.pick([0, 0, 1, 2]); i > 0; i--) fragment(writing);
    const roots = Array.from({ length: random.pick([1, 1, 1, 2]) }, (_, i) => rootText(writing, i));
    const body = roots.join(' ');
    const used = writing.named.filter(({ name }) => uses(writing, body, name));
    const fragments = writing.fragments.filter((_, i) => used.some(({ name }) => name === writing.named[i]?.name));
    const whole = [body, ...fragments].join('\n');
    for (const name of writing.definitions.keys()) {
      if (!new RegExp(`\\$${name}\\b`).test(whole)) writing.definitions.delete(name);
    }
    const definitions = [...writing.definitions].map(([name, { type }]) => `$${name}: ${type}`).join(', ');
    text = [`query${definitions === '' ? '' : `(${definitions})`} { ${body} }`, ...fragments].join('\n');
  }
  const { definitions } = writing;
  return {
    text,
    variables: (r, world) => {
      const values: Record<string, unknown> = {};
      for (const [name, { choose }] of definitions) {
        const value = choose(r, world);
        if (value !== undefined) values[name] = value;
      }
      return values;
    },
  };
}

/** Whether a fragment is spread from the operation, directly or through another. */
function uses(writing: Writing, body: string, name: string): boolean {
  const spread = new RegExp(`\\.\\.\\.${name}\\b`);
  if (spread.test(body)) return true;
  return writing.named.some(
    (other, i) => other.name !== name && spread.test(writing.fragments[i] ?? '') && uses(writing, body, other.name),
  );
}
