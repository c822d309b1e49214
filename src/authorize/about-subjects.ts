/** What of a plan is about whom: for each place at which it meets a person or enterprise, the coordinates that speak of them. */
import type { AccessPlan, Choice, FieldPlan, LinkPlan, ObjectPlan } from './plan.js';

/**
 * Indices in {@link AccessPlan.coordinates}, by the place of the document, that are about the subject met there: its own
 * fields, those of objects that belong to it or are reached from it through no other subject (a flat, a licence), and the
 * links that lead to it and from it. A field reached from no subject, such as a flat asked for by its number, is about nobody here.
 */
export type CoordinatesAbout = ReadonlyMap<ObjectPlan, readonly number[]>;

const known = new WeakMap<AccessPlan, CoordinatesAbout>();

/** Whether its objects are people or enterprises, whose names the record keeps under a pseudonym. */
export function isSubject({ identity }: ObjectPlan): boolean {
  return identity?.kind === 'CITIZEN' || identity?.kind === 'ENTERPRISE';
}

/** What of a plan is about whom; computed once for each plan. */
export function coordinatesAbout(plan: AccessPlan): CoordinatesAbout {
  let about = known.get(plan);
  if (about === undefined) {
    const found = new Map<ObjectPlan, Set<number>>();
    collect(plan.fields, null, found);
    about = new Map([...found].map(([place, indices]) => [place, [...indices].sort((a, b) => a - b)]));
    known.set(plan, about);
  }
  return about;
}

/** @param own what is about the subject that the fields belong to; null: they belong to none */
function collect(fields: readonly FieldPlan[], own: Set<number> | null, found: Map<ObjectPlan, Set<number>>): void {
  const add = (choices: readonly Choice[]) => {
    for (const { index } of choices) if (index >= 0) own?.add(index);
  };
  for (const field of fields) {
    switch (field.kind) {
      case 'VALUE':
        add(field.choices);
        break;
      case 'EMBEDDED':
        add(field.choices);
        collect(field.fields, own, found);
        break;
      case 'DERIVED':
        add(field.choices);
        collect(field.member?.fields ?? [], own, found);
        break;
      case 'OPERATION':
        collect(field.member?.fields ?? [], null, found);
        break;
      case 'LINK':
        follow(field, own, found);
        break;
      case 'TYPENAME':
      case 'DENIED':
      case 'INTROSPECTION':
        break;
    }
  }
}

function follow(link: LinkPlan, own: Set<number> | null, found: Map<ObjectPlan, Set<number>>): void {
  own?.add(link.index);
  for (const target of new Set([...link.targets.values(), link.target])) {
    if (!isSubject(target)) {
      collect(target.fields, own, found);
      continue;
    }
    let theirs = found.get(target);
    if (theirs === undefined) {
      theirs = new Set();
      found.set(target, theirs);
    }
    theirs.add(link.index);
    collect(target.fields, theirs, found);
  }
}
