/** A matter's facts document: checked against the schema, and the shape of the data it yields. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';

/** What an expression can find in a value. */
export type Shape =
  | { readonly kind: 'object'; readonly path: string; readonly fields: ReadonlyMap<string, Shape> }
  /** `max`: members at most. */
  | { readonly kind: 'list'; readonly path: string; readonly of: Shape; readonly max: number }
  /** `values`: of an enum. */
  | { readonly kind: 'leaf'; readonly path: string; readonly values: readonly string[] | null }
  /** Nothing is known of it. */
  | { readonly kind: 'any' };

/** A facts document that fits its schema. */
export interface FactsDocument {
  /** Shape of its `data`. */
  readonly shape: Shape;
  /** Response paths, dotted, without list indexes. */
  readonly paths: ReadonlySet<string>;
}

/** A fault of the document. */
export interface DocumentFault {
  /** Line inside the document, from 1; 0 where it has no place. */
  readonly line: number;
  readonly message: string;
}

const SCALAR_OF_KIND = {
  CITIZEN: 'CitizenId',
  ENTERPRISE: 'CreditCode',
  HOUSEHOLD: 'HouseholdNumber',
  PROPERTY_UNIT: 'PropertyUnitNumber',
  LICENCE: 'LicenceId',
} as const;

/** A role, as far as variables go. */
export interface VariableRole {
  readonly role: string;
  readonly kind: keyof typeof SCALAR_OF_KIND;
  readonly required: boolean;
}

/**
 * Checks a facts document: one query, valid by the schema, without directives (a fact may not
 * depend on the request), variables named after roles with the role's scalar, or `$asOf: Date`.
 * Does NOT check that anyone is granted its fields.
 * @returns the document, or every fault of it
 */
export function readFactsDocument(
  text: string,
  schema: GraphQLSchema,
  roles: readonly VariableRole[],
): FactsDocument | readonly DocumentFault[] {
  const faults: DocumentFault[] = [];
  const fault = (
    node: { readonly loc?: { readonly startToken: { readonly line: number } } | undefined },
    message: string,
  ) => faults.push({ line: node.loc?.startToken.line ?? 0, message });
  try {
    const document = parse(text);
    for (const error of validate(schema, document)) {
      faults.push({ line: error.locations?.[0]?.line ?? 0, message: error.message });
    }
    const operations = document.definitions.filter(
      (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
    );
    const operation = operations[0];
    if (operation === undefined || operations.length > 1 || operation.operation !== 'query') {
      fault(operation ?? document, 'the facts must be one query');
      return faults;
    }
    visit(document, { Directive: (node) => void fault(node, `a facts document may not use @${node.name.value}`) });
    const types = new Map<string, string>([['asOf', 'Date'], ...roles.map(variableOf)]);
    for (const node of operation.variableDefinitions ?? []) {
      const name = node.variable.name.value;
      const type = types.get(name);
      if (type === undefined) fault(node, `$${name} is neither a role nor $asOf`);
      else if (print(node.type) !== type) fault(node, `$${name} must be of type ${type}`);
    }
    const query = schema.getQueryType();
    if (faults.length > 0 || query == null) return faults;
    const fragments = new Map(
      document.definitions
        .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
        .map((node) => [node.name.value, node]),
    );
    const paths = new Set<string>();
    return {
      shape: objectShape([{ set: operation.selectionSet, type: query }], '', { schema, fragments, paths }),
      paths,
    };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return [...faults, { line: error.locations?.[0]?.line ?? 0, message: error.message }];
  }
}

function variableOf({ role, kind, required }: VariableRole): [string, string] {
  return [role, `${SCALAR_OF_KIND[kind]}${required ? '!' : ''}`];
}

interface Selections {
  readonly set: SelectionSetNode;
  readonly type: GraphQLNamedType;
}

interface Context {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly paths: Set<string>;
}

function objectShape(selections: readonly Selections[], path: string, context: Context): Shape {
  const found = new Map<string, { readonly node: FieldNode; readonly type: GraphQLNamedType }[]>();
  const collect = ({ set, type }: Selections): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        found.set(key, [...(found.get(key) ?? []), { node, type }]);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : context.fragments.get(node.name.value);
      if (fragment === undefined) continue;
      const on =
        fragment.typeCondition === undefined ? type : context.schema.getType(fragment.typeCondition.name.value);
      if (on !== undefined) collect({ set: fragment.selectionSet, type: on });
    }
  };
  for (const one of selections) collect(one);
  const fields = new Map<string, Shape>();
  for (const [key, nodes] of found) {
    const at = path === '' ? key : `${path}.${key}`;
    context.paths.add(at);
    const type = fieldType(nodes[0]);
    fields.set(key, type === null ? { kind: 'leaf', path: at, values: null } : valueShape(type, nodes, at, context));
  }
  return { kind: 'object', path, fields };
}

/** Type of a selected field; null for `__typename`, which no type declares. */
function fieldType(
  field: { readonly node: FieldNode; readonly type: GraphQLNamedType } | undefined,
): GraphQLOutputType | null {
  if (field === undefined || !(isObjectType(field.type) || isInterfaceType(field.type))) return null;
  return field.type.getFields()[field.node.name.value]?.type ?? null;
}

/** Members that a list without pages is reckoned to have at most, such as the guardians of a child. */
const UNPAGED = 10;

/** Members at most, by the argument `first`. A page size left to its default is reckoned as a full page. */
function longest(nodes: readonly { readonly node: FieldNode; readonly type: GraphQLNamedType }[]): number {
  const sizes = nodes.map(({ node, type }) => {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    const paged = field?.args.find(({ name }) => name === 'first');
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (given?.kind === Kind.INT) return Number(given.value);
    return typeof paged?.defaultValue === 'number' ? paged.defaultValue : UNPAGED;
  });
  return Math.max(UNPAGED, ...sizes);
}

function valueShape(
  type: GraphQLOutputType,
  nodes: readonly { readonly node: FieldNode; readonly type: GraphQLNamedType }[],
  path: string,
  context: Context,
): Shape {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return { kind: 'list', path, of: valueShape(nullable.ofType, nodes, path, context), max: longest(nodes) };
  }
  const named = getNamedType(nullable);
  if (isEnumType(named)) return { kind: 'leaf', path, values: named.getValues().map(({ name }) => name) };
  if (!(isObjectType(named) || isInterfaceType(named) || isUnionType(named)))
    return { kind: 'leaf', path, values: null };
  const sets = nodes.flatMap(({ node }) =>
    node.selectionSet === undefined ? [] : [{ set: node.selectionSet, type: named }],
  );
  return objectShape(sets, path, context);
}
