/**
 * The catalogue (资源目录): every field of the schema with its owner, its class and the way it is
 * had. Built once from the schema's directives; a schema that leaves a field unclassified, or
 * makes a refusal impossible to express, is refused with all its faults at once.
 */
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { MaskKind } from '../domain/mask.js';

/** Sharing class, as in the schema's enum. */
export type SharingClass = 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED';

/** How a field is had. */
export type FieldSource =
  /** An attribute of the row, or a member of a computed object. */
  | { readonly kind: 'VALUE' }
  /** An object, or a list of objects, inside the row or inside a computed object. */
  | { readonly kind: 'EMBEDDED' }
  /** Objects that a department is asked for. `by`: null means the target's identity. */
  | { readonly kind: 'LINK'; readonly from: string; readonly by: string | null }
  /** Computed by the department's connector from attributes of the row. */
  | { readonly kind: 'DERIVED'; readonly from: readonly string[] }
  /** Computed by the gateway itself; only at the root. */
  | { readonly kind: 'OPERATION' };

/** One field of one object type. */
export interface CatalogueField {
  /** Schema coordinate, such as `Resident.name`. */
  readonly coordinate: string;
  readonly type: string;
  readonly field: string;
  readonly sharing: SharingClass;
  readonly department: string;
  readonly sensitivity: string;
  readonly mask: MaskKind | null;
  /** Legal basis of a NOT_SHARED field, else null. */
  readonly basis: string | null;
  readonly source: FieldSource;
  readonly list: boolean;
  /** Whether it works on the request's case. */
  readonly caseBound: boolean;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** What identifies the objects of a type. */
export interface Identity {
  readonly by: string;
  /** Kind of subject, as in the schema's enum `SubjectKind`. */
  readonly kind: string;
}

/** The whole catalogue. */
export interface Catalogue {
  readonly schema: GraphQLSchema;
  /** By coordinate. */
  readonly fields: ReadonlyMap<string, CatalogueField>;
  /** Identity by type; types without one are parts of the object that leads to them. */
  readonly identities: ReadonlyMap<string, Identity>;
  /** Department that is asked for the rows of a type that links lead to. */
  readonly owners: ReadonlyMap<string, string>;
}

/** The schema cannot be served; `faults` lists every reason. */
export class CatalogueFaults extends Error {
  override readonly name = 'CatalogueFaults';
  constructor(readonly faults: readonly string[]) {
    super(`the schema cannot be served:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  }
}

function directive(schema: GraphQLSchema, name: string, node: { readonly directives?: readonly ConstDirectiveNode[] }) {
  const definition = schema.getDirective(name);
  if (!definition) throw new CatalogueFaults([`the schema does not define @${name}`]);
  return getDirectiveValues(definition, node);
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type);
}

function sourceOf(schema: GraphQLSchema, type: GraphQLObjectType, node: FieldDefinitionNode): FieldSource {
  const link = directive(schema, 'link', node);
  if (link) return { kind: 'LINK', from: String(link.from), by: (link.by as string | undefined) ?? null };
  const derived = directive(schema, 'derived', node);
  if (derived) return { kind: 'DERIVED', from: derived.from as string[] };
  if (isRoot(schema, type)) return { kind: 'OPERATION' };
  const named = getNamedType(type.getFields()[node.name.value]?.type);
  return { kind: isLeafType(named) ? 'VALUE' : 'EMBEDDED' };
}

function fieldFaults(
  type: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  field: CatalogueField,
): string[] {
  const faults: string[] = [];
  const at = field.coordinate;
  const unwrapped = isListType(definition.type) ? definition.type.ofType : definition.type;
  const named = getNamedType(definition.type);
  if (isNonNullType(definition.type)) faults.push(`${at} is non-null, so it could not be withheld`);
  if (isListType(isNonNullType(unwrapped) ? unwrapped.ofType : unwrapped)) faults.push(`${at} is a list of lists`);
  if (field.sharing === 'NOT_SHARED' && field.basis === null) faults.push(`${at} is NOT_SHARED without its basis`);
  if (field.mask !== null && (field.list || !isLeafType(named))) faults.push(`${at} has a mask but is no single text`);
  if (isAbstractType(named) && field.source.kind !== 'LINK') faults.push(`${at} is abstract but no @link`);
  if (field.source.kind === 'LINK' && isLeafType(named)) faults.push(`${at} is a @link to a scalar`);
  if (field.list && field.source.kind === 'LINK' && type.name !== 'Query') {
    for (const argument of ['first', 'offset']) {
      if (!definition.args.some((a) => a.name === argument)) faults.push(`${at} is a list without \`${argument}\``);
    }
  }
  return faults;
}

/** Names of the object types a value of this type can have. */
export function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly string[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((t) => t.name) : [type.name];
}

/** For each type a link leads to: the one department that owns its own attributes. */
function rowOwners(schema: GraphQLSchema, fields: Iterable<CatalogueField>, faults: string[]): Map<string, string> {
  const all = [...fields];
  const targets = new Set<string>();
  for (const field of all) {
    if (field.source.kind !== 'LINK') continue;
    for (const name of possibleTypes(schema, getNamedType(field.definition.type))) targets.add(name);
  }
  const owners = new Map<string, string>();
  for (const target of targets) {
    const own = all.filter((f) => f.type === target && f.source.kind !== 'LINK').map((f) => f.department);
    const [first, ...others] = new Set(own);
    if (first === undefined) faults.push(`${target} is linked to but has no attribute of its own`);
    else if (others.length > 0) faults.push(`${target} has attributes of several departments: ${own.join(', ')}`);
    else owners.set(target, first);
  }
  return owners;
}

/**
 * Reads the catalogue from the schema.
 * @throws CatalogueFaults naming every field without @shared, non-null or unbounded, and every
 *   type whose owner cannot be told
 */
export function buildCatalogue(schema: GraphQLSchema): Catalogue {
  const faults: string[] = [];
  const fields = new Map<string, CatalogueField>();
  const identities = new Map<string, Identity>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    if (type.astNode) {
      const identity = directive(schema, 'identity', type.astNode);
      if (identity) identities.set(type.name, { by: String(identity.by), kind: String(identity.kind) });
    }
    for (const definition of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${definition.name}`;
      const node = definition.astNode;
      const shared = node ? directive(schema, 'shared', node) : undefined;
      if (!node || !shared) {
        faults.push(`${coordinate} has no @shared`);
        continue;
      }
      const field: CatalogueField = {
        coordinate,
        type: type.name,
        field: definition.name,
        sharing: shared.class as SharingClass,
        department: String(shared.department),
        sensitivity: String(shared.sensitivity),
        mask: (shared.mask as MaskKind | undefined) ?? null,
        basis: (shared.basis as string | undefined) ?? null,
        source: sourceOf(schema, type, node),
        list: isListType(definition.type),
        caseBound: directive(schema, 'link', node) !== undefined || directive(schema, 'caseBound', node) !== undefined,
        definition,
      };
      fields.set(coordinate, field);
      faults.push(...fieldFaults(type, definition, field));
    }
  }
  for (const field of fields.values()) {
    if (field.source.kind !== 'LINK' || field.source.by !== null) continue;
    for (const target of possibleTypes(schema, getNamedType(field.definition.type))) {
      if (!identities.has(target)) faults.push(`${field.coordinate} links by identity to ${target}, which has none`);
    }
  }
  const owners = rowOwners(schema, fields.values(), faults);
  if (faults.length > 0) throw new CatalogueFaults(faults);
  return { schema, fields, identities, owners };
}
