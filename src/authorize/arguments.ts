/** Reads a field's arguments: constants once when planning, variables at each request. */
import {
  type ConstDirectiveNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
  getDirectiveValues,
  isNonNullType,
  Kind,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import { MianzhengError } from '../errors.js';
import type { ArgumentReader } from './plan.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

function rangeOf(schema: GraphQLSchema, argument: GraphQLArgument): Range | null {
  const definition = schema.getDirective('range');
  if (!definition || !argument.astNode) return null;
  const values = getDirectiveValues(
    definition,
    argument.astNode as { readonly directives?: readonly ConstDirectiveNode[] },
  );
  return values ? { min: Number(values.min), max: Number(values.max) } : null;
}

function checkRange(field: string, argument: string, value: unknown, range: Range): void {
  const list = Array.isArray(value);
  const measure = list ? value.length : Number(value);
  if (measure >= range.min && measure <= range.max) return;
  throw new MianzhengError(
    'BAD_USER_INPUT',
    `${field}(${argument}:) takes ${list ? 'a list of ' : ''}${range.min} to ${range.max}${list ? ' elements' : ''}`,
    { field: argument },
  );
}

/** One argument: its name and how its value is read; undefined stands for "not given". */
interface Slot {
  readonly name: string;
  readonly range: Range | null;
  /** Whether its type takes no null. A variable that may be null is valid in its place where it has a default. */
  readonly required: boolean;
  /** Whether it reads no variable. */
  readonly constant: boolean;
  readonly read: (variables: Readonly<Record<string, unknown>>) => unknown;
}

/** Whether a literal names a variable anywhere. */
function namesVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(namesVariable);
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => namesVariable(field.value));
  return value.kind === Kind.VARIABLE;
}

function slot(schema: GraphQLSchema, argument: GraphQLArgument, node: FieldNode): Slot {
  const given = node.arguments?.find((a) => a.name.value === argument.name)?.value;
  const fallback: unknown = argument.defaultValue;
  const bounds = { name: argument.name, range: rangeOf(schema, argument), required: isNonNullType(argument.type) };
  if (given === undefined) return { ...bounds, constant: true, read: () => fallback };
  if (given.kind === Kind.VARIABLE) {
    const variable = given.name.value;
    return {
      ...bounds,
      constant: false,
      read: (variables) => (variables[variable] === undefined ? fallback : variables[variable]),
    };
  }
  // Without variables a literal that names one in a place that may be left out would read as if it were left out.
  const constant: unknown = namesVariable(given) ? undefined : valueFromAST(given, argument.type);
  if (constant !== undefined) return { ...bounds, constant: true, read: () => constant };
  return {
    ...bounds,
    constant: false,
    read: (variables) => valueFromAST(given, argument.type, variables as Record<string, unknown>) ?? fallback,
  };
}

/**
 * Compiles the reader of a field's arguments. The document has been validated, so literals fit
 * their types; a bound that a constant breaks is still found when reading, so that the refusal
 * stands on the record like any other.
 */
export function argumentReader(
  schema: GraphQLSchema,
  field: string,
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): ArgumentReader {
  const slots = definition.args.map((argument) => slot(schema, argument, node));
  const read: ArgumentReader = (variables) => {
    const values: Record<string, unknown> = {};
    for (const { name, range, required, read } of slots) {
      const value = read(variables);
      if (value === undefined || value === null) {
        if (value === null && required) {
          throw new MianzhengError('BAD_USER_INPUT', `${field}(${name}:) must not be null`, { field: name });
        }
        continue;
      }
      if (range !== null) checkRange(field, name, value, range);
      values[name] = value;
    }
    return values;
  };
  if (!slots.every(({ constant }) => constant)) return read;
  let known: Readonly<Record<string, unknown>> | null = null;
  return (variables) => {
    known ??= read(variables);
    return known;
  };
}
