/** What an expression refers to: a misspelt fact would be UNKNOWN for ever, so each name is checked at load. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Shape } from './facts-document.js';

/** The names an expression may use. */
export interface Names {
  /** Shape of `facts`. */
  readonly facts: Shape;
  /** Roles, beside `filedOn` and `asOf`. */
  readonly roles: readonly string[];
  readonly parameters: ReadonlySet<string>;
  /** Answers of departments, by name. */
  readonly answers: ReadonlySet<string>;
  /** The terms before this one. */
  readonly terms: ReadonlyMap<string, References>;
}

/** What was found. */
export interface References {
  readonly faults: readonly string[];
  /** Paths of the leaves it may read. */
  readonly leaves: ReadonlySet<string>;
  /** Answers it may read. */
  readonly answers: ReadonlySet<string>;
  /** Whether it may read a fact or an identifier, so that its value must not stand in a reason. */
  readonly personal: boolean;
  /** What its value is. */
  readonly shape: Shape;
}

/**
 * Most members that one evaluation may go through, all loops together: `exists` in `exists` multiplies. Ten million
 * are some tenths of a second at the worst; what real rules go through is a few hundred.
 */
export const MAX_STEPS = 10_000_000;

/** Members that a list is reckoned to have of which nothing is known, such as one of a parameter. */
const OF_UNKNOWN_LENGTH = 20;

const ANY: Shape = { kind: 'any' };
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
const ROOTS: ReadonlySet<string> = new Set(['facts', 'case', 'p', 'answers', 't']);

/**
 * Looks an expression through. Refused are unknown names; `has()`, indexing by a name, and
 * optionals, which could tell an unknown fact from an absent one; variables of `exists` and the
 * like that hide another name; comparing an enum with what is not one of its values; and loops that
 * could go through more than {@link MAX_STEPS} members.
 */
