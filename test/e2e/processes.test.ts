/** Several gateway processes behind one port: one gateway to who asks, a chain of the record each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecord } from '../../src/audit/export.js';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { recordFolder } from '../../src/places.js';
import { mianzheng } from '../cli/mianzheng.js';
import { embeddedCityFolder } from '../support/city.js';
import { collectOutput } from '../support/collected.js';

const CLIENTS = 8;
const CHAINS = ['gateway-1.1', 'gateway-1.2'];
const BODY = JSON.stringify({
  query: '{ resident(id: "350702202003059021") { name guardians { relation } } }',
});

interface Answer {
  readonly requestId: string;
  /** `chain/number`; without one nothing was disclosed. */
  readonly record?: string;
}

function serve(folder: string, environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const main = join(PACKAGE_ROOT, 'src/cli/main.ts');
  const args = ['serve', '--json', '--processes', '2', '--log-level', 'silent'];
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...args], {
    cwd: folder,
    env: { ...process.env, MIANZHENG_DATA: folder, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  collectOutput(child.stderr, 'child-error');
  return child;
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new TypeError('its standard output is a pipe');
  for await (const line of createInterface({ input: stdout })) {
    return (JSON.parse(line) as { readonly url: string }).url;
  }
  throw new Error('the gateway did not start');
}

/** Asks once on one of the agent's connections. @throws where the connection breaks */
function ask(url: string, token: string, agent: Agent): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'mianzheng-matter': 'school-enrolment-primary',
    'mianzheng-case': 'NP-2026-0001',
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/graphql`, { method: 'POST', headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const body = JSON.parse(text) as { readonly extensions: { readonly mianzheng: Answer } };
        resolve(body.extensions.mianzheng);
      });
    });
    asked.on('error', reject);
    asked.end(BODY);
  });
}

/** Process that writes a chain, as the chain's lock names it; null while nobody does. */
function writerOf(folder: string, chain: string): number | null {
  const own = join(folder, 'record', chain);
  const numbers = readdirSync(own).flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []);
  const last = Math.max(...numbers.map(Number));
  return (JSON.parse(readFileSync(join(own, `lock.${last}`), 'utf8')) as { readonly pid: number | null }).pid;
}

/** Requests counted so far. */
async function counted(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(/^mianzheng_requests_total\{.*\} (\d+)$/gm)].map((match) => Number(match[1]));
  expect(Number(/^mianzheng_request_seconds_count (\d+)$/m.exec(text)?.[1])).toBe(values.reduce((a, b) => a + b, 0));
  return values.reduce((a, b) => a + b, 0);
}

describe('several processes', () => {
  let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
  let token: string;

  beforeAll(async () => {
    city = await embeddedCityFolder();
    const config = loadConfig({ MIANZHENG_DATA: city.folder }, city.folder);
    token = (await (await openIssuer(config, Date.now)).mint('school-enrolment')).token;
  });

  afterAll(() => {
    city.remove();
  });

  it('answer on one port, count every request once, and lose no answer when one is killed', {
    timeout: 90_000,
  }, async () => {
    const connections = () => new Agent({ keepAlive: true, maxSockets: CLIENTS });
    let agent = connections();
    const child = serve(city.folder);
    try {
      const url = await addressOf(child);
      const asked = Array.from({ length: 40 }, () => ask(url, token, agent));
      const answers = await Promise.all(asked);
      const chains = new Set(answers.map(({ record }) => record?.split('/')[0]));
      expect(chains).toEqual(new Set(CHAINS));
      // Whichever process is asked, and however often.
      expect(await Promise.all([counted(url), counted(url), counted(url)])).toEqual([40, 40, 40]);

      const received = new Set(answers.map(({ requestId }) => requestId));
      const since = new Map(CHAINS.map((chain) => [chain, 0]));
      let broken = 0;
      let asking = true;
      const load = Array.from({ length: CLIENTS }, async () => {
        while (asking) {
          try {
            const { requestId, record } = await ask(url, token, agent);
            if (record === undefined) continue;
            received.add(requestId);
            const chain = record.split('/')[0] ?? '';
            since.set(chain, (since.get(chain) ?? 0) + 1);
          } catch {
            // The process was killed before this answer was whole: it was not received.
            broken += 1;
          }
        }
      });
      const killed = writerOf(city.folder, 'gateway-1.1');
      if (killed === null) throw new Error('nobody writes the chain');
      while ((since.get('gateway-1.1') ?? 0) < 20) await sleep(5);
      process.kill(killed, 'SIGKILL');
      for (const chain of CHAINS) since.set(chain, 0);
      // The other goes on at once; a new one takes the chain over and answers connections made from then on.
      while ((since.get('gateway-1.2') ?? 0) < 20) await sleep(5);
      while ([null, killed].includes(writerOf(city.folder, 'gateway-1.1'))) await sleep(20);
      while ((since.get('gateway-1.1') ?? 0) < 20) {
        await sleep(500);
        agent = connections();
      }
      asking = false;
      await Promise.all(load);
      expect(broken).toBeGreaterThan(0);
      expect(await counted(url)).toBeGreaterThanOrEqual(40);

      child.kill('SIGTERM');
      await once(child, 'exit');
      expect(child.exitCode).toBe(0);
      const environment = { MIANZHENG_DATA: city.folder };
      const verified = await mianzheng(['audit', 'verify', '--json'], environment);
      expect(verified.code, verified.out).toBe(0);
      const recorded = new Set<string>();
      for await (const entry of exportRecord(recordFolder(loadConfig(environment, city.folder)))) {
        if (entry.kind === 'request') recorded.add(entry.record.requestId);
      }
      expect([...received].filter((requestId) => !recorded.has(requestId))).toEqual([]);
      expect(CHAINS.map((chain) => writerOf(city.folder, chain))).toEqual([null, null]);
    } finally {
      agent.destroy();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
  });

  it('end with 2 and the reason where one cannot start', { timeout: 60_000 }, async () => {
    const other = serve(city.folder);
    try {
      const port = new URL(await addressOf(other)).port;
      // Its data folder is its own: only the port is taken.
      const elsewhere = await embeddedCityFolder();
      try {
        const child = serve(elsewhere.folder, { PORT: port });
        let said = '';
        child.stderr?.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
        await once(child, 'exit');
        expect(child.exitCode).toBe(2);
        expect(said).toContain('EADDRINUSE');
      } finally {
        elsewhere.remove();
      }
    } finally {
      other.kill('SIGTERM');
      await once(other, 'exit');
    }
  });
});
