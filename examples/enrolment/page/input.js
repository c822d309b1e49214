/** What a parent types, checked where they typed it. Nothing here asks anybody. */

/**
 * @typedef {object} Typed What a parent states of the child and of themselves.
 * @property {string} childName
 * @property {string} childId citizen ID, 18 characters
 * @property {string | null} household household number (户号); null where the child is registered in another city
 * @property {string} guardianId citizen ID of the parent who applies
 */

/** Why a field cannot be taken, as the page words it. @typedef {'EMPTY' | 'LENGTH' | 'CHARACTERS' | 'DATE' | 'CHECK' | 'SAME'} Fault */

/**
 * Full-width forms become ordinary ones, and blanks go: a phone's Chinese keyboard writes both.
 * @param {unknown} text
 * @returns {string}
 */
const fold = (text) => (typeof text === 'string' ? text.normalize('NFKC').replace(/\s/g, '') : '');

/** GB 11643-1999, annex A. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * What is wrong with a citizen ID; null where it is well formed. That it was ever issued is not checked.
 * @param {string} id
 * @returns {Fault | null}
 */
export function citizenIdFault(id) {
  if (id === '') return 'EMPTY';
  if (id.length !== 18) return 'LENGTH';
  if (!/^\d{17}[\dX]$/.test(id)) return 'CHARACTERS';
  const [year = 0, month = 0, day = 0] = [id.slice(6, 10), id.slice(10, 12), id.slice(12, 14)].map(Number);
  const born = new Date(Date.UTC(year, month - 1, day));
  if (born.getUTCFullYear() !== year || born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) return 'DATE';
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(id[i]), 0);
  return '10X98765432'[sum % 11] === id[17] ? null : 'CHECK';
}

/** @param {string} name @returns {Fault | null} */
function nameFault(name) {
  if (name === '') return 'EMPTY';
  if (name.length > 50) return 'LENGTH';
  // Han characters and the dot of longer names; letters, because names of foreigners are in Latin script.
  return /^[\p{Script=Han}\p{L}·.'-]+$/u.test(name) ? null : 'CHARACTERS';
}

/** @param {string | null} number @returns {Fault | null} */
function householdFault(number) {
  if (number === null) return null;
  if (number === '') return 'EMPTY';
  if (number.length > 20) return 'LENGTH';
  return /^[0-9A-Za-z]+$/.test(number) ? null : 'CHARACTERS';
}

/**
 * Reads what was typed.
 * @param {unknown} given a body of JSON
 * @returns {{ ok: true, typed: Typed } | { ok: false, faults: Partial<Record<keyof Typed, Fault>> }}
 */
export function readTyped(given) {
  const fields = /** @type {Record<string, unknown>} */ (typeof given === 'object' && given !== null ? given : {});
  const typed = {
    childName: fold(fields.childName),
    childId: fold(fields.childId).toUpperCase(),
    household: fields.household === null ? null : fold(fields.household),
    guardianId: fold(fields.guardianId).toUpperCase(),
  };
  const guardian = citizenIdFault(typed.guardianId);
  const found = {
    childName: nameFault(typed.childName),
    childId: citizenIdFault(typed.childId),
    household: householdFault(typed.household),
    guardianId: guardian ?? (typed.guardianId === typed.childId ? /** @type {const} */ ('SAME') : null),
  };
  const faults = Object.fromEntries(Object.entries(found).filter(([, fault]) => fault !== null));
  return Object.keys(faults).length === 0 ? { ok: true, typed } : { ok: false, faults };
}

/**
 * What the form still asks of the parent once everything else is filled.
 * @param {unknown} given a body of JSON
 * @returns {{ ok: true, details: { school: string, guardianPhone: string } } | { ok: false, faults: Record<string, Fault> }}
 */
export function readDetails(given) {
  const fields = /** @type {Record<string, unknown>} */ (typeof given === 'object' && given !== null ? given : {});
  const school = typeof fields.school === 'string' ? fields.school.trim() : '';
  const guardianPhone = fold(fields.guardianPhone);
  /** @type {Record<string, Fault>} */
  const faults = {};
  if (school === '') faults.school = 'EMPTY';
  else if (school.length > 60) faults.school = 'LENGTH';
  if (guardianPhone === '') faults.guardianPhone = 'EMPTY';
  else if (!/^1\d{10}$/.test(guardianPhone)) faults.guardianPhone = 'CHARACTERS';
  return Object.keys(faults).length === 0 ? { ok: true, details: { school, guardianPhone } } : { ok: false, faults };
}
