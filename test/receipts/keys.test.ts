import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadReceiptKeys, receiptPublicKeys, rotateReceiptKey } from '../../src/receipts/keys.js';
import { verifyReceipt } from '../../src/receipts/verify.js';
import { temporaryFolder } from '../audit/support.js';
import { issuer, sealed } from './support.js';

const first = (folder: string) => join(folder, 'receipt-signing-key-1.json');

describe('the keys of receipts', () => {
  test('begin with one, created once for its owner only, also by several at once', async () => {
    const folder = join(await temporaryFolder(), 'new');
    expect(await receiptPublicKeys(folder)).toEqual([]);
    const [one, ...others] = await Promise.all([1, 2, 3].map(() => loadReceiptKeys(folder)));
    for (const other of others) expect(other.publicJwks).toEqual(one?.publicJwks);
    expect(await readdir(folder)).toEqual(['receipt-signing-key-1.json']);
    expect((await stat(first(folder))).mode & 0o777).toBe(0o600);
    expect(one?.publicJwks).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String) as string, kid: one?.current.kid, alg: 'EdDSA', use: 'sig' },
    ]);
  });

  test('are changed without losing what the former signed, also where its private part is gone', async () => {
    const { issuer: by, folder, keys } = await issuer();
    const receipt = sealed(by);
    for (let n = 0; n < 10; n += 1) await rotateReceiptKey(folder);
    const jwk = JSON.parse(await readFile(first(folder), 'utf8')) as Record<string, string>;
    const { d: _d, ...publicPart } = jwk;
    await writeFile(first(folder), JSON.stringify(publicPart));
    const rotated = await loadReceiptKeys(folder);
    expect(rotated.publicJwks).toHaveLength(11);
    expect(rotated.publicJwks[0]?.kid).toBe(rotated.current.kid);
    expect(rotated.publicJwks.at(-1)).toEqual(keys.publicJwks[0]);
    expect(verifyReceipt(receipt, rotated.publicJwks).ok).toBe(true);
    expect(await receiptPublicKeys(folder)).toEqual(rotated.publicJwks);
  });

  test('are refused where a file is not what it should be, without quoting it', async () => {
    const folder = await temporaryFolder();
    const unfit = expect.objectContaining({ fault: 'UNFIT' }) as Error;
    await loadReceiptKeys(folder);
    const good = JSON.parse(await readFile(first(folder), 'utf8')) as Record<string, string>;
    const { d, ...publicPart } = good;
    const { x } = JSON.parse(await readFile(first(await otherFolder()), 'utf8')) as { x: string };
    for (const text of [
      '{"d":"secret"',
      JSON.stringify({ ...good, crv: 'X25519' }),
      JSON.stringify({ ...good, x }),
      '{}',
    ]) {
      await writeFile(first(folder), text);
      const refused = loadReceiptKeys(folder);
      await expect(refused).rejects.toThrow(unfit);
      await expect(refused).rejects.not.toThrow(new RegExp(`secret|${d}`));
    }
    await writeFile(first(folder), JSON.stringify(publicPart));
    await expect(loadReceiptKeys(folder)).rejects.toThrow(/no private part/);
    await writeFile(first(folder), JSON.stringify(good));
    await chmod(first(folder), 0o644);
    await expect(loadReceiptKeys(folder)).rejects.toThrow(unfit);
  });
});

async function otherFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await loadReceiptKeys(folder);
  return folder;
}
