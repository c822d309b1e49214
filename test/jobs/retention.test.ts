/** What was kept long enough goes, what was not stays, and every removal is in the record before it is made. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openChain } from '../../src/audit/chain.js';
import { exportRecord } from '../../src/audit/export.js';
import { loadOrCreateSigningKey, rotateSigningKey, signingPublicKeys } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { type Config, loadConfig } from '../../src/config.js';
import { jobChainOf, type RetentionOptions, runRetention } from '../../src/jobs/retention.js';
import { openStore } from '../../src/open-store.js';
import { keyFolder, recordFolder } from '../../src/places.js';
import { request, temporaryFolder } from '../audit/support.js';

const NOW = Date.parse('2029-06-01T04:00:00.000Z');

const fault: RetentionOptions['onFault'] = ({ cause }) => {
  throw cause;
};

let config: Config;

/** Writes a request of each day given to a chain, and closes it. */
async function write(chain: string, days: readonly string[]): Promise<void> {
  let time = '';
  const signingKey = await loadOrCreateSigningKey(keyFolder(config));
  time = `${days[0]}T08:00:00.000Z`;
  const folder = recordFolder(config);
  const opened = await openChain({ folder, chain, signingKey, now: () => Date.parse(time), onFault: fault });
  for (const day of days) {
    time = `${day}T08:00:00.000Z`;
    await opened.append(request({ time, requestId: `${chain} ${day}` }));
  }
  await opened.close();
}

const run = (options: Partial<RetentionOptions> = {}) =>
  runRetention({ config, by: 'the test', now: () => NOW, dryRun: false, onFault: fault, ...options });

/** Entries of requests that stand, and acts of administration. */
async function standing(): Promise<{ readonly requests: string[]; readonly acts: unknown[] }> {
  const requests: string[] = [];
  const acts: unknown[] = [];
  for await (const entry of exportRecord(recordFolder(config))) {
    if (entry.kind === 'request') requests.push(entry.record.requestId);
    else acts.push(entry.record);
  }
  return { requests, acts };
}

async function verified() {
  return await verifyRecord(recordFolder(config), [(await loadOrCreateSigningKey(keyFolder(config))).publicJwk]);
}

async function casesLeft(): Promise<readonly string[]> {
  const store = await openStore(config);
  try {
    const numbers = ['OLD', 'EDGE', 'NEW'];
    const found = await Promise.all(numbers.map((number) => store.findCase('school', number)));
    return numbers.filter((_, i) => found[i] !== null);
  } finally {
    await store.close();
  }
}

beforeEach(async () => {
  const folder = await temporaryFolder();
  config = { ...loadConfig({ MIANZHENG_DATA: folder }, folder), log: { folder: 'log', keepDays: 184 } };
  await write('gateway-1', ['2026-04-10', '2026-05-10', '2026-06-10', '2029-05-30']);
  await write('gateway-2', ['2029-05-30']);
  const store = await openStore(config);
  const file = { client: 'school', matter: 'school-enrolment-primary', subjects: [] };
  // 1,096 days before the day of NOW in China is 2026-06-01.
  await store.registerCase({ ...file, number: 'OLD', filedOn: '2026-05-31' });
  await store.registerCase({ ...file, number: 'EDGE', filedOn: '2026-06-01' });
  await store.registerCase({ ...file, number: 'NEW', filedOn: '2029-05-30' });
  await store.close();
  mkdirSync(join(folder, 'log'));
  for (const day of ['2028-11-28', '2028-11-29', '2029-06-01'])
    writeFileSync(join(folder, 'log', `mianzheng-${day}.log`), '');
  writeFileSync(join(folder, 'log', 'other.log'), '');
});

