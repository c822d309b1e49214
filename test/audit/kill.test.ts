import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { linesOf, open, temporaryFolder } from './support.js';

const APPENDER = fileURLToPath(new URL('./appender.ts', import.meta.url));
let loader: string;
beforeAll(() => {
  loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
});

/** Acknowledgements after which the writer is killed; 0: as soon as the chain is open. */
const KILLED_AFTER = [0, 1, 2, 30, 111, 256, 502, 777, 1203, 1999];

/** Runs the writer, kills it, and resolves with every acknowledgement it printed. */
async function killedAfter(count: number, folder: string, keys: string): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', loader, APPENDER, folder, keys], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve(signal));
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d+ [0-9a-f]{64}$/.test(line)) acknowledged.push(line);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  expect(acknowledged.length).toBeGreaterThanOrEqual(count);
  return acknowledged;
}

test('a writer killed at any moment loses no acknowledged entry', async () => {
  const folder = await temporaryFolder();
  const keys = join(await temporaryFolder(), 'keys');
  const acknowledged: string[] = [];
  for (const count of KILLED_AFTER) {
    acknowledged.push(...(await killedAfter(count, folder, keys)));
    const signingKey = await loadOrCreateSigningKey(keys);
    await (await open({ folder, signingKey })).close();
    expect(await verifyRecord(folder, [signingKey.publicJwk])).toMatchObject({ state: 'INTACT' });
    const recorded = new Set(
      (await linesOf(folder)).flat().map((line) => `${JSON.parse(line.slice(130)).seq} ${line.slice(0, 64)}`),
    );
    expect(acknowledged.filter((each) => !recorded.has(each))).toEqual([]);
  }
  expect((await linesOf(folder)).length).toBeGreaterThan(3);
}, 120_000);
