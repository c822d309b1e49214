import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { lastAnchor, signAnchor } from '../../src/audit/anchor.js';
import { openChain } from '../../src/audit/chain.js';
import { findCheckpoint } from '../../src/audit/checkpoint.js';
import { exportRecord } from '../../src/audit/export.js';
import { findEntry } from '../../src/audit/find-entry.js';
import { findDue, prune, removeLeftovers } from '../../src/audit/prune.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { type Verification, verifyRecord } from '../../src/audit/verify.js';
import { makeBackup } from '../../src/backup/make.js';
import {
  CHAIN,
  copyOf,
  Interposed,
  linesOf,
  open,
  rehashed,
  request,
  signingKey,
  temporaryFolder,
  writeLines,
} from './support.js';

const MONTHS = ['2022-01', '2022-02', '2022-03', '2022-04', '2022-05'];
const PRUNED_AT = Date.parse('2025-06-01T03:00:00.000Z');

let key: SigningKey;
let record: string;

beforeAll(async () => {
  key = await signingKey();
  record = await mkdtemp(join(tmpdir(), 'mz-audit-record-'));
  for (const month of MONTHS) {
    const time = `${month}-15T08:00:00.000Z`;
    const chain = await openChain({
      folder: record,
      chain: CHAIN,
      signingKey: key,
      now: () => Date.parse(time),
      limits: { checkpointEntries: 1e9, checkpointMilliseconds: 1e9 },
      onFault: ({ cause }) => {
        throw cause;
      },
    });
    // The opening, one set of coordinates and three requests.
    const part = { time, disclosed: ['Resident.name'], masked: [], withheld: [] };
    for (let n = 0; n < 3; n += 1) await chain.append(request({ ...part, requestId: `${month}/${n}` }));
    await chain.close();
  }
});
afterAll(() => rm(record, { recursive: true }));

const inChain = (folder: string, name: string) => join(folder, CHAIN, name);

async function pruneIn(folder: string, before: string, files?: Interposed): Promise<void> {
  const chainFolder = join(folder, CHAIN);
  const due = await findDue({
    chainFolder,
    chain: CHAIN,
    before: Date.parse(before),
    publicKeys: [key.publicJwk],
  });
  if (due === null) return;
  const given = { chainFolder, chain: CHAIN, due, by: 'retention', now: PRUNED_AT, signingKey: key };
  await prune(files === undefined ? given : { ...given, files });
}

/** An anchor that removes the first segment, made as a forger would. */
async function forged(folder: string, how: string): Promise<string> {
  const last = JSON.parse((await linesOf(folder))[0]?.at(-1)?.slice(130) ?? '{}') as { readonly seq: number };
  const hash = (await linesOf(folder))[0]?.at(-1)?.slice(0, 64) ?? '';
  const time = new Date(PRUNED_AT).toISOString();
  const anchor = { chain: CHAIN, number: 1, seq: last.seq, hash, segment: 1, entries: 5, until: time, by: 'me', time };
  if (how === 'stranger') return await signAnchor(anchor, await signingKey());
  if (how === 'other chain') return await signAnchor({ ...anchor, chain: 'gw-2' }, key);
  if (how === 'checkpoint') return (await readFile(inChain(folder, 'checkpoints.jsonl'), 'utf8')).split('\n')[0] ?? '';
  throw new RangeError(how);
}

async function editAnchors(folder: string, edit: (text: string) => string): Promise<void> {
  const path = inChain(folder, 'anchors.jsonl');
  await writeFile(path, edit(await readFile(path, 'utf8')));
}

