/** Electronic-licence identifier (电子证照标识), GB/T 36904-2018. */
import { foldForms, type Malformed, malformed, type Parsed } from './parsed.js';

/** Root of every identifier: the object identifier of electronic licences. */
const ROOT = '1.2.156.3005.2';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Longest serial accepted; the standard sets no length. */
const LONGEST_SERIAL = 60;
/** Longest issuer code accepted, see {@link LicenceId.issuerStandard}. */
const LONGEST_ISSUER = 40;

/** A licence identifier, read into its parts. */
export interface LicenceId {
  readonly ok: true;
  /** The whole identifier in canonical form: root, dots, uppercase. */
  readonly value: string;
  /** Type code (证照类型代码), 21 characters. */
  readonly type: string;
  /** Issuer code (证照颁发机构代码): 18 characters where {@link issuerStandard}. */
  readonly issuer: string;
  /** Serial (流水号), 1 to 60 characters. */
  readonly serial: string;
  /** Version (版本号), 3 characters. */
  readonly version: string;
  /** Whether the issuer code has the standard's 18 characters. Live libraries hold others (1 to 40), which are read but flagged. */
  readonly issuerStandard: boolean;
}

/**
 * Check character: ISO 7064 MOD 37,36 over the four fields without dots and root.
 * @throws RangeError where a field has a character other than 0-9 and A-Z, or all are empty
 */
export function licenceIdCheckCharacter(type: string, issuer: string, serial: string, version: string): string {
  const text = type + issuer + serial + version;
  if (!/^[0-9A-Z]+$/.test(text))
    throw new RangeError('a licence identifier is checked over digits and capital letters');
  let product = 36;
  for (const character of text) {
    const sum = (product + ALPHABET.indexOf(character)) % 36;
    product = ((sum === 0 ? 36 : sum) * 2) % 37;
  }
  return ALPHABET.charAt((37 - product) % 36);
}

/**
 * Reads a licence identifier into its parts, with blanks, full-width or lowercase letters.
 *
 * NOT checked: that the licence exists, that type and issuer are registered, the credit codes
 * inside them. The check character does not cover the dots: a shifted dot is noticed only where a
 * field's length is fixed.
 */
export function inspectLicenceId(text: string): LicenceId | Malformed {
  const value = foldForms(text).toUpperCase();
  if (!value.startsWith(`${ROOT}.`)) {
    return malformed('root', 'A licence identifier begins with the object identifier of electronic licences.');
  }
  const fields = value.slice(ROOT.length + 1).split('.');
  const [type, issuer, serial, version, check] = fields;
  if (
    fields.length !== 5 ||
    type === undefined ||
    issuer === undefined ||
    serial === undefined ||
    version === undefined
  ) {
    return malformed('fields', 'Five fields follow the root of a licence identifier, with a dot between them.');
  }
  if (!/^[0-9A-Z]{21}$/.test(type)) {
    return malformed('field 1 (type)', 'The type code in a licence identifier is 21 digits or letters.');
  }
  if (!isCode(issuer, LONGEST_ISSUER)) {
    return malformed(
      'field 2 (issuer)',
      `The issuer code in a licence identifier is 1 to ${LONGEST_ISSUER} digits or letters.`,
    );
  }
  if (!isCode(serial, LONGEST_SERIAL)) {
    return malformed(
      'field 3 (serial)',
      `The serial in a licence identifier is 1 to ${LONGEST_SERIAL} digits or letters.`,
    );
  }
  if (!/^[0-9A-Z]{3}$/.test(version)) {
    return malformed('field 4 (version)', 'The version in a licence identifier is three digits or letters.');
  }
  if (check !== licenceIdCheckCharacter(type, issuer, serial, version)) {
    return malformed(
      'field 5 (check character)',
      'The check character of a licence identifier does not match its other fields.',
    );
  }
  return { ok: true, value, type, issuer, serial, version, issuerStandard: issuer.length === 18 };
}

/** Reads a licence identifier as {@link inspectLicenceId} does; `value` is its canonical form. */
export function parseLicenceId(text: string): Parsed {
  const licence = inspectLicenceId(text);
  return licence.ok ? { ok: true, value: licence.value } : licence;
}

function isCode(field: string, longest: number): boolean {
  return field.length <= longest && /^[0-9A-Z]+$/.test(field);
}
