import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isChainWritten, lockChain } from '../../src/audit/lock.js';
import { temporaryFolder } from './support.js';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const RIVAL = fileURLToPath(new URL('./rival.ts', import.meta.url));

/** A process id of which the process has ended. */
function endedPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('the lock of a chain', () => {
  test('is held by one writer, named by its pid, until it is released', async () => {
    const folder = await temporaryFolder();
    expect(await isChainWritten(folder)).toBe(false);
    const release = await lockChain(folder, 'gw-1');
    expect(JSON.parse(await readFile(join(folder, 'lock.1'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await isChainWritten(folder)).toBe(true);
    await expect(lockChain(folder, 'gw-1')).rejects.toMatchObject({ fault: 'LOCKED', place: { chain: 'gw-1' } });
    await release();
    expect(await isChainWritten(folder)).toBe(false);
    await (await lockChain(folder, 'gw-1'))();
  });

  test('is respected while another process lives', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.4'), `{"pid":${process.ppid},"started":null}\n`);
    expect(await isChainWritten(folder)).toBe(true);
    await expect(lockChain(folder, 'gw-1')).rejects.toMatchObject({ fault: 'LOCKED' });
  });

  test.each([
    ['of a process that has ended', () => `{"pid":${endedPid()},"started":null}\n`],
    ['of an earlier process with our own id', () => `{"pid":${process.pid},"started":"1"}\n`],
    ['that is empty', () => ''],
  ])('%s is taken over', async (_name, contents) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.4'), contents());
    expect(await isChainWritten(folder)).toBe(false);
    const release = await lockChain(folder, 'gw-1');
    expect(await readdir(folder)).toEqual(['lock.5']);
    await release();
  });

  test.runIf(process.platform === 'linux')('of an earlier process with an id used again is taken over', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.4'), `{"pid":${process.ppid},"started":"1"}\n`);
    await (await lockChain(folder, 'gw-1'))();
  });

  test('that is stale is taken over by one of several processes at once', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.4'), `{"pid":${endedPid()},"started":null}\n`);
    const rivals = Array.from({ length: 4 }, () => spawn(process.execPath, ['--import', TSX, RIVAL, folder]));
    try {
      const answers = await Promise.all(rivals.map((rival) => once(rival.stdout, 'data')));
      expect(answers.map(([answer]) => String(answer)).sort()).toEqual(['LOCKED\n', 'LOCKED\n', 'LOCKED\n', 'taken\n']);
    } finally {
      await Promise.all(
        rivals.map(async (rival) => {
          const ended = once(rival, 'close');
          rival.kill('SIGKILL');
          await ended;
        }),
      );
    }
    await (await lockChain(folder, 'gw-1'))();
  }, 60_000);

  test('is taken by one of several at once in a process', async () => {
    const folder = await temporaryFolder();
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => lockChain(folder, 'gw-1')));
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
  });
});