const STEPS: Readonly<Record<string, (folder: string, value: string) => Promise<void>>> = {
  prune: (folder, before) => pruneIn(folder, before),
  remove: (folder, name) => rm(inChain(folder, name)),
  forge: async (folder, how) => await appendFile(inChain(folder, 'anchors.jsonl'), `${await forged(folder, how)}\n`),
  edit: (folder, change) =>
    editAnchors(folder, (text) => {
      const [from = '', to = ''] = change.split('->');
      const [header = '', payload = '', signature = ''] = text.split('.');
      const json = Buffer.from(payload, 'base64url').toString().replace(from, to);
      return `${header}.${Buffer.from(json).toString('base64url')}.${signature}`;
    }),
  'keep anchors': (folder) => copyFile(inChain(folder, 'anchors.jsonl'), join(folder, 'kept')),
  'put anchors back': (folder) => copyFile(join(folder, 'kept'), inChain(folder, 'anchors.jsonl')),
  'append anchors': async (folder) =>
    await appendFile(inChain(folder, 'anchors.jsonl'), await readFile(join(folder, 'kept'))),
  'drop first anchor': (folder) => editAnchors(folder, (text) => text.slice(text.indexOf('\n') + 1)),
  'cut last anchor': (folder) => editAnchors(folder, (text) => text.slice(0, -20)),
  'put back': (folder, name) => copyFile(inChain(record, name), inChain(folder, name)),
  'change entry': async (folder, name) => {
    const path = inChain(folder, name);
    const text = await readFile(path, 'utf8');
    const at = text.lastIndexOf('teacher-7');
    await writeFile(path, `${text.slice(0, at)}teacher-8${text.slice(at + 9)}`);
  },
  rewrite: async (folder) => {
    const lines = await linesOf(folder);
    await writeLines(folder, rehashed(lines.map((each) => each.map((line) => line.replace('teacher-7', 'teacher-8')))));
  },
  'refuse to prune': async (folder, before) => {
    const files = await readdir(join(folder, CHAIN));
    await expect(pruneIn(folder, before)).rejects.toMatchObject({ fault: 'BROKEN' });
    expect(await readdir(join(folder, CHAIN))).toEqual(files);
  },
  'prune killed': async (folder, where) => {
    const files = new Interposed();
    if (where === 'half an anchor') {
      files.arriving = 100;
      files.before = async (call) => {
        if (call === 'write') throw new Error('killed');
      };
    } else {
      // The name of the anchor's file is made durable just before anything is removed.
      files.syncFolder = async () => {
        throw new Error('killed');
      };
    }
    await expect(pruneIn(folder, '2022-04-01', files)).rejects.toThrow('killed');
    expect((await linesOf(folder)).length).toBe(5);
  },
  'remove leftovers': async (folder, count) => {
    expect(String(await removeLeftovers(join(folder, CHAIN)))).toBe(count);
    expect((await linesOf(folder)).length).toBe(2);
  },
};

const caseShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  do: z.array(z.record(z.string(), z.coerce.string())),
  expect: z.discriminatedUnion('state', [
    z.strictObject({
      state: z.literal('INTACT'),
      entries: z.number(),
      pruned: z
        .strictObject({
          seq: z.number(),
          segment: z.number(),
          entries: z.number(),
          until: z.string(),
          number: z.number(),
        })
        .nullable(),
    }),
    z.strictObject({
      state: z.literal('BROKEN'),
      fault: z.string(),
      segment: z.string(),
      seq: z.number().nullable(),
      also: z.string().optional(),
    }),
  ]),
});
const CASES = z
  .array(caseShape)
  .parse(parse(await readFile(new URL('../cases/pruning.yaml', import.meta.url), 'utf8'), { schema: 'core' }));

function checkVerification(found: Verification, expected: z.infer<typeof caseShape>['expect']): void {
  if (expected.state === 'INTACT') {
    expect(found).toMatchObject({ state: 'INTACT', chains: [{ entries: expected.entries }] });
    const pruned = found.state === 'INTACT' ? found.chains[0]?.pruned : undefined;
    if (expected.pruned === null) expect(pruned).toBeNull();
    else expect(pruned).toMatchObject({ ...expected.pruned, by: 'retention', time: '2025-06-01T03:00:00.000Z' });
    return;
  }
  const { fault, segment, seq, also } = expected;
  expect(found).toMatchObject({ state: 'BROKEN' });
  const faults = found.state === 'BROKEN' ? found.faults : [];
  expect(faults[0]).toMatchObject({ fault, segment, seq });
  if (also !== undefined) expect(faults.map((each) => each.fault)).toContain(also);
}

describe('a chain whose beginning was removed', () => {
  test.each(CASES)('$id $name', async ({ do: steps, expect: expected }) => {
    const folder = await copyOf(record);
    for (const step of steps) {
      for (const [name, value] of Object.entries(step)) {
        const act = STEPS[name];
        if (act === undefined) throw new RangeError(`no step ${name}`);
        await act(folder, value);
      }
    }
    checkVerification(await verifyRecord(folder, [key.publicJwk]), expected);
    if (expected.state === 'BROKEN') return;

    // Readers see what stands and nothing else, and a restart goes on where the chain ended.
    const first = expected.pruned?.seq ?? 0;
    const exported: number[] = [];
    for await (const entry of exportRecord(folder)) exported.push(entry.position.seq);
    expect(exported.every((seq) => seq > first)).toBe(true);
    expect(exported).toHaveLength((expected.entries / 5) * 3);
    expect(await findEntry(folder, CHAIN, 5)).toEqual(first >= 5 ? null : expect.anything());
    expect(await findEntry(folder, CHAIN, 25)).toMatchObject({ position: { seq: 25, segment: 5 } });
    const chain = await open({ folder, signingKey: key, now: () => Date.parse('2022-05-20T00:00:00.000Z') });
    expect(await chain.append(request())).toMatchObject({ seq: 29, segment: 5 });
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
  });
});

