import { hash } from 'node:crypto';
import { appendFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChain } from '../../src/audit/chain.js';
import { signCheckpoint } from '../../src/audit/checkpoint.js';
import type { VerificationFault } from '../../src/audit/faults.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import {
  CHAIN,
  copyOf,
  linesOf,
  NOW,
  open,
  rehashed,
  request,
  signingKey,
  temporaryFolder,
  writeLines,
} from './support.js';

let key: SigningKey;
/** Three segments of ten entries: opening, three sets, six requests. Sealed at entries 1, 10, 20 and 30. */
let record: string;

beforeAll(async () => {
  key = await signingKey();
  record = await mkdtemp(join(tmpdir(), 'mz-audit-record-'));
  for (let session = 0; session < 3; session += 1) {
    const chain = await openChain({
      folder: record,
      chain: CHAIN,
      signingKey: key,
      now: () => NOW,
      limits: { segmentBytes: 4500, checkpointEntries: 1e9, checkpointMilliseconds: 1e9 },
      onFault: ({ cause }) => {
        throw cause;
      },
    });
    for (let n = 0; n < 6; n += 1) await chain.append(request({ requestId: `r-${session}${n}` }));
    await chain.close();
  }
});
afterAll(() => rm(record, { recursive: true }));

const segment = (number: number, name = '.jsonl') => `0000000${number}${name}`;
const checkpointsIn = (folder: string) => join(folder, CHAIN, 'checkpoints.jsonl');

/** A change of one byte in what a request's line says. */
const edited = (line: string) => line.replace('teacher-7', 'teacher-8');

/** The same line with the hash its text should have. */
const resigned = (line: string) => `${hash('sha256', line.slice(65))} ${line.slice(65)}`;

/** Edits all lines of the record, given one after the other, entry n at n - 1, and puts them back in three segments. */
function lines(edit: (all: string[]) => string[]) {
  return async (folder: string) => {
    const all = edit((await linesOf(folder)).flat());
    // A segment keeps its last line, wherever that now stands.
    const segments = await linesOf(folder);
    const first = all.indexOf(at(at(segments, 0), -1)) + 1 || 10;
    const second = all.indexOf(at(at(segments, 1), -1)) + 1 || 20;
    await writeLines(folder, [all.slice(0, first), all.slice(first, second), all.slice(second)]);
  };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list.at(index);
  if (found === undefined) throw new RangeError(`nothing at ${index}`);
  return found;
}

/** Edits the lines of the checkpoint file. */
function checkpoints(edit: (all: string[]) => string[]) {
  return async (folder: string) => {
    const all = (await readFile(checkpointsIn(folder), 'utf8')).split('\n').slice(0, -1);
    await writeFile(
      checkpointsIn(folder),
      edit(all)
        .map((line) => `${line}\n`)
        .join(''),
    );
  };
}

type Case = [
  name: string,
  tamper: (folder: string) => Promise<void>,
  faults: Partial<VerificationFault>[],
  explanation: RegExp,
];

