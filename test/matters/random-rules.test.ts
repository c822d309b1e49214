/** Rules that nobody wrote: whatever they say, judging by them ends, never throws, and never makes a known of an unknown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequirementDefinition, RuleSet } from '../../src/matters/definition.js';
import { EXPRESSION_LIMITS, type Expression, ExpressionFault, parseExpression } from '../../src/matters/expression.js';
import type { Shape } from '../../src/matters/facts-document.js';
import { type CompiledMatter, type JudgeInput, judge } from '../../src/matters/judge.js';
import { MAX_STEPS, referencesOf } from '../../src/matters/references.js';
import { matterOf } from './support.js';

const RUNS = 10_000;

const leaf = (path: string): Shape => ({ kind: 'leaf', path, values: null });
/** Shape of the facts below, with lists as long as the longest page. */
const SHAPE: Shape = {
  kind: 'object',
  path: '',
  fields: new Map<string, Shape>([
    ['a', leaf('a')],
    ['b', leaf('b')],
    ['at', leaf('at')],
    [
      'list',
      {
        kind: 'list',
        path: 'list',
        max: 600,
        of: {
          kind: 'object',
          path: 'list',
          fields: new Map([
            ['v', leaf('list.v')],
            ['on', leaf('list.on')],
          ]),
        },
      },
    ],
  ]),
};
const NAMES = {
  facts: SHAPE,
  roles: ['applicant'],
  parameters: new Set(['n', 'words']),
  answers: new Set<string>(),
  terms: new Map(),
};

const scalar = fc.constantFrom<unknown>('A', 'B', '', true, false, 0, 1, 2.5, null, '2026-01-31', '2026-02-30');
const member = fc.record({ v: scalar, on: scalar });
const facts = fc.record({
  a: scalar,
  b: scalar,
  at: scalar,
  list: fc.oneof({ weight: 8, arbitrary: fc.array(member, { maxLength: 4 }) }, { weight: 1, arbitrary: scalar }),
});

const { condition } = fc.letrec<{ condition: string; value: string; list: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      'facts.a',
      'facts.b',
      'facts.at',
      'p.n',
      "'A'",
      '1',
      '2.5',
      'null',
      'true',
      'case.applicant',
      'case.asOf',
    ),
    tie('value').map((v) => `required(${v})`),
    tie('list').map((l) => `size(${l})`),
    fc.tuple(tie('value'), fc.constantFrom('+', '-', '*', '/', '%'), tie('value')).map((p) => `(${p.join(' ')})`),
    fc.tuple(tie('condition'), tie('value'), tie('value')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie('value').map((v) => `monthsBack(${v}, 3)`),
  ),
  list: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('facts.list', 'p.words', "['A', 'B']", '[]'),
    fc
      .tuple(tie('list'), fc.constantFrom('x.v == facts.a', "x.on >= '2026-01-01'", 'x == "A"'))
      .map(([l, c]) => `${l}.filter(x, ${c})`),
    tie('list').map((l) => `${l}.map(y, y.v)`),
  ),
  condition: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom('true', 'false', "facts.a == 'A'", 'facts.b != null'),
    fc.tuple(tie('value'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('value')).map((p) => p.join(' ')),
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map((p) => `(${p.join(' ')})`),
    tie('condition').map((c) => `!(${c})`),
    fc.tuple(tie('value'), tie('list')).map(([v, l]) => `${v} in ${l}`),
    fc
      .tuple(tie('list'), fc.constantFrom('exists', 'all', 'exists_one'), tie('condition'))
      .map(([l, macro, c]) => `${l}.${macro}(z, z.v == facts.b || ${c})`),
    tie('list').map((l) => `coveredMonths(${l}.map(m, m.on), '2026-01-01', '2026-03-01') > 0`),
    tie('list').map((l) => `total(${l}.map(s, s.v)) >= 1.0`),
    tie('list').map((l) => `coversEveryDay(${l}, '2026-01-01', case.asOf)`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `sameAddress(${a}, ${b})`),
  ),
}));

/** Also texts that are no rules at all. */
const rule = fc.oneof({ weight: 20, arbitrary: condition }, { weight: 1, arbitrary: fc.string() });

/** As a matter's file is read: null where the rule would be a fault of it. */
function accepted(text: string): Expression | null {
  try {
    const expression = parseExpression(text, 'bool');
    return referencesOf(expression.ast, NAMES).faults.length === 0 ? expression : null;
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionFault);
    return null;
  }
}

