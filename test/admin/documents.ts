/** Documents that ask for everything a field of the control plane can answer. */
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** How deep a selection goes. */
const DEPTH = 5;

/** A value of a type that fits it. @param given values by name of the argument or input field */
function sampleOf(type: GraphQLInputType, name: string, given: Readonly<Record<string, unknown>>): unknown {
  const own = given[name];
  if (own !== undefined) return own;
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) return [sampleOf(nullable.ofType, name, given)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields()).filter(
      (field) => isNonNullType(field.type) && field.defaultValue === undefined,
    );
    return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.type, field.name, given)]));
  }
  switch (String(nullable)) {
    case 'Int':
      return 1;
    case 'Boolean':
      return true;
    case 'Date':
      return '2026-07-01';
    case 'DateTime':
      return '2026-07-01T00:00:00Z';
    case 'JSON':
      return {};
    case 'DepartmentCode':
      return 'PROPERTY';
    default:
      return 'anything';
  }
}

function selection(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named) || !isObjectType(named)) return '';
  const fields = Object.values(named.getFields())
    .filter((field) => depth < DEPTH || isLeafType(getNamedType(field.type)))
    .map((field) => `${field.name} ${selection(field.type, depth + 1)}`);
  return `{ ${fields.join(' ')} }`;
}

/**
 * A document that asks for a field with all that it can answer.
 * @param given values by name of the argument or input field; others are made up
 */
export function documentOf(
  operation: 'query' | 'mutation',
  field: GraphQLField<unknown, unknown>,
  given: Readonly<Record<string, unknown>> = {},
): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } {
  const asked = field.args.filter(
    (argument) =>
      given[argument.name] !== undefined || (isNonNullType(argument.type) && argument.defaultValue === undefined),
  );
  const declared = asked.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = asked.map(({ name }) => `${name}: $${name}`).join(', ');
  const variables = Object.fromEntries(asked.map(({ name, type }) => [name, sampleOf(type, name, given)]));
  const head = declared === '' ? '' : `(${declared})`;
  const args = passed === '' ? '' : `(${passed})`;
  return { query: `${operation} All${head} { ${field.name}${args} ${selection(field.type, 1)} }`, variables };
}