const CASES: Case[] = [
  [
    'one byte of an entry changed',
    lines((all) => all.with(15, edited(at(all, 15)))),
    [{ fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 was changed: it does not fit its hash$/,
  ],
  [
    'the hash of an entry changed',
    lines((all) => all.with(15, `${at(all, 15)[0] === '0' ? '1' : '0'}${at(all, 15).slice(1)}`)),
    [{ fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 was changed/,
  ],
  [
    'the number of an entry changed',
    lines((all) => all.with(15, at(all, 15).replace('"seq":16', '"seq":18'))),
    [{ fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 was changed: it does not fit its hash$/,
  ],
  [
    'an entry changed and given its new hash',
    lines((all) => all.with(15, resigned(edited(at(all, 15))))),
    [{ fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 was changed and given a new hash: entry 17 names the one it had$/,
  ],
  [
    'the number of an entry changed and given its new hash',
    lines((all) => all.with(15, resigned(at(all, 15).replace('"seq":16', '"seq":17')))),
    [
      { fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 },
      { fault: 'DUPLICATED', seq: 17 },
    ],
    /^entry 16 was changed and given a new hash: it bears the number 17$/,
  ],
  [
    'the last entry changed',
    lines((all) => all.with(29, edited(at(all, 29)))),
    [{ fault: 'CHANGED', segment: segment(3), line: 10, seq: 30 }],
    /^entry 30 was changed/,
  ],
  [
    'the last entry overwritten with what is no entry',
    lines((all) => all.with(29, 'x')),
    [{ fault: 'CHANGED', segment: segment(3), line: 10, seq: 30 }],
    /^where entry 30 belongs stands a line that is no entry$/,
  ],
  [
    'an entry removed',
    lines((all) => all.toSpliced(15, 1)),
    [{ fault: 'MISSING', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 should stand here, before entry 17, and is missing$/,
  ],
  [
    'three entries removed',
    lines((all) => all.toSpliced(14, 3)),
    [{ fault: 'MISSING', segment: segment(2), line: 5, seq: 15 }],
    /^entries 15 to 17 should stand here, before entry 18, and are missing$/,
  ],
  [
    'the first entry removed',
    lines((all) => all.slice(1)),
    [{ fault: 'MISSING', segment: segment(1), line: 1, seq: 1 }],
    /^entry 1 should stand here/,
  ],
  [
    'two neighbours exchanged',
    lines((all) => all.with(15, at(all, 16)).with(16, at(all, 15))),
    [{ fault: 'MOVED', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 should stand here and stands further down, from line 7 of 00000002.jsonl$/,
  ],
  [
    'two distant entries exchanged',
    lines((all) => all.with(4, at(all, 16)).with(16, at(all, 4))),
    [{ fault: 'MOVED', segment: segment(1), line: 5, seq: 5 }],
    /^entries 5 to 16 should stand here and stand further down, from line 6 of 00000001.jsonl$/,
  ],
  [
    'an entry moved down',
    lines((all) => all.toSpliced(4, 1).toSpliced(8, 0, at(all, 4))),
    [{ fault: 'MOVED', segment: segment(1), line: 5, seq: 5 }],
    /^entry 5 should stand here and stands further down, from line 9/,
  ],
  [
    'an entry moved up',
    lines((all) => all.toSpliced(8, 1).toSpliced(4, 0, at(all, 8))),
    [{ fault: 'MOVED', segment: segment(1), line: 5, seq: 5 }],
    /^entries 5 to 8 should stand here and stand further down, from line 6/,
  ],
  [
    'entries exchanged and one of them removed',
    lines((all) => all.toSpliced(15, 3, at(all, 17), at(all, 16))),
    [{ fault: 'MISSING', segment: segment(2), line: 6, seq: 16 }],
    /^of entries 16 to 17, which should stand here, some stand further down.*; missing: entry 16$/,
  ],
  [
    'an entry repeated next to itself',
    lines((all) => all.toSpliced(15, 0, at(all, 15))),
    [{ fault: 'DUPLICATED', segment: segment(2), line: 7, seq: 16 }],
    /^entry 16 stands a second time$/,
  ],
  [
    'an entry repeated at the end',
    lines((all) => [...all, at(all, 15)]),
    [{ fault: 'DUPLICATED', segment: segment(3), line: 11, seq: 16 }],
    /^entry 16 stands a second time$/,
  ],
  [
    'a forged entry put in before the one of its number',
    lines((all) => all.toSpliced(15, 0, resigned(edited(at(all, 15))))),
    [{ fault: 'DUPLICATED', segment: segment(2), line: 7, seq: 16 }],
    /^entry 16 stands a second time$/,
  ],
  [
    'a segment copied to the end',
    async (folder) => await cp(join(folder, CHAIN, segment(2)), join(folder, CHAIN, segment(4))),
    [{ fault: 'DUPLICATED', segment: segment(4), line: 1, seq: 11 }],
    /^entries 11 to 20 stand a second time, from this line$/,
  ],
  [
    'a line put in that is no entry',
    lines((all) => all.toSpliced(15, 0, '{}')),
    [{ fault: 'INSERTED', segment: segment(2), line: 6, seq: 16 }],
    /^a line that is no entry stands before entry 16$/,
  ],
  [
    'several lines overwritten',
    lines((all) => all.toSpliced(14, 3, 'x', 'y')),
    [{ fault: 'CHANGED', segment: segment(2), line: 5, seq: 15 }],
    /^entries 15 to 17 were changed: in their place stands what is no entry$/,
  ],
  [
    'two lines joined',
    lines((all) => all.toSpliced(15, 2, `${at(all, 15)} ${at(all, 16)}`)),
    [
      { fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 },
      { fault: 'MISSING', segment: segment(2), line: 7, seq: 17 },
    ],
    /^entry 16 was changed/,
  ],
  [
    'a line longer than any entry',
    lines((all) => all.with(15, `${at(all, 15)}${' '.repeat(3_000_000)}`)),
    [{ fault: 'CHANGED', segment: segment(2), line: 6, seq: 16 }],
    /^entry 16 was changed/,
  ],
  [
    'the first segment removed',
    async (folder) => await rm(join(folder, CHAIN, segment(1))),
    [{ fault: 'MISSING', segment: segment(2), line: 1, seq: 1 }],
    /^entries 1 to 10 should stand here, before entry 11, and are missing$/,
  ],
  [
    'a segment in the middle removed',
    async (folder) => await rm(join(folder, CHAIN, segment(2))),
    [{ fault: 'MISSING', segment: segment(3), line: 1, seq: 11 }],
    /^entries 11 to 20 should stand here/,
  ],
  [
    'the last segment removed',
    async (folder) => await rm(join(folder, CHAIN, segment(3))),
    [{ fault: 'TAIL_MISSING', segment: segment(2), line: 11, seq: 21 }],
    /^entries 21 to 30 missing from the end: checkpoint 4 of 2025-09-01T08:00:00.000Z seals entry 30$/,
  ],
  [
    'all segments removed',
    async (folder) => await writeLines(folder, [null, null, null]),
    [{ fault: 'TAIL_MISSING', segment: segment(1), line: 1, seq: 1 }],
    /^entries 1 to 30 missing from the end/,
  ],
  [
    'two segments exchanged',
    async (folder) => {
      const [first = [], second = [], third = []] = await linesOf(folder);
      await writeLines(folder, [first, third, second]);
    },
    [{ fault: 'MOVED', segment: segment(2), line: 1, seq: 11 }],
    /^entries 11 to 20 should stand here and stand further down, from line 1 of 00000003.jsonl$/,
  ],
  [
    'a segment under another number',
    async (folder) => await rename(join(folder, CHAIN, segment(3)), join(folder, CHAIN, segment(5))),
    [{ fault: 'MOVED', segment: segment(5), line: 1, seq: 21 }],
    /^entry 21 opens segment 3 and stands in another place$/,
  ],
  [
    'an entry taken over into the next segment',
    async (folder) => {
      const [first = [], second = [], third = []] = await linesOf(folder);
      await writeLines(folder, [first.slice(0, -1), [...first.slice(-1), ...second], third]);
    },
    [
      { fault: 'MOVED', segment: segment(2), line: 1, seq: 10 },
      { fault: 'MOVED', segment: segment(2), line: 2, seq: 11 },
    ],
    /^entry 10 begins this segment and is not its opening$/,
  ],
  [
    'two segments joined',
    async (folder) => {
      const [first = [], second = [], third = []] = await linesOf(folder);
      await writeLines(folder, [first, [...second, ...third], null]);
    },
    [{ fault: 'MOVED', segment: segment(2), line: 11, seq: 21 }],
    /^entry 21 opens segment 3 and stands in another place$/,
  ],
  [
    'the last line cut off',
    lines((all) => all.slice(0, -1)),
    [{ fault: 'TAIL_MISSING', segment: segment(3), line: 10, seq: 30 }],
    /^entry 30 missing from the end/,
  ],
  [
    'the last newline cut off',
    async (folder) => {
      const path = join(folder, CHAIN, segment(3));
      await writeFile(path, (await readFile(path)).subarray(0, -1));
    },
    [
      { fault: 'TORN', segment: segment(3), line: 10, seq: 30 },
      { fault: 'TAIL_MISSING', seq: 30 },
    ],
    /^the last line, where entry 30 belongs, is unfinished/,
  ],
  [
    'the newline at the end of an earlier segment cut off',
    async (folder) => {
      const path = join(folder, CHAIN, segment(1));
      await writeFile(path, (await readFile(path)).subarray(0, -1));
    },
    [{ fault: 'CHANGED', segment: segment(1), line: 10, seq: 10 }],
    /^entry 10 was changed/,
  ],
  [
    'half a line left behind the last',
    async (folder) => await appendFile(join(folder, CHAIN, segment(3)), 'abc'),
    [{ fault: 'TORN', segment: segment(3), line: 11, seq: 31 }],
    /a kill left it so before it was acknowledged, or it was cut$/,
  ],
  [
    'an entry rewritten and all after it chained anew',
    async (folder) => {
      const segments = await linesOf(folder);
      const forged = segments.map((all) => all.map((line) => (line.includes('"r-12"') ? edited(line) : line)));
      await writeLines(folder, rehashed(forged));
    },
    [{ fault: 'CHECKPOINT_MISMATCH', segment: segment(2), line: 10, seq: 20 }],
    /^entries 11 to 20: at least one was rewritten after checkpoint 3 of .* sealed entry 20 with another hash$/,
  ],
  [
    'an entry removed and all after it numbered and chained anew',
    async (folder) => {
      const segments = (await linesOf(folder)).map((all) => all.filter((line) => !line.includes('"r-12"')));
      let seq = 0;
      const renumbered = segments.map((all) =>
        all.map((line) => {
          seq += 1;
          return line.replace(/"seq":\d+/, `"seq":${seq}`);
        }),
      );
      await writeLines(folder, rehashed(renumbered));
    },
    [
      { fault: 'CHECKPOINT_MISMATCH', seq: 20 },
      { fault: 'TAIL_MISSING', seq: 30 },
    ],
    /^entries 11 to 20: at least one was rewritten/,
  ],
  [
    'openings made no JSON, and all chained anew',
    async (folder) =>
      await writeLines(folder, rehashed((await linesOf(folder)).map((all) => all.with(0, `${all[0]},`)))),
    [
      { fault: 'MOVED', segment: segment(1), line: 1, seq: 1 },
      { fault: 'MOVED', segment: segment(2), line: 1, seq: 11 },
      { fault: 'MOVED', segment: segment(3), line: 1, seq: 21 },
      { fault: 'CHECKPOINT_MISMATCH', segment: segment(1), line: 1, seq: 1 },
    ],
    /^entry 1 begins this segment and is not its opening$/,
  ],
  [
    'the payload of a checkpoint changed',
    checkpoints((all) => {
      const [header, payload = '', signature] = at(all, 2).split('.');
      const forged = Buffer.from(payload, 'base64url').toString().replace('"seq":20', '"seq":19');
      return all.with(2, [header, Buffer.from(forged).toString('base64url'), signature].join('.'));
    }),
    [{ fault: 'CHECKPOINT_CHANGED', segment: 'checkpoints.jsonl', line: 3, seq: null }],
    /^checkpoint 3 does not hold: its text or signature was changed$/,
  ],
  [
    'an unused bit of a checkpoint signature changed',
    checkpoints((all) => {
      const last = at(all, 2).at(-1) ?? '';
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      return all.with(2, `${at(all, 2).slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`);
    }),
    [{ fault: 'CHECKPOINT_CHANGED', segment: 'checkpoints.jsonl', line: 3, seq: null }],
    /^checkpoint 3 does not hold: its signature is not written as it was$/,
  ],
  [
    'a checkpoint made unreadable',
    checkpoints((all) => all.with(2, '')),
    [{ fault: 'CHECKPOINT_CHANGED', segment: 'checkpoints.jsonl', line: 3, seq: null }],
    /^checkpoint 3 does not hold/,
  ],
  [
    'a checkpoint removed',
    checkpoints((all) => all.toSpliced(2, 1)),
    [{ fault: 'CHECKPOINT_MISSING', segment: 'checkpoints.jsonl', line: 3, seq: 30 }],
    /^checkpoint 4 stands where checkpoint 3 belongs$/,
  ],
  [
    'a checkpoint repeated',
    checkpoints((all) => [...all, at(all, 2)]),
    [{ fault: 'CHECKPOINT_MISSING', segment: 'checkpoints.jsonl', line: 5, seq: 20 }],
    /^checkpoint 3 stands where checkpoint 5 belongs$/,
  ],
  [
    'all checkpoints removed',
    async (folder) => await rm(checkpointsIn(folder)),
    [{ fault: 'CHECKPOINT_MISSING', segment: 'checkpoints.jsonl', line: null, seq: null }],
    /^no checkpoint seals this chain$/,
  ],
  [
    'a checkpoint cut',
    async (folder) => await writeFile(checkpointsIn(folder), (await readFile(checkpointsIn(folder))).subarray(0, -1)),
    [{ fault: 'TORN', segment: 'checkpoints.jsonl', line: 4, seq: null }],
    /^the last checkpoint is unfinished/,
  ],
  [
    'a checkpoint signed with another key',
    async (folder) => {
      const stranger = await signingKey();
      const forged = { chain: CHAIN, number: 5, seq: 31, hash: 'a'.repeat(64), time: '2025-09-01T08:00:00.000Z' };
      await appendFile(checkpointsIn(folder), `${await signCheckpoint(forged, stranger)}\n`);
    },
    [{ fault: 'CHECKPOINT_CHANGED', segment: 'checkpoints.jsonl', line: 5, seq: null }],
    /^checkpoint 5 does not hold: it is signed with a key that is not among the public keys$/,
  ],
  [
    'several faults in one chain',
    lines((all) =>
      all
        .with(4, edited(at(all, 4)))
        .with(5, edited(at(all, 5)))
        .toSpliced(15, 1),
    ),
    [
      { fault: 'CHANGED', seq: 5 },
      { fault: 'CHANGED', seq: 6 },
      { fault: 'MISSING', seq: 16 },
    ],
    /^entry 5 was changed/,
  ],
];

describe('verification', () => {
  test('finds an untouched record intact', async () => {
    const verification = await verifyRecord(record, [key.publicJwk]);
    expect(verification).toEqual({
      state: 'INTACT',
      chains: [
        {
          chain: CHAIN,
          entries: 30,
          requests: 18,
          checkpoints: 4,
          head: { seq: 30, hash: at(at(await linesOf(record), 2), 9).slice(0, 64) },
          sealed: 30,
          pruned: null,
        },
      ],
    });
  });

  test.each(CASES)('finds %s', async (_name, tamper, faults, explanation) => {
    const folder = await copyOf(record);
    await tamper(folder);
    const verification = await verifyRecord(folder, [key.publicJwk]);
    if (verification.state === 'INTACT') throw new Error('found intact');
    expect(verification.faults).toMatchObject(faults.map((fault) => ({ chain: CHAIN, ...fault })));
    expect(verification.faults[0]?.explanation).toMatch(explanation);
    // An explanation is read by people who may not see what was recorded.
    expect(JSON.stringify(verification)).not.toContain('teacher');
  });

  test('finds a chain that stands under another name', async () => {
    const folder = await copyOf(record);
    await rename(join(folder, CHAIN), join(folder, 'gw-2'));
    const verification = await verifyRecord(folder, [key.publicJwk]);
    expect(verification).toMatchObject({ state: 'BROKEN' });
    expect(JSON.stringify(verification)).toContain('this segment was written as chain gw-1');
    expect(JSON.stringify(verification)).toContain('it is of another chain');
  });

  test('says in which of several chains, and reports each chain for itself', async () => {
    const folder = await copyOf(record);
    for (const name of ['gw-0', 'gw-2']) await (await open({ folder, signingKey: key, chain: name })).close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'INTACT',
      chains: [{ chain: 'gw-0' }, { chain: CHAIN }, { chain: 'gw-2' }],
    });
    await lines((all) => all.toSpliced(15, 1))(folder);
    await rm(join(folder, 'gw-2', 'checkpoints.jsonl'));
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'BROKEN',
      faults: [
        { chain: CHAIN, fault: 'MISSING', seq: 16 },
        { chain: 'gw-2', fault: 'CHECKPOINT_MISSING' },
      ],
    });
  });

  test('reports at most twenty faults a chain', async () => {
    const folder = await copyOf(record);
    await lines((all) => all.map(edited).map((line) => line.replace('"coordinates":', '"coordinatez":')))(folder);
    await checkpoints((all) => all.map((line) => `x${line}`))(folder);
    const verification = await verifyRecord(folder, [key.publicJwk]);
    expect(verification.state === 'BROKEN' && verification.faults).toHaveLength(20);
  });

  test('accepts checkpoints of former keys, and no other keys than Ed25519', async () => {
    const folder = await copyOf(record);
    const second = await signingKey();
    const chain = await open({ folder, signingKey: second });
    await chain.append(request());
    await chain.close();
    expect(await verifyRecord(folder, [second.publicJwk, key.publicJwk])).toMatchObject({ state: 'INTACT' });
    expect(await verifyRecord(folder, [second.publicJwk])).toMatchObject({ state: 'BROKEN' });
    await expect(verifyRecord(folder, [{ kty: 'EC', crv: 'P-256', x: '', y: '' }])).rejects.toMatchObject({
      fault: 'UNFIT',
    });
  });

  test('accepts no checkpoint of a key that is published for receipts', async () => {
    const forReceipts = { ...key.publicJwk, kid: `receipt-${key.kid}` };
    expect(await verifyRecord(record, [key.publicJwk, forReceipts])).toMatchObject({ state: 'INTACT' });
    expect(await verifyRecord(record, [forReceipts])).toMatchObject({ state: 'BROKEN' });
  });

  test('takes an unfinished last line for one being written only while a writer lives', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    await appendFile(join(folder, CHAIN, segment(1)), 'abc');
    await appendFile(checkpointsIn(folder), 'abc');
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
    await chain.close();
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'BROKEN',
      faults: [
        { fault: 'TORN', segment: 'checkpoints.jsonl' },
        { fault: 'TORN', segment: segment(1) },
      ],
    });
  });

  test('finds a chain intact while it is being written', async () => {
    const folder = await temporaryFolder();
    const limits = { segmentBytes: 20_000, checkpointEntries: 10 };
    const chain = await open({ folder, signingKey: key, limits });
    let writing = true;
    const load = Array.from({ length: 20 }, async () => {
      while (writing) await chain.append(request());
    });
    for (let round = 0; round < 6; round += 1) {
      expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT' });
    }
    writing = false;
    await Promise.all(load);
  });
});
