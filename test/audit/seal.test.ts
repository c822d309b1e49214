import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compactVerify, importJWK } from 'jose';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ChainFault } from '../../src/audit/chain.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { CHAIN, Interposed, open, request, signingKey, temporaryFolder } from './support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});
afterEach(() => {
  vi.useRealTimers();
});

async function checkpoints(folder: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, CHAIN, 'checkpoints.jsonl'), 'utf8');
  const publicKey = await importJWK(key.publicJwk, 'EdDSA');
  const lines = text.split('\n').slice(0, -1);
  const verified = await Promise.all(lines.map((jws) => compactVerify(jws, publicKey)));
  return verified.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()));
}

describe('checkpoints', () => {
  test('seal the opening and the close, verifiable with any JOSE library', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    const opened = chain.head();
    await chain.append(request());
    await chain.close();
    const time = '2025-09-01T08:00:00.000Z';
    expect(await checkpoints(folder)).toEqual([
      { chain: CHAIN, number: 1, ...opened, time },
      { chain: CHAIN, number: 2, ...chain.head(), time },
    ]);
  });

  test('are due after so many entries', async () => {
    const folder = await temporaryFolder();
    const limits = { checkpointEntries: 10, checkpointMilliseconds: 1e9 };
    const chain = await open({ folder, signingKey: key, limits });
    // The first makes four entries, with its three sets: the seventh is the chain's eleventh.
    for (let n = 0; n < 7; n += 1) await chain.append(request());
    await vi.waitFor(async () => expect(await checkpoints(folder)).toHaveLength(2));
    expect((await checkpoints(folder)).at(-1)?.seq).toBeGreaterThanOrEqual(11);
  });

  test('are due after so long, once entries are unsealed', async () => {
    const folder = await temporaryFolder();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const chain = await open({ folder, signingKey: key });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await checkpoints(folder)).toHaveLength(1);
    const { seq } = await chain.append(request());
    await vi.advanceTimersByTimeAsync(999);
    expect(await checkpoints(folder)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await checkpoints(folder)).toMatchObject([{ seq: 1 }, { seq }]));
  });

  test('never hold up an append, and their failure is reported and made good', async () => {
    const folder = await temporaryFolder();
    const files = new Interposed();
    const faults: ChainFault[] = [];
    const limits = { checkpointEntries: 1, checkpointMilliseconds: 1e9 };
    const chain = await open({ folder, signingKey: key, files, limits, onFault: (fault) => faults.push(fault) });
    let fail: () => void = () => undefined;
    const failing = new Promise<void>((_, reject) => {
      fail = () => reject(new Error('no space left'));
    });
    files.arriving = 10;
    files.before = async (call, path) => {
      if (call === 'write' && path.includes('checkpoints')) await failing;
    };
    await chain.append(request());
    await chain.append(request());
    expect(faults).toEqual([]);
    fail();
    await vi.waitFor(() => expect(faults).toMatchObject([{ what: 'CHECKPOINT', cause: { message: 'no space left' } }]));
    files.before = async () => undefined;
    await chain.close();
    expect(await checkpoints(folder)).toMatchObject([{ number: 1 }, { number: 2, seq: chain.head().seq }]);
    expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({
      state: 'INTACT',
      chains: [{ checkpoints: 2 }],
    });
  });
});
