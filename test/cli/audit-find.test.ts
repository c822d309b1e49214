/** `mianzheng audit find`, `minors` and `verify-file`, as processes of their own over a record on disk. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChain } from '../../src/audit/chain.js';
import { exportRecord } from '../../src/audit/export.js';
import { loadSigningKeys } from '../../src/audit/signing-key.js';
import { request } from '../audit/support.js';
import { mianzheng } from './mianzheng.js';

const folder = mkdtempSync(join(tmpdir(), 'mianzheng-audit-find-'));
const environment = { MIANZHENG_DATA: folder, MIANZHENG_CONFIG: join(folder, 'mianzheng.yaml') };

beforeAll(async () => {
  writeFileSync(environment.MIANZHENG_CONFIG, 'port: 4129\n');
  mkdirSync(join(folder, 'keys'), { mode: 0o700 });
  const record = await openChain({
    folder: join(folder, 'record'),
    chain: 'gateway-1',
    signingKey: (await loadSigningKeys(join(folder, 'keys'))).current,
    now: Date.now,
    onFault: ({ cause }) => {
      throw cause;
    },
  });
  const time = '2026-05-04T03:00:00.000Z';
  await record.append(
    request({ time, client: 'school', ages: 'C', about: [['Resident.name']], disclosed: ['Resident.name'] }),
  );
  await record.append(request({ time, client: 'benefits', operator: null }));
  await record.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a search finds, is itself recorded, and its file verifies until it is changed', {
  timeout: 240_000,
}, async () => {
  const out = join(folder, 'found.csv');
  const found = await mianzheng(['audit', 'find', '--client', 'school', '--out', out, '--json'], environment);
  expect(found.err).toBe('');
  expect(JSON.parse(found.out)).toEqual({ out, entries: 1, unsound: [] });
  const kinds: unknown[] = [];
  for await (const { kind, record } of exportRecord(join(folder, 'record'))) {
    if (kind === 'administration') kinds.push([record.action, record.after]);
  }
  expect(kinds).toEqual([['records.export', { client: 'school' }]]);
  const valid = await mianzheng(['audit', 'verify-file', out, '--json'], environment);
  expect({ code: valid.code, ...JSON.parse(valid.out) }).toMatchObject({
    code: 0,
    ok: true,
    statement: { entries: 1 },
  });
  writeFileSync(out, readFileSync(out, 'utf8').replace('school', 'schooL'));
  const changed = await mianzheng(['audit', 'verify-file', out], environment);
  expect(changed).toMatchObject({ code: 1, out: 'INVALID: the file or its signature was changed\n' });
  const minors = await mianzheng(['audit', 'minors', '2026', '--json'], environment);
  expect(JSON.parse(minors.out)).toMatchObject({ requests: 1, minors: 1, under14: 1, ageNotKnown: 1 });
});
