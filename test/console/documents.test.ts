/** What the console reads out of a query that somebody typed: where each decision belongs, and the shape of its answer. */
import { describe, expect, it } from 'vitest';
import { annotate } from '../../console/src/pages/explorer/annotate.js';
import { blankFacts } from '../../console/src/pages/matters/blank-facts.js';

const QUERY = `query Q($id: CitizenId!) { # resident
  who: resident(id: $id) {
    name
    guardians(first: 2) { relation name }
    ... on Resident { phone }
  }
}`;

describe('a query with its decisions', () => {
  it('has each decision beside its field, by alias and path', () => {
    const lines = annotate(QUERY, [
      { path: 'who', decision: 'FULL' },
      { path: 'who.name', decision: 'MASKED' },
      { path: 'who.guardians', decision: 'FULL' },
      { path: 'who.guardians.relation', decision: 'FULL' },
      { path: 'who.guardians.name', decision: 'WITHHELD' },
      { path: 'who.phone', decision: 'WITHHELD' },
    ]);
    expect(lines.map(({ decisions }) => decisions)).toEqual([
      [],
      ['FULL'],
      ['MASKED'],
      ['FULL', 'FULL', 'WITHHELD'],
      ['WITHHELD'],
      [],
      [],
    ]);
    expect(lines.map(({ text }) => text).join('\n')).toBe(QUERY);
  });

  it('takes brackets and words inside strings and arguments for nothing', () => {
    const lines = annotate('{ a(x: "} b {", y: {b: 1}) { b } }', [{ path: 'a.b', decision: 'FULL' }]);
    expect(lines[0]?.decisions).toEqual(['FULL']);
  });
});

describe('blank facts', () => {
  it('have the shape of the answer, leaves null', () => {
    expect(blankFacts(QUERY)).toEqual({
      who: { name: null, guardians: { relation: null, name: null } },
    });
  });

  it('do not fail on what is not yet a query', () => {
    expect(blankFacts('{ a { b')).toEqual({ a: { b: null } });
    expect(blankFacts('}')).toEqual({});
  });
});
