/** The admission as the configuration makes it: what it counts, shares, tells and records. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Admission } from '../../src/admit/admission.js';
import type { NewEntry } from '../../src/audit/entries.js';
import { loadConfig } from '../../src/config.js';
import { MianzhengError } from '../../src/errors.js';
import { openLog } from '../../src/log.js';
import { openMetrics } from '../../src/metrics.js';
import { admissionOf } from '../../src/open-admission.js';
import { redis } from '../support/services.js';

const NOBODY = {
  error: new MianzhengError('UNAUTHENTICATED', 'no token'),
  client: null,
  remote: '192.0.2.1',
  forwarded: undefined,
};

let folder: string;
const opened: Admission[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-admission-'));
});

afterEach(async () => {
  for (const admission of opened.splice(0)) await admission.close();
  rmSync(folder, { recursive: true });
});

async function open(yaml: string) {
  writeFileSync(join(folder, 'mianzheng.yaml'), yaml);
  const lines: string[] = [];
  const entries: NewEntry[] = [];
  const metrics = openMetrics();
  const admission = await admissionOf(loadConfig({ MIANZHENG_DATA: folder }, folder), {
    record: {
      async append(entry) {
        entries.push(entry);
        return { chain: 'test', segment: 1, seq: entries.length, hash: '' };
      },
    },
    metrics,
    log: openLog('info', { write: (line) => lines.push(line) }),
    now: Date.now,
  });
  opened.push(admission);
  return { admission, lines, entries, metrics };
}

/** Requests let through before the first that is not. */
function letThrough(admission: Admission, client: string, atMost: number): number {
  for (let i = 0; i < atMost; i += 1) {
    try {
      admission.request(client);
    } catch (error) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED' });
      return i;
    }
  }
  return atMost;
}

describe('the configured admission', () => {
  it('bounds one application as it says, and tells who sends unknown documents', async () => {
    const { admission, lines, metrics } = await open(
      'rates: { clients: { school: { requestsPerSecond: 1, burst: 3 } } }\ndocuments: { mode: log }\n',
    );
    expect(letThrough(admission, 'school', 10)).toBe(3);
    expect(letThrough(admission, 'stranger', 10)).toBe(10);
    const query = 'query People { resident(id: "350702202001010013") { name } }';
    for (let i = 0; i < 3; i += 1) {
      expect(admission.document('school', { query, documentId: null, operationName: null })).toBe(query);
    }
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ client: 'school', operation: 'People' });
    expect(lines[0]).not.toContain('350702202001010013');
    expect(await metrics.text()).toContain('mianzheng_untrusted_documents_total{result="LOGGED"} 3');
  });

  it('records under its instance what it only counted, when it closes', async () => {
    const { admission, entries } = await open('instance: east-1\nrates: { failures: { perAddress: 1 } }\n');
    expect(admission.refused(NOBODY)).toMatchObject({ recorded: true });
    expect(admission.refused(NOBODY)).toMatchObject({ recorded: false });
    await admission.close();
    opened.length = 0;
    expect(entries).toMatchObject([{ subject: 'east-1', after: { refused: 1, callers: 1 } }]);
  });

  it('closes and says so where the record takes the count no more', async () => {
    const { admission, entries, lines } = await open('rates: { failures: { perAddress: 1 } }\n');
    Object.defineProperty(entries, 'push', {
      value: () => {
        throw new Error('the disk is full');
      },
    });
    admission.refused(NOBODY);
    admission.refused(NOBODY);
    await admission.close();
    opened.length = 0;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('counted refusals not recorded');
  });

  it('takes a fault of ours for no guess at a token', async () => {
    const { admission } = await open('rates: { failures: { perAddress: 1 } }\n');
    const fault = new MianzhengError('OVERLOADED', 'the issuer is away');
    for (let i = 0; i < 3; i += 1) {
      expect(admission.refused({ ...NOBODY, error: fault })).toEqual({ recorded: true, error: fault });
    }
  });

  it.skipIf(redis === null)('counts together with others of the same Redis', async () => {
    const client = `test-${randomUUID()}`;
    const yaml = `redis: ${redis}\nrates: { clients: { ${client}: { requestsPerSecond: 1, burst: 1000 } } }\n`;
    const [one, other] = [await open(yaml), await open(yaml)];
    const look = new Redis(redis ?? '');
    try {
      const key = `mianzheng:rate:requests:${client}`;
      one.admission.request(client);
      other.admission.request(client);
      await vi.waitFor(async () => expect(await look.get(key)).toBe('2'), { timeout: 5000, interval: 50 });
      expect(letThrough(one.admission, client, 900)).toBe(900);
      await vi.waitFor(async () => expect(await look.get(key)).toBe('902'), { timeout: 5000, interval: 50 });
      // By then the other has heard of it, several times over.
      await sleep(1500);
      expect(letThrough(other.admission, client, 1000)).toBeLessThan(200);
    } finally {
      await look.del(`mianzheng:rate:requests:${client}`, `mianzheng:rate:cost:${client}`);
      look.disconnect();
    }
  });
});
