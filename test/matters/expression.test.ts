import { describe, expect, it } from 'vitest';
import { EXPRESSION_LIMITS, ExpressionFault, parameterValue, parseExpression } from '../../src/matters/expression.js';
import { factsOf } from '../../src/matters/unknown-facts.js';

const { facts } = factsOf(
  {
    yes: true,
    no: false,
    list: [{ v: 1 }, { v: 2 }, { v: 3 }],
    nothing: null,
    pair: { a: 1, b: 2 },
    text: 'x',
    number: 2,
  },
  [
    { path: ['unknown'], cause: 'SOURCE_DOWN', department: 'D' },
    { path: ['list', 1, 'v'], cause: 'SOURCE_DOWN', department: 'D' },
    { path: ['pair', 'a'], cause: 'SOURCE_DOWN', department: 'D' },
  ],
  () => {},
);

function truth(text: string): boolean | 'UNKNOWN' {
  const expression = parseExpression(
    text.replaceAll(/\b(yes|no|unknown|list|nothing|pair|text|number)\b/g, 'facts.$1'),
    'bool',
  );
  try {
    return expression.evaluate({ facts, case: {}, p: {}, answers: {}, t: {} }) === true;
  } catch {
    return 'UNKNOWN';
  }
}

describe("Kleene's logic", () => {
  it.each([
    ['yes && unknown', 'UNKNOWN'],
    ['unknown && yes', 'UNKNOWN'],
    ['no && unknown', false],
    ['unknown && no', false],
    ['yes || unknown', true],
    ['unknown || yes', true],
    ['no || unknown', 'UNKNOWN'],
    ['unknown || no', 'UNKNOWN'],
    ['!unknown', 'UNKNOWN'],
    ['(unknown ? yes : yes) == true', 'UNKNOWN'],
    ['list.exists(x, x.v == 3)', true],
    ['list.exists(x, x.v == 2)', 'UNKNOWN'],
    ['list.all(x, x.v < 3)', false],
    ['list.all(x, x.v < 9)', 'UNKNOWN'],
    ['list.filter(x, x.v == 1).size() > 0', 'UNKNOWN'],
    ['list.map(x, x.v).size() > 0', 'UNKNOWN'],
    ['list.size() == 3', true],
    ['list.exists_one(x, x.v == 1)', 'UNKNOWN'],
    ['unknown == unknown', 'UNKNOWN'],
  ])('%s is %s', (text, value) => expect(truth(text)).toBe(value));
});

describe('an unknown member of an object is not a missing one', () => {
  it.each([
    ['pair == pair && false', false],
    ['"a" in pair', 'UNKNOWN'],
    ['pair == {"b": 2.0}', false],
    ['pair == {"a": 1.0, "b": 2.0}', 'UNKNOWN'],
    ['size(pair) == 2', true],
  ])('%s is %s', (text, value) => expect(truth(text)).toBe(value));
});

describe('irregular data are UNKNOWN, never FALSE', () => {
  it.each([
    ['nothing < "2026-01-01"'],
    ['"2026-01-01" >= nothing'],
    ['nothing.exists(x, x.v == 1)'],
    ['nothing.v == 1'],
    ['nothing.startsWith("x")'],
    ['text < 3'],
    ['required(nothing) == "x"'],
    ['sameAddress(nothing, "x")'],
    ['coveredMonths(list, "2026-01-01", "2026-02-01") > 0'],
    ['total([nothing]) > 0.0'],
    ['monthsBack(text, 1) < "2026"'],
    ['gone.away == 1'.replace('gone', 'facts.gone')],
  ])('%s', (text) => expect(truth(text)).toBe('UNKNOWN'));
});

describe('what cannot be loaded', () => {
  it.each([
    ['does not parse', 'facts.a &&', 'bool'],
    ['is no condition', '1 + 1', 'bool'],
    ['may be no condition', 'facts.a', 'bool'],
    ['does not type-check', '1 == "x"', 'any'],
    ['calls what is not there', 'now() > 1', 'any'],
    ['uses optionals', 'facts.?a', 'any'],
    ['names what is not there', 'fact.a == 1', 'any'],
    [
      'is nested too deep',
      `${'('.repeat(EXPRESSION_LIMITS.maxDepth + 1)}true${')'.repeat(EXPRESSION_LIMITS.maxDepth + 1)}`,
      'bool',
    ],
    ['is too long', Array(EXPRESSION_LIMITS.maxAstNodes).fill('true').join(' && '), 'bool'],
  ] as const)('%s', (_, text, type) => expect(() => parseExpression(text, type)).toThrow(ExpressionFault));
});

it('takes whole parameters for ints, as literals are, and others as they are', () => {
  expect([12, 0.5, 'x', true, ['a']].map(parameterValue)).toEqual([12n, 0.5, 'x', true, ['a']]);
});
