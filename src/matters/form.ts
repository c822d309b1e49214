/** A matter's form: which of its fields are filled from facts, and which the citizen types. */
import type { GraphQLSchema } from 'graphql';
import type { PrefillDefinition, Text } from './definition.js';
import { type FactsDocument, readFactsDocument, type Shape, type VariableRole } from './facts-document.js';
import type { FaultSink } from './faults.js';

/** One field of a form. */
export interface FormField {
  /** The form's own name of it. */
  readonly field: string;
  readonly name: Text;
  /** Response keys of its value in the form's document; null: the citizen types it. */
  readonly from: readonly string[] | null;
}

/** A form, its query checked. */
export interface Form {
  /** GraphQL query of what fills it. */
  readonly facts: string;
  readonly fields: readonly FormField[];
}

/** Checks a form; every fault is noted. @returns null where its query does not fit the schema */
export function compileForm(
  file: FaultSink,
  { facts, fields }: PrefillDefinition,
  schema: GraphQLSchema,
  roles: readonly VariableRole[],
): Form | null {
  const document = readFactsDocument(facts, schema, roles);
  if (!('shape' in document)) {
    for (const { line, message } of document) {
      file.fault(['prefill', 'facts'], `prefill.facts: ${message}`, { lineInside: line });
    }
    return null;
  }
  fields.forEach(({ field, from }, i) => {
    const path = ['prefill', 'fields', i];
    if (fields.findIndex((other) => other.field === field) < i) file.fault([...path, 'field'], `${field} stands twice`);
    if (from !== undefined && !isLeaf(document.shape, from.split('.'))) {
      file.fault([...path, 'from'], `${from} is not a single value of prefill.facts`);
    }
  });
  checkMinimal(file, document, fields);
  return {
    facts,
    fields: fields.map(({ field, name, from }) => ({ field, name, from: from?.split('.') ?? null })),
  };
}

function isLeaf(shape: Shape, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return shape.kind === 'leaf';
  const inside = shape.kind === 'object' ? shape.fields.get(key) : undefined;
  return inside !== undefined && isLeaf(inside, rest);
}

/** What fills no field must not be asked for (PIPL art. 6). */
function checkMinimal(file: FaultSink, { paths }: FactsDocument, fields: PrefillDefinition['fields']): void {
  const used = new Set(fields.map(({ from }) => from));
  for (const path of paths) {
    const isLeafPath = ![...paths].some((other) => other.startsWith(`${path}.`));
    if (isLeafPath && !used.has(path)) file.fault(['prefill', 'facts'], `${path} is asked for, but fills no field`);
  }
}