const REQUIREMENT: RequirementDefinition = {
  id: 'only',
  name: { zh: '要求', en: 'Requirement' },
  department: 'D',
  effect: 'MANDATORY',
  whenFalse: 'NOT_MET',
  rule: '',
  element: 'a',
  elements: [],
  reason: { zh: '因为{p.n}', en: 'because of {p.n}' },
};
const RULE_SET: RuleSet = { id: 'r', from: '2026-01-01', divisions: ['35'], parameters: { n: 1, words: ['A'] } };

function judgedBy(expression: Expression, data: unknown, unknowns: JudgeInput['unknowns']) {
  const { name, legalBasis, review } = matterOf('employment-subsidy');
  const matter: CompiledMatter = {
    definition: {
      code: 'random',
      implementationCode: '',
      name,
      instant: false,
      facts: '',
      ruleSets: [RULE_SET],
      legalBasis,
      roles: [{ role: 'applicant', kind: 'CITIZEN', required: true }],
      formerProofs: [],
      review,
      requirements: [REQUIREMENT],
      terms: {},
      tiers: [],
      steps: [],
    },
    terms: new Map(),
    requirements: [{ definition: REQUIREMENT, rule: expression, elements: [] }],
    conditions: [],
    departments: new Map(),
  };
  const subjects = { applicant: 'X' };
  return judge(matter, { ruleSet: RULE_SET, filedOn: '2026-07-01', asOf: '2026-07-01', subjects, data, unknowns });
}

const VERDICT_OF = { TRUE: ['APPROVED'], FALSE: ['NOT_MET'], UNKNOWN: ['PENDING', 'NEEDS_REVIEW'] } as const;

describe('a random rule', () => {
  const paths = fc.constantFrom<(string | number)[]>(
    ['a'],
    ['b'],
    ['at'],
    ['list'],
    ['list', 0, 'v'],
    ['list', '*', 'on'],
    [],
  );
  const unknown = fc.record({ path: paths, cause: fc.constant('SOURCE_DOWN' as const), department: fc.constant('D') });

  it('never throws, never turns an unknown into a yes or no, and never refuses for it', { timeout: 180_000 }, () => {
    let judged = 0;
    let unknowns = 0;
    fc.assert(
      fc.property(rule, facts, fc.array(unknown, { minLength: 1, maxLength: 2 }), (text, data, hidden) => {
        const expression = accepted(text);
        if (expression === null) return;
        judged += 1;
        const known = judgedBy(expression, data, []);
        const less = judgedBy(expression, data, hidden);
        const [outcome, before] = [less, known].map(({ requirements }) => requirements[0]?.outcome ?? 'UNKNOWN');
        expect(VERDICT_OF[outcome ?? 'UNKNOWN']).toContain(less.verdict);
        if (outcome === 'UNKNOWN') unknowns += 1;
        else expect(outcome).toBe(before);
      }),
      { numRuns: RUNS },
    );
    // Most of them are rules, and many meet what is hidden.
    expect(judged).toBeGreaterThan(RUNS / 4);
    expect(unknowns).toBeGreaterThan(judged / 10);
  });

  it('is refused where it is larger or could take longer than the bounds', { timeout: 120_000 }, () => {
    const nested = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom('exists', 'all', 'filter'), condition);
    fc.assert(
      fc.property(nested, fc.integer({ min: 1, max: 60 }), ([depth, macro, inner], width) => {
        const loops = Array.from({ length: depth }, (_, i) => i).reduceRight(
          (body, i) =>
            macro === 'filter' ? `size(facts.list.filter(v${i}, ${body})) > 0` : `facts.list.${macro}(v${i}, ${body})`,
          inner,
        );
        const expression = accepted(Array.from({ length: width }, () => loops).join(' || '));
        if (expression === null) return;
        expect(nodesOf(expression.ast)).toBeLessThanOrEqual(EXPRESSION_LIMITS.maxAstNodes);
        expect(width * 600 ** depth).toBeLessThanOrEqual(MAX_STEPS);
      }),
      { numRuns: 500 },
    );
  });
});

/** Nodes of a syntax tree. */
function nodesOf(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  if (Array.isArray(node)) return node.reduce<number>((sum, part) => sum + nodesOf(part), 0);
  return 'op' in node && 'args' in node ? 1 + nodesOf(node.args) : 0;
}
