/** Documents of parties, GB/T 36903 annex A: owners of property and holders of licences are named by them. */
import type { Reference } from '../src/domain/fetch.js';
import { parseCitizenId, parseCreditCode } from '../src/domain/identifiers.js';
import { link, text } from './clean.js';

/**
 * The party a document belongs to; null where it is neither a citizen ID (111) nor a credit code
 * (001), or is not a valid one.
 */
export function partyReference(documentType: unknown, number: unknown): Reference | null {
  const kind = text(documentType);
  if (kind !== '111' && kind !== '001') return null;
  const key = link(number, kind === '111' ? parseCitizenId : parseCreditCode);
  return key === null ? null : { type: kind === '111' ? 'Resident' : 'Enterprise', key };
}