export function referencesOf(ast: ASTNode, names: Names): References {
  const faults = new Set<string>();
  const leaves = new Set<string>();
  const answers = new Set<string>();
  let personal = false;
  /** Members gone through at most, and how often the place looked at is evaluated. */
  let steps = 0;
  let times = 1;

  const readAll = (shape: Shape): void => {
    if (shape.kind === 'leaf') leaves.add(shape.path);
    if (shape.kind === 'list') readAll(shape.of);
    if (shape.kind === 'object') for (const field of shape.fields.values()) readAll(field);
  };

  const select = (base: ASTNode, name: string, scope: ReadonlyMap<string, Shape>): Shape => {
    if (base.op === 'id' && !scope.has(base.args)) {
      if (base.args === 'case') {
        if (name !== 'filedOn' && name !== 'asOf') personal = true;
        if (!['filedOn', 'asOf', ...names.roles].includes(name)) faults.add(`case.${name} is not known`);
        return ANY;
      }
      if (base.args === 'p') {
        if (!names.parameters.has(name)) faults.add(`p.${name} is not a parameter of every rule set`);
        return ANY;
      }
      if (base.args === 'answers') {
        personal = true;
        answers.add(name);
        if (!names.answers.has(name)) faults.add(`answers.${name} is asked of no department in formerProofs`);
        return ANY;
      }
      if (base.args === 't') {
        const term = names.terms.get(name);
        if (term === undefined) faults.add(`t.${name} is not a term before this one`);
        if (term?.personal) personal = true;
        for (const leaf of term?.leaves ?? []) leaves.add(leaf);
        for (const answer of term?.answers ?? []) answers.add(answer);
        return term?.shape ?? ANY;
      }
    }
    const shape = walk(base, scope);
    if (shape.kind === 'any') return ANY;
    const field = shape.kind === 'object' ? shape.fields.get(name) : undefined;
    if (field === undefined)
      faults.add(`${shape.path === '' ? 'facts' : shape.path}.${name} is not in the facts document`);
    return field ?? ANY;
  };

  const compare = (shape: Shape, other: ASTNode): void => {
    if (shape.kind !== 'leaf' || shape.values === null) return;
    for (const literal of other.op === 'list' ? other.args : [other]) {
      if (literal.op === 'value' && typeof literal.args === 'string' && !shape.values.includes(literal.args)) {
        faults.add(`'${literal.args}' is not a value of ${shape.path}`);
      }
    }
  };

  const macro = (
    name: string,
    receiver: ASTNode,
    args: readonly ASTNode[],
    scope: ReadonlyMap<string, Shape>,
  ): Shape => {
    const list = walk(receiver, scope);
    const variable = args[0];
    if (variable?.op !== 'id') return ANY;
    if (ROOTS.has(variable.args) || scope.has(variable.args))
      faults.add(`the variable ${variable.args} hides another name`);
    const inner = new Map([...scope, [variable.args, list.kind === 'list' ? list.of : ANY]]);
    const members = list.kind === 'list' ? list.max : OF_UNKNOWN_LENGTH;
    const outside = times;
    times *= members;
    steps += times;
    const results = args.slice(1).map((arg) => walk(arg, inner));
    times = outside;
    if (name === 'filter') return list;
    if (name !== 'map') return ANY;
    const of = results.at(-1) ?? ANY;
    return { kind: 'list', path: of.kind === 'any' ? '' : of.path, of, max: members };
  };

  const walk = (node: ASTNode, scope: ReadonlyMap<string, Shape>): Shape => {
    switch (node.op) {
      case 'value':
        return ANY;
      case 'id': {
        const bound = scope.get(node.args);
        if (bound !== undefined) return bound;
        if (node.args === 'facts') {
          personal = true;
          return names.facts;
        }
        faults.add(
          ROOTS.has(node.args)
            ? `${node.args} can only be used with a name, as in ${node.args}.x`
            : `${node.args} is not known`,
        );
        return ANY;
      }
      case '.': {
        const shape = select(node.args[0], node.args[1], scope);
        if (shape.kind === 'leaf') leaves.add(shape.path);
        return shape;
      }
      case '[]': {
        const shape = walk(node.args[0], scope);
        walk(node.args[1], scope);
        if (shape.kind === 'object') faults.add('a fact is read by its name, not by an index');
        return shape.kind === 'list' ? shape.of : ANY;
      }
      case '.?':
      case '[?]':
        faults.add('optionals are not allowed: they could hide an unknown fact');
        return ANY;
      case 'call': {
        const [name, args] = node.args;
        if (name === 'has') {
          faults.add('has() is not allowed: it could hide an unknown fact');
          return ANY;
        }
        const shapes = args.map((arg) => walk(arg, scope));
        // Only a list's length is asked for, not its members.
        if (name !== 'size') shapes.forEach(readAll);
        return name === 'required' ? (shapes[0] ?? ANY) : ANY;
      }
      case 'rcall': {
        const [name, receiver, args] = node.args;
        if (MACROS.has(name)) return macro(name, receiver, args, scope);
        const shapes = [receiver, ...args].map((arg) => walk(arg, scope));
        if (name !== 'size') shapes.forEach(readAll);
        return ANY;
      }
      case 'list':
        for (const member of node.args) walk(member, scope);
        return ANY;
      case 'map':
        for (const [key, value] of node.args) [key, value].forEach((part) => void walk(part, scope));
        return ANY;
      case '?:': {
        const [condition, yes, no] = node.args;
        walk(condition, scope);
        walk(yes, scope);
        walk(no, scope);
        return ANY;
      }
      case '!_':
      case '-_':
        walk(node.args, scope);
        return ANY;
      default: {
        const [left, right] = node.args;
        const shapes = [walk(left, scope), walk(right, scope)] as const;
        compare(shapes[0], right);
        compare(shapes[1], left);
        return ANY;
      }
    }
  };

  const shape = walk(ast, new Map());
  readAll(shape);
  if (steps > MAX_STEPS) faults.add(`its loops could go through ${steps} members, more than ${MAX_STEPS}`);
  return { faults: [...faults], leaves, answers, personal, shape };
}
