/** May they list people: the right to scan. Pure. */
import type { ScanField, ScanTemplate } from '../domain/scan.js';
import type { Catalogue } from './catalogue.js';
import { decide } from './decide.js';
import { type GrantQuota, quotasAt, type Rights } from './rights.js';

/** A scan that is granted. */
export interface GrantedScan {
  readonly template: ScanTemplate;
  /** Legal basis of the grant. */
  readonly legalBasis: string;
  /** Quotas that whoever is listed counts towards. */
  readonly quotas: readonly GrantQuota[];
}

/**
 * The scan an application may make, bounded to the regions granted; null where none is. Only a grant to subjects ANY opens
 * it: whoever is listed is in no case yet.
 * Does not check that the application may run policies, nor what is then asked about the people.
 */
export function grantedScan(
  catalogue: Pick<Catalogue, 'fields'>,
  rights: Rights,
  scan: ScanField,
  where: Readonly<Record<string, string>>,
): GrantedScan | null {
  const field = catalogue.fields.get(scan.coordinate);
  if (field === undefined) return null;
  const decision = decide(field, rights, 'VERIFY');
  if (decision.kind !== 'GRANTED') return null;
  const right = decision.rights.find(({ subjects }) => subjects === 'ANY');
  if (right === undefined) return null;
  const { department, type } = scan;
  return {
    template: { department, type, where, regions: right.regions },
    legalBasis: rights.legalBases.get(right.grant) ?? '',
    quotas: quotasAt(right.quota === undefined ? [] : [right.quota.slot], rights),
  };
}
