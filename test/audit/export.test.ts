import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Position } from '../../src/audit/entries.js';
import { type ExportedEntry, type ExportPeriod, exportRecord } from '../../src/audit/export.js';
import { findDue, prune } from '../../src/audit/prune.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { CHAIN, linesOf, NOW, open, rehashed, request, signingKey, temporaryFolder, writeLines } from './support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

async function all(folder: string, period?: ExportPeriod): Promise<ExportedEntry[]> {
  const entries: ExportedEntry[] = [];
  for await (const entry of exportRecord(folder, period)) entries.push(entry);
  return entries;
}

const act = {
  time: '2025-09-02T00:00:00.000Z',
  actor: 'a',
  action: 'grant.revoke',
  subject: 'g-1',
  before: 1,
  after: null,
};

const alarm = {
  time: '2025-09-03T00:00:00.000Z',
  id: 'a-1',
  alarm: 'UNKNOWN_IDENTIFIERS',
  client: 'school',
  held: true,
  from: '2025-09-03T00:00:00.000Z',
  to: '2025-09-03T01:00:00.000Z',
  counts: { unknown: 201, subjects: 400 },
};

describe('an export', () => {
  test('goes on with what stands where retention removes files that it has not come to yet', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key, limits: { segmentBytes: 2000 } });
    for (let n = 0; n < 12; n += 1) {
      await chain.append(request({ requestId: `r-${n}`, time: new Date(NOW + n * 1000).toISOString() }));
    }
    await chain.close();
    const reading = exportRecord(folder);
    const first = (await reading.next()).value;
    const chainFolder = join(folder, CHAIN);
    const due = await findDue({ chainFolder, chain: CHAIN, before: NOW + 8000, publicKeys: [key.publicJwk] });
    if (due === null) throw new Error('nothing is due');
    expect(due.segment).toBeGreaterThan(1);
    await prune({ chainFolder, chain: CHAIN, due, by: 'a test', now: NOW, signingKey: key });
    const rest: ExportedEntry[] = [];
    for await (const entry of reading) rest.push(entry);
    expect(first?.position.segment).toBe(1);
    expect(rest.at(-1)?.record).toMatchObject({ requestId: 'r-11' });
    expect(rest.filter(({ position }) => position.segment > due.segment)).toEqual(await all(folder));
    // One that nobody says was removed is missing.
    const again = exportRecord(folder);
    await again.next();
    await rm(join(chainFolder, `${String(due.segment + 2).padStart(8, '0')}.jsonl`));
    await expect(
      (async () => {
        for await (const _ of again);
      })(),
    ).rejects.toThrow('ENOENT');
  });

  test('has all that a request may say, down to what is seldom said', async () => {
    const folder = await temporaryFolder();
    const record = {
      about: [['PropertyUnit.address', 'Resident.name']],
      ages: 'M',
      sources: [
        {
          department: 'HOUSEHOLD',
          fetchedAt: '2025-09-01T08:00:00.000Z',
          state: 'UP' as const,
          peers: [{ peer: 'fuzhou', state: 'UP' as const, caseNumber: 'NP.1', record: 'gw/7' }],
        },
      ],
      verdict: 'APPROVED',
      receipt: 'digest',
      claims: [
        { coordinate: 'Resident.name', outcome: 'MATCH' as const },
        { coordinate: 'Resident.birthDate', outcome: 'MISMATCH' as const },
      ],
    };
    const chain = await open({ folder, signingKey: key });
    await chain.append(request(record));
    expect((await all(folder))[0]?.record).toMatchObject(record);
  });

  test('gives back what was recorded, sets spelled out, over segments and chains', async () => {
    const folder = await temporaryFolder();
    const requests = Array.from({ length: 12 }, (_, n) =>
      request({ requestId: `r-${n}`, disclosed: n % 3 === 0 ? [] : ['B.b', 'A.a', 'B.b'], used: [`U.u${n % 2}`] }),
    );
    const chain = await open({ folder, signingKey: key, limits: { segmentBytes: 2000 } });
    const positions: Position[] = [];
    for (const each of requests) positions.push(await chain.append(each));
    const other = await open({ folder, signingKey: key, chain: 'gw-2', hash: 'sm3' });
    const position = await other.append({ kind: 'administration', ...act });
    expect(positions.at(-1)?.segment).toBeGreaterThan(2);
    expect(await all(folder)).toEqual([
      ...requests
        .map(({ kind, ...record }, n) => ({
          position: positions[n],
          kind,
          record: { ...record, disclosed: n % 3 === 0 ? [] : ['A.a', 'B.b'], masked: ['Resident.idNumber'] },
        }))
        .map((entry) => ({ ...entry, record: { ...entry.record, withheld: ['Resident.ethnicity'] } })),
      { position, kind: 'administration', record: act },
    ]);
  });

  test('reads entries written before verdicts had receipts, which verify as ever', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    await chain.close();
    const old = (await linesOf(folder)).map((lines) => lines.map((line) => line.replace('"receipt":null,', '')));
    await writeLines(folder, rehashed(old));
    await rm(join(folder, CHAIN, 'checkpoints.jsonl'));
    const again = await open({ folder, signingKey: key });
    await again.append(request({ receipt: 'D' }));
    await again.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
    const records = (await all(folder)).map(({ kind, record }) => kind === 'request' && record.receipt);
    expect(records).toEqual([null, 'D']);
  });

  test('takes a period from its start to before its end', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    const days = ['2025-09-01', '2025-09-03', '2025-09-02', '2025-09-04'];
    for (const day of days) await chain.append(request({ requestId: day, time: `${day}T00:00:00.000Z` }));
    await chain.append({ kind: 'administration', ...act });
    await chain.append({ kind: 'alarm', ...alarm });
    const ids = async (period: ExportPeriod) =>
      (await all(folder, period)).map((entry) => {
        if (entry.kind === 'request') return entry.record.requestId;
        if (entry.kind === 'control') return entry.record.changes.map(({ action }) => action).join();
        return entry.kind === 'alarm' ? entry.record.alarm : entry.record.action;
      });
    expect(await ids({ from: '2025-09-02T00:00:00Z', to: '2025-09-04T00:00:00Z' })).toEqual([
      '2025-09-03',
      '2025-09-02',
      'grant.revoke',
      'UNKNOWN_IDENTIFIERS',
    ]);
    expect(await ids({ from: '2025-09-04T08:00:00+08:00' })).toEqual(['2025-09-04']);
    expect(await ids({ to: '2025-09-01T08:00:00.001+08:00' })).toEqual(['2025-09-01']);
    for (const wrong of ['yesterday', '2025-09-01', '2025-13-01T00:00:00Z', '2025-09-01T00:00:00']) {
      await expect(all(folder, { from: wrong })).rejects.toMatchObject({ fault: 'UNFIT' });
    }
  });

  test('ends at an unsound line, naming it', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    const [lines = []] = await linesOf(folder);
    await writeLines(folder, [lines.with(4, lines[4]?.replace('teacher-7', 'teacher-8') ?? '')]);
    await expect(all(folder)).rejects.toMatchObject({
      fault: 'BROKEN',
      place: { chain: CHAIN, segment: '00000001.jsonl', line: 5 },
    });
  });

  test('ends where a set of coordinates is not in the segment', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    const [lines = []] = await linesOf(folder);
    await writeLines(folder, rehashed([lines.toSpliced(1, 1)]));
    await expect(all(folder)).rejects.toMatchObject({ fault: 'BROKEN', place: { line: 4 } });
  });
});
