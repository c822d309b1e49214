/** Checks a verdict's receipt (核验回执) with a JOSE library and the gateway's published keys, as any receiver would. */
import { compactVerify, createLocalJWKSet, errors } from 'jose';

/** `typ` of a receipt. */
const TYPE = 'mianzheng-receipt+jwt';

/**
 * @typedef {{ valid: true, claims: Record<string, any> } | { valid: false, why: string }} CheckedReceipt
 */

/**
 * Whether the receipt is the gateway's, unchanged, and of this case. It does not look the entry up in the record:
 * `mianzheng receipt verify --record` does.
 * @param {string} receipt compact JWS
 * @param {{ keys: import('jose').JWK[] }} keys as published
 * @param {string} caseNumber
 * @returns {Promise<CheckedReceipt>}
 */
export async function checkReceipt(receipt, keys, caseNumber) {
  try {
    const { payload, protectedHeader } = await compactVerify(receipt, createLocalJWKSet(keys), {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ !== TYPE) return { valid: false, why: 'TYPE' };
    const claims = JSON.parse(new TextDecoder().decode(payload));
    return claims.case === caseNumber ? { valid: true, claims } : { valid: false, why: 'OTHER_CASE' };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { valid: false, why: error.code };
    throw error;
  }
}
