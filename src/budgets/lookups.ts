/** What a request looks up by identifiers of its own choice, and what came of it. */
import type { AccessPlan, LinkPlan } from '../authorize/plan.js';
import type { Execution } from '../execute/executor.js';

/** One key that a request gives as an argument of a root field. */
export interface Lookup {
  /** `KIND:identifier`, as the executor and the record name subjects. */
  readonly subject: string;
  readonly link: LinkPlan;
  /** Place among the keys of its field; -1 where the field takes one. */
  readonly at: number;
}

const NONE: readonly Lookup[] = [];

/**
 * The keys that the plan will look up at its root. A key outside the bound of its grant is left out: nothing is
 * asked about it, whether or not it exists.
 * @param caseSubjects as `KIND:identifier`
 * @throws MianzhengError BAD_USER_INPUT for an argument beyond its bound
 */
export function lookupsOf(
  plan: AccessPlan,
  variables: Readonly<Record<string, unknown>>,
  caseSubjects: ReadonlySet<string>,
): readonly Lookup[] {
  let lookups: Lookup[] | null = null;
  for (const field of plan.fields) {
    if (field.kind !== 'LINK' || field.keyFrom.kind !== 'ARGUMENT') continue;
    const given = plan.argumentReaders[field.arguments]?.(variables)[field.keyFrom.name];
    if (given === undefined || given === null) continue;
    const kind = field.target.identity?.kind ?? field.target.type;
    const add = (key: string, at: number): void => {
      const subject = `${kind}:${key}`;
      if (field.bound !== null && !caseSubjects.has(subject)) return;
      lookups ??= [];
      lookups.push({ subject, link: field, at });
    };
    if (field.shape === 'BATCH') (given as readonly string[]).forEach(add);
    else add(given as string, -1);
  }
  return lookups ?? NONE;
}

/** What a lookup came to. `OPEN`: the department was down, or the field needs no row of the object itself. */
export type Found = 'FOUND' | 'NOTHING' | 'OPEN';

/**
 * What each lookup came to, in their order. A row outside the regions of the grant counts as nothing: what is
 * counted must not tell whether it exists.
 */
export function foundBy(lookups: readonly Lookup[], execution: Execution): readonly Found[] {
  let nothing: ReadonlySet<string> | null = null;
  return lookups.map(({ link, at }) => {
    const value = execution.data[link.key];
    const one = at < 0 ? value : (value as readonly unknown[])[at];
    if (one !== null && one !== undefined) return link.target.base === null ? 'OPEN' : 'FOUND';
    nothing ??= rootsWithout(execution);
    return nothing.has(at < 0 ? link.key : `${link.key}.${at}`) ? 'NOTHING' : 'OPEN';
  });
}

/** Paths at the root where the department knows of none, or of none within the regions. */
function rootsWithout({ outcomes }: Execution): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const outcome of outcomes) {
    if (outcome.path.length > 2) continue;
    const none = outcome.outcome === 'ABSENT' || (outcome.outcome === 'WITHHELD' && outcome.reason === 'REGION_SCOPE');
    if (none) paths.add(outcome.path.join('.'));
  }
  return paths;
}
