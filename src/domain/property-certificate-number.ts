/** Real-estate certificate number (不动产权证号), 不动产权证书和登记证明 format of 2015. */
import { foldForms, type Malformed, malformed, type Parsed } from './parsed.js';

/** Abbreviations of the provinces (省简称), with the second one where a province has two. */
const PROVINCES = '京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新';
const UNIFIED = new RegExp(`^[${PROVINCES}]\\(\\d{4}\\)[\\u4E00-\\u9FFF]{2,20}不动产(?:权|证明)第\\d{7}号$`, 'u');
/** Longest older number accepted. */
const LONGEST = 60;

/** A certificate number that could be read. */
export interface PropertyCertificateNumber {
  readonly ok: true;
  /** Without blanks, brackets and digits in half width. */
  readonly value: string;
  /** `UNIFIED`: the national form. `OLDER`: a number from before unified registration (房权证, 国用 …), still live, of no fixed form. */
  readonly form: 'UNIFIED' | 'OLDER';
}

/**
 * Reads a certificate number. One that speaks of 不动产 must have the national form; any other is an
 * older one, of which only this is checked: at most 60 characters, a digit in it, 号 at the end.
 * Neither has a check character.
 */
export function inspectPropertyCertificateNumber(text: string): PropertyCertificateNumber | Malformed {
  const value = foldForms(text);
  if (value.length < 1 || value.length > LONGEST) {
    return malformed('length', `A certificate number has 1 to ${LONGEST} characters.`);
  }
  if (UNIFIED.test(value)) return { ok: true, value, form: 'UNIFIED' };
  if (value.includes('不动产')) return faultOfUnified(value);
  if (!/\d/.test(value) || !value.endsWith('号')) {
    return malformed('number (第…号)', 'A certificate number holds digits and ends with 号.');
  }
  return { ok: true, value, form: 'OLDER' };
}

/** Reads a certificate number as {@link inspectPropertyCertificateNumber} does. */
export function parsePropertyCertificateNumber(text: string): Parsed {
  const number = inspectPropertyCertificateNumber(text);
  return number.ok ? { ok: true, value: number.value } : number;
}

function faultOfUnified(value: string): Malformed {
  if (!PROVINCES.includes(value.charAt(0))) {
    return malformed('character 1 (province)', 'A certificate number begins with the abbreviation of a province.');
  }
  if (!/^.\(\d{4}\)/u.test(value)) {
    return malformed('characters 2-7 (year)', 'The year in a certificate number is four digits in brackets.');
  }
  if (!/第\d{7}号$/.test(value)) {
    return malformed('number (第…号)', 'A certificate number ends with seven digits between 第 and 号.');
  }
  return malformed(
    'place and kind',
    'Between year and number stand the place, 2 to 20 Chinese characters, and 不动产权 or 不动产证明.',
  );
}
