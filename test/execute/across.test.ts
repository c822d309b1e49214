/** A fetch across cities: who is asked for what, and what is then known. */
import { describe, expect, it } from 'vitest';
import { type Connector, RowsOfPeers } from '../../connectors/contract.js';
import { type FetchTemplate, fetchTemplate, type Row } from '../../src/domain/fetch.js';
import { SourceError, type SourceFault } from '../../src/errors.js';
import { nothingHere, type Peer } from '../../src/execute/across.js';
import { openSources, SOURCE_LIMITS } from '../../src/execute/sources.js';

const TEMPLATE = fetchTemplate({ department: 'D', type: 'T', by: 'id', attributes: ['name'], regions: null });

/** What a department or city does with keys: the rows it holds of each, a fault for one it does not tell, or a fault for all. */
type Holdings = Readonly<Record<string, readonly string[] | SourceFault>> | SourceFault;

function connectorOf(holdings: Holdings, asked: (keys: readonly string[], template: FetchTemplate) => void): Connector {
  return {
    department: 'D',
    transport: 'test',
    coverage: [],
    sources: {},
    derivations: {},
    async fetch(template, keys) {
      asked(keys, template);
      if (typeof holdings === 'string') throw new SourceError('D', holdings);
      const rows = new RowsOfPeers();
      for (const key of keys) {
        const held = holdings[key];
        if (typeof held === 'string') rows.unknown.set(key, new SourceError('D', held));
        else if (held !== undefined)
          rows.set(
            key,
            held.map((name): Row => ({ name })),
          );
      }
      return rows;
    },
    health: async () => ({ state: 'UP', latencyMs: 0 }),
    close: async () => undefined,
  };
}

interface Case {
  readonly name: string;
  /** Null: this city keeps no data of the department. */
  readonly here: Holdings | null;
  /** By city. */
  readonly there: Readonly<Record<string, Holdings>>;
  /** Whether a key is one object's; default: it is. */
  readonly single?: false;
  readonly matter?: string;
  readonly bounds?: readonly (readonly string[])[];
  /** Cities asked, with the keys. */
  readonly asked: Readonly<Record<string, readonly string[]>>;
  /** Names of the rows by key; `?` and a fault: unknown; `-`: withheld; left out: there is none. */
  readonly known: Readonly<Record<string, readonly string[] | string>>;
}

const CASES: readonly Case[] = [
  {
    name: 'held here: no other city is asked',
    here: { a: ['x'], b: ['z'] },
    there: { t: { a: ['y'] } },
    asked: {},
    known: { a: ['x'], b: ['z'] },
  },
  {
    name: 'not held here: asked for, and nothing else',
    here: { a: ['x'] },
    there: { t: { b: ['y'] } },
    asked: { t: ['b'] },
    known: { a: ['x'], b: ['y'] },
  },
  {
    name: 'held nowhere: there is none',
    here: {},
    there: { t: {}, u: {} },
    asked: { t: ['a', 'b'], u: ['a', 'b'] },
    known: {},
  },
  {
    name: 'one city down and the other without it: unknown',
    here: {},
    there: { t: 'TIMEOUT', u: {} },
    asked: { t: ['a', 'b'], u: ['a', 'b'] },
    known: { a: '?TIMEOUT', b: '?TIMEOUT' },
  },
  {
    name: 'one city down and found in the other: known',
    here: {},
    there: { t: 'TIMEOUT', u: { a: ['y'], b: ['z'] } },
    asked: { t: ['a', 'b'], u: ['a', 'b'] },
    known: { a: ['y'], b: ['z'] },
  },
  {
    name: 'not told of one: that one is unknown',
    here: {},
    there: { t: { a: 'REFUSED', b: ['z'] } },
    asked: { t: ['a', 'b'] },
    known: { a: '?REFUSED', b: ['z'] },
  },
  {
    name: 'rows of several cities add up',
    here: { a: ['x'] },
    there: { t: { a: ['y'] } },
    single: false,
    asked: { t: ['a', 'b'] },
    known: { a: ['x', 'y'] },
  },
  {
    name: 'some rows here and a city down: not known whether that is all',
    here: { a: ['x'] },
    there: { t: 'UNREACHABLE' },
    single: false,
    asked: { t: ['a', 'b'] },
    known: { a: '?UNREACHABLE', b: '?UNREACHABLE' },
  },
  {
    name: 'another matter: no other city is asked',
    here: {},
    there: { t: { a: ['y'] } },
    matter: 'another',
    asked: {},
    known: {},
  },
  {
    name: 'granted within this city: no other is asked, and it is not said that there is none',
    here: { a: ['x'] },
    there: { t: { b: ['y'] } },
    bounds: [['3507']],
    asked: {},
    known: { a: ['x'], b: '-' },
  },
  {
    name: 'granted within both provinces',
    here: {},
    there: { t: { a: ['y'] } },
    bounds: [['35', '33']],
    asked: { t: ['a', 'b'] },
    known: { a: ['y'] },
  },
  {
    name: 'one right narrower than the other',
    here: {},
    there: { t: { a: ['y'] } },
    bounds: [['35', '33'], ['3507']],
    asked: {},
    known: { a: '-', b: '-' },
  },
  {
    name: 'nothing is kept here: asked for all',
    here: null,
    there: { t: { a: ['y'] } },
    asked: { t: ['a', 'b'] },
    known: { a: ['y'] },
  },
  {
    name: 'nothing is kept here and no city is asked: unknown',
    here: null,
    there: { t: {} },
    matter: 'another',
    asked: {},
    known: { a: '?REFUSED', b: '?REFUSED' },
  },
];

