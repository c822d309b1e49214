/** SIGKILL under load, again and again: no answer that a client received is missing from the record. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { keyFolder, recordFolder } from '../../src/places.js';
import { embeddedCityFolder } from '../support/city.js';
import { load, start } from '../support/gateway-process.js';

const KILLS = 5;
const CLIENTS = 16;

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
