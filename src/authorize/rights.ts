/**
 * Grants and what they add up to. A right is one grant's word on one coordinate; the rights of
 * an application for a matter on a day are the sum of its grants in force.
 */
import { createHash } from 'node:crypto';

/** What a grant lets the application see of a field. */
export type Disclosure =
  /** The value. */
  | 'FULL'
  /** The value behind the field's mask. */
  | 'MASKED'
  /** Usable inside a matter's rule; never returned. */
  | 'PREDICATE';

/** Whose data a grant opens. */
export type SubjectScope =
  /** The case's own subjects. */
  | 'CASE_SUBJECTS'
  /** The case's subjects and those within `maxHops` links of one. */
  | 'RELATED'
  /** Anyone. */
  | 'ANY';

/** A department's permission (授权) to one application. */
export interface Grant {
  readonly id: string;
  /** Client identifier of the application. */
  readonly client: string;
  /** The department that signed; a grant speaks of its fields only. */
  readonly department: string;
  /** Only an APPROVED grant gives rights. */
  readonly status: 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'REFUSED' | 'SUSPENDED' | 'REVOKED' | 'EXPIRED';
  /** Codes of the matters (purposes) it is for. */
  readonly matters: readonly string[];
  readonly legalBasis: string;
  /** Coordinate → disclosure. */
  readonly coordinates: Readonly<Record<string, Disclosure>>;
  /** GB/T 2260 prefixes; of a link, those of the rows it leads to. Empty: no bound. */
  readonly regions: readonly string[];
  readonly subjects: SubjectScope;
  /** For RELATED: links from a case subject, 0 to 5. */
  readonly maxHops: number;
  /** First day in force, `YYYY-MM-DD`. */
  readonly validFrom: string;
  /** Last day in force, `YYYY-MM-DD`. */
  readonly validTo: string;
  /** Quota (每日限量): distinct people and enterprises that may be asked about in a day by it, 1 to 10,000,000; absent or null: no bound. */
  readonly subjectsPerDay?: number | null;
}

/** The quota of a grant in force. */
export interface GrantQuota {
  readonly grant: string;
  /** Distinct people and enterprises in a day of the city. */
  readonly subjectsPerDay: number;
}

/** The quota behind a right: its place in {@link Rights.quotas}, which names no grant, and how much it allows. */
export interface RightQuota {
  readonly slot: number;
  readonly subjectsPerDay: number;
}

/** One grant's word on one coordinate. */
export interface Right {
  readonly grant: string;
  /** The department that signed. */
  readonly department: string;
  readonly disclosure: Disclosure;
  /** Sorted prefixes, or null for no bound. */
  readonly regions: readonly string[] | null;
  readonly subjects: SubjectScope;
  readonly maxHops: number;
  /** Absent where its grant has none. */
  readonly quota?: RightQuota;
}

/** What an application may see for one matter on one day. */
export interface Rights {
  /**
   * Equal exactly when the same fields are opened to the same degree, by the same departments, for the
   * same rows and on the same legal bases, whoever holds the grants: such applications share plans.
   */
  readonly fingerprint: string;
  readonly byCoordinate: ReadonlyMap<string, readonly Right[]>;
  /** Legal basis by grant. */
  readonly legalBases: ReadonlyMap<string, string>;
  /** Quotas of the grants that have one, by grant. */
  readonly quotas: readonly GrantQuota[];
}

const SUBJECT_WIDTH: Readonly<Record<SubjectScope, number>> = { ANY: 0, RELATED: 1, CASE_SUBJECTS: 2 };

/** Wider rights first, and of equally wide ones those without a quota, so that the planner takes the first that serves. */
function byWidth(a: Right, b: Right): number {
  return (
    SUBJECT_WIDTH[a.subjects] - SUBJECT_WIDTH[b.subjects] ||
    (a.subjects === 'RELATED' ? b.maxHops - a.maxHops : 0) ||
    (a.regions === null ? 0 : 1) - (b.regions === null ? 0 : 1) ||
    (a.regions?.length ?? 0) - (b.regions?.length ?? 0) ||
    (a.quota === undefined ? 0 : 1) - (b.quota === undefined ? 0 : 1) ||
    (a.grant < b.grant ? -1 : 1)
  );
}

