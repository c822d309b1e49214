/** What every connector promises (connectors/contract.ts), on every transport. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_ROWS_PER_KEY } from '../../connectors/contract.js';
import { Deadline } from '../../src/domain/deadline.js';
import { fetchTemplate } from '../../src/domain/fetch.js';
import { SourceError } from '../../src/errors.js';
import { departments, templateOf } from './cases.js';
import { type Connected, type Transport, transports } from './transports.js';

const patient = () => new Deadline();

/** No order is promised: every list sorted by content. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, unordered(member)]));
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof SourceError)) throw new Error('not a SourceError', { cause: error });
  return error.fault;
}

describe.each(departments)('$definition.code', (department) => {
  const { definition, cases } = department;
  const { code } = definition;

  async function connectWith(transport: Transport, ...rows: Parameters<Connected['scratch']['insert']>[0][]) {
    const connected = await transport.connect(definition);
    for (const some of rows) await connected.scratch.insert(some);
    return connected;
  }

  describe.each(transports.filter((transport) => transport.serves(code)))('on $name', (transport) => {
    describe.skipIf(!transport.available)('with the rows of the cases', () => {
      let connected: Connected;
      beforeAll(async () => {
        connected = await connectWith(transport, department.rows);
      });
      afterAll(() => connected.close());

      it('says who it is and what it offers', () => {
        const { connector } = connected;
        expect(connector.department).toBe(code);
        expect(connector.transport).toBe(transport.name);
        expect(Object.keys(connector.sources)).toEqual(Object.keys(definition.sources));
        expect(connector.coverage).toEqual(definition.coverage);
      });

      it.each(cases.fetches)('$name', async (fetch) => {
        const rows = await connected.connector.fetch(templateOf(code, fetch), fetch.keys, patient());
        expect(unordered(Object.fromEntries(rows))).toEqual(unordered(fetch.expect));
      });

      it('gives exactly the attributes asked for, each by itself', async () => {
        for (const [type, { attributes }] of Object.entries(connected.connector.sources)) {
          const example = cases.fetches.find((fetch) => fetch.type === type && fetch.regions === undefined);
          if (example === undefined) throw new Error(`no case of ${type}`);
          for (const attribute of attributes) {
            const template = templateOf(code, { ...example, attributes: [attribute] });
            const rows = [...(await connected.connector.fetch(template, example.keys, patient())).values()].flat();
            expect(rows.length).toBeGreaterThan(0);
            for (const row of rows) expect(Object.keys(row)).toEqual([attribute.split('.')[0]]);
          }
        }
      });

      it('asks nothing for no keys', async () => {
        expect(await connected.connector.fetch(templateOf(code, cases.many), [], patient())).toEqual(new Map());
      });

      it('leaves a key without rows out', async () => {
        const rows = await connected.connector.fetch(templateOf(code, cases.many), ['NOBODY'], patient());
        expect(rows.size).toBe(0);
      });

      it('reads a key as data, whatever is in it', async () => {
        for (const key of ["' or '1'='1", '%', '_', '\\', '"', '?', ':a', '字']) {
          const rows = await connected.connector.fetch(templateOf(code, cases.many), [key], patient());
          expect(rows.size).toBe(0);
        }
      });

      it('finds two keys first and last among 600', async () => {
        const [first = '', last = ''] = cases.many.keys;
        const strangers = Array.from({ length: 598 }, (_, i) => `UNKNOWN${i}`);
        const rows = await connected.connector.fetch(
          templateOf(code, cases.many),
          [first, ...strangers, last],
          patient(),
        );
        expect([...rows.keys()].sort()).toEqual([first, last].sort());
      });

      it('fails as TIMEOUT when it is already too late', async () => {
        const late = new Deadline();
        late.pass(new Error('deadline'));
        expect(await faultOf(connected.connector.fetch(templateOf(code, cases.many), cases.many.keys, late))).toBe(
          'TIMEOUT',
        );
        expect(await connected.connector.health(late.signal)).toEqual({ state: 'DOWN', fault: 'TIMEOUT' });
      });

      it('throws RangeError for what it does not offer', async () => {
        const unknown = (change: object) =>
          connected.connector.fetch(fetchTemplate({ ...templateOf(code, cases.many), ...change }), ['1'], patient());
        await expect(unknown({ type: 'Stranger' })).rejects.toThrow(RangeError);
        await expect(unknown({ by: 'toString' })).rejects.toThrow(RangeError);
        await expect(unknown({ attributes: ['constructor'] })).rejects.toThrow(RangeError);
        await expect(unknown({ attributes: ['address.secret'] })).rejects.toThrow(RangeError);
      });

      it('gives a sign of life', async () => {
        expect(await connected.connector.health(patient().signal)).toMatchObject({ state: 'UP' });
      });
    });

    describe.skipIf(!transport.available)('with a key of many rows', () => {
      it(`gives ${MAX_ROWS_PER_KEY} and fails beyond, alone and beside another key`, async () => {
        const room = MAX_ROWS_PER_KEY - (cases.flood.already ?? 0);
        const template = templateOf(code, cases.flood.fetch);
        const { keys } = cases.flood.fetch;
        const [key = ''] = keys;
        const connected = await connectWith(transport, department.rows, department.flood(0, room));
        try {
          expect((await connected.connector.fetch(template, [key], patient())).has(key)).toBe(true);
          await connected.scratch.insert(department.flood(room, room + 1));
          expect(await faultOf(connected.connector.fetch(template, [key], patient()))).toBe('TOO_MANY_ROWS');
          expect(await faultOf(connected.connector.fetch(template, keys, patient()))).toBe('TOO_MANY_ROWS');
        } finally {
          await connected.close();
        }
      });
    });

    describe.skipIf(!transport.available)('when the department is down', () => {
      it('is UNREACHABLE, never empty', async () => {
        const connected = await connectWith(transport, department.rows);
        try {
          await connected.breakDown();
          const fetch = connected.connector.fetch(templateOf(code, cases.many), cases.many.keys, patient());
          const error = await fetch.catch((cause: unknown) => cause);
          expect(error).toBeInstanceOf(SourceError);
          expect(error).toMatchObject({ department: code, fault: 'UNREACHABLE' });
          expect(error).toHaveProperty('cause', expect.any(Error));
          expect(await connected.connector.health(patient().signal)).toEqual({ state: 'DOWN', fault: 'UNREACHABLE' });
        } finally {
          await connected.close();
        }
      });
    });
  });
});
