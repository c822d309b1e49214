/** How departments and other cities' gateways do now, as each role sees it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../connectors/contract.js';
import { fetchTemplate } from '../../src/domain/fetch.js';
import { SourceError } from '../../src/errors.js';
import type { Peer } from '../../src/execute/across.js';
import { NOW } from '../support/memory-gateway.js';
import { type Desk, openDesk } from './desk.js';

let looks = 0;

/** A city that answers nothing for a department. */
function silent(name: string, department: string, matter: string): Peer {
  const connector: Connector = {
    department,
    transport: 'gateway',
    coverage: [],
    sources: {},
    derivations: {},
    fetch: async () => {
      throw new SourceError(department, 'UNREACHABLE');
    },
    async health() {
      looks += 1;
      return { state: 'DOWN', fault: 'UNREACHABLE' };
    },
    close: async () => undefined,
  };
  return { name, matter, divisions: ['33'], connector, single: () => false };
}

const QUERY = `{ live { departments { department breaker }
  cities { city department matter state breaker lastFault lastFaultAt waiting inAir up down } } }`;

let desk: Desk;

beforeAll(async () => {
  const peers = [
    silent('tongxiang', 'PROPERTY', 'asked'),
    silent('tongxiang', 'PROPERTY', 'not-asked'),
    silent('jiaxing', 'HOUSEHOLD', 'asked'),
  ];
  desk = await openDesk({
    clients: ['school'],
    grants: [],
    peers,
    protections: { breakAfter: 2, retryShare: 0, retriesSaved: 0 },
  });
  const template = fetchTemplate({
    department: 'PROPERTY',
    type: 'PropertyUnit',
    by: 'unitNumber',
    attributes: ['unitNumber'],
    regions: null,
  });
  for (let i = 0; i < 3; i += 1) {
    await desk.gateway.sources.load(template, ['x'], undefined, { matter: 'asked', bounds: [] });
  }
});
afterAll(() => desk.close());

/** Lines of the answer: city, department, matter, breaker, last fault, answered, not answered. */
const FAILING = ['tongxiang', 'PROPERTY', 'asked', 'OPEN', 'UNREACHABLE', 0, 3];
const UNASKED = ['tongxiang', 'PROPERTY', 'not-asked', 'CLOSED', null, 0, 0];
const OTHERS = ['jiaxing', 'HOUSEHOLD', 'asked', 'CLOSED', null, 0, 0];

describe('other cities', () => {
  it.each([
    ['platform-admin', [FAILING, UNASKED, OTHERS]],
    ['auditor', [FAILING, UNASKED, OTHERS]],
    ['property-admin', [FAILING, UNASKED]],
    ['household-admin', [OTHERS]],
    ['vaccination-admin', []],
  ])('are shown to %s as far as they are asked for its departments', async (who, expected) => {
    looks = 0;
    const { data } = await desk.ask(who, QUERY);
    const { cities, departments } = (data as { live: Record<'cities' | 'departments', Record<string, unknown>[]> })
      .live;
    expect(
      cities.map(({ city, department, matter, breaker, lastFault, up, down }) => [
        city,
        department,
        matter,
        breaker,
        lastFault,
        up,
        down,
      ]),
    ).toEqual(expected);
    for (const { state, lastFault, lastFaultAt, waiting, inAir } of cities) {
      expect([state, waiting, inAir]).toEqual(['DOWN', 0, 0]);
      expect(lastFaultAt).toBe(lastFault === null ? null : new Date(NOW).toISOString());
    }
    // Our own department is untouched, and each gateway is looked at once.
    expect(departments.every(({ breaker }) => breaker === 'CLOSED')).toBe(true);
    expect(looks).toBe(new Set(cities.map(({ city, department }) => `${String(city)} ${String(department)}`)).size);
  });

  it('are left in peace by who does not ask for them', async () => {
    looks = 0;
    await desk.ask('auditor', '{ live { inProgress departments { state } } }');
    expect(looks).toBe(0);
  });
});
