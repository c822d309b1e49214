/** SIGKILL under load, again and again: no answer that a client received is missing from the record. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { loadConfig } from '../../src/config.js';
import { keyFolder, openIssuer, recordFolder } from '../../src/open-gateway.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { embeddedCityFolder } from '../support/city.js';

const KILLS = 5;
const CLIENTS = 16;

async function start(folder: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const main = join(PACKAGE_ROOT, 'src/cli/main.ts');
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, 'serve', '--json', '--log-level', 'error'],
    {
      cwd: folder,
      env: { ...process.env, MIANZHENG_DATA: folder, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, url: (JSON.parse(line) as { readonly url: string }).url };
  }
  throw new Error('the gateway did not start');
}

/** Asks until the gateway is gone; the identifiers of the answers that arrived whole. */
async function load(url: string, token: string, received: Set<string>): Promise<void> {
  const query = '{ resident(id: "350702202003059021") { name guardians { relation } } }';
  for (let i = 0; i < 100_000; i += 1) {
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'mianzheng-matter': 'school-enrolment-primary',
          'mianzheng-case': 'NP-2026-0001',
        },
        body: JSON.stringify({ query }),
      });
      const body = (await response.json()) as { extensions: { mianzheng: { requestId: string; record?: string } } };
      if (body.extensions.mianzheng.record !== undefined) received.add(body.extensions.mianzheng.requestId);
    } catch {
      // The connection broke: the gateway was killed, and this answer was not received.
      return;
    }
  }
}

describe('SIGKILL under load', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;

  beforeAll(async () => {
    city = await embeddedCityFolder();
  });

  afterAll(() => {
    city.remove();
  });

  it(`loses no record of an answer received, ${KILLS} times over`, { timeout: 180_000 }, async () => {
    const config = loadConfig({ MIANZHENG_DATA: city.folder }, city.folder);
    const { token } = await (await openIssuer(config, Date.now)).mint('school-enrolment');
    const received = new Set<string>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = received.size;
      const { child, url } = await start(city.folder);
      const clients = Array.from({ length: CLIENTS }, () => load(url, token, received));
      while (received.size === before) await sleep(5);
      await sleep(50 + Math.random() * 400);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await Promise.all(clients);
      expect(received.size).toBeGreaterThan(before);
    }
    const key = await loadOrCreateSigningKey(keyFolder(config));
    expect(await verifyRecord(recordFolder(config), [key.publicJwk])).toMatchObject({ state: 'INTACT' });
    const recorded = new Set<string>();
    for await (const entry of exportRecord(recordFolder(config))) {
      if (entry.kind === 'request') recorded.add(entry.record.requestId);
    }
    expect([...received].filter((requestId) => !recorded.has(requestId))).toEqual([]);
  });
});
