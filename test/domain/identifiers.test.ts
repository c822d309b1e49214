import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  citizenIdCheckCharacter,
  citizenIdVariants,
  creditCodeCheckCharacter,
  inspectLicenceId,
  inspectPropertyCertificateNumber,
  licenceIdCheckCharacter,
  type Parsed,
  parseCitizenId,
  parseCreditCode,
  parseHouseholdNumber,
  parseLicenceId,
  parsePropertyCertificateNumber,
  parsePropertyUnitNumber,
} from '../../src/domain/identifiers.js';
import {
  CREDIT_CODE_ALPHABET,
  citizenIds,
  creditCodes,
  householdNumbers,
  LETTERS_AND_DIGITS,
  licenceIds,
  propertyUnitNumbers,
} from './arbitraries.js';
import { tableCases } from './cases.js';

interface IdentifierCase {
  readonly name: string;
  readonly text: string;
  readonly value?: string;
  readonly group?: string;
}

const PARSERS: Readonly<Record<string, (text: string) => Parsed>> = {
  citizenId: parseCitizenId,
  creditCode: parseCreditCode,
  propertyUnitNumber: parsePropertyUnitNumber,
  licenceId: parseLicenceId,
  householdNumber: parseHouseholdNumber,
  propertyCertificateNumber: parsePropertyCertificateNumber,
};

const table = tableCases<IdentifierCase>('identifiers.yaml');

test('the table has cases for every kind of identifier', () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(PARSERS).sort());
});

for (const [kind, parse] of Object.entries(PARSERS)) {
  describe(kind, () => {
    test.each(table[kind] ?? [])('$name', ({ text, value, group }) => {
      const read = parse(text);
      if (value !== undefined) expect(read).toEqual({ ok: true, value });
      else expect(read).toEqual({ ok: false, group, reason: expect.stringMatching(/^[A-Z].*\.$/) });
    });

    test('any text is read or refused, never thrown at', () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 400 })),
          (text) => {
            expect(parse(text).ok).toBeTypeOf('boolean');
          },
        ),
      );
    });
  });
}

describe('a failure never quotes the identifier', () => {
  test.each(Object.entries(PARSERS))('%s', (kind, parse) => {
    for (const { text, group } of table[kind] ?? []) {
      if (group === undefined || text.length < 6) continue;
      const said = JSON.stringify(parse(text));
      for (let i = 0; i + 6 <= text.length; i++) expect(said).not.toContain(text.slice(i, i + 6));
    }
  });
});

describe('reading a canonical identifier is the identity', () => {
  test.each([
    ['citizen ID', parseCitizenId, citizenIds()],
    ['credit code', parseCreditCode, creditCodes],
    ['licence identifier', parseLicenceId, licenceIds],
    ['real-estate unit number', parsePropertyUnitNumber, propertyUnitNumbers],
    ['household number', parseHouseholdNumber, householdNumbers],
  ] as const)('%s', (_, parse, canonical) => {
    fc.assert(
      fc.property(canonical, (value) => {
        expect(parse(value)).toEqual({ ok: true, value });
      }),
    );
  });
});

describe('the check character notices every change of one character', () => {
  test.each([
    ['citizen ID', parseCitizenId, citizenIds(), '0123456789X'],
    ['credit code', parseCreditCode, creditCodes, CREDIT_CODE_ALPHABET],
    ['licence identifier', parseLicenceId, licenceIds, LETTERS_AND_DIGITS],
  ] as const)('%s', (_, parse, canonical, alphabet) => {
    fc.assert(
      fc.property(canonical, fc.nat(), fc.constantFrom(...Array.from(alphabet)), (value, at, other) => {
        const i = at % value.length;
        fc.pre(value[i] !== other);
        expect(parse(value.slice(0, i) + other + value.slice(i + 1)).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('citizenIdVariants', () => {
  test('uppercase, lowercase x and 15 digits', () => {
    expect(citizenIdVariants('11010519491231002X')).toEqual([
      '11010519491231002X',
      '11010519491231002x',
      '110105491231002',
    ]);
  });

  test('no 15-digit form outside the 1900s', () => {
    expect(citizenIdVariants('440524188001010014')).toEqual(['440524188001010014']);
    expect(citizenIdVariants('350702200002290011')).toEqual(['350702200002290011']);
  });

  test('all read as the same citizen ID', () => {
    fc.assert(
      fc.property(citizenIds(), (value) => {
        const variants = citizenIdVariants(value);
        expect(variants[0]).toBe(value);
        expect(new Set(variants).size).toBe(variants.length);
        for (const variant of variants) expect(parseCitizenId(variant)).toEqual({ ok: true, value });
      }),
    );
  });
});

describe('inspectLicenceId', () => {
  test('gives the parts', () => {
    const value = '1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U';
    expect(inspectLicenceId(value)).toEqual({
      ok: true,
      value,
      type: '11100000000013338W011',
      issuer: '11430000006122244L',
      serial: '20230000403',
      version: '001',
      issuerStandard: true,
    });
  });

  test('reads an issuer code that is not of 18 characters and flags it', () => {
    const check = licenceIdCheckCharacter('11100000MB03271699001', '350702', '2023000001', '001');
    const value = `1.2.156.3005.2.11100000MB03271699001.350702.2023000001.001.${check}`;
    expect(inspectLicenceId(value)).toMatchObject({ ok: true, issuer: '350702', issuerStandard: false });
    expect(parseLicenceId(value)).toEqual({ ok: true, value });
  });

  test('refuses an issuer code of 41 characters', () => {
    const issuer = '1'.repeat(41);
    const check = licenceIdCheckCharacter('11100000MB03271699001', issuer, '1', '001');
    const value = `1.2.156.3005.2.11100000MB03271699001.${issuer}.1.001.${check}`;
    expect(inspectLicenceId(value)).toMatchObject({ ok: false, group: 'field 2 (issuer)' });
  });
});

describe('inspectPropertyCertificateNumber', () => {
  test.each([
    ['闽(2017)平潭不动产权第0008062号', 'UNIFIED'],
    ['余房权证中移字第13219492号', 'OLDER'],
  ])('%s is %s', (text, form) => {
    expect(inspectPropertyCertificateNumber(text)).toEqual({ ok: true, value: text, form });
  });
});

describe('check characters are computed over whole, well-formed input only', () => {
  test.each([
    ['citizen ID, 16 digits', () => citizenIdCheckCharacter('1101051949123100')],
    ['citizen ID, a letter', () => citizenIdCheckCharacter('1101051949123100X')],
    ['credit code, 18 characters', () => creditCodeCheckCharacter('11100000000013338W')],
    ['credit code, letter O', () => creditCodeCheckCharacter('1110000000001333O')],
    ['licence identifier, a dot', () => licenceIdCheckCharacter('1.1', '1', '1', '001')],
    ['licence identifier, nothing', () => licenceIdCheckCharacter('', '', '', '')],
  ])('%s', (_, compute) => {
    expect(compute).toThrow(RangeError);
  });
});
