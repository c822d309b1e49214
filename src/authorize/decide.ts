/** May they: the decision on one coordinate, before any path or row is looked at. */

import type { WithheldReason } from '../domain/withheld.js';
import type { CatalogueField } from './catalogue.js';
import type { SubjectBound, Use } from './plan.js';
import type { Disclosure, Right, Rights } from './rights.js';

/** What the grants say of one coordinate for one use. */
export type Decision =
  | { readonly kind: 'WITHHELD'; readonly reason: WithheldReason; readonly grants: readonly string[] }
  /** `rights`: FULL before MASKED, wider before narrower. */
  | { readonly kind: 'GRANTED'; readonly rights: readonly Right[]; readonly unconditional: boolean };

/** The right of everyone on an UNCONDITIONAL field. */
const EVERYONE: Right = { grant: '', department: '', disclosure: 'FULL', regions: null, subjects: 'ANY', maxHops: 0 };

function usable(disclosure: Disclosure, use: Use, field: CatalogueField): boolean {
  switch (disclosure) {
    case 'FULL':
      return true;
    case 'MASKED':
      return use === 'DISCLOSE' && field.mask !== null;
    case 'PREDICATE':
      return use === 'VERIFY';
  }
}

/**
 * Decides on one coordinate. Denies unless the class is UNCONDITIONAL or a right of the department
 * that owns the field says otherwise; NOT_SHARED is denied whatever is granted. Does not look at regions, subjects or the path.
 */
export function decide(field: CatalogueField, rights: Rights, use: Use): Decision {
  if (field.sharing === 'NOT_SHARED') return { kind: 'WITHHELD', reason: 'NOT_SHARED', grants: [] };
  if (field.sharing === 'UNCONDITIONAL') return { kind: 'GRANTED', rights: [EVERYONE], unconditional: true };
  const all = (rights.byCoordinate.get(field.coordinate) ?? []).filter(
    (right) => right.department === field.department,
  );
  const fit = all.filter((right) => usable(right.disclosure, use, field));
  if (fit.length > 0) {
    const masked = (right: Right) => (right.disclosure === 'MASKED' ? 1 : 0);
    return { kind: 'GRANTED', rights: [...fit].sort((a, b) => masked(a) - masked(b)), unconditional: false };
  }
  const grants = all.map((right) => right.grant);
  const [other, reason] =
    use === 'DISCLOSE' ? (['PREDICATE', 'PREDICATE_ONLY'] as const) : (['MASKED', 'MASKED_ONLY'] as const);
  // A MASKED grant of a field without a mask says nothing.
  const known = all.some((right) => right.disclosure === other);
  return { kind: 'WITHHELD', reason: known ? reason : 'NO_GRANT', grants };
}

/**
 * What of a right's subject scope is left to check at run time for an object at most `hops` links
 * from a case subject (null: no such bound is known): null when nothing is.
 */
export function subjectBound(right: Right, hops: number | null): SubjectBound | null {
  switch (right.subjects) {
    case 'ANY':
      return null;
    case 'CASE_SUBJECTS':
      return hops === 0 ? null : { subjects: 'CASE_SUBJECTS', maxHops: 0 };
    case 'RELATED':
      return hops !== null && hops <= right.maxHops ? null : { subjects: 'RELATED', maxHops: right.maxHops };
  }
}
