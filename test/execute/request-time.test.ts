/** What a request waits for, and for how long: departments that do not answer in time, clients that leave. */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { buildServer } from '../../src/http/server.js';
import { type MemoryGateway, type MemoryGatewayOptions, openMemoryGateway } from '../support/memory-gateway.js';

const CHILD = '350702202003059021';
const MATTER = 'school-enrolment-primary';
const PURPOSE = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'C-1' };
const QUERY = { query: `{ resident(id: "${CHILD}") { name properties { share } } }` };
const GRANTED = {
  'Query.resident': 'FULL',
  'Resident.name': 'FULL',
  'Resident.properties': 'FULL',
  'Ownership.share': 'FULL',
};

const open: MemoryGateway[] = [];

async function gatewayWith(options: Omit<MemoryGatewayOptions, 'grants'>): Promise<MemoryGateway> {
  const run = await openMemoryGateway({
    grants: [{ coordinates: GRANTED as NonNullable<MemoryGatewayOptions['grants'][number]['coordinates']> }],
    world: { Resident: [{ idNumber: CHILD, name: '陈雨涵' }] },
    cases: [
      {
        client: 'school',
        number: 'C-1',
        matter: MATTER,
        filedOn: '2026-07-01',
        subjects: [{ role: 'child', kind: 'CITIZEN', id: CHILD }],
      },
    ],
    ...options,
  });
  open.push(run);
  return run;
}

afterEach(async () => {
  for (const run of open.splice(0)) await run.close();
});

describe('a request whose time is over', () => {
  it('is answered with what there is; what is not there is SOURCE_DOWN, never absent, and is recorded', async () => {
    const run = await gatewayWith({ hanging: ['PROPERTY'], requestMs: 100 });
    const from = performance.now();
    const reply = await run.call(QUERY, PURPOSE);
    expect(performance.now() - from).toBeLessThan(1500);
    const body = JSON.parse(reply.body) as Record<string, unknown>;
    expect(body.data).toEqual({ resident: { name: '陈雨涵', properties: null } });
    expect(body.errors).toMatchObject([
      {
        path: ['resident', 'properties'],
        extensions: { code: 'SOURCE_DOWN', department: 'PROPERTY', fault: 'TIMEOUT' },
      },
    ]);
    expect(run.entries).toMatchObject([
      {
        outcome: 'ANSWERED',
        disclosed: ['Query.resident', 'Resident.name'],
        sources: [
          { department: 'HOUSEHOLD', state: 'UP' },
          { department: 'PROPERTY', state: 'DOWN' },
        ],
      },
    ]);
  });
});

describe('a client that leaves', () => {
  it('before anything was fetched: nothing is, and the record says so', async () => {
    const run = await gatewayWith({});
    await run.call(QUERY, PURPOSE, 'POST', () => true);
    expect(Object.values(run.asked()).flat()).toEqual([]);
    expect(run.entries).toMatchObject([
      { outcome: 'FAILED', code: 'CLIENT_GONE', status: 499, disclosed: [], masked: [] },
    ]);
  });

  it('while a department is asked: no further one is, and nothing counts as disclosed', async () => {
    const run = await gatewayWith({});
    let asked = 0;
    // The first question is whether to begin at all, the next come with the fetches.
    await run.call(QUERY, PURPOSE, 'POST', () => {
      asked += 1;
      return asked > 2;
    });
    expect(run.asked().PROPERTY).toEqual([]);
    expect(run.entries).toMatchObject([{ outcome: 'FAILED', code: 'CLIENT_GONE', disclosed: [], receipt: null }]);
  });

  it('by closing its connection: its request ends soon, though the department does not answer', async () => {
    const run = await gatewayWith({ hanging: ['HOUSEHOLD'] });
    const server = buildServer(run.gateway, { bodyBytes: 65_536 });
    try {
      const url = await server.listen({ host: '127.0.0.1', port: 0 });
      const headers = { ...PURPOSE, authorization: 'Bearer school', 'content-type': 'application/json' };
      const sent = request(`${url}/graphql`, { method: 'POST', headers, agent: false });
      sent.on('error', () => undefined);
      sent.end(JSON.stringify(QUERY));
      while (run.asked().HOUSEHOLD?.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const from = performance.now();
      sent.destroy();
      while (run.entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      // Sooner than the department's own time, 2 s.
      expect(performance.now() - from).toBeLessThan(1500);
      expect(run.entries).toMatchObject([{ outcome: 'FAILED', code: 'CLIENT_GONE', disclosed: [] }]);
    } finally {
      await server.close();
    }
  });
});
