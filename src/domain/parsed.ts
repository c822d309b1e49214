/** What reading an identifier yields. Nothing in a failure quotes the identifier, so it may be shown and logged. */
export type Parsed = { readonly ok: true; readonly value: string } | Malformed;

/** An identifier that could not be read. */
export interface Malformed {
  readonly ok: false;
  /** The group of characters that is wrong, such as `character 18 (check character)`, or `length`. Positions count from 1. */
  readonly group: string;
  /** Why, as a sentence that never quotes the identifier. */
  readonly reason: string;
}

/** Builds a failure. */
export function malformed(group: string, reason: string): Malformed {
  return { ok: false, group, reason };
}

/** Longest text looked at, UTF-16 units: more than any identifier with its blanks. */
const LONGEST = 256;

/**
 * Folds full-width forms (NFKC) and drops blanks and zero-width characters. Letters keep their
 * case. Text longer than 256 characters becomes empty, which no identifier is.
 */
export function foldForms(text: string): string {
  if (text.length > LONGEST) return '';
  // Nearly every identifier is plain already.
  if (/^[!-~]*$/.test(text)) return text;
  return text.normalize('NFKC').replace(/[\s\u200B-\u200D\u2060]/gu, '');
}
