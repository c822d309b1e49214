import { describe, expect, it } from 'vitest';
import { factsOf, type UnknownFact, UnknownFactRead } from '../../src/matters/unknown-facts.js';

const data = {
  child: {
    name: 'x',
    guardians: [
      { id: '1', resident: { homes: [{ area: 1 }] } },
      { id: '2', resident: null },
    ],
    tags: ['a', 'b'],
    none: [],
    vaccination: null,
  },
};

const at = (...path: UnknownFact['path']): UnknownFact => ({ path, cause: 'SOURCE_DOWN', department: 'D' });

/** Reads along a path; `?` where an unknown fact was met. */
function read(unknowns: readonly UnknownFact[], ...path: string[]): unknown {
  try {
    let value: unknown = factsOf(data, unknowns, () => {}).facts;
    for (const key of path) value = Reflect.get(value as object, key);
    return value;
  } catch (error) {
    if (error instanceof UnknownFactRead) return '?';
    throw error;
  }
}

describe('what is unknown', () => {
  it.each([
    ['a value', [at('child', 'name')], ['child', 'name'], '?'],
    ['not its sister', [at('child', 'name')], ['child', 'tags'], ['a', 'b']],
    ['what lies below', [at('child')], ['child'], '?'],
    ['everything', [at()], [], '?'],
    ['a value of one member', [at('child', 'guardians', 0, 'id')], ['child', 'guardians', '0', 'id'], '?'],
    ['not of another member', [at('child', 'guardians', 0, 'id')], ['child', 'guardians', '1', 'id'], '2'],
    ['of all members', [at('child', 'guardians', '*', 'id')], ['child', 'guardians', '1', 'id'], '?'],
    ['the whole list, with a member', [at('child', 'guardians', 0)], ['child', 'guardians'], '?'],
    ['the whole list, with a scalar member', [at('child', 'tags', 1)], ['child', 'tags'], '?'],
    ['the whole list, with all members', [at('child', 'none', '*')], ['child', 'none'], '?'],
    [
      'the whole list, with a member it does not have',
      [at('child', 'guardians', 2, 'id')],
      ['child', 'guardians'],
      '?',
    ],
    ['a null with something unknown below', [at('child', 'vaccination', 'result')], ['child', 'vaccination'], '?'],
    [
      'a null in a member',
      [at('child', 'guardians', '*', 'resident', 'homes')],
      ['child', 'guardians', '1', 'resident'],
      '?',
    ],
    ['a field the data lack', [at('child', 'gone')], ['child', 'gone'], '?'],
    ['a list the path passes without a member', [at('child', 'guardians', 'id')], ['child', 'guardians'], '?'],
    ['an object the path takes for a list', [at('child', '*', 'name')], ['child'], '?'],
    ['nothing in a list without members', [at('child', 'none', '*', 'x')], ['child', 'none'], []],
  ] as const)('%s', (_, unknowns, path, value) => expect(read(unknowns, ...path)).toEqual(value));

  it('is everything where there are no data at all', () => {
    const { facts } = factsOf(undefined, [], () => {});
    expect(facts).toBeNull();
    expect(() => factsOf(null, [at('child', 'name')], () => {}).facts).toThrow(UnknownFactRead);
  });
});

it('tells which unknown facts were read, though the error be absorbed', () => {
  const unknown = at('child', 'name');
  const seen: UnknownFact[] = [];
  const { facts } = factsOf(data, [unknown, at('child', 'tags')], (read) => seen.push(...read));
  expect(() => Reflect.get(Reflect.get(facts as object, 'child'), 'name')).toThrow(UnknownFactRead);
  expect(seen).toEqual([unknown]);
});

it('leaves the data as they were', () => {
  const before = structuredClone(data);
  factsOf(data, [at('child', 'name'), at('child', 'guardians', '*', 'id')], () => {});
  expect(data).toEqual(before);
});
