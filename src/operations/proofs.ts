/** `Query.proofs`: the catalogue of proofs, filtered and paged. */
import { countByMode, type Proof, type ProofCatalogue, type ProofMode } from '../proofs/proof.js';

/** The field's arguments, coerced. */
export interface ProofsArguments {
  readonly mode?: ProofMode | null;
  readonly department?: string | null;
  readonly first: number;
  readonly offset: number;
}

/** The schema's `ProofPage`. */
export function proofPage({ proofs }: ProofCatalogue, { mode, department, first, offset }: ProofsArguments) {
  const found = [...proofs.values()].filter(
    (proof) =>
      (mode === undefined || mode === null || proof.mode === mode) &&
      (department === undefined || department === null || proof.department === department),
  );
  return {
    total: found.length,
    modes: Object.entries(countByMode(found)).map(([of, count]) => ({ mode: of, count })),
    proofs: found.slice(offset, offset + first).map(describe),
  };
}

function describe({ source, ...proof }: Proof) {
  return { ...proof, demonstration: source === 'DEMONSTRATION' };
}
