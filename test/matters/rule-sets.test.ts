import { describe, expect, it } from 'vitest';
import { RuleSetError, ruleSetFor } from '../../src/matters/rule-sets.js';

const set = (id: string, from: string, to: string | undefined, divisions: string[]) => ({
  id,
  from,
  ...(to === undefined ? {} : { to }),
  divisions,
  parameters: {},
});
const matter = {
  code: 'm',
  ruleSets: [
    set('city-1', '2024-01-01', '2024-12-31', ['3507']),
    set('city-2', '2025-01-01', undefined, ['3507']),
    set('county', '2026-01-01', '2026-12-31', ['350702', '350703']),
  ],
};

describe('ruleSetFor', () => {
  it.each([
    ['the first day', '2024-01-01', undefined, 'city-1'],
    ['the last day', '2024-12-31', undefined, 'city-1'],
    ['the day after', '2025-01-01', undefined, 'city-2'],
    ['a county of its own', '2026-05-01', '350703', 'county'],
    ['a county without one', '2026-05-01', '350781', 'city-2'],
    ['a county before it had one', '2025-05-01', '350703', 'city-2'],
    ['a county after it had one', '2027-01-01', '350703', 'city-2'],
  ])('%s', (_, date, division, id) => expect(ruleSetFor(matter, date, division).id).toBe(id));

  it.each([
    ['before the first', '2023-12-31', undefined, 'NONE'],
    ['elsewhere', '2026-05-01', '350102', 'NONE'],
    ['several and no division', '2026-05-01', undefined, 'SEVERAL'],
  ])('refuses: %s', (_, date, division, reason) => {
    expect(() => ruleSetFor(matter, date, division)).toThrow(
      expect.objectContaining({ name: 'RuleSetError', matter: 'm', reason }),
    );
  });

  it('raises a typed error', () => expect(() => ruleSetFor(matter, '2000-01-01')).toThrow(RuleSetError));
});
