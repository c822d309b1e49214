/** Shares of ownership (权利比例) as registrars typed them. */

/**
 * A share, above 0 and at most 1, from `50%`, `1/2`, `0.5` or `1`, also in full-width characters.
 * Null for anything else: a bare `50` could mean several things and is not guessed.
 */
export function parseShare(text: string): number | null {
  const compact = text.normalize('NFKC').replace(/\s/gu, '');
  const [, numerator, denominator = '1', percent] =
    /^(\d{1,6}(?:\.\d{1,12})?)(?:\/(\d{1,6})|(%))?$/.exec(compact) ?? [];
  if (numerator === undefined) return null;
  const share = Number(numerator) / (percent === undefined ? Number(denominator) : 100);
  return share > 0 && share <= 1 ? share : null;
}
