/** Coerces a request's variables; a refusal names the variable and path, never its value. */
import {
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  isScalarType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { type ErrorCode, MianzhengError } from '../errors.js';

/**
 * Turns an error of graphql-js into ours. Our own scalars say what is wrong without the value, and
 * their errors are passed on as they are or wrapped; of graphql-js's own messages nothing is kept.
 * @param path of the value, from the variable's name
 */
function refusal(path: readonly (string | number)[], error: GraphQLError, type: GraphQLInputType): MianzhengError {
  const refuse = (code: ErrorCode, field: string, reason: string) =>
    new MianzhengError(code, `$${field}${reason}`, { field });
  const at = path.join('.');
  const own = error.originalError instanceof GraphQLError ? error.originalError : error;
  if (own.extensions.code !== undefined) {
    const code = own.extensions.code === 'BAD_IDENTIFIER' ? 'BAD_IDENTIFIER' : 'BAD_USER_INPUT';
    return refuse(code, at, `: ${own.message}`);
  }
  const missing = /^Field "([^"]+)" of required type/.exec(error.message)?.[1];
  if (missing !== undefined) return refuse('BAD_USER_INPUT', `${at}.${missing}`, ' is required');
  if (error.message.includes('not to be null')) return refuse('BAD_USER_INPUT', at, ' must not be null');
  const unknown = / is not defined by type "([^"]+)"/.exec(error.message)?.[1];
  if (unknown !== undefined) return refuse('BAD_USER_INPUT', at, ` has a field that ${unknown} does not have`);
  return refuse('BAD_USER_INPUT', at, path.length === 1 ? ` is not a valid ${String(type)}` : ' is not of its type');
}

/** A declared variable with its type looked up. */
interface Declared {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly fallback: unknown;
}

/** Types are looked up once per operation, which its document keeps. */
const declarations = new WeakMap<OperationDefinitionNode, readonly Declared[]>();

function declared(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly Declared[] {
  let known = declarations.get(operation);
  if (known === undefined) {
    known = (operation.variableDefinitions ?? []).map((definition) => {
      const name = definition.variable.name.value;
      const node = definition.type as Parameters<typeof typeFromAST>[1];
      const type = typeFromAST(schema, node) as GraphQLInputType | undefined;
      if (!type || !isInputType(type))
        throw new MianzhengError('BAD_USER_INPUT', `$${name} has no input type`, { field: name });
      return { name, type, fallback: definition.defaultValue && valueFromAST(definition.defaultValue, type) };
    });
    declarations.set(operation, known);
  }
  return known;
}

function coerce(name: string, type: GraphQLInputType, value: unknown): unknown {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isScalarType(nullable)) {
    // What nearly every variable is, without the machinery for paths into objects.
    try {
      return nullable.parseValue(value);
    } catch (error) {
      throw refusal([name], error instanceof GraphQLError ? error : new GraphQLError('invalid'), type);
    }
  }
  return coerceInputValue(value, type, (path, _value, error) => {
    throw refusal([name, ...path], error, type);
  });
}

/**
 * Coerces variables to the operation's declared types (GraphQL spec, CoerceVariableValues).
 * Variables that the operation does not declare are passed over, as the specification says.
 * @throws MianzhengError BAD_USER_INPUT or BAD_IDENTIFIER with the variable's path as field
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const { name, type, fallback } of declared(schema, operation)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (fallback !== undefined) values[name] = fallback;
      else if (isNonNullType(type)) throw new MianzhengError('BAD_USER_INPUT', `$${name} is required`, { field: name });
    } else if (value === null) {
      if (isNonNullType(type)) throw new MianzhengError('BAD_USER_INPUT', `$${name} must not be null`, { field: name });
      values[name] = null;
    } else {
      values[name] = coerce(name, type, value);
    }
  }
  return values;
}
