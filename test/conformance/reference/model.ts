/**
 * The schema as the reference reads it: straight from the directives of the SDL, without the
 * gateway's catalogue.
 */
import {
  buildASTSchema,
  concatAST,
  type FieldDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isObjectType,
  parse,
} from 'graphql';
import type { MaskKind } from '../../../src/domain/mask.js';

/** How a field is had. */
export type Having = 'VALUE' | 'EMBEDDED' | 'LINK' | 'DERIVED' | 'OPERATION';

/** A field of an object type, with what its directives say. */
export interface ModelField {
  readonly coordinate: string;
  readonly name: string;
  readonly department: string;
  readonly sharing: 'UNCONDITIONAL' | 'CONDITIONAL' | 'NOT_SHARED';
  readonly mask: MaskKind | null;
  readonly having: Having;
  /** Attributes read: of a link the one that holds the key (at the root the argument), of a derived field all. */
  readonly from: readonly string[];
  /** Attribute of the target a link compares with; null: its identity. */
  readonly by: string | null;
  readonly list: boolean;
  readonly named: GraphQLNamedType;
  /** Bounds by argument. */
  readonly ranges: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
}

/** An object type. */
export interface ModelType {
  readonly name: string;
  readonly identity: { readonly by: string; readonly kind: string } | null;
  /** The department that owns its rows; null where it has no attribute of its own. */
  readonly owner: string | null;
  readonly fields: ReadonlyMap<string, ModelField>;
}

/** The schema. */
export interface Model {
  readonly schema: GraphQLSchema;
  readonly types: ReadonlyMap<string, ModelType>;
  /** Names of the object types an abstract or object type stands for. */
  possible(type: GraphQLNamedType): readonly string[];
}

/** Reads a schema. @param files SDL by file */
export function readModel(files: ReadonlyMap<string, string>): Model {
  const schema = buildASTSchema(concatAST([...files.values()].map((text) => parse(text))));
  const named = (name: string) => {
    const directive = schema.getDirective(name);
    if (!directive) throw new RangeError(`@${name} is not defined`);
    return directive;
  };
  const [shared, link, derived, identity, range] = ['shared', 'link', 'derived', 'identity', 'range'].map(named);
  if (!shared || !link || !derived || !identity || !range) throw new RangeError('a directive is missing');
  const roots = new Set([schema.getQueryType(), schema.getMutationType()]);

  function fieldOf(type: GraphQLObjectType, node: FieldDefinitionNode): ModelField {
    const definition = type.getFields()[node.name.value];
    if (!definition || !shared || !link || !derived || !range) throw new RangeError(node.name.value);
    const words = getDirectiveValues(shared, node);
    if (words === undefined) throw new RangeError(`${type.name}.${node.name.value} has no @shared`);
    const linked = getDirectiveValues(link, node);
    const computed = getDirectiveValues(derived, node);
    const target = getNamedType(definition.type);
    const ranges = new Map(
      (node.arguments ?? []).flatMap((argument) => {
        const bounds = getDirectiveValues(range, argument);
        return bounds ? [[argument.name.value, { min: Number(bounds.min), max: Number(bounds.max) }] as const] : [];
      }),
    );
    const own: Having = roots.has(type) ? 'OPERATION' : isLeafType(target) ? 'VALUE' : 'EMBEDDED';
    return {
      coordinate: `${type.name}.${definition.name}`,
      name: definition.name,
      department: String(words.department),
      sharing: words.class as ModelField['sharing'],
      mask: (words.mask as MaskKind | undefined) ?? null,
      having: linked ? 'LINK' : computed ? 'DERIVED' : own,
      from: linked ? [String(linked.from)] : computed ? (computed.from as string[]) : [definition.name],
      by: (linked?.by as string | undefined) ?? null,
      list: isListType(definition.type),
      named: target,
      ranges,
    };
  }

  const types = new Map<string, ModelType>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const nodes = [type.astNode, ...type.extensionASTNodes].flatMap((node) => node?.fields ?? []);
    const fields = new Map(nodes.map((node) => [node.name.value, fieldOf(type, node)]));
    const words = type.astNode ? getDirectiveValues(identity, type.astNode) : undefined;
    types.set(type.name, {
      name: type.name,
      identity: words ? { by: String(words.by), kind: String(words.kind) } : null,
      owner: [...fields.values()].find(({ having }) => having !== 'LINK')?.department ?? null,
      fields,
    });
  }
  return {
    schema,
    types,
    possible: (type) => (isAbstractType(type) ? schema.getPossibleTypes(type).map((t) => t.name) : [type.name]),
  };
}
