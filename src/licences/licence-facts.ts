/** What of a matter's facts is about licences (电子证照): the part of its document that a look at them asks for, and no more. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** The coordinate whose change is told. */
export const LICENCE_STATUS = 'Licence.status';

const [TYPE, STATUS] = ['Licence', 'status'];
/** What tells one licence of a holder from another, as far as the matter asks for it; and its status. */
const KEPT: ReadonlySet<string> = new Set(['id', 'typeCode', 'number', STATUS]);

/** The part of a matter's facts that is about licences. */
export interface LicenceFacts {
  /** A document that asks for it alone, with the variables it needs. */
  readonly document: string;
  /**
   * The licences in the data of this document, or of the whole one: a text for each, the same as long as the licence is.
   * Not for storage: it holds what was disclosed.
   */
  states(data: Readonly<Record<string, unknown>>): readonly string[];
}

/** Reads it from a facts document that fits the schema; null where the matter asks for no licence's status. */
export function licenceFacts(facts: string, schema: GraphQLSchema): LicenceFacts | null {
  const document = withUsedVariables(pruned(parse(facts), schema));
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) return null;
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  return {
    document: print(document),
    states(data) {
      const found: string[] = [];
      collect(operation.selectionSet, data, fragments, found);
      return found;
    },
  };
}

/** Without every leaf that is not about a licence, and what then leads nowhere. */
function pruned(whole: DocumentNode, schema: GraphQLSchema): DocumentNode {
  let document = whole;
  for (;;) {
    const before = document;
    const known = new Set(
      before.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [d.name.value] : [])),
    );
    const info = new TypeInfo(schema);
    const orNothing = { leave: (node: { readonly selectionSet: SelectionSetNode }) => unlessEmpty(node.selectionSet) };
    document = visit(
      before,
      visitWithTypeInfo(info, {
        Field: {
          leave(node) {
            if (node.selectionSet !== undefined) return unlessEmpty(node.selectionSet);
            return info.getParentType()?.name === TYPE && KEPT.has(node.name.value) ? undefined : null;
          },
        },
        SelectionSet: {
          // A licence whose status is not asked for is none that is relied on.
          leave: (node) => (info.getParentType()?.name === TYPE && !asksStatus(node) ? NOTHING : undefined),
        },
        FragmentSpread: (node) => (known.has(node.name.value) ? undefined : null),
        InlineFragment: orNothing,
        FragmentDefinition: orNothing,
        OperationDefinition: orNothing,
      }),
    );
    if (document === before) return document;
  }
}

const NOTHING: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };

/** What `visit` takes: null removes the node, undefined leaves it. */
function unlessEmpty({ selections }: SelectionSetNode): null | undefined {
  return selections.length === 0 ? null : undefined;
}

/** Whether the status is asked for here, or may be in a fragment. */
function asksStatus({ selections }: SelectionSetNode): boolean {
  return selections.length === 0 || selections.some((one) => one.kind !== Kind.FIELD || one.name.value === STATUS);
}

/** Declares no variable that nothing uses any more. */
function withUsedVariables(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: (node) => void used.add(node.name.value),
  });
  return visit(document, {
    OperationDefinition: (node): OperationDefinitionNode => ({
      ...node,
      variableDefinitions: (node.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)),
    }),
  });
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Every licence below a value. */
function collect(set: SelectionSetNode, value: unknown, fragments: Fragments, found: string[]): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(set, element, fragments, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const of = value as Readonly<Record<string, unknown>>;
  const own = new Map<string, unknown>();
  for (const field of fieldsOf(set, fragments)) {
    const held = of[field.alias?.value ?? field.name.value];
    if (field.selectionSet === undefined) own.set(field.name.value, held);
    else collect(field.selectionSet, held, fragments, found);
  }
  if (own.get(STATUS) === undefined) return;
  found.push(JSON.stringify([...own].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function fieldsOf({ selections }: SelectionSetNode, fragments: Fragments): readonly FieldNode[] {
  return selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [one];
    const set = one.kind === Kind.INLINE_FRAGMENT ? one.selectionSet : fragments.get(one.name.value)?.selectionSet;
    return set === undefined ? [] : fieldsOf(set, fragments);
  });
}
