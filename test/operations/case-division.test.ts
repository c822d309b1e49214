/** The division a case is filed in chooses the rules it is judged by. */
import { afterEach, describe, expect, it } from 'vitest';
import { type MemoryGateway, openMemoryGateway } from '../support/memory-gateway.js';

const MATTER = 'school-enrolment-kindergarten';
const REGISTER = 'mutation($input: RegisterCaseInput!) { registerCase(input: $input) { number division } }';
const RULE_SET = 'mutation { verify { ruleSet } }';
const SUBJECTS = [
  { role: 'child', kind: 'CITIZEN', id: '350702202003059021' },
  { role: 'guardian', kind: 'CITIZEN', id: '350702199003149014' },
];

describe('a case of a matter with rules of several divisions', () => {
  let run: MemoryGateway;
  const open = async () => {
    run = await openMemoryGateway({
      grants: [{ matters: [MATTER], coordinates: { 'Mutation.registerCase': 'FULL', 'Mutation.verify': 'FULL' } }],
    });
  };
  afterEach(() => run.close());

  const register = async (input: object): Promise<Record<string, unknown>> => {
    const variables = { input: { number: 'C-1', matter: MATTER, subjects: SUBJECTS, ...input } };
    const { body } = await run.call({ query: REGISTER, variables }, { 'mianzheng-matter': MATTER });
    return JSON.parse(body) as Record<string, unknown>;
  };
  const refused = (field: string) => ({ errors: [{ extensions: { code: 'BAD_USER_INPUT', field } }] });

  it('must name its division', async () => {
    await open();
    expect(await register({})).toMatchObject(refused('input.division'));
    expect(run.entries.at(-1)).toMatchObject({ outcome: 'REFUSED', code: 'BAD_USER_INPUT', disclosed: [] });
  });

  it('names one of this city', async () => {
    await open();
    expect(await register({ division: '110101' })).toMatchObject(refused('input.division'));
  });

  it('needs none for a day when the city alone had rules', async () => {
    await open();
    expect(await register({ filedOn: '2024-06-01' })).toMatchObject({ data: { registerCase: { division: null } } });
  });

  it.each([
    ['350781', 'shaowu-kindergarten-2025.1'],
    ['350702', 'nanping-kindergarten-2024.1'],
  ])('filed in %s is judged by %s', async (division, ruleSet) => {
    await open();
    expect(await register({ division })).toMatchObject({ data: { registerCase: { number: 'C-1', division } } });
    const headers = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'C-1' };
    const { body } = await run.call({ query: RULE_SET }, headers);
    expect(JSON.parse(body)).toMatchObject({ data: { verify: { ruleSet } } });
  });

  it('cannot be registered again for another division', async () => {
    await open();
    await register({ division: '350702' });
    expect(await register({ division: '350702' })).toMatchObject({ data: { registerCase: { number: 'C-1' } } });
    expect(await register({ division: '350781' })).toMatchObject({
      errors: [{ extensions: { code: 'CASE_CONFLICT' } }],
    });
  });
});
