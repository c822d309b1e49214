import { expect, test } from 'vitest';
import { CITY_PREFIX, DIVISIONS, FORMER_DIVISIONS } from '../../src/domain/divisions.js';

test('ten divisions of the city, in order, none twice', () => {
  const codes = DIVISIONS.map((division) => division.code);
  expect(codes).toHaveLength(10);
  expect(codes).toEqual([...new Set(codes)].sort());
  for (const { code, name } of [...DIVISIONS, ...FORMER_DIVISIONS]) {
    expect(code).toMatch(new RegExp(`^${CITY_PREFIX}\\d{2}$`));
    expect(name).toMatch(/[区县市]$/);
  }
});

test('a division that is no more is not among those served', () => {
  const served = new Set(DIVISIONS.map((division) => division.code));
  for (const { code } of FORMER_DIVISIONS) expect(served).not.toContain(code);
});
