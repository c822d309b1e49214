/** Coerces a request's variables; a refusal names the variable and path, never its value. */
import {
  coerceInputValue,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { type ErrorCode, MianzhengError } from '../errors.js';

function codeOf(error: GraphQLError): ErrorCode {
  const original = error.originalError instanceof GraphQLError ? error.originalError : error;
  return original.extensions.code === 'BAD_IDENTIFIER' ? 'BAD_IDENTIFIER' : 'BAD_USER_INPUT';
}

/** Our own scalars say what is wrong without the value; of graphql-js's messages only the type is kept. */
function reasonOf(error: GraphQLError, type: GraphQLInputType): string {
  const original = error.originalError instanceof GraphQLError ? error.originalError : undefined;
  if (original?.extensions.code !== undefined) return original.message;
  const missing = /^Field "([^"]+)" of required type/.exec(error.message);
  if (missing) return `its field ${missing[1]} is required`;
  return `it is not a valid ${String(type)}`;
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
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type as Parameters<typeof typeFromAST>[1]) as
      | GraphQLInputType
      | undefined;
    if (!type || !isInputType(type))
      throw new MianzhengError('BAD_USER_INPUT', `$${name} has no input type`, { field: name });
    if (!Object.hasOwn(given, name) || given[name] === undefined) {
      if (definition.defaultValue) values[name] = valueFromAST(definition.defaultValue, type);
      else if (isNonNullType(type)) throw new MianzhengError('BAD_USER_INPUT', `$${name} is required`, { field: name });
      continue;
    }
    if (given[name] === null && isNonNullType(type)) {
      throw new MianzhengError('BAD_USER_INPUT', `$${name} must not be null`, { field: name });
    }
    values[name] = coerceInputValue(given[name], type, (path, _value, error) => {
      const at = [name, ...path].join('.');
      throw new MianzhengError(codeOf(error), `$${at}: ${reasonOf(error, type)}`, { field: at });
    });
  }
  return values;
}
