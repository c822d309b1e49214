/** The sample beside a grant shows what the gateway would answer, masked as the gateway masks. */
import { describe, expect, it } from 'vitest';
import { MASK_SAMPLES, sampleLines } from '../../console/src/pages/grants/sample-answer.js';
import type { NamedField } from '../../console/src/parts/session.js';
import { DEFAULT_MASK_SETTINGS, type MaskKind, mask } from '../../src/domain/mask.js';

function field(coordinate: string, valueType: string, more: Partial<NamedField> = {}): NamedField {
  const [type = '', name = ''] = coordinate.split('.');
  return {
    coordinate,
    type,
    field: name,
    valueType,
    department: 'HOUSEHOLD',
    class: 'CONDITIONAL',
    sensitivity: 'PERSONAL',
    mask: null,
    kind: 'VALUE',
    list: valueType.startsWith('['),
    description: '',
    ...more,
  };
}

const FIELDS = [
  field('Query.resident', 'Resident'),
  field('Resident.name', 'String', { mask: 'NAME' }),
  field('Resident.idNumber', 'CitizenId', { mask: 'ID_NUMBER' }),
  field('Resident.birthDate', 'Date'),
  field('Resident.phone', 'String', { mask: 'PHONE' }),
  field('Resident.guardians', '[Guardianship!]'),
  field('Guardianship.relation', 'GuardianRelation'),
  field('Guardianship.resident', 'Resident'),
];

describe.each(Object.entries(MASK_SAMPLES))('the sample of mask %s', (kind, [full, masked]) => {
  it('is what the gateway makes of it', () => {
    expect(mask(kind as MaskKind, full, DEFAULT_MASK_SETTINGS)).toBe(masked);
  });
});

describe('a sample answer', () => {
  const lines = sampleLines(
    FIELDS,
    new Map([
      ['Query.resident', 'FULL'],
      ['Resident.name', 'MASKED'],
      ['Resident.idNumber', 'PREDICATE'],
      ['Resident.birthDate', 'FULL'],
      ['Resident.phone', null],
      ['Resident.guardians', 'FULL'],
      ['Guardianship.relation', 'FULL'],
      ['Guardianship.resident', 'FULL'],
    ]),
  );
  const text = lines.map(({ indent, text: line }) => ' '.repeat(indent) + line).join('\n');

  it('nests what an edge leads to, and does not go round in a circle', () => {
    expect(text).toBe(
      [
        '{',
        ' "resident": {',
        '  "name": "林*雨"',
        '  "idNumber": null',
        '  "birthDate": "2018-03-15"',
        '  "phone": null',
        '  "guardians": [ {',
        '   "relation": "GuardianRelation"',
        '   "resident": { … }',
        '  } ]',
        ' }',
        '}',
      ].join('\n'),
    );
  });

  it('tells a field that is used in rules from one that is withheld, and shows the value of neither', () => {
    const states = Object.fromEntries(lines.map(({ key, state }) => [key.split(' ').at(-1), state]));
    expect(states['Resident.idNumber']).toBe('predicate');
    expect(states['Resident.phone']).toBe('note');
    expect(text).not.toContain('138');
  });

  it('begins at a type where no root field is granted', () => {
    const some = FIELDS.filter(({ type }) => type === 'Resident').slice(0, 1);
    const drawn = sampleLines(some, new Map([['Resident.name', 'FULL']]));
    expect(drawn.map(({ text: line }) => line)).toEqual(['{', '… Resident {', '"name": "林小雨"', '}', '}']);
  });
});
