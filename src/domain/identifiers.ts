/** The identifiers of the city's data, one file each. Each `parse…` yields the canonical form or says which group is wrong. */
export { citizenIdCheckCharacter, citizenIdVariants, parseCitizenId } from './citizen-id.js';
export { creditCodeCheckCharacter, parseCreditCode } from './credit-code.js';
export { parseHouseholdNumber } from './household-number.js';
export { inspectLicenceId, type LicenceId, licenceIdCheckCharacter, parseLicenceId } from './licence-id.js';
export type { Malformed, Parsed } from './parsed.js';
export {
  inspectPropertyCertificateNumber,
  type PropertyCertificateNumber,
  parsePropertyCertificateNumber,
} from './property-certificate-number.js';
export { parsePropertyUnitNumber } from './property-unit-number.js';
