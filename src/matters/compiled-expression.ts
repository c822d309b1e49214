/**
 * Expressions as plain functions, for what rules do all day: reading facts, comparing texts, numbers and
 * booleans, going through lists, calling our functions. The CEL library decides what an expression means;
 * where values meet that this file does not know, it says so by {@link NOT_COMPILED} and the library
 * evaluates instead. The property tests hold the two against each other.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Activation } from './expression.js';

/** Thrown where only the library can tell the value. Never absorbed by `&&`, `||`, `exists` or `all`. */
export const NOT_COMPILED = Symbol('not compiled');

/** A function that a rule may call: what it takes, and the function itself. */
export interface RuleFunction {
  readonly takes: readonly ('dyn' | 'string' | 'int' | 'list')[];
  readonly call: (...args: never[]) => unknown;
}

/** Values of the variables of `exists` and the like, each in its place. */
type Frame = unknown[];
type Part = (activation: Activation, frame: Frame) => unknown;
type Scope = ReadonlyMap<string, number>;

function beyond(): never {
  throw NOT_COMPILED;
}

function rethrow(error: unknown): void {
  if (error === NOT_COMPILED) throw error;
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

/** Values of two types are not equal, but for the numbers. Lists and objects are for the library to compare. */
function equal(a: unknown, b: unknown): boolean {
  if (a === null || b === null) {
    readFirst(a);
    readFirst(b);
    return a === b;
  }
  if (!isPlain(a) || !isPlain(b) || a === undefined || b === undefined) return beyond();
  // biome-ignore lint/suspicious/noDoubleEquals: an int and a double of one value are equal in CEL
  return isNumber(a) && isNumber(b) ? a == b : a === b;
}

type Ordered = string | number | bigint;

function compared(a: unknown, b: unknown, holds: (a: Ordered, b: Ordered) => boolean): boolean {
  if (typeof a === 'string' && typeof b === 'string') return holds(a, b);
  if (isNumber(a) && isNumber(b)) return holds(a, b);
  return beyond();
}

function sum(a: unknown, b: unknown, sign: 1 | -1): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a + sign * b;
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return beyond();
  const result = a + BigInt(sign) * b;
  return BigInt.asIntN(64, result) === result ? result : beyond();
}

const BINARY: Readonly<Record<string, (a: unknown, b: unknown) => unknown>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => compared(a, b, (x, y) => x < y),
  '<=': (a, b) => compared(a, b, (x, y) => x <= y),
  '>': (a, b) => compared(a, b, (x, y) => x > y),
  '>=': (a, b) => compared(a, b, (x, y) => x >= y),
  '+': (a, b) => sum(a, b, 1),
  '-': (a, b) => sum(a, b, -1),
  in: (a, b) => {
    if (!isPlain(a) || !Array.isArray(b)) return beyond();
    let found = false;
    for (const one of b as readonly unknown[]) {
      if (typeof one !== 'string') return beyond();
      if (one === a) found = true;
    }
    return found;
  },
};

/** The member of a plain object; whatever else is asked is for the library to refuse. */
function member(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return beyond();
  if (object.constructor !== Object || !Object.hasOwn(object, name)) return beyond();
  const value = (object as Record<string, unknown>)[name];
  return value === undefined ? beyond() : value;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : beyond();
}

function truthOf(value: unknown): boolean {
  return typeof value === 'boolean' ? value : beyond();
}

/** The library tells a list's type by its first member, and that one's by its first: an unknown fact there is read. */
function readFirst(value: unknown): void {
  if (Array.isArray(value)) readFirst(value[0]);
  else if (typeof value === 'object' && value !== null) {
    for (const key in value) {
      readFirst((value as Record<string, unknown>)[key]);
      return;
    }
  }
}

const FITS: Readonly<Record<RuleFunction['takes'][number], (value: unknown) => boolean>> = {
  dyn: () => true,
  string: (value) => typeof value === 'string',
  int: (value) => typeof value === 'bigint',
  list: Array.isArray,
};

class Compiling {
  /** Places that variables have taken. */
  #slots = 0;

  constructor(private readonly functions: Readonly<Record<string, RuleFunction>>) {}

  /** @throws NOT_COMPILED */
  part(node: ASTNode, scope: Scope): Part {
    switch (node.op) {
      case 'value': {
        const value: unknown = node.args;
        return () => value;
      }
      case 'id': {
        const slot = scope.get(node.args);
        if (slot !== undefined) return (_, frame) => frame[slot];
        return this.#root(node.args);
      }
      case '.': {
        const object = this.part(node.args[0], scope);
        const name = node.args[1];
        return (activation, frame) => member(object(activation, frame), name);
      }
      case 'list': {
        const members = node.args.map((one) => this.part(one, scope));
        return (activation, frame) => members.map((one) => one(activation, frame));
      }
      case '&&':
      case '||':
        return this.#logical(node.op === '||', this.part(node.args[0], scope), this.part(node.args[1], scope));
      case '!_': {
        const operand = this.part(node.args, scope);
        return (activation, frame) => !truthOf(operand(activation, frame));
      }
      case '?:': {
        const [condition, yes, no] = node.args.map((one) => this.part(one, scope));
        if (condition === undefined || yes === undefined || no === undefined) return beyond();
        return (activation, frame) => (truthOf(condition(activation, frame)) ? yes : no)(activation, frame);
      }
      case 'call':
        if (node.args[0] === 'size' && node.args[1][0] !== undefined) return this.#size(node.args[1][0], scope);
        return this.#call(node.args[0], node.args[1], scope);
      case 'rcall':
        return this.#method(node.args[0], node.args[1], node.args[2], scope);
      default: {
        const apply = Object.hasOwn(BINARY, node.op) ? BINARY[node.op] : undefined;
        if (apply === undefined) return beyond();
        const [left, right] = (node.args as readonly [ASTNode, ASTNode]).map((one) => this.part(one, scope));
        if (left === undefined || right === undefined) return beyond();
        return (activation, frame) => apply(left(activation, frame), right(activation, frame));
      }
    }
  }