describe('segments', () => {
  test('begin anew with each month, also while the chain is open, and not when a clock goes back', async () => {
    const folder = await temporaryFolder();
    let now = Date.parse('2022-01-31T23:59:59.000Z');
    const chain = await open({ folder, signingKey: key, now: () => now });
    expect(await chain.append(request())).toMatchObject({ segment: 1 });
    now = Date.parse('2022-02-01T00:00:00.000Z');
    expect(await chain.append(request())).toMatchObject({ segment: 2 });
    now = Date.parse('2022-01-15T00:00:00.000Z');
    expect(await chain.append(request())).toMatchObject({ segment: 2 });
    now = Date.parse('2022-02-28T00:00:00.000Z');
    expect(await chain.append(request())).toMatchObject({ segment: 2 });
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
  });
});

describe('pruning', () => {
  test('proves what goes by the one seal behind it, however many there are', async () => {
    const folder = await temporaryFolder();
    let now = Date.parse('2022-01-10T00:00:00.000Z');
    const limits = { checkpointEntries: 1, checkpointMilliseconds: 1e9 };
    const chain = await open({ folder, signingKey: key, now: () => now, limits });
    for (let n = 0; n < 300; n += 1) {
      now += 6 * 3_600_000;
      await chain.append(request({ time: new Date(now).toISOString() }));
    }
    await chain.close();
    const path = inChain(folder, 'checkpoints.jsonl');
    const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(100);
    const size = (await readFile(path)).length;
    const seqOf = (line: string) =>
      (JSON.parse(Buffer.from(line.split('.')[1] ?? '', 'base64url').toString()) as { readonly seq: number }).seq;
    let begin = 0;
    for (const [i, line] of lines.entries()) {
      expect(await findCheckpoint(path, size, seqOf(line))).toBe(begin);
      begin += line.length + 1;
      if (i % 20 === 0) expect(await findCheckpoint(path, size, seqOf(line) + 1)).toBe(begin);
    }
    expect(await findCheckpoint(path, size, 1e9)).toBe(size);

    await pruneIn(folder, '2022-03-01');
    expect((await lastAnchor(join(folder, CHAIN))).last).toMatchObject({ segment: 2 });
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
  });

  test('is copied whole by a backup at any moment', async () => {
    for (let n = 0; n < 20; n += 1) {
      const folder = await copyOf(record);
      const to = join(await temporaryFolder(), 'copy');
      const options = {
        to,
        instance: CHAIN,
        recordFolder: folder,
        keyFolder: folder,
        controlFile: null,
        passphrase: null,
      };
      const [{ manifest }] = await Promise.all([
        makeBackup({ ...options, signingKey: key, earlierKeys: [], now: () => PRUNED_AT }),
        new Promise((resume) => setTimeout(resume, n)).then(() => pruneIn(folder, '2022-05-01')),
      ]);
      expect(manifest.record.state).toBe('INTACT');
      const names = (await readdir(join(to, 'record', CHAIN))).map((name) => `record/${CHAIN}/${name}`);
      expect(manifest.files.map(({ path }) => path).sort()).toEqual(names.sort());
    }
  });

  test('may go on while the chain is written, and the writer never notices', async () => {
    const folder = await copyOf(record);
    let now = Date.parse('2022-06-15T08:00:00.000Z');
    const chain = await open({ folder, signingKey: key, now: () => now });
    await chain.append(request({ time: '2022-06-15T08:00:00.000Z' }));
    const writing = Array.from({ length: 200 }, async (_, n) => {
      now += 1000;
      await chain.append(request({ requestId: `w-${n}`, time: new Date(now).toISOString() }));
    });
    await pruneIn(folder, '2022-05-01');
    await Promise.all(writing);
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'INTACT',
      chains: [{ requests: 204, pruned: { segment: 4 } }],
    });
  });

  test('leaves a segment, and all behind it, of which an entry lies in the future', async () => {
    const folder = await temporaryFolder();
    let now = Date.parse('2022-01-10T00:00:00.000Z');
    const chain = await open({ folder, signingKey: key, now: () => now });
    for (const time of ['2022-01-10T00:00:00.000Z', '2099-02-10T00:00:00.000Z', '2022-03-10T00:00:00.000Z']) {
      now += 31 * 86_400_000;
      await chain.append(request({ time }));
    }
    await chain.close();
    await pruneIn(folder, '2025-01-01');
    expect((await lastAnchor(join(folder, CHAIN))).last).toMatchObject({ segment: 2 });
  });
});
