/** `mianzheng matter`: what an office writes, checks and tries a matter with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { storeDemonstration } from '../../src/demonstration.js';
import { openStore } from '../../src/open-store.js';
import { mianzheng } from './mianzheng.js';

const SUBSIDY = 'matters/employment-subsidy.yaml';

describe('mianzheng matter', () => {
  let folder: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-matter-'));
    environment = { MIANZHENG_DATA: folder };
    const store = await openStore(loadConfig(environment, folder));
    await storeDemonstration(store);
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => mianzheng(['matter', ...args], environment);
  const parsed = async (...args: string[]) => {
    const { code, out } = await run(...args, '--json');
    return { code, json: JSON.parse(out) as Record<string, unknown> };
  };

  it('lint finds nothing wrong with what comes with the program', async () => {
    const { code, json } = await parsed('lint');
    expect({ code, faults: json.faults, matters: (json.matters as string[]).length }).toEqual({
      code: 0,
      faults: [],
      matters: 14,
    });
  });

  it('test judges the cases of every matter, and of the one named', async () => {
    const all = await run('test');
    expect(all).toMatchObject({ code: 0, err: '' });
    expect(all.out).toMatch(/^✓ school-enrolment-primary: \d{2,} cases$/m);
    expect(await run('test', SUBSIDY)).toEqual({ code: 0, out: '✓ employment-subsidy: 12 cases\n', err: '' });
  });

  it('new writes a matter without faults, whose cases hold, and never over another', async () => {
    const made = await run('new', 'residence-permit', '--folder', folder);
    const file = join(folder, 'residence-permit.yaml');
    expect(made).toMatchObject({ code: 0, out: `${file}\n${join(folder, 'residence-permit.cases.yaml')}\n` });
    expect(readFileSync(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=\S+matters\/matter\.schema\.json\n/);
    expect(await run('lint', file)).toMatchObject({ code: 0, out: '1 matters without faults, 0 faults\n' });
    expect(await run('test', file)).toMatchObject({ code: 0, out: '✓ residence-permit: 4 cases\n' });
    expect(await run('new', 'residence-permit', '--folder', folder)).toMatchObject({ code: 2, out: '' });
    expect(await run('new', 'Residence', '--folder', folder)).toMatchObject({ code: 2, out: '' });
  });

  it('lint names every fault with file, line and column, and ends with 1', async () => {
    await run('new', 'with-faults', '--folder', folder);
    const file = join(folder, 'with-faults.yaml');
    const text = readFileSync(file, 'utf8')
      .replace('department: HOUSEHOLD', 'department: POLICE')
      .replace("== 'NORMAL'", "== 'NORMAAL'")
      .replace("from: '2026-01-01'", "from: '2026-01-01'\n    to: '2025-01-01'");
    writeFileSync(file, text);
    const { code, json } = await parsed('lint', file);
    const line = (needle: string) => text.slice(0, text.indexOf(needle)).split('\n').length;
    expect(code).toBe(1);
    expect(json.faults).toEqual([
      expect.objectContaining({ line: line('to: '), column: 9, message: 'the rule set ends before it begins' }),
      expect.objectContaining({ line: line('department: '), column: 17, message: 'no department POLICE' }),
      expect.objectContaining({
        line: line('rule: '),
        column: 11,
        message: expect.stringContaining('NORMAAL') as string,
      }),
    ]);
    const { out } = await run('lint', file);
    expect(out).toContain(`with-faults.yaml:${line('department: ')}:17: no department POLICE`);
    expect(await run('test', file)).toMatchObject({ code: 2, out: '' });
    rmSync(file);
  });

  it('lint checks the cases too, and test says where a verdict differs', async () => {
    await run('new', 'other-cases', '--folder', folder);
    const file = join(folder, 'other-cases.yaml');
    const cases = join(folder, 'other-cases.cases.yaml');
    const good = readFileSync(cases, 'utf8');
    writeFileSync(cases, good.replace('outcomes: { registered:', 'outcomes: { registred:'));
    const { code, out } = await run('lint', cases);
    expect(code).toBe(1);
    expect(out).toMatch(/other-cases\.cases\.yaml:\d+:\d+: the matter has no requirement registred/);
    writeFileSync(cases, good.replace('verdict: APPROVED', 'verdict: NOT_MET'));
    const tested = await run('test', file);
    expect(tested.code).toBe(1);
    expect(tested.out).toMatch(
      /other-cases\.cases\.yaml:10: registration in force: verdict must be "NOT_MET", is "APPROVED"/,
    );
    rmSync(cases);
    expect(await run('test', file)).toMatchObject({ code: 1 });
  });

  it('lint finds cases of a matter that is not there', async () => {
    const file = join(folder, 'nobody.cases.yaml');
    writeFileSync(file, readFileSync('matters/employment-subsidy.cases.yaml', 'utf8'));
    const { code, json } = await parsed('lint', file);
    expect(code).toBe(1);
    expect(json.faults).toMatchObject([{ message: 'there is no matter of this name' }]);
    rmSync(file);
  });

  it('lint --client lists what the office would have to apply for, at which department', async () => {
    expect(await parsed('lint', SUBSIDY, '--client', 'benefits-office')).toMatchObject({
      code: 0,
      json: { applications: [] },
    });
    const none = await parsed('lint', SUBSIDY, '--client', 'no-grants');
    expect(none).toMatchObject({
      code: 1,
      json: {
        faults: [],
        applications: [
          { matter: 'employment-subsidy', department: 'HOUSEHOLD', coordinates: ['Query.resident', 'Resident.status'] },
          {
            matter: 'employment-subsidy',
            department: 'SOCIAL_SECURITY',
            // Whoever is listed is found by a right of its own.
            coordinates: expect.arrayContaining(['Resident.insuredMonths', 'Scan.insuranceEnrolments']),
          },
          {
            department: 'PLATFORM',
            coordinates: [
              'Mutation.answerOffer',
              'Mutation.notifyOffers',
              'Mutation.registerCase',
              'Mutation.runPolicy',
              'Mutation.verify',
              'Mutation.withdrawOffers',
              'Query.policyOffers',
              'Query.policyRun',
            ],
          },
        ],
      },
    });
    const files = ['public-venue-hygiene-cancellation', 'licence-presentation'].map((code) => `matters/${code}.yaml`);
    const form = await parsed('lint', ...files, '--client', 'no-grants');
    const { applications } = form.json as { applications: { coordinates: string[] }[] };
    // What the form shows is applied for besides what the rules need.
    expect(applications.flatMap(({ coordinates }) => coordinates)).toEqual(
      expect.arrayContaining(['Query.prefill', 'Licence.address', 'Licence.status', 'Mutation.presentLicence']),
    );
    expect(await run('lint', SUBSIDY, '--client', 'nobody')).toMatchObject({ code: 2, out: '' });
  });

  it('lint --client finds nothing lacking where an office has been granted all of it, the showing of licences too', async () => {
    const files = ['licence-presentation', 'residence-permit-presentation'].map((code) => `matters/${code}.yaml`);
    const granted = await parsed('lint', ...files, '--client', 'licence-wallet');
    expect(granted).toMatchObject({ code: 0, json: { applications: [] } });
  });

  it('schema prints what is published', async () => {
    for (const kind of ['matter', 'part', 'cases']) {
      const { code, out } = await run('schema', kind);
      expect({ code, same: out === readFileSync(`matters/${kind}.schema.json`, 'utf8') }).toEqual({
        code: 0,
        same: true,
      });
    }
    expect(await run('schema', 'form')).toMatchObject({ code: 2, out: '' });
  });

  it('ends with 2 for a file that is not there', async () => {
    expect(await run('lint', join(folder, 'nowhere.yaml'))).toMatchObject({ code: 2, out: '' });
  });
});
