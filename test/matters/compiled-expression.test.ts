/** Compiled expressions against the CEL library, which says what is right: same value, same kind of error, same facts read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputOf, withValue } from '../../src/matters/cases.js';
import { type Activation, type Expression, parameterValue, parseExpression } from '../../src/matters/expression.js';
import { factsOf, type UnknownFact, UnknownFactRead } from '../../src/matters/unknown-facts.js';
import { matterOf, pathsOf, shipped } from './support.js';

/** What an evaluation gave, and which unknown facts it met on the way. */
function outcome(evaluate: Expression['evaluate'], data: unknown, unknowns: readonly UnknownFact[], rest: object) {
  const met = new Set<UnknownFact>();
  const root = factsOf(data, unknowns, (read) => {
    for (const fact of read) met.add(fact);
  });
  const activation = {
    case: {},
    p: {},
    t: {},
    ...rest,
    get facts() {
      return root.facts;
    },
  } as Activation;
  const show = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));
  try {
    return { value: show(evaluate(activation)), met: [...met] };
  } catch (error) {
    return { error: error instanceof UnknownFactRead ? 'UNKNOWN' : 'IRREGULAR', met: [...met] };
  }
}

function agree(expression: Expression, data: unknown, unknowns: readonly UnknownFact[], rest: object = {}): void {
  const compiled = outcome(expression.evaluate, data, unknowns, rest);
  expect(compiled).toEqual(outcome(expression.interpret, data, unknowns, rest));
}

const scalar = fc.constantFrom<unknown>('A', 'B', '', '2026-01-01', true, false, 0, 1, 1.5, null, 3n);
const inner = fc.record({ v: scalar, w: scalar, at: fc.constantFrom<unknown>('2026-01', '2026-02', null, 'x') });
const data = fc.record({
  a: scalar,
  b: scalar,
  c: scalar,
  list: fc.oneof({ weight: 6, arbitrary: fc.array(inner, { maxLength: 3 }) }, { weight: 1, arbitrary: scalar }),
  more: fc.array(scalar, { maxLength: 3 }),
});
const path = fc.constantFrom<UnknownFact['path']>(
  ['a'],
  ['b'],
  ['list'],
  ['list', 0, 'v'],
  ['list', 1, 'w'],
  ['list', '*', 'v'],
  ['more'],
);
const unknowns = fc.array(
  fc.record({ path, cause: fc.constant('SOURCE_DOWN' as const), department: fc.constant('D') }),
  {
    maxLength: 2,
  },
);

/** Expressions that type-check for some data and not for other: of both kinds the two must say the same. */
const { bool } = fc.letrec<{ bool: string; value: string; list: string }>((tie) => ({
  value: fc.oneof(
    fc.constantFrom('facts.a', 'facts.b', 'facts.c', "'A'", "''", '1', '1.5', 'true', 'null', 'facts.missing'),
    tie('value').map((v) => `required(${v})`),
    tie('list').map((l) => `size(${l})`),
    fc.tuple(tie('value'), fc.constantFrom('+', '-'), tie('value')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('bool'), tie('value'), tie('value')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  list: fc.oneof(
    fc.constantFrom('facts.list', 'facts.more', "['A', 'B']", '[]'),
    fc
      .tuple(tie('list'), fc.constantFrom('x.v == "A"', 'x.w != null', 'x == "A"', 'true'))
      .map(([l, p]) => `${l}.filter(x, ${p})`),
    tie('list').map((l) => `${l}.map(x, x.v)`),
  ),
  bool: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      'true',
      'false',
      'facts.list != null',
      'facts.list[0] == null',
      "facts.a == 'A'",
      'facts.b == true',
      'facts.c != null',
    ),
    fc.tuple(tie('value'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('value')).map((p) => p.join(' ')),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map((p) => `(${p.join(' ')})`),
    tie('bool').map((b) => `!(${b})`),
    fc.tuple(tie('value'), tie('list')).map(([v, l]) => `${v} in ${l}`),
    fc
      .tuple(
        tie('list'),
        fc.constantFrom('exists', 'all'),
        fc.constantFrom('y.v == y.w', 'y.v < 1', 'y.at == "2026-01"', 'facts.a == y'),
      )
      .map(([l, macro, p]) => `${l}.${macro}(y, ${p})`),
    tie('value').map((v) => `(${v}).startsWith('A')`),
    tie('list').map((l) => `coveredMonths(${l}.map(z, z.at), '2026-01-01', '2026-03-01') > 0`),
    tie('list').map((l) => `total(${l}) >= 1.0`),
  ),
}));

function parsed(text: string): Expression | null {
  try {
    return parseExpression(text, 'any');
  } catch {
    return null;
  }
}

describe('a compiled expression', () => {
  it('is what the CEL library says, whatever the facts', () => {
    let judged = 0;
    fc.assert(
      fc.property(bool, data, unknowns, (text, facts, hidden) => {
        const expression = parsed(text);
        if (expression === null) return;
        judged += 1;
        agree(expression, facts, hidden);
      }),
      { numRuns: 10_000 },
    );
    expect(judged).toBeGreaterThan(3000);
  });

  describe.each(shipped)('of %s', (code, { file }) => {
    const matter = matterOf(code);
    const inputs = file.cases.map((one) => inputOf(matter, file, { ...one, unknown: {} }));
    const { terms, requirements } = matter;
    const rules = requirements.flatMap(({ rule, elements }) => [rule, ...elements.map(({ when }) => when)]);
    const expressions = rules.map((text) => parseExpression(text, 'bool'));

    it('is what the CEL library says, whatever is unknown or missing', () => {
      const change = fc.record({
        input: fc.constantFrom(...inputs),
        at: fc.nat(),
        value: scalar,
        hidden: fc.boolean(),
      });
      fc.assert(
        fc.property(change, ({ input, at, value, hidden }) => {
          const { ruleSet, filedOn, asOf, subjects } = input;
          const parameters = Object.entries(ruleSet.parameters).map(([name, one]) => [name, parameterValue(one)]);
          const p = { ...Object.fromEntries(parameters), divisions: ruleSet.divisions };
          const rest = { case: { ...subjects, filedOn, asOf }, p, t: {} as Record<string, unknown> };
          for (const [name, text] of Object.entries(terms)) {
            try {
              rest.t[name] = parseExpression(text, 'any').interpret({ ...rest, answers: {}, facts: input.data });
            } catch (error) {
              // A term over facts that this case has not: a rule that reads it is unknown to both.
              if (!(error instanceof Error)) throw error;
            }
          }
          const paths = pathsOf(input.data);
          const path = paths[at % paths.length] ?? [];
          const unknowns = hidden ? [{ path, cause: 'SOURCE_DOWN' as const, department: 'D' }] : [];
          const facts = hidden || path.includes('*') ? input.data : withValue(input.data, path, value);
          for (const expression of expressions) agree(expression, facts, unknowns, rest);
        }),
        { numRuns: 300 },
      );
    });

    it('is never left to the library where all is known', () => {
      for (const expression of expressions) expect(expression.evaluate).not.toBe(expression.interpret);
    });
  });
});
