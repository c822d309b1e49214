import { createHmac } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';
import { createPseudonymiser, loadOrCreateKey } from '../../src/audit/subject-pseudonym.js';
import { temporaryFolder } from './support.js';

const KEY = Buffer.alloc(32, 7);

describe('a pseudonym', () => {
  test('is the first 128 bits of HMAC-SHA-256 over kind and identifier', () => {
    const pseudonym = createPseudonymiser(KEY);
    const expected = createHmac('sha256', KEY).update('Resident:11010519491231002X').digest().subarray(0, 16);
    for (let time = 0; time < 2; time += 1) {
      expect(pseudonym('Resident', '11010519491231002X')).toBe(expected.toString('base64url'));
    }
    expect(pseudonym('Resident', '11010519491231002X')).toHaveLength(22);
  });

  test('differs by kind, identifier and key', () => {
    const pseudonym = createPseudonymiser(KEY);
    const names = [
      pseudonym('Resident', '11010519491231002X'),
      pseudonym('Licence', '11010519491231002X'),
      pseudonym('Resident', '440524188001010014'),
      createPseudonymiser(Buffer.alloc(32, 8))('Resident', '11010519491231002X'),
    ];
    expect(new Set(names).size).toBe(4);
  });

  test('needs a key of 32 bytes and a kind without colon', () => {
    expect(() => createPseudonymiser(Buffer.alloc(31))).toThrow(expect.objectContaining({ fault: 'UNFIT' }));
    expect(() => createPseudonymiser(KEY)('a:b', 'c')).toThrow(expect.objectContaining({ fault: 'UNFIT' }));
  });
});

describe.each([
  [
    'pseudonymisation',
    async (folder: string) => ({
      path: join(folder, 'new', 'key'),
      load: () => loadOrCreateKey(join(folder, 'new', 'key')),
    }),
  ],
  [
    'signing',
    async (folder: string) => ({
      path: join(folder, 'new', 'record-signing-key.json'),
      load: async () => (await loadOrCreateSigningKey(join(folder, 'new'))).publicJwk,
    }),
  ],
])('the %s key', (_name, place) => {
  test('is created once, for its owner only, also by several at once', async () => {
    const { path, load } = await place(await temporaryFolder());
    const [first, ...others] = await Promise.all([load(), load(), load()]);
    expect([...others, await load()]).toEqual([first, first, first]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('is refused when others can read it, or it is no key', async () => {
    const { path, load } = await place(await temporaryFolder());
    await load();
    const text = await readFile(path);
    await chmod(path, 0o640);
    await expect(load()).rejects.toMatchObject({ fault: 'UNFIT' });
    await chmod(path, 0o600);
    await writeFile(path, text.subarray(0, 20));
    const error = await load().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ fault: 'UNFIT' });
    expect(String(error)).not.toContain(text.toString('latin1', 0, 20));
  });
});

test('the signing key is published without its private part', async () => {
  const { publicJwk, kid } = await loadOrCreateSigningKey(await temporaryFolder());
  expect(publicJwk).toEqual({ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid, alg: 'EdDSA', use: 'sig' });
});
