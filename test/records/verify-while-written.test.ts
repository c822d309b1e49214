/** The thread of the searches verifies the record while its own process writes it. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRecordSearch } from '../../src/records/record-search.js';
import { CHAIN, open, request, signingKey, temporaryFolder } from '../audit/support.js';

test('a line that is being written is no fault, and one that a kill left is', async () => {
  const folder = await temporaryFolder();
  const key = await signingKey();
  const chain = await open({ folder, signingKey: key });
  const search = openRecordSearch({ file: join(folder, 'index.sqlite'), folder, utcOffsetMinutes: 480 }, (error) => {
    throw error;
  });
  onTestFinished(() => search.close());
  await chain.append(request());
  await appendFile(join(folder, CHAIN, '00000001.jsonl'), '7bf0');
  expect(await search.verify([key.publicJwk])).toMatchObject({ state: 'INTACT' });
  await chain.close();
  expect(await search.verify([key.publicJwk])).toMatchObject({ state: 'BROKEN', faults: [{ fault: 'TORN' }] });
});
