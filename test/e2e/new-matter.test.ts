/** An office's own matter: one file in the configured folder, and a running gateway judges by it. The file is the README's. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAllStories } from '../../seeds/stories.js';
import { VERIFY } from '../../src/cli/client.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';

const MATTER = 'residence-permit-endorsement';

/** The matter as the README prints it. */
function fromReadme(): string {
  const readme = readFileSync(join(PACKAGE_ROOT, 'README.md'), 'utf8');
  const text = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].find(([, block]) =>
    block?.includes(`code: ${MATTER}`),
  )?.[1];
  if (text === undefined) throw new Error(`the README prints no matter ${MATTER}`);
  return text;
}

function guardianOf(story: string): string {
  const found = readAllStories()
    .find(({ id }) => id === story)
    ?.subjects.find(({ role }) => role === 'guardian');
  if (found === undefined) throw new Error(`no guardian in ${story}`);
  return found.id;
}

describe('a matter that an office wrote', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    mkdirSync(join(city.folder, 'our-matters'));
    writeFileSync(join(city.folder, 'our-matters', `${MATTER}.yaml`), fromReadme());
    writeFileSync(join(city.folder, 'mianzheng.yaml'), 'matters: our-matters\n');
    run = await startGateway(city.folder);
    const grant = {
      client: 'licence-approval',
      status: 'APPROVED' as const,
      matters: [MATTER],
      legalBasis: '《居住证暂行条例》第十条',
      regions: [],
      // The holder is the case's subject; a licence is one link away.
      subjects: 'RELATED' as const,
      maxHops: 1,
      validFrom: '2026-01-01',
      validTo: '2035-12-31',
    };
    const predicate = (...coordinates: string[]) =>
      Object.fromEntries(coordinates.map((c) => [c, 'PREDICATE' as const]));
    await run.gateway.store.putPolicy(
      [],
      [
        {
          ...grant,
          id: 'permit-household',
          department: 'HOUSEHOLD',
          coordinates: predicate('Query.resident', 'Resident.registration'),
        },
        {
          ...grant,
          id: 'permit-licences',
          department: 'LICENCES',
          coordinates: predicate(
            'Resident.licences',
            'Licence.typeCode',
            'Licence.status',
            'Licence.validFrom',
            'Licence.validTo',
          ),
        },
        {
          ...grant,
          id: 'permit-platform',
          department: 'PLATFORM',
          coordinates: { 'Mutation.registerCase': 'FULL', 'Mutation.verify': 'FULL' },
        },
      ],
    );
    await run.gateway.policy.refresh();
  });

  afterAll(async () => {
    await run.close();
    city.remove();
  });

  const REGISTER = 'mutation($input: RegisterCaseInput!) { registerCase(input: $input) { number } }';

  it.each([
    ['migrant-complete', '2026-09-01', 'APPROVED', null],
    ['migrant-complete', '2026-03-01', 'NOT_MET', 'holder.licences.validTo'],
    ['household-and-home', '2026-07-01', 'NOT_MET', 'holder.licences'],
  ])('%s on %s: %s', async (story, filedOn, verdict, element) => {
    const number = `OWN-${story}-${filedOn}`;
    const subjects = [{ role: 'holder', kind: 'CITIZEN', id: guardianOf(story) }];
    const input = { number, matter: MATTER, filedOn, subjects };
    const purpose = { 'mianzheng-matter': MATTER, 'mianzheng-case': number };
    const registered = await run.ask('licence-approval', purpose, REGISTER, { input });
    expect(registered.errors).toBeUndefined();
    const { data } = await run.ask('licence-approval', purpose, VERIFY);
    const given = data?.verify as unknown as { verdict: string; requirements: { element: string | null }[] };
    expect(given.verdict).toBe(verdict);
    if (element !== null) expect(given.requirements.map((one) => one.element)).toContain(element);
  });

  it('is the only one it knows: the folder stands for the matters of the program', async () => {
    const { data } = await run.ask('licence-approval', {}, '{ matters { code instant } }');
    expect(data?.matters).toEqual([{ code: MATTER, instant: true }]);
  });
});
