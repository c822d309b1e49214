/** Makes a failing situation small: drops what it fails without, until nothing more can be dropped. */
import { type FieldNode, Kind, parse, print, type SelectionNode, type SelectionSetNode, visit } from 'graphql';
import { examine } from './checks/examine.js';
import type { Fault } from './checks/judge.js';
import { openReference } from './reference/index.js';
import type { Failure } from './run.js';
import type { Situation } from './situation.js';
import { type OpenSubject, openSubject } from './subject/gateway.js';

/** Attempts at most; a shrink ends earlier when nothing more can go. */
const ATTEMPTS = 1500;

/** Whether a situation still fails in one of these ways. */
async function failsLike(situation: Situation, kinds: ReadonlySet<string>, open: OpenSubject): Promise<Fault[]> {
  try {
    const faults = await examine(open(situation), openReference(situation), situation);
    return faults.filter(({ kind }) => kinds.has(kind));
  } catch (error) {
    // What no longer makes sense as a situation, such as a fragment without its definition, is no smaller failure.
    if (error instanceof Error) return [];
    throw error;
  }
}

/** Documents with one selection less. */
function smallerDocuments(text: string): string[] {
  const ast = parse(text);
  const places: SelectionNode[] = [];
  visit(ast, {
    SelectionSet(node: SelectionSetNode) {
      if (node.selections.length > 1) places.push(...node.selections);
    },
  });
  const without = places.map((gone) =>
    print(
      visit(ast, {
        SelectionSet: (node) => {
          const selections = node.selections.filter((each) => each !== gone);
          return selections.length === node.selections.length ? undefined : { ...node, selections };
        },
      }),
    ),
  );
  const plain = print(visit(ast, { Directive: () => null, Field: (node: FieldNode) => unaliased(node) }));
  return [plain, ...without].map(withoutUnused).filter((each) => each !== print(ast));
}

function unaliased(node: FieldNode): FieldNode | undefined {
  if (node.arguments?.length) return undefined;
  const { alias: _gone, ...rest } = node;
  return rest;
}

/** Takes out fragments and variables that nothing uses any more. */
function withoutUnused(text: string): string {
  const ast = parse(text);
  const definitions = ast.definitions.filter(
    (definition) =>
      definition.kind !== Kind.FRAGMENT_DEFINITION ||
      new RegExp(`\\.\\.\\.${definition.name.value}\\b`).test(text.replace(print(definition), '')),
  );
  const kept = print({ ...ast, definitions });
  return print(
    visit(parse(kept), {
      VariableDefinition: (node) =>
        kept.split(new RegExp(`\\$${node.variable.name.value}\\b`)).length > 2 ? undefined : null,
    }),
  );
}

function without<T>(list: readonly T[]): (readonly T[])[] {
  return list.map((_, i) => list.filter((_, at) => at !== i));
}

/** Situations with a little less, the largest steps first. */
function* smaller(situation: Situation): Generator<Situation> {
  for (const grants of without(situation.grants)) yield { ...situation, grants };
  for (const document of smallerDocuments(situation.request.document)) {
    yield { ...situation, request: { ...situation.request, document } };
  }
  for (const [type, rows] of Object.entries(situation.data)) {
    for (const fewer of without(rows)) yield { ...situation, data: { ...situation.data, [type]: fewer } };
  }
  for (const cases of without(situation.cases)) yield { ...situation, cases };
  for (const [i, file] of situation.cases.entries()) {
    for (const subjects of without(file.subjects)) {
      yield { ...situation, cases: situation.cases.map((each, at) => (at === i ? { ...each, subjects } : each)) };
    }
  }
  for (const [i, grant] of situation.grants.entries()) {
    for (const coordinate of Object.keys(grant.coordinates)) {
      const { [coordinate]: _gone, ...coordinates } = grant.coordinates;
      yield { ...situation, grants: situation.grants.map((each, at) => (at === i ? { ...each, coordinates } : each)) };
    }
  }
}

/** Shrinks a failure. What it returns still fails, in one of the ways the first did. */
export async function shrink(failure: Failure, open: OpenSubject = openSubject): Promise<Failure> {
  const kinds = new Set(failure.faults.map(({ kind }) => kind));
  let best = failure;
  let attempts = 0;
  let shrunk = true;
  while (shrunk && attempts < ATTEMPTS) {
    shrunk = false;
    for (const situation of smaller(best.situation)) {
      attempts += 1;
      if (attempts > ATTEMPTS) break;
      const faults = await failsLike(situation, kinds, open);
      if (faults.length === 0) continue;
      best = { ...best, faults, situation };
      shrunk = true;
      break;
    }
  }
  return best;
}