describe('retention', () => {
  it('says in a dry run what is due, and changes nothing', async () => {
    const before = await standing();
    expect(await run({ dryRun: true })).toEqual({
      dryRun: true,
      record: [
        expect.objectContaining({ chain: 'gateway-1', state: 'DUE', segment: 2, until: '2026-05-10T08:00:00.000Z' }),
        { chain: 'gateway-2', state: 'NOTHING_DUE' },
      ],
      cases: { filedBefore: '2026-06-01', count: 1 },
      logs: ['mianzheng-2028-11-28.log'],
    });
    expect(await standing()).toEqual(before);
    expect(await casesLeft()).toEqual(['OLD', 'EDGE', 'NEW']);
    expect(readdirSync(recordFolder(config))).toEqual(['gateway-1', 'gateway-2']);
  });

  it('removes what was kept long enough, each removal recorded with who, what and up to when', async () => {
    expect(await run()).toMatchObject({
      record: [{ state: 'REMOVED', segment: 2 }, { state: 'NOTHING_DUE' }, { state: 'NOTHING_DUE' }],
      cases: { count: 1 },
      logs: ['mianzheng-2028-11-28.log'],
    });
    const { requests, acts } = await standing();
    expect(requests).toEqual(['gateway-1 2026-06-10', 'gateway-1 2029-05-30', 'gateway-2 2029-05-30']);
    const act = { time: '2029-06-01T04:00:00.000Z', actor: 'the test', after: null };
    expect(acts).toEqual([
      {
        ...act,
        action: 'record.prune',
        subject: 'gateway-1',
        before: expect.objectContaining({ segment: 2, until: '2026-05-10T08:00:00.000Z' }) as unknown,
      },
      { ...act, action: 'log.prune', subject: 'log files', before: { files: ['mianzheng-2028-11-28.log'] } },
      { ...act, action: 'cases.prune', subject: 'cases', before: { filedBefore: '2026-06-01', count: 1 } },
    ]);
    expect(await verified()).toMatchObject({
      state: 'INTACT',
      chains: [{ pruned: { segment: 2, by: 'the test' } }, { chain: jobChainOf(config) }, { pruned: null }],
    });
    expect(await casesLeft()).toEqual(['EDGE', 'NEW']);
    expect(readdirSync(join(config.data, 'log')).sort()).toEqual([
      'mianzheng-2028-11-29.log',
      'mianzheng-2029-06-01.log',
      'other.log',
    ]);
  });

  it('finds nothing due the second time, and then writes nothing', async () => {
    await run();
    const jobs = join(recordFolder(config), jobChainOf(config), '00000001.jsonl');
    const before = await readFile(jobs, 'utf8');
    expect(await run()).toMatchObject({ cases: { count: 0 }, logs: [] });
    expect(await readFile(jobs, 'utf8')).toBe(before);
  });

  it('leaves a chain that is broken as it is, and removes the rest', async () => {
    const segment = join(recordFolder(config), 'gateway-1', '00000001.jsonl');
    await writeFile(segment, (await readFile(segment, 'utf8')).replace('teacher-7', 'teacher-8'));
    expect(await run()).toMatchObject({
      record: [{ state: 'REFUSED', reason: expect.stringContaining('00000001.jsonl') as string }, {}, {}],
      cases: { count: 1 },
    });
    expect(existsSync(segment)).toBe(true);
    expect(await casesLeft()).toEqual(['EDGE', 'NEW']);
  });

  it('takes what an earlier key sealed only with that key', async () => {
    const { publicJwk } = await loadOrCreateSigningKey(keyFolder(config));
    await rm(join(keyFolder(config), 'record-signing-key.json'));
    expect(await run({ dryRun: true })).toMatchObject({ record: [{ state: 'REFUSED' }, {}] });
    expect(await run({ dryRun: true, earlierKeys: [publicJwk] })).toMatchObject({ record: [{ state: 'DUE' }, {}] });
  });

  it('takes what was sealed before the key was changed', async () => {
    await rotateSigningKey(keyFolder(config));
    expect(await run()).toMatchObject({ record: [{ state: 'REMOVED' }, {}, {}] });
    expect(await verifyRecord(recordFolder(config), await signingPublicKeys(keyFolder(config)))).toMatchObject({
      state: 'INTACT',
    });
  });

  it('removes nothing where the removal cannot be recorded', async () => {
    await writeFile(join(recordFolder(config), jobChainOf(config)), 'no folder');
    await expect(run()).rejects.toThrow();
    expect((await standing()).requests).toHaveLength(5);
    expect(await casesLeft()).toEqual(['OLD', 'EDGE', 'NEW']);
    expect(readdirSync(join(config.data, 'log'))).toHaveLength(4);
  });

  it('does not run twice at once', async () => {
    const runs = await Promise.allSettled([run(), run(), run()]);
    const refused = runs.filter(({ status }) => status === 'rejected');
    for (const { reason } of refused as PromiseRejectedResult[]) expect(reason).toMatchObject({ fault: 'LOCKED' });
    expect(runs.length - refused.length).toBeGreaterThan(0);
    expect(await verified()).toMatchObject({ state: 'INTACT', chains: [{ pruned: { number: 1 } }, {}, {}] });
  });

  it('ends what a run that was killed had begun', async () => {
    const segment = join(recordFolder(config), 'gateway-1', '00000001.jsonl');
    const kept = join(config.data, 'kept');
    await copyFile(segment, kept);
    await run();
    await copyFile(kept, segment);
    await run();
    expect(existsSync(segment)).toBe(false);
    expect(await verified()).toMatchObject({ state: 'INTACT' });
  });

  it('removes record and log files also where the store refuses to remove cases', async () => {
    const store = new Database(join(config.data, 'control.sqlite'));
    store.exec("CREATE TRIGGER refuse BEFORE DELETE ON case_file BEGIN SELECT RAISE(ABORT, 'refused'); END");
    store.close();
    await expect(run()).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect((await standing()).requests).toHaveLength(3);
    expect(readdirSync(join(config.data, 'log'))).toHaveLength(3);
    expect(await casesLeft()).toEqual(['OLD', 'EDGE', 'NEW']);
  });

  it('removes cases in batches, and stops between two when it is told to', async () => {
    const store = await openStore(config);
    const old = Array.from({ length: 1200 }, (_, i) => ({
      number: `N-${i}`,
      matter: 'm',
      filedOn: '2020-01-01',
      subjects: [],
    }));
    await store.registerCases('school', old);
    await store.close();
    expect(await run({ signal: AbortSignal.abort() })).toMatchObject({ cases: { count: 0 } });
    expect(await run()).toMatchObject({ cases: { count: 1201 } });
    expect(await casesLeft()).toEqual(['EDGE', 'NEW']);
  });
});
