/** Which catalogue of proofs an installation has. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Catalogue } from './authorize/catalogue.js';
import type { Config } from './config.js';
import { PACKAGE_ROOT } from './package-root.js';
import type { ProofCatalogue } from './proofs/proof.js';
import { type ProofReferences, readProofs } from './proofs/read.js';

/** The catalogue that comes with the program. */
export const SHIPPED_PROOFS = join(PACKAGE_ROOT, 'proofs', 'catalogue.csv');

/** Where an installation's own catalogue stands, or would: `proofs` of the configuration, default `proofs.csv` in the data folder. */
export function ownProofs({ proofs, data }: Pick<Config, 'proofs' | 'data'>): string {
  return resolve(data, proofs ?? 'proofs.csv');
}

/** The catalogue in use: the installation's own; the shipped one where the configuration names none and none was imported. */
export function proofFile(config: Pick<Config, 'proofs' | 'data'>): string {
  const own = ownProofs(config);
  return config.proofs !== undefined || existsSync(own) ? own : SHIPPED_PROOFS;
}

/** What entries of a catalogue may refer to in a schema. */
export function proofReferences({ fields, schema }: Pick<Catalogue, 'fields' | 'schema'>): ProofReferences {
  const departments = schema.getType('Department');
  const names = departments !== undefined && 'getValues' in departments ? departments.getValues() : [];
  return {
    coordinates: new Set(fields.keys()),
    departments: new Set(names.map(({ name }) => name)),
  };
}

/** Reads the catalogue in use. @throws ProofFaults */
export function loadProofs(
  config: Pick<Config, 'proofs' | 'data'>,
  catalogue: Pick<Catalogue, 'fields' | 'schema'>,
): Promise<ProofCatalogue> {
  return readProofs(proofFile(config), proofReferences(catalogue));
}
