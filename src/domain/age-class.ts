/** Whether a person was a minor, as far as a citizen ID tells. */

/**
 * What the record says of a subject's age: under 14, whose data are sensitive (PIPL art. 28 and 31); 14 to 17, a minor all the
 * same (Minors Protection Law art. 2); of age; not known; or an enterprise, which has none.
 */
export const AGE_CLASSES = { C: 'UNDER_14', M: 'UNDER_18', A: 'ADULT', '-': 'NOT_KNOWN', E: 'ENTERPRISE' } as const;

/** Letter of {@link AGE_CLASSES}, as the record holds it. */
export type AgeLetter = keyof typeof AGE_CLASSES;

/** An age class by name. */
export type AgeClass = (typeof AGE_CLASSES)[AgeLetter];

/**
 * The age class on a day, by the date of birth in characters 7 to 14 of the identifier. A year of age is complete on the day
 * after the birthday, as courts count it. It does not see: a date of birth that the household register has corrected and the
 * number has not, and subjects whose identifier is no citizen ID.
 * @param kind as in the schema's enum `SubjectKind`
 * @param id canonical identifier
 * @param today `YYYY-MM-DD`
 */
export function ageLetter(kind: string, id: string, today: string): AgeLetter {
  if (kind === 'ENTERPRISE') return 'E';
  if (kind !== 'CITIZEN' || id.length !== 18) return '-';
  const birth = Number(id.slice(6, 14));
  const day = Number(today.slice(0, 4) + today.slice(5, 7) + today.slice(8, 10));
  if (Number.isNaN(birth) || Number.isNaN(day) || birth > day) return '-';
  // Dates as numbers: 20121231 − 140000 is the same day fourteen years before.
  if (birth >= day - 140_000) return 'C';
  return birth >= day - 180_000 ? 'M' : 'A';
}
