/**
 * Which fields a selection asks of one concrete type (GraphQL spec, CollectFields), each with the
 * type it was written on: a field written on an interface needs its right on every possible type.
 */
import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLBoolean,
  type GraphQLNamedType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  valueFromAST,
} from 'graphql';
import { possibleTypes } from './catalogue.js';

/** A field as written in the document. */
export interface Occurrence {
  readonly node: FieldNode;
  /** The type whose selection it stands in. */
  readonly writtenOn: GraphQLNamedType;
}

/** A selection set and the type it is written on. */
export interface Selection {
  readonly set: SelectionSetNode;
  readonly on: GraphQLNamedType;
}

/** What collecting needs of the document. */
export interface DocumentScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Values of the variables that @skip and @include read; null: everything counts as included. */
  readonly flags: Readonly<Record<string, unknown>> | null;
}

function condition(
  name: 'skip' | 'include',
  directives: readonly DirectiveNode[],
  scope: DocumentScope,
): boolean | null {
  const argument = directives.find((d) => d.name.value === name)?.arguments?.find((a) => a.name.value === 'if');
  if (argument === undefined) return null;
  return valueFromAST(argument.value, GraphQLBoolean, scope.flags as Record<string, unknown>) === true;
}

/** Whether @skip and @include leave the selection in. */
function included(directives: readonly DirectiveNode[] | undefined, scope: DocumentScope): boolean {
  if (directives === undefined || directives.length === 0 || scope.flags === null) return true;
  return condition('skip', directives, scope) !== true && condition('include', directives, scope) !== false;
}

/**
 * Collects the fields that `selections` ask of an object of type `concrete`, by response key in
 * the order of the answer. Follows fragments whose type condition the object meets.
 */
export function collectFields(
  selections: readonly Selection[],
  concrete: string,
  scope: DocumentScope,
): ReadonlyMap<string, readonly Occurrence[]> {
  const collected = new Map<string, Occurrence[]>();
  const spread = new Set<string>();
  const visit = (set: SelectionSetNode, on: GraphQLNamedType): void => {
    for (const selection of set.selections) {
      if (!included(selection.directives, scope)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = collected.get(key);
        if (known) known.push({ node: selection, writtenOn: on });
        else collected.set(key, [{ node: selection, writtenOn: on }]);
        continue;
      }
      let fragment: {
        readonly typeCondition?: { readonly name: { readonly value: string } } | undefined;
        readonly selectionSet: SelectionSetNode;
      };
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const definition = scope.fragments.get(selection.name.value);
        if (definition === undefined || spread.has(definition.name.value)) continue;
        spread.add(definition.name.value);
        fragment = definition;
      } else {
        fragment = selection;
      }
      const named = fragment.typeCondition ? scope.schema.getType(fragment.typeCondition.name.value) : on;
      if (named && possibleTypes(scope.schema, named).includes(concrete)) visit(fragment.selectionSet, named);
    }
  };
  for (const selection of selections) visit(selection.set, selection.on);
  return collected;
}