/**
 * Adds up the grants of one application for one matter on one day.
 * Does not check that a coordinate exists; that it belongs to the department that signed is
 * checked when deciding on it.
 * @param grants all grants of the application, whatever their status; those of another must not be among them
 * @param matter null gives no rights: without a purpose nothing non-public is due
 * @param today `YYYY-MM-DD`
 */
export function rightsOf(grants: readonly Grant[], matter: string | null, today: string): Rights {
  const inForce = grants.filter(
    (grant) =>
      grant.status === 'APPROVED' &&
      matter !== null &&
      grant.matters.includes(matter) &&
      grant.validFrom <= today &&
      today <= grant.validTo,
  );
  const quotas = inForce
    .flatMap(({ id, subjectsPerDay }) => (subjectsPerDay == null ? [] : [{ grant: id, subjectsPerDay }]))
    .sort((a, b) => (a.grant < b.grant ? -1 : 1));
  const collected = new Map<string, Right[]>();
  const legalBases = new Map<string, string>();
  for (const grant of inForce) {
    legalBases.set(grant.id, grant.legalBasis);
    const regions = grant.regions.length === 0 ? null : [...new Set(grant.regions)].sort();
    const slot = quotas.findIndex((quota) => quota.grant === grant.id);
    const bounded = slot < 0 ? {} : { quota: { slot, subjectsPerDay: quotas[slot]?.subjectsPerDay ?? 0 } };
    // One object for all coordinates of a disclosure: a grant names dozens, and there are thousands of applications.
    const shared = new Map<Disclosure, Right>();
    for (const [coordinate, disclosure] of Object.entries(grant.coordinates)) {
      let right = shared.get(disclosure);
      if (right === undefined) {
        const { id, department, subjects, maxHops } = grant;
        right = { grant: id, department, disclosure, regions, subjects, maxHops, ...bounded };
        shared.set(disclosure, right);
      }
      const known = collected.get(coordinate);
      if (known) known.push(right);
      else collected.set(coordinate, [right]);
    }
  }
  const byCoordinate = new Map([...collected].sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const rights of byCoordinate.values()) rights.sort(byWidth);
  const content = [...byCoordinate].map(([coordinate, rights]) => [
    coordinate,
    rights.map(({ grant, ...terms }) => [terms, legalBases.get(grant)]),
  ]);
  const fingerprint = createHash('sha256').update(JSON.stringify(content)).digest('base64url');
  return { fingerprint, byCoordinate, legalBases, quotas };
}

const NO_QUOTAS: readonly GrantQuota[] = [];

/** The quotas that a plan or scan counts towards, of the grants of whoever asks. @param slots places in {@link Rights.quotas} */
export function quotasAt(slots: readonly number[], { quotas }: Pick<Rights, 'quotas'>): readonly GrantQuota[] {
  // Most plans have none: for them nothing is made.
  return slots.length === 0 ? NO_QUOTAS : quotas.filter((_, slot) => slots.includes(slot));
}

/**
 * Of rights those that reach what lies in a division, of the fields of one department; of others all.
 * @param division GB/T 2260 code; null: nobody says where it lies, so that only rights without regions reach it
 */
export function rightsIn(rights: Rights, department: string, division: string | null): Rights {
  const lying = division === null ? null : [division];
  const reaches = (right: Right) => right.department !== department || regionsCover(right.regions, lying);
  const all = [...rights.byCoordinate];
  if (all.every(([, own]) => own.every(reaches))) return rights;
  return {
    ...rights,
    fingerprint: `${rights.fingerprint}@${department}/${division ?? ''}`,
    byCoordinate: new Map(all.map(([coordinate, own]) => [coordinate, own.filter(reaches)])),
  };
}

/** Whether every row within `inner` lies within `outer` (null: everywhere). */
export function regionsCover(outer: readonly string[] | null, inner: readonly string[] | null): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  return inner.every((prefix) => outer.some((wide) => prefix.startsWith(wide)));
}
