import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openChain } from '../../src/audit/chain.js';
import { HASH_NAMES } from '../../src/audit/line.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { CHAIN, NOW, request, signingKey, temporaryFolder, unsynced } from './support.js';

let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

const coordinates = fc.uniqueArray(fc.constantFrom('A.a', 'B.b', 'C.c', 'D.d'));
const entry = fc
  .record({
    requestId: fc.string({ unit: 'binary', maxLength: 30 }),
    caseNumber: fc.option(fc.string({ unit: 'grapheme', maxLength: 10 })),
    disclosed: coordinates,
    masked: coordinates,
    used: coordinates,
    withheld: coordinates,
  })
  .map(request);

const sessions = fc.array(fc.array(fc.array(entry, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), {
  minLength: 1,
  maxLength: 3,
});

const flips = fc.array(fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }), {
  minLength: 12,
  maxLength: 12,
});

describe('whatever was recorded', () => {
  test('verifies, and with any one byte of any file changed does not', async () => {
    const root = await temporaryFolder();
    let run = 0;
    const property = fc.asyncProperty(
      sessions,
      fc.integer({ min: 500, max: 5000 }),
      fc.constantFrom(...HASH_NAMES),
      flips,
      async (opened, segmentBytes, hash, changes) => {
        run += 1;
        const folder = join(root, String(run));
        for (const batches of opened) {
          const chain = await openChain({
            folder,
            chain: CHAIN,
            hash,
            signingKey: key,
            now: () => NOW,
            files: unsynced,
            limits: { segmentBytes, checkpointEntries: 5 },
            onFault: ({ cause }) => {
              throw cause;
            },
          });
          for (const batch of batches) await Promise.all(batch.map((each) => chain.append(each)));
          await chain.close();
        }
        const requests = opened.flat(2).length;
        expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'INTACT', chains: [{ requests }] });

        const names = (await readdir(join(folder, CHAIN))).filter((name) => name.endsWith('.jsonl'));
        const files = await Promise.all(
          names.map(async (name) => ({
            path: join(folder, CHAIN, name),
            bytes: await readFile(join(folder, CHAIN, name)),
          })),
        );
        const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
        for (const { at, bits } of changes) {
          let offset = at % total;
          const file = files.find(({ bytes }) => {
            if (offset < bytes.length) return true;
            offset -= bytes.length;
            return false;
          });
          if (file === undefined) throw new RangeError('beyond the record');
          const changed = Buffer.from(file.bytes);
          changed.writeUInt8(changed.readUInt8(offset) ^ bits, offset);
          await writeFile(file.path, changed);
          expect(await verifyRecord(folder, [key.publicJwk])).toMatchObject({ state: 'BROKEN' });
          await writeFile(file.path, file.bytes);
        }
        await rm(folder, { recursive: true });
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 120_000);
});
