/** An entry of the record names one case: what is disclosed in another must not stand under its number. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RequestRecord } from '../../src/audit/entries.js';
import { type MemoryGateway, openMemoryGateway } from '../support/memory-gateway.js';

const MATTER = 'school-enrolment-primary';
const SUBJECTS = [
  { role: 'child', kind: 'CITIZEN', id: '350702202003059021' },
  { role: 'guardian', kind: 'CITIZEN', id: '350702199003149014' },
];

let run: MemoryGateway;

beforeEach(async () => {
  const case1 = { client: 'school', number: 'C-1', matter: MATTER, filedOn: '2026-06-20', subjects: SUBJECTS };
  run = await openMemoryGateway({
    grants: [{ coordinates: { 'Mutation.registerCase': 'FULL', 'Mutation.verify': 'FULL' } }],
    cases: [case1],
  });
});
afterEach(() => run.close());

const register = (alias: string, number: string): string => {
  const subjects = SUBJECTS.map(({ role, kind, id }) => `{role: "${role}", kind: ${kind}, id: "${id}"}`).join(' ');
  return `${alias}: registerCase(input: {number: "${number}", matter: "${MATTER}", subjects: [${subjects}]}) { number }`;
};

/** The code of the answer, with the case and the verdict of the request's entry. */
async function ask(fields: string, header?: string) {
  const purpose = { 'mianzheng-matter': MATTER, ...(header === undefined ? {} : { 'mianzheng-case': header }) };
  const { body } = await run.call({ query: `mutation { ${fields} }` }, purpose);
  const { errors } = JSON.parse(body) as { readonly errors?: readonly { readonly extensions: { code: string } }[] };
  const entry = run.entries.find((one) => one.kind === 'request') as RequestRecord | undefined;
  return [errors?.[0]?.extensions.code ?? null, entry?.caseNumber ?? null, entry?.verdict !== null];
}

const VERIFY = 'verify { verdict }';

it.each([
  ['one that it registers', register('a', 'C-2'), undefined, [null, 'C-2', false]],
  ['one, twice', `${register('a', 'C-2')} ${register('b', 'C-2')}`, undefined, [null, 'C-2', false]],
  ['one that it judges', VERIFY, 'C-1', [null, 'C-1', true]],
  [
    'two that it registers',
    `${register('a', 'C-2')} ${register('b', 'C-3')}`,
    undefined,
    ['BAD_USER_INPUT', 'C-2', false],
  ],
  ['one that it judges and another', `${VERIFY} ${register('a', 'C-2')}`, 'C-1', ['BAD_USER_INPUT', 'C-1', false]],
] as const)('a request about %s', async (_, fields, header, expected) => {
  expect(await ask(fields, header)).toEqual(expected);
});
