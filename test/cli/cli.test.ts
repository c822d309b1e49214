/** The commands as a user calls them: help, JSON, exit codes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { mianzheng } from './mianzheng.js';

const COMMANDS = [
  'serve',
  'seed',
  'token',
  'verify',
  'batch',
  'stories',
  'matter new',
  'matter lint',
  'matter test',
  'matter schema',
  'matter form',
  'explain',
  'documents register',
  'documents list',
  'audit verify',
  'audit export',
  'audit rotate',
  'receipt verify',
  'receipt rotate',
  'retention run',
  'reminders run',
  'backup',
  'restore',
  'client list',
  'client hold',
  'client release',
  'doctor',
  'simulator',
];
const QUERY = '{ resident(id: "350702202003059021") { name } }';
const MATTER = ['--matter', 'school-enrolment-primary'];

describe('mianzheng', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let run: RunningGateway;
  let environment: Record<string, string>;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    run = await startGateway(city.folder);
    environment = { MIANZHENG_DATA: city.folder, PORT: new URL(run.url).port };
  });

  afterAll(async () => {
    await run.close();
    city.remove();
  });

  it.each(COMMANDS)('%s explains itself, and offers --json', async (command) => {
    const { code, out } = await mianzheng([...command.split(' '), '--help'], environment);
    expect(code).toBe(0);
    expect(out).toContain('--json');
  });

  it('ends with 2 and says why for words it does not know', async () => {
    expect(await mianzheng(['vrify'], environment)).toMatchObject({ code: 2, out: '' });
    expect(await mianzheng(['verify'], environment)).toMatchObject({ code: 2, out: '' });
    const unknown = await mianzheng(['token', 'nobody', '--json'], environment);
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.err)).toMatchObject({ error: expect.stringContaining('school-enrolment') as string });
  });

  it('token prints a token that the gateway takes', async () => {
    const { code, out } = await mianzheng(['token', 'school-enrolment'], environment);
    expect(code).toBe(0);
    const answer = await fetch(`${run.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${out.trim()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ divisions { code } }' }),
    });
    expect(answer.status).toBe(200);
  });

  it('stories lists each with its matter, subjects and expected verdict', async () => {
    const { code, out } = await mianzheng(['stories', '--json'], environment);
    expect(code).toBe(0);
    const stories = JSON.parse(out) as Record<string, unknown>[];
    expect(stories.length).toBeGreaterThanOrEqual(12);
    for (const story of stories)
      expect(Object.keys(story)).toEqual(expect.arrayContaining(['id', 'matter', 'subjects', 'expected']));
  });

  it('stories --run adds what the server said', { timeout: 60_000 }, async () => {
    const { code, out } = await mianzheng(['stories', '--run', '--json'], environment);
    expect(code).toBe(0);
    const stories = JSON.parse(out) as { expected: { verdict: string }; verdict: string; asExpected: boolean }[];
    for (const { asExpected, expected, verdict } of stories) {
      expect({ asExpected, verdict }).toEqual({ asExpected: true, verdict: expected.verdict });
    }
  });

  it('verify ends with 0 for APPROVED and 1 for anything else', async () => {
    const approved = await mianzheng(['verify', ...MATTER, '--case', 'NP-2026-0001', '--json'], environment);
    expect(approved.code).toBe(0);
    expect(JSON.parse(approved.out)).toMatchObject({ verdict: 'APPROVED' });
    expect((await mianzheng(['verify', ...MATTER, '--case', 'NP-2026-0005'], environment)).code).toBe(1);
    const unknown = await mianzheng(['verify', ...MATTER, '--case', 'NONE'], environment);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('CASE_UNKNOWN');
  });

  it.each([
    [['--case', '南平-0001'], 'the number of the case has a character that no HTTP header can hold'],
    [
      ['--case', 'NP-2026-0001', '--token', 'DPoP secret\nproof'],
      'the token has a character that no HTTP header can hold',
    ],
  ])('verify sends nothing that no header can hold, and quotes none of it', async (words, why) => {
    const { code, out, err } = await mianzheng(['verify', ...MATTER, ...words], environment);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `mianzheng: ${why}\n` });
  });

  it('verify says so where something else answers at the address', async () => {
    const other = createServer((_, response) => response.writeHead(502).end('<html>'));
    const port = await new Promise<number>((listening) =>
      other.listen(0, '127.0.0.1', () => listening((other.address() as AddressInfo).port)),
    );
    const asked = { ...environment, PORT: String(port) };
    const { code, err } = await mianzheng(['verify', ...MATTER, '--case', 'NP-2026-0001'], asked);
    other.close();
    expect({ code, err }).toEqual({
      code: 2,
      err: `mianzheng: what answers at http://127.0.0.1:${port} is no gateway (status 502)\n`,
    });
  });

  it('batch waits for no address that is none', async () => {
    const { code, err } = await mianzheng(['batch', 'l.csv', ...MATTER, '--out', 'r.csv', '--url', 'foo'], environment);
    expect(code).toBe(2);
    expect(err).toContain('takes an address, http or https');
  });

  it('explain ends with 0 where all is given in full and 1 where something is not', async () => {
    const full = await mianzheng(['explain', QUERY, '--client', 'school-enrolment', ...MATTER, '--json'], environment);
    expect(full.code).toBe(0);
    expect(JSON.parse(full.out)).toMatchObject({ complete: true, applications: [] });
    const none = await mianzheng(['explain', QUERY, '--client', 'no-grants', ...MATTER, '--json'], environment);
    expect(none.code).toBe(1);
    expect(JSON.parse(none.out)).toMatchObject({
      complete: false,
      applications: [{ department: 'HOUSEHOLD', coordinates: ['Query.resident', 'Resident.name'] }],
    });
  });

  it.each([
    [['--client', 'school-enrollment', ...MATTER], 'no application school-enrollment is registered'],
    [['--client', 'school-enrolment', '--matter', 'school'], 'MATTER_UNKNOWN: there is no matter school'],
  ])('explain says of a name that is mistyped so, and not what to apply for', async (words, why) => {
    const { code, out, err } = await mianzheng(['explain', QUERY, ...words], environment);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `mianzheng: ${why}\n` });
  });

  it('audit verify and doctor find nothing wrong, and export what was asked', async () => {
    await run.ask('no-grants', { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'X' }, QUERY);
    expect(await mianzheng(['audit', 'verify', '--json'], environment)).toMatchObject({ code: 0 });
    const exported = await mianzheng(['audit', 'export', '--json'], environment);
    const entries = JSON.parse(exported.out) as { kind: string; record: { client: string; withheld: string[] } }[];
    // The gateway's own work goes into the record too, and may come after.
    expect(entries.filter(({ kind }) => kind === 'request').at(-1)?.record).toMatchObject({
      client: 'no-grants',
      withheld: ['Query.resident'],
      disclosed: [],
    });
    const doctor = await mianzheng(['doctor', '--json'], environment);
    expect(doctor.code).toBe(0);
    expect((JSON.parse(doctor.out) as { state: string }[]).every(({ state }) => state === 'OK')).toBe(true);
  });
});