describe('a fetch across cities', () => {
  it.each(CASES)('$name', async ({ here, there, single = true, matter = 'm', bounds = [], asked: due, known }) => {
    const asked: Record<string, readonly string[]> = {};
    const own = connectorOf(here ?? {}, () => undefined);
    const peers = Object.entries(there).map(
      ([name, holdings]): Peer => ({
        name,
        matter: 'm',
        divisions: ['330483'],
        connector: connectorOf(holdings, (keys) => {
          asked[name] = keys;
        }),
        single: () => single,
      }),
    );
    const sources = openSources([here === null ? nothingHere(own) : own], () => 0, SOURCE_LIMITS, peers);
    const { rows } = await sources.load(TEMPLATE, ['a', 'b'], undefined, { matter, bounds });
    const told: Record<string, unknown> = {};
    for (const key of ['a', 'b']) {
      const unknown = rows instanceof RowsOfPeers ? rows.unknown.get(key) : undefined;
      const found = rows.get(key);
      if (unknown !== undefined) told[key] = `?${unknown.fault}`;
      else if (rows instanceof RowsOfPeers && rows.withheld.has(key)) told[key] = '-';
      else if (found !== undefined) told[key] = found.map(({ name }) => name);
    }
    expect({ asked, known: told }).toEqual({ asked: due, known });
    await sources.close();
  });

  it('asks no other city where our own department does not answer', async () => {
    let asked = 0;
    const peer: Peer = {
      name: 't',
      matter: 'm',
      divisions: ['33'],
      connector: connectorOf({}, () => {
        asked += 1;
      }),
      single: () => true,
    };
    const sources = openSources([connectorOf('TIMEOUT', () => undefined)], () => 0, SOURCE_LIMITS, [peer]);
    const failed: unknown = await sources.load(TEMPLATE, ['a'], undefined, { matter: 'm', bounds: [] }).then(
      () => null,
      (error: unknown) => error,
    );
    expect([failed instanceof SourceError && failed.fault, asked]).toEqual(['TIMEOUT', 0]);
    await sources.close();
  });

  it('leaves a city that keeps failing alone for a while, and our own department not', async () => {
    let asked = 0;
    const peer: Peer = {
      name: 't',
      matter: 'm',
      divisions: ['33'],
      connector: connectorOf('TIMEOUT', () => {
        asked += 1;
      }),
      single: () => true,
    };
    const sources = openSources([connectorOf({}, () => undefined)], () => 0, { ...SOURCE_LIMITS, breakAfter: 2 }, [
      peer,
    ]);
    const faults: (string | undefined)[] = [];
    for (let i = 0; i < 4; i += 1) {
      const { rows } = await sources.load(TEMPLATE, ['a'], undefined, { matter: 'm', bounds: [] });
      faults.push(rows instanceof RowsOfPeers ? rows.unknown.get('a')?.fault : undefined);
    }
    expect(faults).toEqual(['TIMEOUT', 'TIMEOUT', 'OVERLOADED', 'OVERLOADED']);
    expect(asked).toBe(2);
    expect(sources.protections()).toMatchObject([{ breaker: 'CLOSED', lastFault: null }]);
    const protection = { city: 't', department: 'D', matter: 'm', breaker: 'OPEN' };
    const fetches = { up: 0, down: 4, waiting: 0, inAir: 0 };
    expect(sources.cities()).toMatchObject([{ ...protection, ...fetches, lastFault: { fault: 'TIMEOUT', at: 0 } }]);
    await sources.close();
  });
});
