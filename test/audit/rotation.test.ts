/** A change of the key that seals the record: the chain goes on and stays verifiable with the published keys. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSigningKeys, rotateSigningKey, type SigningKey, signingPublicKeys } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { open, request, temporaryFolder } from './support.js';

/** A chain that was sealed with a first key, then, still open, with a second, and after it was opened again with a third. */
async function rotatedTwice() {
  const [folder, keys] = [await temporaryFolder(), await temporaryFolder()];
  let current: SigningKey = (await loadSigningKeys(keys)).current;
  const chain = await open({ folder, signingKey: () => current, limits: { checkpointEntries: 1 } });
  await chain.append(request());
  await rotateSigningKey(keys);
  current = (await loadSigningKeys(keys)).current;
  await chain.append(request());
  await chain.close();
  await rotateSigningKey(keys);
  current = (await loadSigningKeys(keys)).current;
  const again = await open({ folder, signingKey: () => current });
  await again.append(request());
  await again.close();
  return { folder, keys };
}

describe('a record whose key was changed while it was written, and between', () => {
  test('is intact by the keys in the folder, of which the newest signs', async () => {
    const { folder, keys } = await rotatedTwice();
    const published = await signingPublicKeys(keys);
    expect(published).toHaveLength(3);
    expect(published[0]).toEqual((await loadSigningKeys(keys)).current.publicJwk);
    expect(await verifyRecord(folder, published)).toMatchObject({ state: 'INTACT', chains: [{ requests: 3 }] });
  });

  test('is intact where the private part of an earlier key was destroyed', async () => {
    const { folder, keys } = await rotatedTwice();
    const file = join(keys, 'record-signing-key.json');
    const { d: _destroyed, ...publicPart } = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    await writeFile(file, JSON.stringify(publicPart));
    expect(await verifyRecord(folder, await signingPublicKeys(keys))).toMatchObject({ state: 'INTACT' });
  });

  test.each([0, 1, 2])('is not intact without the key number %i', async (missing) => {
    const { folder, keys } = await rotatedTwice();
    const without = (await signingPublicKeys(keys)).filter((_, index) => index !== missing);
    const result = await verifyRecord(folder, without);
    expect(result).toMatchObject({ state: 'BROKEN' });
    if (result.state === 'BROKEN') expect(result.faults.map(({ fault }) => fault)).toContain('CHECKPOINT_CHANGED');
  });

  test('takes a folder of an earlier version, with one key and no number', async () => {
    const keys = await temporaryFolder();
    expect(await signingPublicKeys(keys)).toEqual([]);
    const { current } = await loadSigningKeys(keys);
    const second = await rotateSigningKey(keys);
    expect((await signingPublicKeys(keys)).map(({ kid }) => kid)).toEqual([second, current.kid]);
  });
});
