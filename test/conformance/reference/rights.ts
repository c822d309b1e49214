/** What grants add up to, told naively: every question is answered from the list of grants. */
import type { Grant, SubjectScope } from '../../../src/authorize/rights.js';
import { type Situation, TODAY } from '../situation.js';
import type { ModelField } from './model.js';

/** One grant's word on one coordinate, as far as it can be returned. */
export interface Word {
  readonly disclosure: 'FULL' | 'MASKED';
  readonly subjects: SubjectScope;
  readonly maxHops: number;
  /** Empty: everywhere. */
  readonly regions: readonly string[];
  readonly grant: string;
}

/** What may be said of a coordinate before any object is looked at. */
export type Standing =
  | { readonly given: true; readonly words: readonly Word[] }
  | { readonly given: false; readonly reason: 'NO_GRANT' | 'PREDICATE_ONLY' | 'NOT_SHARED' };

const EVERYWHERE: Word = { disclosure: 'FULL', subjects: 'ANY', maxHops: 0, regions: [], grant: '' };

function inForce(grant: Grant, { request }: Situation): boolean {
  return (
    grant.client === request.client &&
    grant.status === 'APPROVED' &&
    request.matter !== null &&
    grant.matters.includes(request.matter) &&
    grant.validFrom <= TODAY &&
    TODAY <= grant.validTo
  );
}

const WIDTH: Readonly<Record<SubjectScope, number>> = { ANY: 0, RELATED: 1, CASE_SUBJECTS: 2 };

/** The widest first: more subjects, more hops, no bound of region, fewer prefixes. */
function wider(a: Word, b: Word): number {
  if (WIDTH[a.subjects] !== WIDTH[b.subjects]) return WIDTH[a.subjects] - WIDTH[b.subjects];
  if (a.subjects === 'RELATED' && a.maxHops !== b.maxHops) return b.maxHops - a.maxHops;
  if (a.regions.length !== b.regions.length) return a.regions.length - b.regions.length;
  return a.grant < b.grant ? -1 : 1;
}

/** The standing of a field. */
export function standing(situation: Situation, field: ModelField): Standing {
  if (field.sharing === 'NOT_SHARED') return { given: false, reason: 'NOT_SHARED' };
  if (field.sharing === 'UNCONDITIONAL') return { given: true, words: [EVERYWHERE] };
  const naming = situation.grants.filter(
    (grant) =>
      inForce(grant, situation) &&
      grant.department === field.department &&
      Object.hasOwn(grant.coordinates, field.coordinate),
  );
  const words = naming.flatMap((grant): Word[] => {
    const disclosure = grant.coordinates[field.coordinate];
    if (disclosure === undefined || disclosure === 'PREDICATE') return [];
    // A field without a mask cannot be granted masked.
    if (disclosure === 'MASKED' && field.mask === null) return [];
    const { subjects, maxHops, regions, id } = grant;
    return [{ disclosure, subjects, maxHops, regions: [...new Set(regions)], grant: id }];
  });
  if (words.length > 0) return { given: true, words: words.sort(wider) };
  const predicate = naming.some((grant) => grant.coordinates[field.coordinate] === 'PREDICATE');
  return { given: false, reason: predicate ? 'PREDICATE_ONLY' : 'NO_GRANT' };
}
