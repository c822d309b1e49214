import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type ChainFault, openChain } from '../../src/audit/chain.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import {
  CHAIN,
  copyOf,
  entriesOf,
  Interposed,
  linesOf,
  NOW,
  open,
  rehashed,
  request,
  signingKey,
  temporaryFolder,
  unsynced,
  writeLines,
} from './support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

/** Lets everything that can go on without the gate go on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resume) => setImmediate(resume));
}

function gate(): { passed: Promise<void>; open: () => void } {
  let release: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { passed, open: () => release() };
}

describe('a chain', () => {
  test('begins with its name and algorithm, numbers entries and writes each set of coordinates once', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    const first = await chain.append(request());
    const second = await chain.append(
      request({ requestId: 'r-2', disclosed: ['PropertyUnit.address', 'Resident.name'] }),
    );
    expect(await entriesOf(folder)).toMatchObject([
      { seq: 1, kind: 'chain', version: 1, chain: CHAIN, segment: 1, hash: 'sha256', time: '2025-09-01T08:00:00.000Z' },
      { seq: 2, kind: 'coordinates', coordinates: ['PropertyUnit.address', 'Resident.name'] },
      { seq: 3, kind: 'coordinates', coordinates: ['Resident.idNumber'] },
      { seq: 4, kind: 'coordinates', coordinates: ['Resident.ethnicity'] },
      { seq: 5, kind: 'request', requestId: 'r-1', disclosed: 2, masked: 3, used: 0, withheld: 4 },
      { seq: 6, kind: 'request', requestId: 'r-2', disclosed: 2, masked: 3, used: 0, withheld: 4 },
    ]);
    expect(first).toMatchObject({ chain: CHAIN, segment: 1, seq: 5 });
    expect(chain.head()).toEqual({ seq: second.seq, hash: second.hash });
  });

  test('records documented fields only, whatever else the object holds', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await chain.append(Object.assign(request(), { seq: 99, name: '张三' }));
    const text = (await linesOf(folder)).flat().join('\n');
    expect(text).not.toContain('张三');
    expect(text).not.toContain('99,');
  });

  test('records acts of administration', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    const act = { time: '2025-09-01T08:00:00Z', actor: 'a', action: 'grant.approve', subject: 'g-1' };
    await chain.append({
      kind: 'administration',
      ...act,
      before: { status: 'SUBMITTED' },
      after: { status: 'APPROVED' },
    });
    expect((await entriesOf(folder)).at(-1)).toEqual({
      seq: 2,
      kind: 'administration',
      ...act,
      before: { status: 'SUBMITTED' },
      after: { status: 'APPROVED' },
    });
  });

  test('is continued after a close, knowing its sets of coordinates', async () => {
    const folder = await temporaryFolder();
    const before = await open({ folder, signingKey: key });
    await before.append(request());
    await before.close();
    const after = await open({ folder, signingKey: key });
    expect(after.head()).toEqual(before.head());
    expect((await after.append(request())).seq).toBe(6);
    await after.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'INTACT',
      chains: [{ chain: CHAIN, entries: 6, requests: 2, checkpoints: 3, sealed: 6, head: after.head() }],
    });
  });

  test.each(['sha256', 'sm3'] as const)('can be hashed with %s, and not be continued with the other', async (hash) => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key, hash });
    await chain.append(request());
    await chain.close();
    const lines = await linesOf(folder);
    expect(rehashed(lines, hash)).toEqual(lines);
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 1 }] });
    const other = hash === 'sm3' ? 'sha256' : 'sm3';
    await expect(open({ folder, signingKey: key, hash: other })).rejects.toMatchObject({ fault: 'OTHER_HASH' });
  });

  test('rolls to segments that stand on their own', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key, limits: { segmentBytes: 3000 } });
    for (let n = 0; n < 20; n += 1) await chain.append(request({ requestId: `r-${n}` }));
    await chain.close();
    const segments = await linesOf(folder);
    expect(segments.length).toBeGreaterThan(3);
    for (const [index, lines] of segments.slice(1).entries()) {
      const [opening, ...entries] = lines.map((line) => JSON.parse(line.slice(130)));
      expect(opening).toMatchObject({ kind: 'segment', chain: CHAIN, segment: index + 2, hash: 'sha256' });
      expect(lines[0]?.slice(65, 129)).toBe(segments[index]?.at(-1)?.slice(0, 64));
      const listed = entries.filter((entry) => entry.kind === 'coordinates').map((entry) => entry.seq);
      for (const entry of entries.filter((each) => each.kind === 'request')) expect(listed).toContain(entry.disclosed);
    }
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 20 }] });
  });

  test('keeps a bounded number of sets and writes a dropped one again', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key, limits: { sets: 1 } });
    const only = (disclosed: string[]) => request({ disclosed, masked: [], used: [], withheld: [] });
    for (const set of [['A.a'], ['A.a'], ['B.b'], ['A.a']]) await chain.append(only(set));
    const sets = (await entriesOf(folder)).filter((entry) => entry.kind === 'coordinates');
    expect(sets.map((entry) => entry.coordinates)).toEqual([['A.a'], ['B.b'], ['A.a']]);
  });

  test('refuses names that are no folder names, and appends after a close', async () => {
    const folder = await temporaryFolder();
    for (const chain of ['', '..', '../x', 'a/b', 'x'.repeat(65)]) {
      await expect(open({ folder, signingKey: key, chain })).rejects.toMatchObject({ fault: 'UNFIT' });
    }
    const chain = await open({ folder, signingKey: key });
    await chain.close();
    await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
  });

  test('refuses an entry that is too long, and only that', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    const long = chain.append(request({ subjects: ['证'.repeat(400_000)] }));
    const short = chain.append(request());
    await expect(long).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    await short;
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 1 }] });
  });
});

describe('group commit', () => {
  test('acknowledges after the sync of the batch, gathers the next meanwhile, and writes one at a time', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    const chain = await open({ folder, signingKey: key, files });
    files.calls.length = 0;
    const held = gate();
    files.before = async (call, path) => {
      if (call === 'written' && !path.includes('checkpoints')) await held.passed;
    };
    const acknowledged: number[] = [];
    const appended = [1, 2, 3].map((n) =>
      chain.append(request({ requestId: `r-${n}` })).then(({ seq }) => acknowledged.push(seq)),
    );
    await turns();
    const gathered = [4, 5].map((n) =>
      chain.append(request({ requestId: `r-${n}` })).then(({ seq }) => acknowledged.push(seq)),
    );
    await turns();
    await vi.waitFor(() => expect(files.calls).toEqual(['write', 'written']));
    expect((await linesOf(folder)).flat()).toHaveLength(7);
    expect(acknowledged).toEqual([]);
    expect(chain.head().seq).toBe(1);
    held.open();
    await Promise.all([...appended, ...gathered]);
    expect(files.calls).toEqual(['write', 'written', 'write', 'written']);
    expect(acknowledged).toEqual([5, 6, 7, 8, 9]);
  });

  test('refuses an entry when too many wait', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key, limits: { waiting: 3 } });
    const appended = [1, 2, 3].map(() => chain.append(request()));
    await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    await Promise.all(appended);
    await chain.append(request());
  });

  test('a file system that takes few bytes at a time is written to the end', async () => {
    const folder = await temporaryFolder();
    const chain = await open({
      folder,
      signingKey: key,
      files: {
        ...unsynced,
        async open(path) {
          const file = await unsynced.open(path);
          return { ...file, write: (bytes, position) => file.write(bytes.subarray(0, 100), position) };
        },
      },
    });
    await chain.append(request());
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 1 }] });
  });
});

describe('a write that fails', () => {
  const full = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));

  test.each(['write', 'written'] as const)(
    'at %s rejects all that wait, and the chain recovers a second later',
    async (at) => {
      const folder = await temporaryFolder();
      const files = new Interposed();
      const faults: ChainFault[] = [];
      let now = NOW;
      const chain = await open({
        folder,
        signingKey: key,
        files,
        now: () => now,
        onFault: (fault) => faults.push(fault),
      });
      await chain.append(request({ requestId: 'before' }));
      const { seq } = chain.head();

      files.arriving = 700;
      files.before = async (call, path) => {
        if (call === at && !path.includes('checkpoints')) await full();
      };
      const lost = [request({ used: ['X.x'] }), request()].map((entry) => chain.append(entry));
      for (const append of lost)
        await expect(append).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE', status: 503 });
      expect(faults).toMatchObject([{ what: 'WRITE', chain: CHAIN, cause: { code: 'ENOSPC' } }]);
      expect(chain.head().seq).toBe(seq);

      files.before = async () => undefined;
      now += 999;
      files.calls.length = 0;
      await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
      expect(files.calls).toEqual([]);

      now += 1;
      await chain.append(request({ requestId: 'after', used: ['X.x'] }));
      const entries = await entriesOf(folder);
      expect(entries.slice(seq)).toMatchObject([
        { seq: seq + 1, kind: 'recovered', cut: at === 'write' ? 700 : expect.any(Number) },
        { seq: seq + 2, kind: 'coordinates', coordinates: ['X.x'] },
        { seq: seq + 3, kind: 'request', requestId: 'after', used: seq + 2 },
      ]);
      await chain.close();
      expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 2 }] });
    },
  );

  test('rejects the entries gathered meanwhile too', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    const chain = await open({ folder, signingKey: key, files, onFault: () => undefined });
    const held = gate();
    files.before = async (call) => {
      if (call === 'written') await held.passed.then(full);
    };
    const appends = [chain.append(request())];
    await turns();
    appends.push(chain.append(request()));
    const settled = Promise.allSettled(appends);
    held.open();
    expect((await settled).map((each) => each.status)).toEqual(['rejected', 'rejected']);
  });

  test('that takes too long lets nobody wait, and the chain goes on when it has returned', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    const faults: ChainFault[] = [];
    const onFault = (fault: ChainFault) => void faults.push(fault);
    const limits = { batchMilliseconds: 20 };
    const chain = await open({ folder, signingKey: key, files, onFault, limits });
    const held = gate();
    files.before = async (call, path) => {
      if (call === 'written' && !path.includes('checkpoints')) await held.passed;
    };
    const first = chain.append(request({ requestId: 'first' }));
    await turns();
    const second = chain.append(request({ requestId: 'second' }));
    const settled = await Promise.allSettled([first, second]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    expect(faults).toMatchObject([{ what: 'WRITE' }]);
    held.open();
    // The first stands in the record though its answer was withheld; the second does not.
    await vi.waitFor(() => expect(chain.waiting()).toBe(0));
    await chain.append(request({ requestId: 'third' }));
    await chain.close();
    const recorded = (await entriesOf(folder)).flatMap((entry) => (entry.kind === 'request' ? [entry.requestId] : []));
    expect(recorded).toEqual(['first', 'third']);
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
  });

  test('because its folder was moved away or removed acknowledges nothing, and goes on when it is back', async () => {
    const folder = await temporaryFolder();
    let now = NOW;
    const chain = await open({ folder, signingKey: key, now: () => now, onFault: () => undefined });
    const before = await chain.append(request());
    await rename(join(folder, CHAIN), join(folder, 'elsewhere'));
    await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    now += 1000;
    await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    await rename(join(folder, 'elsewhere'), join(folder, CHAIN));
    now += 1000;
    const after = await chain.append(request());
    expect(after.seq).toBeGreaterThan(before.seq);
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
  });

  test('keeps failing while the disk does, at most one attempt a second, also when the clock is set back', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    let now = NOW;
    const chain = await open({ folder, signingKey: key, files, now: () => now, onFault: () => undefined });
    files.before = full;
    for (const [passed, attempted] of [
      [0, true],
      [500, false],
      [500, true],
      [10, false],
      [-60_000, true],
    ] as const) {
      now += passed;
      files.calls.length = 0;
      await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
      expect(files.calls.length > 0).toBe(attempted);
    }
    files.before = async () => undefined;
    now += 1000;
    await chain.append(request());
  });

  test('while a segment is begun takes the new segment back', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    let now = NOW;
    const limits = { segmentBytes: 1 };
    const chain = await open({ folder, signingKey: key, files, limits, now: () => now, onFault: () => undefined });
    files.arriving = 50;
    files.before = async (call, path) => {
      if (call === 'write' && path.endsWith('00000002.jsonl')) await full();
    };
    await expect(chain.append(request())).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    files.before = async () => undefined;
    now += 1000;
    expect(await chain.append(request())).toMatchObject({ segment: 2 });
    expect((await entriesOf(folder)).slice(1, 3)).toMatchObject([
      { seq: 2, kind: 'segment', segment: 2 },
      { seq: 3, kind: 'recovered', cut: 50 },
    ]);
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 1 }] });
  });

  test('at the opening entry makes opening fail and leaves no lock', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    files.before = async (call) => {
      if (call === 'write') await full();
    };
    await expect(open({ folder, signingKey: key, files })).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' });
    await open({ folder, signingKey: key });
  });
});

describe('opening after a kill', () => {
  /** A chain as it lies while it is open, sealed up to its first entry only. */
  async function killed(): Promise<string> {
    const folder = await temporaryFolder();
    const chain = await open({
      folder,
      signingKey: key,
      limits: { checkpointEntries: 1e9, checkpointMilliseconds: 1e9 },
    });
    await chain.append(request({ requestId: 'r-1' }));
    await chain.append(request({ requestId: 'r-2' }));
    return await copyOf(folder);
  }
  const path = (folder: string) => join(folder, CHAIN, '00000001.jsonl');

  test('cuts off an unfinished last line, torn at any byte, and says how much', async () => {
    const folder = await killed();
    const whole = await readFile(path(folder));
    const start = whole.lastIndexOf('\n', whole.length - 2) + 1;
    expect(whole.length - start).toBeGreaterThan(300);
    for (let end = start; end <= whole.length; end += 1) {
      await writeFile(path(folder), whole.subarray(0, end));
      const before = await readFile(join(folder, CHAIN, 'checkpoints.jsonl'));
      const chain = await openChain({
        folder,
        chain: CHAIN,
        signingKey: key,
        now: () => NOW,
        files: unsynced,
        onFault: ({ cause }) => {
          throw cause;
        },
      });
      await chain.close();
      const verification = await verifyRecord(folder, [key.publicJwk]);
      expect(verification).toMatchObject({ state: 'INTACT', chains: [{ requests: end === whole.length ? 2 : 1 }] });
      const after = (await entriesOf(folder)).at(-1);
      if (end === whole.length || end === start) expect(after).toMatchObject({ kind: 'request' });
      else expect(after).toMatchObject({ kind: 'recovered', cut: end - start, time: '2025-09-01T08:00:00.000Z' });
      await writeFile(join(folder, CHAIN, 'checkpoints.jsonl'), before);
    }
  }, 60_000);

  test.each([
    ['before its first entry', 0],
    ['within its first entry', 80],
  ])('goes on where a segment was begun, %s', async (_name, bytes) => {
    const folder = await killed();
    const opening = (await readFile(path(folder))).subarray(0, bytes);
    await writeFile(join(folder, CHAIN, '00000002.jsonl'), opening);
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    await chain.close();
    const [, second] = await linesOf(folder);
    expect(second?.map((line) => JSON.parse(line.slice(130)).kind).slice(0, 2)).toEqual([
      'segment',
      bytes === 0 ? 'coordinates' : 'recovered',
    ]);
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 3 }] });
  });

  test.each([0, 80])('begins anew where the first entry was never whole (%i bytes)', async (bytes) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, CHAIN));
    await writeFile(path(folder), 'x'.repeat(bytes));
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests: 1 }] });
  });

  test('makes what it finds durable before it seals it', async () => {
    const folder = await killed();
    const files = new Interposed();
    const order: string[] = [];
    files.before = async (call, at) => {
      if (call !== 'open') order.push(`${call} ${at.includes('checkpoints') ? 'checkpoints' : 'segment'}`);
    };
    await open({ folder, signingKey: key, files });
    expect(order[0]).toBe('datasync segment');
    expect(order).toContain('write checkpoints');
  });

  test('cuts off an unfinished last checkpoint', async () => {
    const folder = await killed();
    await writeFile(join(folder, CHAIN, 'checkpoints.jsonl'), 'eyJ', { flag: 'a' });
    const chain = await open({ folder, signingKey: key });
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'INTACT',
      chains: [{ checkpoints: 2 }],
    });
  });

  test.each([
    ['a changed entry', (lines: string[]) => lines.with(3, `${lines[3]?.slice(0, -1)} `), 4],
    ['a changed last entry', (lines: string[]) => lines.with(-1, `${lines.at(-1)?.slice(0, -1)} `), 6],
    ['a missing entry', (lines: string[]) => lines.toSpliced(3, 1), 4],
    ['a missing opening', (lines: string[]) => lines.slice(1), 1],
  ])('refuses %s, naming segment and line', async (_name, change, line) => {
    const folder = await killed();
    const [lines = []] = await linesOf(folder);
    await writeLines(folder, [change(lines)]);
    const before = await readFile(path(folder));
    await expect(open({ folder, signingKey: key })).rejects.toMatchObject({
      name: 'RecordError',
      fault: 'BROKEN',
      place: { chain: CHAIN, segment: '00000001.jsonl', line },
    });
    expect(await readFile(path(folder))).toEqual(before);
  });

  test('refuses a record that ends before its last checkpoint, also where only the last newline is gone', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    await chain.close();
    const whole = await readFile(path(folder));
    await writeFile(path(folder), whole.subarray(0, -1));
    await expect(open({ folder, signingKey: key })).rejects.toMatchObject({ fault: 'TAIL_MISSING' });
    expect(await readFile(path(folder))).toEqual(whole.subarray(0, -1));
  });

  test('refuses a rewritten record whose sealed entry has another hash', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await chain.append(request());
    await chain.close();
    const [lines = []] = await linesOf(folder);
    await writeLines(folder, rehashed([lines.with(-1, lines.at(-1)?.replace('teacher-7', 'teacher-8') ?? '')]));
    await expect(open({ folder, signingKey: key })).rejects.toMatchObject({ fault: 'BROKEN' });
  });
});
