/** Real-estate unit number (不动产单元代码), GB/T 37346-2019. */
import { foldForms, malformed, type Parsed } from './parsed.js';

/** The number's groups in order: from, to (both counted from 1, inclusive), name, what stands there. */
const GROUPS: readonly (readonly [from: number, to: number, name: string, form: RegExp, reason: string])[] = [
  [1, 12, 'cadastral area', /^\d{12}$/, 'The cadastral area in a real-estate unit number is twelve digits.'],
  [13, 13, 'kind of land ownership', /^[GJZ]$/, 'The kind of land ownership is G, J or Z.'],
  [14, 14, 'kind of parcel', /^[A-HSXWY]$/, 'The kind of parcel is one of A to H, S, X, W and Y.'],
  [15, 19, 'parcel sequence', /^\d{5}$/, 'The sequence of the parcel is five digits.'],
  [20, 20, 'kind of fixture', /^[FLQW]$/, 'The kind of fixture is F, L, Q or W.'],
  [21, 28, 'fixture sequence', /^\d{8}$/, 'The sequence of the fixture is eight digits.'],
];

/**
 * Reads a real-estate unit number, with blanks, full-width or lowercase letters. `value` is the 28
 * uppercase characters without blanks. The number has no check character: a mistyped digit is not
 * noticed. NOT checked: that the unit or its division exists.
 */
export function parsePropertyUnitNumber(text: string): Parsed {
  const number = foldForms(text).toUpperCase();
  if (number.length !== 28) return malformed('length', 'A real-estate unit number has 28 characters.');
  for (const [from, to, name, form, reason] of GROUPS) {
    if (form.test(number.slice(from - 1, to))) continue;
    return malformed(from === to ? `character ${from} (${name})` : `characters ${from}-${to} (${name})`, reason);
  }
  return { ok: true, value: number };
}
