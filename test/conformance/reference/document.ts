/** Documents as the reference reads them: parsed and validated by graphql-js, walked naively. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import type { Model } from './model.js';

/** A field as it stands in a document, on the type it was written on. */
export interface Occurrence {
  readonly node: FieldNode;
  readonly scope: GraphQLNamedType;
}

/** A selection set with the type it is written on. */
export interface Selections {
  readonly set: SelectionSetNode;
  readonly scope: GraphQLNamedType;
}

/** A document. */
export interface ReadDocument {
  readonly ast: DocumentNode;
  readonly valid: boolean;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Reads a document; null where it does not parse. */
export function readDocument(schema: GraphQLSchema, text: string): ReadDocument | null {
  let ast: DocumentNode;
  try {
    ast = parse(text);
  } catch {
    return null;
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of ast.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return { ast, valid: validate(schema, ast).length === 0, fragments };
}

/** The operation of this name, or the only one; null where there is none to run. */
export function operationOf({ ast }: ReadDocument, name: string | null): OperationDefinitionNode | null {
  const all = ast.definitions.filter((d): d is OperationDefinitionNode => d.kind === Kind.OPERATION_DEFINITION);
  const fit = name === null ? all : all.filter((operation) => operation.name?.value === name);
  return fit.length === 1 && fit[0]?.operation !== 'subscription' ? (fit[0] ?? null) : null;
}

type Variables = Readonly<Record<string, unknown>>;

function skipped(node: Pick<FieldNode, 'directives'>, variables: Variables): boolean {
  for (const directive of node.directives ?? []) {
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    const given =
      value?.kind === Kind.BOOLEAN
        ? value.value
        : value?.kind === Kind.VARIABLE
          ? variables[value.name.value] === true
          : false;
    if (directive.name.value === 'skip' && given) return true;
    if (directive.name.value === 'include' && !given) return true;
  }
  return false;
}

/** Collects the fields that selections ask of an object of a type, by response key (GraphQL spec, CollectFields). */
export function collect(
  model: Model,
  document: ReadDocument,
  variables: Variables,
  type: string,
  selections: readonly Selections[],
): Map<string, Occurrence[]> {
  const found = new Map<string, Occurrence[]>();
  const spread = new Set<string>();
  const walk = ({ set, scope }: Selections): void => {
    for (const selection of set.selections) {
      if (skipped(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        found.set(key, [...(found.get(key) ?? []), { node: selection, scope }]);
        continue;
      }
      let fragment: { readonly set: SelectionSetNode; readonly on: string | undefined };
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        const definition = document.fragments.get(name);
        if (definition === undefined || spread.has(name)) continue;
        spread.add(name);
        fragment = { set: definition.selectionSet, on: definition.typeCondition.name.value };
      } else fragment = { set: selection.selectionSet, on: selection.typeCondition?.name.value };
      const condition = fragment.on === undefined ? scope : model.schema.getType(fragment.on);
      if (condition === undefined || !model.possible(condition).includes(type)) continue;
      walk({ set: fragment.set, scope: condition });
    }
  };
  for (const selection of selections) walk(selection);
  return found;
}

/** What occurrences of one response key ask of the objects they lead to. */
export function below(occurrences: readonly Occurrence[]): Selections[] {
  return occurrences.flatMap(({ node, scope }) => {
    if (node.selectionSet === undefined || !(isObjectType(scope) || isInterfaceType(scope))) return [];
    const definition = scope.getFields()[node.name.value];
    return definition ? [{ set: node.selectionSet, scope: getNamedType(definition.type) }] : [];
  });
}
