/** What of a matter's facts is about licences. */
import { type FieldNode, parse, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { licenceFacts } from '../../src/licences/licence-facts.js';
import { catalogue, matters } from '../support/memory-gateway.js';

const { schema } = catalogue;
/** Whether a document asks for `Licence.status`, read by the types of its fields. */
function asks(facts: string): boolean {
  const info = new TypeInfo(schema);
  let found = false;
  const Field = (node: FieldNode): void => {
    if (`${info.getParentType()?.name}.${node.name.value}` === 'Licence.status') found = true;
  };
  visit(parse(facts), visitWithTypeInfo(info, { Field }));
  return found;
}

const flat = (text: string | undefined): string | undefined => text?.replace(/\s+/g, ' ').trim();

describe('the part of a facts document that is about licences', () => {
  const CASES = [
    {
      name: 'leaves out what is about something else, and its variables',
      facts: `query Facts($child: CitizenId!, $asOf: Date) { resident(id: $child) { name
        vaccination { assessment(asOf: $asOf) { result } } licences(first: 100) { typeCode issuer status holderName } } }`,
      document: `query Facts($child: CitizenId!) { resident(id: $child) { licences(first: 100) { typeCode status } } }`,
    },
    {
      name: 'follows fragments and aliases',
      facts: `query Facts($a: CitizenId!) { one: resident(id: $a) { ...Own name ...Other } }
        fragment Own on Resident { mine: licences { ... on Licence { number state: status } } }
        fragment Other on Resident { birthDate }`,
      document: `query Facts($a: CitizenId!) { one: resident(id: $a) { ...Own } } fragment Own on Resident { mine: licences { ... on Licence { number state: status } } }`,
    },
    {
      name: 'is none where no licence is asked for',
      facts: 'query Facts($a: CitizenId!) { resident(id: $a) { name } }',
    },
    {
      name: 'is none where the status is not asked for',
      facts: 'query Facts($a: LicenceId!) { licence(id: $a) { typeCode validTo holder { __typename } } }',
    },
  ];

  it.each(CASES)('$name', ({ facts, document }) => {
    expect(validate(schema, parse(facts))).toEqual([]);
    const found = licenceFacts(facts, schema)?.document;
    expect(flat(found)).toBe(flat(document));
    if (found !== undefined) expect(validate(schema, parse(found))).toEqual([]);
  });

  it.each([...matters.values()])('of $code fits the schema', ({ facts }) => {
    const found = licenceFacts(facts, schema);
    if (found !== null) expect(validate(schema, parse(found.document))).toEqual([]);
  });

  it('is there for the matters that ask for the status of a licence', () => {
    const found = [...matters.values()].filter(({ facts }) => licenceFacts(facts, schema) !== null);
    expect(found.map(({ code }) => code).sort()).toEqual(
      [...matters.values()]
        .filter(({ facts }) => asks(facts))
        .map(({ code }) => code)
        .sort(),
    );
    expect(found.length).toBeGreaterThan(3);
  });

  it('tells each licence by what is asked for of it', () => {
    const facts = licenceFacts(
      'query Facts($a: CitizenId!) { resident(id: $a) { licences { typeCode state: status } household { number } } }',
      schema,
    );
    const data = (...licences: readonly object[]) => ({ resident: { licences, household: { number: '1' } } });
    expect(facts?.states({ resident: null })).toEqual([]);
    expect(facts?.states({ resident: { licences: null } })).toEqual([]);
    const [one, two] = facts?.states(data({ typeCode: 'a', state: 'VALID' }, { typeCode: 'b', state: null })) ?? [];
    expect(one).toBe('[["status","VALID"],["typeCode","a"]]');
    expect(two).toBe('[["status",null],["typeCode","b"]]');
  });
});
