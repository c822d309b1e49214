/** Arguments are read as the request gives them. */

import { buildSchema, type FieldNode, type GraphQLField, Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { argumentReader } from '../../src/authorize/arguments.js';

const schema = buildSchema('input I { must: Int! may: Int list: [Int] } type Query { f(i: I): Int }');
const field = schema.getQueryType()?.getFields().f as GraphQLField<unknown, unknown>;

function read(argument: string, variables: Readonly<Record<string, unknown>>): unknown {
  const [operation] = parse(`query($v: Int) { f(i: ${argument}) }`).definitions;
  const node = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
  return argumentReader(schema, 'f', field, node as FieldNode)(variables).i;
}

test.each([
  ['{ must: 1, may: $v }', { must: 1, may: 7 }],
  ['{ must: $v }', { must: 7 }],
  ['{ must: 1, list: [2, $v] }', { must: 1, list: [2, 7] }],
  ['{ must: 1, may: 2 }', { must: 1, may: 2 }],
])('a variable inside %s is not taken for one that was left out', (argument, expected) => {
  expect(read(argument, { v: 7 })).toEqual(expected);
});

test('one that is left out is left out', () => {
  expect(read('{ must: 1, may: $v }', {})).toEqual({ must: 1 });
});
