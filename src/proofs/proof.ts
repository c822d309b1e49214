/** A proof (证明事项) as the city's catalogue names it, and how it is met today. */

/** How a proof is met without paper, as the schema's enum `ProofMode`. */
export const PROOF_MODES = ['CANCELLED', 'COMMITMENT', 'DEPT_VERIFICATION', 'DATA_QUERY'] as const;

/** See {@link PROOF_MODES}. */
export type ProofMode = (typeof PROOF_MODES)[number];

/** Where an entry comes from: a published list, or this demonstration. */
export const PROOF_SOURCES = ['PUBLISHED', 'DEMONSTRATION'] as const;

/** What a proof's code is made of: capitals and digits, joined by hyphens, 1 to 32 characters. */
export const PROOF_CODE = /^(?=.{1,32}$)[A-Z0-9]+(-[A-Z0-9]+)*$/;

/** Most working days that a department may take for a verification (部门核验). */
export const MAX_WORKING_DAYS = 60;

/** One proof. */
export interface Proof {
  /** Code in the catalogue (证明编号), {@link PROOF_CODE}. Matters refer to it. */
  readonly code: string;
  readonly mode: ProofMode;
  readonly nameZh: string;
  readonly nameEn: string;
  /** Who used to issue it (开具单位). */
  readonly issuerZh: string;
  readonly issuerEn: string;
  /** That department on this gateway, as in the schema's enum `Department`; null where it is none of them. */
  readonly department: string | null;
  /** Names of the matters (事项) that used to ask for it. */
  readonly matters: readonly string[];
  /** The law by which it was asked for, or is no longer (依据). */
  readonly legalBasis: string;
  /** Coordinates of the facts that stand in its place, such as `Resident.registration`: of DATA_QUERY at least one, of others none. */
  readonly replacedBy: readonly string[];
  /** Working days (工作日) that its department has for a verification, 1 to {@link MAX_WORKING_DAYS}; null: as configured. */
  readonly workingDays: number | null;
  readonly source: (typeof PROOF_SOURCES)[number];
}

/** The catalogue of proofs (证明事项清单). */
export interface ProofCatalogue {
  /** By code, in the file's order. */
  readonly proofs: ReadonlyMap<string, Proof>;
  /** SHA-256 of the canonical text, lower-case hex: equal exactly where two catalogues say the same in the same order. */
  readonly sha256: string;
}

/** How many proofs a catalogue has in each mode. */
export function countByMode(proofs: Iterable<Proof>): Readonly<Record<ProofMode, number>> {
  const counts = { CANCELLED: 0, COMMITMENT: 0, DEPT_VERIFICATION: 0, DATA_QUERY: 0 };
  for (const { mode } of proofs) counts[mode] += 1;
  return counts;
}
