/** Applications and grants as the store holds them. */
import type { Grant } from '../authorize/rights.js';

/** An application (应用) that may hold grants. */
export interface Client {
  /** Its OAuth client identifier. */
  readonly id: string;
  readonly nameZh: string;
  readonly nameEn: string;
  /** An inactive application is refused whatever its token says. */
  readonly active: boolean;
}

/** An application as the store holds it. */
export interface StoredClient extends Client {
  /** On hold (挂起): refused until a person releases it. */
  readonly held: boolean;
  /** Times it was released from a hold. */
  readonly releases: number;
}

/** A grant whose terms have not been read yet: most applications ask nothing for hours. */
export interface StoredGrant extends Pick<Grant, 'id' | 'client' | 'department' | 'status'> {
  /** JSON text of the rest. */
  readonly terms: string;
}

/** All applications and grants at one version. */
export interface Policy {
  readonly version: number;
  readonly clients: ReadonlyMap<string, StoredClient>;
  readonly grants: readonly StoredGrant[];
}

/** What changed between two versions, as it stands at the later one. */
export interface PolicyChanges {
  /** The later version. */
  readonly version: number;
  readonly clients: readonly StoredClient[];
  readonly grants: readonly StoredGrant[];
}

type Terms = Omit<Grant, 'id' | 'client' | 'department' | 'status'>;

/** A grant as it is stored. */
export function storedGrant({ id, client, department, status, ...terms }: Grant): StoredGrant {
  return { id, client, department, status, terms: JSON.stringify(terms satisfies Terms) };
}

/**
 * Reads the terms of a grant. Does not check them.
 * @throws SyntaxError where they are not JSON
 */
export function readGrant({ terms, ...grant }: StoredGrant): Grant {
  return { ...grant, ...(JSON.parse(terms) as Terms) };
}