  #root(name: string): Part {
    switch (name) {
      case 'facts':
        return (activation) => activation.facts;
      case 'case':
        return (activation) => activation.case;
      case 'p':
        return (activation) => activation.p;
      case 't':
        return (activation) => activation.t;
      case 'answers':
        return (activation) => activation.answers;
      default:
        return beyond();
    }
  }

  /** An error on the left counts only where the right does not decide. */
  #logical(decisive: boolean, left: Part, right: Part): Part {
    return (activation, frame) => {
      let failed = false;
      let error: unknown;
      try {
        if (truthOf(left(activation, frame)) === decisive) return decisive;
      } catch (thrown) {
        rethrow(thrown);
        failed = true;
        error = thrown;
      }
      if (truthOf(right(activation, frame)) === decisive) return decisive;
      if (failed) throw error;
      return !decisive;
    };
  }

  #call(name: string, nodes: readonly ASTNode[], scope: Scope): Part {
    const known = Object.hasOwn(this.functions, name) ? this.functions[name] : undefined;
    if (known === undefined || known.takes.length !== nodes.length) return beyond();
    const { takes, call } = known as { takes: RuleFunction['takes']; call: (...args: unknown[]) => unknown };
    const parts = nodes.map((node) => this.part(node, scope));
    return (activation, frame) => {
      // In the library's order, which shows where several arguments are unknown.
      const args: unknown[] = [];
      for (let i = parts.length - 1; i >= 0; i -= 1) args[i] = parts[i]?.(activation, frame);
      for (let i = parts.length - 1; i >= 0; i -= 1) {
        readFirst(args[i]);
        if (!FITS[takes[i] ?? 'dyn'](args[i])) return beyond();
      }
      return call(...args);
    };
  }

  #method(name: string, receiver: ASTNode, nodes: readonly ASTNode[], scope: Scope): Part {
    if (name === 'size' && nodes.length === 0) return this.#size(receiver, scope);
    const [first, second] = nodes;
    if (name === 'startsWith' && first !== undefined && nodes.length === 1) {
      const [text, prefix] = [this.part(receiver, scope), this.part(first, scope)];
      return (activation, frame) => {
        const given = prefix(activation, frame);
        const whole = text(activation, frame);
        return typeof whole === 'string' && typeof given === 'string' ? whole.startsWith(given) : beyond();
      };
    }
    if (first?.op !== 'id' || second === undefined || nodes.length !== 2) return beyond();
    const slot = this.#slots;
    this.#slots += 1;
    const list = this.part(receiver, scope);
    const each = this.part(second, new Map([...scope, [first.args, slot]]));
    switch (name) {
      case 'exists':
        return this.#quantified(true, slot, list, each);
      case 'all':
        return this.#quantified(false, slot, list, each);
      case 'filter':
        return (activation, frame) =>
          listOf(list(activation, frame)).filter((one) => {
            frame[slot] = one;
            return truthOf(each(activation, frame));
          });
      case 'map':
        return (activation, frame) =>
          listOf(list(activation, frame)).map((one) => {
            frame[slot] = one;
            return each(activation, frame);
          });
      default:
        return beyond();
    }
  }

  #size(node: ASTNode, scope: Scope): Part {
    const list = this.part(node, scope);
    return (activation, frame) => {
      const members = listOf(list(activation, frame));
      readFirst(members);
      return BigInt(members.length);
    };
  }

  /** An error for one member counts only where no other decides. */
  #quantified(decisive: boolean, slot: number, list: Part, each: Part): Part {
    return (activation, frame) => {
      let failed = false;
      let error: unknown;
      for (const one of listOf(list(activation, frame))) {
        frame[slot] = one;
        try {
          if (truthOf(each(activation, frame)) === decisive) return decisive;
        } catch (thrown) {
          rethrow(thrown);
          if (!failed) error = thrown;
          failed = true;
        }
      }
      if (failed) throw error;
      return !decisive;
    };
  }
}

/**
 * Compiles a checked expression.
 * @returns a function that throws what the evaluation raises, or {@link NOT_COMPILED}; null where the expression uses
 *   something this file does not know
 */
export function compileExpression(
  ast: ASTNode,
  functions: Readonly<Record<string, RuleFunction>>,
): ((activation: Activation) => unknown) | null {
  const compiling = new Compiling(functions);
  try {
    const whole = compiling.part(ast, new Map());
    return (activation) => whole(activation, []);
  } catch (error) {
    if (error !== NOT_COMPILED) throw error;
    return null;
  }
}
