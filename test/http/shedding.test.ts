/** What happens beyond the load a process takes on: the cheap "no", and what the record says of it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import { buildServer } from '../../src/http/server.js';
import { Load } from '../../src/load.js';
import { ShedRequests } from '../../src/shed-requests.js';
import { type MemoryGateway, openMemoryGateway } from '../support/memory-gateway.js';

const CHILD = '350702202003059021';
const MATTER = 'school-enrolment-primary';
const HEADERS = {
  authorization: 'Bearer school',
  'content-type': 'application/json',
  'mianzheng-matter': MATTER,
  'mianzheng-case': 'C-1',
};
const BODY = JSON.stringify({ query: `{ resident(id: "${CHILD}") { name } }` });

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serving(requestsInProgress: number): Promise<{ readonly run: MemoryGateway; readonly url: string }> {
  const run = await openMemoryGateway({
    grants: [{ coordinates: { 'Query.resident': 'FULL', 'Resident.name': 'FULL', 'Mutation.verifyCases': 'FULL' } }],
    world: {},
    hanging: ['HOUSEHOLD'],
    requestMs: 400,
    requestsInProgress,
    cases: [
      {
        client: 'school',
        number: 'C-1',
        matter: MATTER,
        filedOn: '2026-07-01',
        subjects: [{ role: 'child', kind: 'CITIZEN', id: CHILD }],
      },
    ],
  });
  ending.push(() => run.close());
  const server = buildServer(run.gateway, { bodyBytes: 65_536 });
  ending.push(() => server.close());
  return { run, url: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

const ask = (url: string, body = BODY) => fetch(`${url}/graphql`, { method: 'POST', headers: HEADERS, body });

describe('requests beyond the bound', () => {
  it('get 503 OVERLOADED with Retry-After at once, and those in progress their answer', async () => {
    const { run, url } = await serving(2);
    const first = [ask(url), ask(url)];
    while (run.gateway.load.inProgress < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const shed = await ask(url);
    expect(shed.status).toBe(503);
    expect(shed.headers.get('retry-after')).toBe('1');
    expect(await shed.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED', retryAfter: 1 } }] });
    expect(run.entries).toEqual([]);
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    expect(run.gateway.load.inProgress).toBe(0);
    expect((await ask(url)).status).toBe(200);
  });

  it('are one entry of the record, with their number', async () => {
    const { run, url } = await serving(1);
    const first = ask(url);
    while (run.gateway.load.inProgress < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([ask(url), ask(url), ask(url)]);
    await first;
    await run.gateway.shed.record();
    expect(run.entries).toMatchObject([
      { kind: 'request', outcome: 'ANSWERED' },
      { kind: 'administration', actor: 'gateway', action: 'requests.shed', subject: 'test', after: { count: 3 } },
    ]);
  });

  it('leave health and metrics answering, and are counted there', async () => {
    const { run, url } = await serving(1);
    const first = ask(url);
    while (run.gateway.load.inProgress < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await ask(url);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('mianzheng_requests_shed_total 1');
    expect(text).toContain('mianzheng_entries{of="requests in progress"} 1');
    await first;
  });

  it('are a season before they are single requests', async () => {
    const { run, url } = await serving(4);
    const single = [ask(url), ask(url)];
    while (run.gateway.load.inProgress < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const query = `mutation { verifyCases(cases: []) { number } }`.replace(
      '[]',
      `[{ number: "C-2", filedOn: "2026-07-01", subjects: [{ role: "child", kind: CITIZEN, id: "${CHILD}" }] }]`,
    );
    const season = await ask(url, JSON.stringify({ query }));
    expect(await season.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED', retryAfter: 5 } }] });
    expect((await ask(url)).status).toBe(200);
    await Promise.all(single);
  });
});

describe('the event loop', () => {
  const load = () => new Load({ requestsInProgress: 10, eventLoopDelayMs: 100 }, () => 0);

  it('may be late for a moment', () => {
    const busy = load();
    busy.late(900);
    expect(busy.takesMore).toBe(true);
    busy.close();
  });

  it('that stays late sheds, a season at half of it, and takes more when it is on time again', () => {
    const busy = load();
    for (let i = 0; i < 10; i += 1) busy.late(120);
    expect([busy.takesMore, busy.takesSeason]).toEqual([true, false]);
    for (let i = 0; i < 30; i += 1) busy.late(120);
    expect(busy.takesMore).toBe(false);
    for (let i = 0; i < 10; i += 1) busy.late(0);
    expect([busy.takesMore, busy.takesSeason]).toEqual([true, true]);
    busy.close();
  });
});

describe('the count of requests that were shed', () => {
  it('waits for a record that cannot be written, in one number however long it takes', async () => {
    const entries: NewEntry[] = [];
    const faults: unknown[] = [];
    let broken = true;
    const shed = new ShedRequests({
      instance: 'gateway-1',
      append: async (entry) => {
        if (broken) throw new Error('the disk is full');
        entries.push(entry);
      },
      now: () => Date.parse('2026-07-01T02:00:00Z'),
      onFault: (error) => faults.push(error),
    });
    shed.note();
    await shed.record();
    shed.note();
    shed.note();
    await shed.record();
    broken = false;
    await shed.close();
    expect(faults).toHaveLength(2);
    expect(entries).toMatchObject([{ after: { count: 3, from: '2026-07-01T02:00:00.000Z' } }]);
    expect(shed.total).toBe(3);
  });
});
