import { beforeAll, describe, expect, test } from 'vitest';
import type { Position } from '../../src/audit/entries.js';
import { findEntry } from '../../src/audit/find-entry.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { CHAIN, linesOf, open, request, signingKey, temporaryFolder, writeLines } from './support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

describe('an entry', () => {
  test('is found by chain and number, in whatever segment and under either hash', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key, limits: { segmentBytes: 2000 } });
    const other = await open({ folder, signingKey: key, chain: 'gw-2', hash: 'sm3' });
    const positions: Position[] = [];
    for (let n = 0; n < 10; n += 1) {
      positions.push(await chain.append(request({ requestId: `r-${n}` })));
      positions.push(await other.append(request({ requestId: `r-${n}` })));
    }
    expect(positions.at(-2)?.segment).toBeGreaterThan(2);
    for (const [n, position] of positions.entries()) {
      expect(await findEntry(folder, position.chain, position.seq)).toMatchObject({
        position,
        entry: { kind: 'request', requestId: `r-${Math.floor(n / 2)}` },
      });
    }
    expect(await findEntry(folder, CHAIN, 1)).toMatchObject({ entry: { kind: 'chain' } });
  });

  test('is not found beyond the end, in a chain that is not there, or where its line is unsound', async () => {
    const folder = await temporaryFolder();
    const chain = await open({ folder, signingKey: key });
    const { seq } = await chain.append(request());
    expect(await findEntry(folder, CHAIN, seq + 1)).toBeNull();
    expect(await findEntry(folder, 'gw-9', 1)).toBeNull();
    await expect(findEntry(folder, '../gw', 1)).rejects.toThrow(expect.objectContaining({ fault: 'UNFIT' }) as Error);
    const lines = await linesOf(folder);
    await writeLines(
      folder,
      lines.map((segment) => segment.map((line) => line.replace('teacher-7', 'teacher-8'))),
    );
    expect(await findEntry(folder, CHAIN, seq)).toBeNull();
  });
});
