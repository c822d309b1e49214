/** Which parameters a case is judged by: rule sets differ by date and division. */
import type { RuleSet } from './definition.js';

/** No rule set, or no single one, is for the date and division. */
export class RuleSetError extends Error {
  override readonly name = 'RuleSetError';

  /**
   * @param matter code of the matter
   * @param reason NONE: none covers them; SEVERAL: no division was given and several rule sets cover the date
   */
  constructor(
    readonly matter: string,
    readonly reason: 'NONE' | 'SEVERAL',
    message: string,
  ) {
    super(message);
  }
}

/**
 * The rule set of a day and division: of those in force, the one for the narrowest area that holds
 * the division. Without a division, the only one in force.
 * @param matter its code and rule sets
 * @param date `YYYY-MM-DD`, the day judged by
 * @param division GB/T 2260, six digits
 * @throws RuleSetError
 */
export function ruleSetFor(
  matter: { readonly code: string; readonly ruleSets: readonly RuleSet[] },
  date: string,
  division?: string,
): RuleSet {
  const inForce = inForceOn(matter, date);
  const narrowness = ({ divisions }: RuleSet): number =>
    division === undefined ? 0 : Math.max(-1, ...divisions.filter((d) => division.startsWith(d)).map((d) => d.length));
  const [best, ...others] = inForce.filter((set) => narrowness(set) >= 0).sort((a, b) => narrowness(b) - narrowness(a));
  const where = division === undefined ? '' : ` in ${division}`;
  if (best === undefined)
    throw new RuleSetError(matter.code, 'NONE', `${matter.code} has no rule set for ${date}${where}`);
  if (division === undefined && others.length > 0) {
    throw new RuleSetError(
      matter.code,
      'SEVERAL',
      `${matter.code} has several rule sets for ${date}; name the division`,
    );
  }
  return best;
}

/** Whether a case of that day must name its division, because several rule sets are in force. */
export function needsDivision(matter: { readonly ruleSets: readonly RuleSet[] }, date: string): boolean {
  return inForceOn(matter, date).length > 1;
}

function inForceOn({ ruleSets }: { readonly ruleSets: readonly RuleSet[] }, date: string): readonly RuleSet[] {
  return ruleSets.filter(({ from, to }) => from <= date && (to === undefined || date <= to));
}

/** Pairs of rule sets that would both be the one for some day and division: same prefix, common days. */
export function overlaps(ruleSets: readonly RuleSet[]): readonly (readonly [number, number])[] {
  const commonDays = (a: RuleSet, b: RuleSet): boolean =>
    (b.to === undefined || a.from <= b.to) && (a.to === undefined || b.from <= a.to);
  return ruleSets.flatMap((a, i) =>
    ruleSets.flatMap((b, j): (readonly [number, number])[] =>
      i < j && commonDays(a, b) && a.divisions.some((d) => b.divisions.includes(d)) ? [[i, j]] : [],
    ),
  );
}
