/**
 * What a plan may cost at most, before anything of it is fetched. It has two parts:
 *
 *   cost = 10 × fetches + objects
 *
 * *Fetches* are the statements or calls the plan can make of departments; they stand when planning. *Objects* are the
 * most that can come back, multiplied down the document: a root object counts 1, a list of identifiers its length, a
 * page its `first`, each of them for every object it is asked of. Arguments may be variables, so they are counted per
 * request. An operation of the gateway's own counts 10, or 10 for each element of its longest list argument (a case to
 * be judged); each root field of introspection 20,000, or 1 where it asks for a type's name. What is denied costs nothing, for nothing of it is fetched.
 */
import type { ArgumentReader, FieldPlan, LinkPlan, PlanCost } from './plan.js';

/** Cost of one fetch, in objects. */
export const FETCH_COST = 10;
/** Cost of one operation, or of one element of its list. */
export const OPERATION_COST = 10;
/** Cost of one root field of introspection: it takes as long as reading some ten thousand objects. */
export const INTROSPECTION_COST = 20_000;
/** Objects that a list inside a row is taken to have: the only one from which links lead is a resident's guardians. */
const EMBEDDED_OBJECTS = 2;

/** Length of a list that is not known yet, as in an explanation, which has no variables. */
const UNKNOWN_LENGTH = 100;

type Variables = Readonly<Record<string, unknown>>;

/** A number, or how to have it from the variables. */
type Count = number | ((variables: Variables) => number);

function counted(count: Count, variables: Variables): number {
  return typeof count === 'number' ? count : count(variables);
}

function combined(a: Count, b: Count, combine: (x: number, y: number) => number): Count {
  if (typeof a === 'number' && typeof b === 'number') return combine(a, b);
  return (variables) => combine(counted(a, variables), counted(b, variables));
}

const sum = (a: Count, b: Count): Count => combined(a, b, (x, y) => x + y);
const product = (a: Count, b: Count): Count => combined(a, b, (x, y) => x * y);
const largest = (a: Count, b: Count): Count => combined(a, b, Math.max);

type Readers = readonly ArgumentReader[];

/** Compiles the cost of a plan. */
export function planCost(fields: readonly FieldPlan[], readers: Readers): PlanCost {
  const fetches = FETCH_COST * fetchesOf(fields);
  const objects = objectsOf(fields, readers);
  if (typeof objects === 'number') return () => fetches + objects;
  return (variables) => fetches + objects(variables);
}

/** Most fetches that fields can make: each link is fetched once for all the objects it starts from. */
function fetchesOf(fields: readonly FieldPlan[]): number {
  let fetches = 0;
  for (const field of fields) {
    if (field.kind === 'EMBEDDED') fetches += fetchesOf(field.fields);
    if (field.kind !== 'LINK') continue;
    for (const { base, groups, fields: below } of field.targets.values()) {
      const own = groups.filter(({ template }) => template !== null).length;
      fetches += (base === null ? 0 : 1) + own + fetchesOf(below);
    }
  }
  return fetches;
}

/** Most objects below one object with these fields. */
function objectsOf(fields: readonly FieldPlan[], readers: Readers): Count {
  return fields.map((field) => objectsBelow(field, readers)).reduce(sum, 0);
}

function objectsBelow(field: FieldPlan, readers: Readers): Count {
  switch (field.kind) {
    case 'LINK': {
      const below = [...field.targets.values()].map((target) => objectsOf(target.fields, readers)).reduce(largest, 0);
      return product(linked(field, readers), sum(1, below));
    }
    case 'EMBEDDED':
      return product(field.list ? EMBEDDED_OBJECTS : 1, objectsOf(field.fields, readers));
    case 'OPERATION':
      return product(OPERATION_COST, elements(field.arguments, readers));
    case 'INTROSPECTION':
      return field.nameOnly ? 1 : INTROSPECTION_COST;
    case 'DERIVED':
    case 'VALUE':
    case 'TYPENAME':
    case 'DENIED':
      return 0;
  }
}

/** Most objects that a link leads to from one object. */
function linked({ shape, keyFrom, arguments: index }: LinkPlan, readers: Readers): Count {
  if (shape === 'ONE') return 1;
  const read = readers[index];
  if (read === undefined) throw new TypeError('a link has arguments');
  if (shape === 'PAGE') {
    return (variables) => {
      const { first } = read(variables);
      return typeof first === 'number' ? first : UNKNOWN_LENGTH;
    };
  }
  return (variables) => {
    const keys = keyFrom.kind === 'ARGUMENT' ? read(variables)[keyFrom.name] : [];
    return Array.isArray(keys) ? keys.length : UNKNOWN_LENGTH;
  };
}

function elements(index: number, readers: Readers): Count {
  const read = readers[index];
  if (read === undefined) throw new TypeError('an operation has arguments');
  return (variables) => {
    const lists = Object.values(read(variables)).filter(Array.isArray);
    return Math.max(1, ...lists.map((list) => list.length));
  };
}
