import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertEqual, Disagreement, firstDifference } from '../../bench/agree.js';

/** What an answer can hold once it came over the wire: JSON knows no -0. */
const received = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));

describe('firstDifference', () => {
  it.each([
    ['in a member', { a: { b: 1 } }, { a: { b: 2 } }, 'data.a.b'],
    ['in an element', { a: [1, 2, 3] }, { a: [1, 5, 4] }, 'data.a.1'],
    ['in the first of several members', { a: 1, b: 1, c: 1 }, { a: 1, b: 2, c: 2 }, 'data.b'],
    ['where one has a member more', { a: 1 }, { a: 1, b: null }, 'data.b'],
    ['where one list is longer', [1], [1, 2], 'data.1'],
    ['where one is null', { a: null }, { a: {} }, 'data.a'],
    ['where one is a scalar', { a: 1 }, { a: [1] }, 'data.a'],
    ['at the top', 1, 2, 'data'],
  ])('is found %s', (_, a, b, path) => {
    expect(firstDifference(a, b)).toBe(path);
    expect(firstDifference(b, a)).toBe(path);
  });

  it('is null exactly where the values are equal', () => {
    fc.assert(
      fc.property(received, received, (a, b) => {
        expect(firstDifference(a, structuredClone(a))).toBeNull();
        if (firstDifference(a, b) === null) expect(a).toStrictEqual(b);
        else expect(a).not.toStrictEqual(b);
      }),
    );
  });
});

describe('assertEqual', () => {
  it('names the question, the place and who says what', () => {
    const differing = () => assertEqual('mine', 'theirs', 7, { a: { b: [1] } }, { a: { b: [2] } });
    expect(differing).toThrow(Disagreement);
    expect(differing).toThrow('question 7, data.a.b.0: mine says 1, theirs says 2');
  });

  it('is silent about equal answers', () => {
    expect(() => assertEqual('mine', 'theirs', 0, { a: [1] }, { a: [1] })).not.toThrow();
  });
});
