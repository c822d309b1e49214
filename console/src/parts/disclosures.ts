/** What can be chosen for a field. */
import type { Disclosure } from '../api/generated.js';
import type { NamedField } from './session.js';

/** From the most that is shown to the least. */
export const BY_OPENNESS = ['FULL', 'MASKED', 'PREDICATE'] as const satisfies readonly Disclosure[];

/** Whether the first shows less than the second. */
export function isNarrower(one: Disclosure | null, than: Disclosure): boolean {
  return one === null || BY_OPENNESS.indexOf(one) > BY_OPENNESS.indexOf(than);
}

/** Disclosures that fit a field, no more open than one where that is given. */
export function disclosuresOf(field: NamedField | undefined, atMost: Disclosure = 'FULL'): readonly Disclosure[] {
  return BY_OPENNESS.filter(
    (one) => !isNarrower(atMost, one) && (one !== 'MASKED' || (field !== undefined && field.mask !== null)),
  );
}
