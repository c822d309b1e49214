/**
 * CEL as the rules of matters use it. Its `&&`, `||`, `exists` and `all` absorb an error where
 * the other operand decides, so that with "unknown" as an error they are Kleene's three-valued logic.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { compileExpression, NOT_COMPILED, type RuleFunction } from './compiled-expression.js';
import {
  coveredMonths,
  coversEveryDay,
  dayYearsBefore,
  monthsBack,
  required,
  sameAddress,
  total,
} from './functions.js';

/** What an expression is evaluated over. */
export type Activation = {
  /** Data of the facts document; reading an unknown one raises an error. */
  readonly facts: unknown;
  /** `filedOn`, `asOf`, and each role's identifier, null where the case names none. */
  readonly case: Readonly<Record<string, string | null>>;
  /** Parameters of the rule set. */
  readonly p: Readonly<Record<string, unknown>>;
  /** Answers of departments that verify a proof (部门核验), by name; reading one not given raises an error. */
  readonly answers: Readonly<Record<string, boolean>>;
  /** The matter's terms, evaluated when read. */
  readonly t: Readonly<Record<string, unknown>>;
};

/** A parsed expression. */
export interface Expression {
  /** Its syntax tree, for the checks at load. */
  readonly ast: ASTNode;
  /** @throws whatever the evaluation raises, an unknown fact's error among it */
  readonly evaluate: (activation: Activation) => unknown;
  /** The same by the CEL library alone, which says what is right. */
  readonly interpret: (activation: Activation) => unknown;
}

/** An expression cannot be used. The message says why. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
}

/** Bounds of one expression: nodes and nesting of its syntax tree. CEL has no loops but over lists; how far those may go is bounded in references.ts. */
export const EXPRESSION_LIMITS = { maxAstNodes: 1000, maxDepth: 50, maxListElements: 100, maxMapEntries: 20 } as const;

/** Functions of ours, with their CEL signatures. */
const FUNCTIONS: Readonly<Record<string, RuleFunction & { readonly gives: string }>> = {
  required: { takes: ['dyn'], gives: 'dyn', call: required },
  sameAddress: { takes: ['string', 'string'], gives: 'bool', call: sameAddress },
  monthsBack: { takes: ['string', 'int'], gives: 'string', call: monthsBack },
  dayYearsBefore: { takes: ['string', 'int', 'string'], gives: 'string', call: dayYearsBefore },
  coveredMonths: { takes: ['list', 'string', 'string'], gives: 'int', call: coveredMonths },
  coversEveryDay: { takes: ['list', 'string', 'string'], gives: 'bool', call: coversEveryDay },
  total: { takes: ['list'], gives: 'double', call: total },
};

const environment = Object.entries(FUNCTIONS).reduce(
  (known, [name, { takes, gives, call }]) => known.registerFunction(`${name}(${takes.join(', ')}): ${gives}`, call),
  new Environment({ limits: EXPRESSION_LIMITS })
    .registerVariable('facts', 'dyn')
    .registerVariable('case', 'dyn')
    .registerVariable('p', 'dyn')
    .registerVariable('answers', 'map<string, bool>')
    .registerVariable('t', 'dyn'),
);

/**
 * Parses and type-checks an expression.
 * @param type `bool`: it must be a condition; `any`: it may be of any type
 * @throws ExpressionFault
 */
export function parseExpression(text: string, type: 'bool' | 'any'): Expression {
  try {
    const parsed = environment.parse(text);
    const checked = parsed.check();
    if (!checked.valid) throw checked.error ?? new ExpressionFault('does not type-check');
    if (type === 'bool' && checked.type !== 'bool') {
      throw new ExpressionFault(`must be a bool, is ${checked.type ?? 'of no known type'}`);
    }
    const interpret = (activation: Activation): unknown => parsed(activation);
    const compiled = compileExpression(parsed.ast, FUNCTIONS);
    return { ast: parsed.ast, interpret, evaluate: compiled === null ? interpret : either(compiled, interpret) };
  } catch (cause) {
    if (cause instanceof ExpressionFault || !(cause instanceof Error)) throw cause;
    const summary = 'summary' in cause && typeof cause.summary === 'string' ? cause.summary : cause.message;
    throw new ExpressionFault(summary, { cause });
  }
}

function either(compiled: Expression['evaluate'], interpret: Expression['evaluate']): Expression['evaluate'] {
  return (activation) => {
    try {
      return compiled(activation);
    } catch (error) {
      if (error !== NOT_COMPILED) throw error;
      return interpret(activation);
    }
  };
}

/** Value of a parameter in an expression: whole numbers are CEL ints, as literals are. */
export function parameterValue(value: string | number | boolean | readonly string[]): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}
