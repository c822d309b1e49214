/**
 * CEL as the rules of matters use it. Its `&&`, `||`, `exists` and `all` absorb an error where
 * the other operand decides, so that with "unknown" as an error they are Kleene's three-valued logic.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
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
  /** The matter's terms, evaluated when read. */
  readonly t: Readonly<Record<string, unknown>>;
};

/** A parsed expression. */
export interface Expression {
  /** Its syntax tree, for the checks at load. */
  readonly ast: ASTNode;
  /** @throws whatever the evaluation raises, an unknown fact's error among it */
  evaluate(activation: Activation): unknown;
}

/** An expression cannot be used. The message says why. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
}

/** Bounds of one expression: nodes and nesting of its syntax tree. CEL has no loops but over lists, so they bound its work. */
export const EXPRESSION_LIMITS = { maxAstNodes: 1000, maxDepth: 50, maxListElements: 100, maxMapEntries: 20 } as const;

const environment = new Environment({ limits: EXPRESSION_LIMITS })
  .registerVariable('facts', 'dyn')
  .registerVariable('case', 'dyn')
  .registerVariable('p', 'dyn')
  .registerVariable('t', 'dyn')
  .registerFunction('required(dyn): dyn', required)
  .registerFunction('sameAddress(string, string): bool', sameAddress)
  .registerFunction('monthsBack(string, int): string', monthsBack)
  .registerFunction('dayYearsBefore(string, int, string): string', dayYearsBefore)
  .registerFunction('coveredMonths(list, string, string): int', coveredMonths)
  .registerFunction('coversEveryDay(list, string, string): bool', coversEveryDay)
  .registerFunction('total(list): double', total);

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
    return { ast: parsed.ast, evaluate: (activation): unknown => parsed(activation) };
  } catch (cause) {
    if (cause instanceof ExpressionFault || !(cause instanceof Error)) throw cause;
    const summary = 'summary' in cause && typeof cause.summary === 'string' ? cause.summary : cause.message;
    throw new ExpressionFault(summary, { cause });
  }
}

/** Value of a parameter in an expression: whole numbers are CEL ints, as literals are. */
export function parameterValue(value: string | number | boolean | readonly string[]): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}
