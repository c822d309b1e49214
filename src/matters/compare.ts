/** Compares what a citizen stated with the facts. Pure. */
import { hash, timingSafeEqual } from 'node:crypto';
import { claimableFact } from '../domain/claim-value.js';
import type { Claim } from './claims.js';
import type { UnknownCause, UnknownFact } from './unknown-facts.js';

/** What a comparison came to. */
export type ClaimOutcome =
  /** The fact, or one member of the list, is what was stated. */
  | 'MATCH'
  /** It is something else. */
  | 'MISMATCH'
  /** The department answered: there is no such fact. */
  | 'ABSENT'
  /** It could not be had, or not compared. */
  | 'UNKNOWN';

/** Why a comparison is UNKNOWN. IRREGULAR: the fact is not in the form of its kind. */
export type ClaimUnknown = UnknownCause | 'IRREGULAR';

/** One claim, compared. */
export interface ComparedClaim {
  readonly claim: Claim;
  readonly outcome: ClaimOutcome;
  /** Null unless UNKNOWN. */
  readonly unknown: ClaimUnknown | null;
}

/** A claim with the value stated, in canonical form. */
export interface StatedClaim {
  readonly claim: Claim;
  /** As `parseClaim` yields it. */
  readonly value: string;
}

/** Which cause is told where there are several. */
const ORDER: readonly ClaimUnknown[] = ['SOURCE_DOWN', 'DISPUTED', 'WITHHELD', 'PARTIAL', 'IRREGULAR'];

interface Found {
  readonly values: (string | number)[];
  readonly causes: Set<ClaimUnknown>;
}

/**
 * Compares each claim for equality and nothing else. Every member of a list is looked at and values are compared by
 * their digests, so that neither the outcome nor its time says how near a wrong value is. Does NOT check that
 * anybody may know the outcome.
 * @param data `data` of the claims' document; masked values must not stand in it
 * @param unknowns what of it could not be had
 */
export function compareClaims(
  stated: readonly StatedClaim[],
  data: unknown,
  unknowns: readonly UnknownFact[],
): readonly ComparedClaim[] {
  return stated.map(({ claim, value }) => {
    const found: Found = { values: [], causes: new Set() };
    collect(data, claim.of, [], unknowns, found);
    const wanted = digestOf(value);
    let equal = 0;
    for (const fact of found.values) {
      const parsed = claimableFact(claim.kind, fact);
      if (parsed.ok) equal += timingSafeEqual(digestOf(parsed.value), wanted) ? 1 : 0;
      else found.causes.add('IRREGULAR');
    }
    if (equal > 0) return { claim, outcome: 'MATCH', unknown: null };
    const unknown = ORDER.find((cause) => found.causes.has(cause)) ?? null;
    if (unknown !== null) return { claim, outcome: 'UNKNOWN', unknown };
    return { claim, outcome: found.values.length > 0 ? 'MISMATCH' : 'ABSENT', unknown: null };
  });
}

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');

function collect(
  value: unknown,
  path: readonly string[],
  at: UnknownFact['path'],
  unknowns: readonly UnknownFact[],
  found: Found,
): void {
  const here = unknowns.filter((unknown) => isAt(unknown.path, at));
  for (const { cause } of here) found.causes.add(cause);
  // The value of a disputed fact is there, and must not be held against anyone.
  if (here.some(({ cause }) => cause === 'DISPUTED')) return;
  if (Array.isArray(value)) {
    value.forEach((member, i) => {
      collect(member, path, [...at, i], unknowns, found);
    });
    return;
  }
  const [key, ...rest] = path;
  if (key === undefined) {
    if (typeof value === 'string' || typeof value === 'number') found.values.push(value);
    return;
  }
  if (typeof value === 'object' && value !== null) {
    collect(Object.hasOwn(value, key) ? Reflect.get(value, key) : null, rest, [...at, key], unknowns, found);
    return;
  }
  // Nothing stands here; what is unknown below it is told by its own path.
  for (const unknown of unknowns) if (leadsTo(unknown.path, at, path)) found.causes.add(unknown.cause);
}

const fits = (segment: string | number | undefined, other: string | number | undefined): boolean =>
  segment === '*' ? typeof other === 'number' : String(segment) === String(other);

function isAt(path: UnknownFact['path'], at: UnknownFact['path']): boolean {
  return path.length === at.length && at.length > 0 && path.every((segment, i) => fits(segment, at[i]));
}

/** Whether an unknown fact lies on the claim's way below a place where nothing stands. */
function leadsTo(path: UnknownFact['path'], at: UnknownFact['path'], rest: readonly string[]): boolean {
  if (path.length <= at.length || !at.every((segment, i) => fits(path[i], segment))) return false;
  const below = path.slice(at.length).filter((segment) => segment !== '*' && typeof segment !== 'number');
  return below.every((segment, i) => segment === rest[i]);
}
