/** Whose time has come is gone from the file, and so from every backup of it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openControlStore } from '../../src/store/control-store.js';

const CITIZEN = '350702202003059021';

test('on SQLite no identifier of a removed case is left in the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mz-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = await openControlStore(join(folder, 'control.sqlite'));
  const subjects = [{ role: 'child', kind: 'CITIZEN', id: CITIZEN }];
  const files = Array.from({ length: 50 }, (_, n) => {
    return { number: `C-${n}`, matter: 'enrolment', filedOn: '2020-01-01', subjects };
  });
  await store.registerCases('school', files);
  expect(await store.removeCasesFiledBefore('2020-01-02', 500)).toBe(50);
  await store.close();
  for (const name of await readdir(folder)) {
    expect((await readFile(join(folder, name), 'latin1')).includes(CITIZEN)).toBe(false);
  }
});
