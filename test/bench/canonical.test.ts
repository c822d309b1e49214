import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../bench/canonical.js';

const seeded = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

/** The same value with the elements of every list, and the members of every object, in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  const inAnyOrder = <T>(elements: readonly T[]): T[] =>
    elements
      .map((element) => ({ element, place: random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ element }) => element);
  if (Array.isArray(value)) return inAnyOrder(value.map((element: unknown) => shuffled(element, random)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, inner]) => [key, shuffled(inner, random)] as const);
  return Object.fromEntries(inAnyOrder(members));
}

describe('canonical', () => {
  it('is the same whatever the order of elements and members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, seed) => {
        const other = shuffled(value, seeded(seed));
        expect(JSON.stringify(canonical(other))).toBe(JSON.stringify(canonical(value)));
      }),
    );
  });

  it('takes of a receipt what it states of case and verdict', () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const receipt = (claims: object, signature = 'A') =>
      `${part({ alg: 'EdDSA', kid: signature, typ: 't' })}.${part(claims)}.${signature.repeat(86)}`;
    const stated = { client: 'c', matter: 'm', case: 'C-1', verdict: 'APPROVED', tier: null, requirements: [] };
    const text = (value: unknown) => JSON.stringify(canonical({ receipt: value }));
    expect(text(receipt({ ...stated, iat: 1 }))).toBe(text(receipt({ ...stated, iat: 2 }, 'B')));
    expect(text(receipt(stated))).not.toBe(text(receipt({ ...stated, case: 'C-2' })));
    expect(text(receipt(stated))).not.toBe(text(receipt({ ...stated, verdict: 'NOT_MET' })));
    expect(() => canonical({ receipt: 'e30.e30.e30' })).toThrow(TypeError);
  });

  it('changes nothing when applied twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = canonical(value);
        expect(JSON.stringify(canonical(once))).toBe(JSON.stringify(once));
      }),
    );
  });

  it.each([
    ['an element more', [1, 1], [1]],
    [
      'a value in another element',
      [
        { a: 1, b: 1 },
        { a: 2, b: 2 },
      ],
      [
        { a: 1, b: 2 },
        { a: 2, b: 1 },
      ],
    ],
    ['null instead of nothing', { a: null }, {}],
    ['a text instead of a number', ['1'], [1]],
    ['elements in another list', [[1], [2, 3]], [[1, 2], [3]]],
  ])('tells apart: %s', (_, a, b) => {
    expect(JSON.stringify(canonical(a))).not.toBe(JSON.stringify(canonical(b)));
  });
});
