/** The shape of a random schema: what its document, data and grants are made from. */

/** The leaf types in use. */
export type Leaf = 'String' | 'Int' | 'Boolean';

/** The masks of the schema's enum. */
export type MaskName = 'NAME' | 'ID_NUMBER' | 'ADDRESS' | 'PHONE';

/** How a field is had. */
export type FieldShape =
  | { readonly kind: 'VALUE'; readonly leaf: Leaf; readonly mask: MaskName | null }
  | { readonly kind: 'EMBEDDED'; readonly type: string; readonly list: boolean }
  /** `from`: attribute that holds the key, or a reference where the target is abstract. */
  | { readonly kind: 'ONE'; readonly target: string; readonly from: string; readonly by: string | null }
  | { readonly kind: 'PAGE'; readonly target: string; readonly from: string; readonly by: string }
  | {
      readonly kind: 'DERIVED';
      readonly from: readonly string[];
      /** Object type of a computed object; null: a text. */
      readonly type: string | null;
      readonly list: boolean;
      readonly mask: MaskName | null;
    };

/** One field. */
export interface ShapedField {
  readonly name: string;
  readonly department: string;
  readonly sharing: 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED';
  readonly shape: FieldShape;
}

/** One object type. */
export interface ShapedType {
  readonly name: string;
  /** Entity: has an identity. Part: rows without one. Member: inside a row. */
  readonly kind: 'ENTITY' | 'PART' | 'MEMBER';
  readonly department: string;
  /** Of an entity. */
  readonly subject: string | null;
  readonly implements: readonly string[];
  readonly fields: readonly ShapedField[];
  /** Attributes beside the fields: keys and references of links, and what derived fields read. */
  readonly hidden: readonly string[];
}

/** A root field that leads to entities. */
export interface ShapedRoot {
  readonly name: string;
  readonly target: string;
  readonly many: boolean;
  readonly department: string;
  readonly sharing: 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED';
}

/** An interface or union. */
export interface ShapedAbstract {
  readonly name: string;
  readonly kind: 'INTERFACE' | 'UNION';
  readonly members: readonly string[];
  /** Fields of the interface, by name, as the types have them. */
  readonly fields: readonly string[];
}

/** The whole schema. */
export interface SchemaShape {
  readonly departments: readonly string[];
  readonly types: readonly ShapedType[];
  readonly abstracts: readonly ShapedAbstract[];
  readonly roots: readonly ShapedRoot[];
}

/** The type of this name. */
export function typeOf(shape: SchemaShape, name: string): ShapedType {
  const found = shape.types.find((type) => type.name === name);
  if (found === undefined) throw new RangeError(`no type ${name}`);
  return found;
}

/** The object types that a link to this name leads to. */
export function targetsOf(shape: SchemaShape, name: string): readonly string[] {
  return shape.abstracts.find((abstract) => abstract.name === name)?.members ?? [name];
}

const PAGE_ARGUMENTS = '(first: Int! = 20 @range(min: 1, max: 100), offset: Int! = 0 @range(min: 0, max: 10000))';

function directives({ department, sharing, shape }: ShapedField): string {
  const masked = shape.kind === 'VALUE' || shape.kind === 'DERIVED' ? shape.mask : null;
  const mask = masked === null ? '' : `, mask: ${masked}`;
  const basis = sharing === 'NOT_SHARED' ? ', basis: "listed"' : '';
  const shared = `@shared(class: ${sharing}, department: ${department}${mask}${basis})`;
  if (shape.kind === 'ONE' || shape.kind === 'PAGE') {
    return `${shared} @link(from: "${shape.from}"${shape.by === null ? '' : `, by: "${shape.by}"`})`;
  }
  if (shape.kind === 'DERIVED') return `${shared} @derived(from: ${JSON.stringify(shape.from)})`;
  return shared;
}

function typeText({ shape }: ShapedField): string {
  switch (shape.kind) {
    case 'VALUE':
      return shape.leaf;
    case 'ONE':
      return shape.target;
    case 'PAGE':
      return `[${shape.target}!]`;
    case 'EMBEDDED':
      return shape.list ? `[${shape.type}!]` : shape.type;
    case 'DERIVED':
      return shape.type === null ? 'String' : shape.list ? `[${shape.type}!]` : shape.type;
  }
}

function signature(field: ShapedField): string {
  return `${field.name}${field.shape.kind === 'PAGE' ? PAGE_ARGUMENTS : ''}: ${typeText(field)}`;
}

/** The schema as SDL. */
export function sdlOf(shape: SchemaShape): string {
  const parts = [`extend enum Department { ${shape.departments.join(' ')} }`];
  const roots = shape.roots.map(({ name, target, many, department, sharing }) => {
    const basis = sharing === 'NOT_SHARED' ? ', basis: "listed"' : '';
    const shared = `@shared(class: ${sharing}, department: ${department}${basis})`;
    return many
      ? `  ${name}(ids: [String!]! @range(min: 1, max: 5)): [${target}] ${shared} @link(from: "ids")`
      : `  ${name}(id: String!): ${target} ${shared} @link(from: "id")`;
  });
  parts.push(`type Query {\n${roots.join('\n')}\n}`);
  for (const { name, kind, members, fields } of shape.abstracts) {
    if (kind === 'UNION') parts.push(`union ${name} = ${members.join(' | ')}`);
    else {
      const like = typeOf(shape, members[0] ?? '');
      const own = like.fields.filter((field) => fields.includes(field.name));
      parts.push(`interface ${name} {\n${own.map((field) => `  ${signature(field)}`).join('\n')}\n}`);
    }
  }
  for (const type of shape.types) {
    const interfaces = type.implements.length === 0 ? '' : ` implements ${type.implements.join(' & ')}`;
    const identity = type.subject === null ? '' : ` @identity(by: "id", kind: ${type.subject})`;
    const fields = type.fields.map((field) => `  ${signature(field)} ${directives(field)}`);
    parts.push(`type ${type.name}${interfaces}${identity} {\n${fields.join('\n')}\n}`);
  }
  return `${parts.join('\n\n')}\n`;
}
