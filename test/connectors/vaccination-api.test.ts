import { createServer, type RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ROWS_PER_KEY } from '../../connectors/contract.js';
import { connectApi, type VaccinationApiOptions } from '../../connectors/vaccination/api.js';
import { startVaccinationSimulator, type VaccinationSimulator } from '../../connectors/vaccination/simulator.js';
import { tables } from '../../connectors/vaccination/tables.js';
import { Deadline } from '../../src/domain/deadline.js';
import { fetchTemplate } from '../../src/domain/fetch.js';
import { SourceError } from '../../src/errors.js';
import { type ScratchDatabase, scratchSqlite } from '../contract/transports.js';

const CHILD = '350702201803150013';
const TOKEN = 'a-secret-token';
const patient = () => new Deadline();
const template = fetchTemplate({
  department: 'VACCINATION',
  type: 'VaccinationRecord',
  by: 'childIdNumber',
  attributes: ['childNumber', 'doses.vaccine'],
  regions: null,
});

async function failureOf(work: Promise<unknown>): Promise<SourceError> {
  const error = await work.then(
    () => 'it did not fail',
    (cause: unknown) => cause,
  );
  if (!(error instanceof SourceError)) throw new Error('not a SourceError', { cause: error });
  return error;
}

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await scratchSqlite(tables);
  const doses = Array.from({ length: 25 }, (_, i) => ({
    jlid: `J${String(i).padStart(2, '0')}`,
    fchildno: 'C1',
    ym: '02',
    jzrq: '20180316',
    scbz: '0',
  }));
  await scratch.insert({
    YMJZ_ETDA: [{ fchildno: 'C1', sfzh: CHILD, csrq: '20180315', stationCode: '3507020001', zt: '1' }],
    YMJZ_JZJL: doses,
  });
});
afterAll(() => scratch.drop());

describe('the provincial API through the simulator', () => {
  let simulator: VaccinationSimulator;
  let now = 0;
  beforeEach(async () => {
    now = 0;
    simulator = await startVaccinationSimulator({ database: scratch.database, token: TOKEN, now: () => now });
  });
  afterEach(() => simulator.close());

  const connect = (options: Partial<VaccinationApiOptions> = {}) =>
    connectApi({ url: simulator.url, token: TOKEN, ...options });
  const fetchChild = (options: Partial<VaccinationApiOptions> = {}, deadline = patient()) =>
    connect(options).fetch(template, [CHILD], deadline);

  it('listens on the loopback address', () => {
    expect(new URL(simulator.url).hostname).toBe('127.0.0.1');
  });

  it('reads a record that spans pages, page by page', async () => {
    const rows = await fetchChild({ pageSize: 10 });
    expect(rows.get(CHILD)).toMatchObject([{ childNumber: 'C1' }]);
    expect(rows.get(CHILD)?.[0]?.doses).toHaveLength(25);
    expect(simulator.requests()).toBe(3);
  });

  it('takes smaller pages than it asked for', async () => {
    simulator.knobs.pageSize = 7;
    expect((await fetchChild()).get(CHILD)?.[0]?.doses).toHaveLength(25);
    expect(simulator.requests()).toBe(4);
  });

  it('does not read on beyond the bound of pages', async () => {
    expect((await failureOf(fetchChild({ pageSize: 10, maxPages: 2 }))).fault).toBe('TOO_MANY_ROWS');
    expect(simulator.requests()).toBe(1);
    expect((await fetchChild({ pageSize: 10, maxPages: 3 })).size).toBe(1);
  });

  it('asks for many children in turn', async () => {
    const keys = [...Array.from({ length: 100 }, (_, i) => `UNKNOWN${i}`), CHILD];
    expect([...(await connect().fetch(template, keys, patient())).keys()]).toEqual([CHILD]);
    expect(simulator.requests()).toBe(3);
  });

  it('says how long to wait when it asks too often', async () => {
    simulator.knobs.ratePerSecond = 1;
    await fetchChild();
    const error = await failureOf(fetchChild());
    expect(error).toMatchObject({ fault: 'OVERLOADED', options: { retryAfter: 1 } });
    now += 1000;
    expect((await fetchChild()).size).toBe(1);
  });

  it.each([
    ['ERROR_500', 'UNREACHABLE'],
    ['RESET', 'UNREACHABLE'],
    ['GARBAGE', 'GARBLED'],
    ['WRONG_TYPES', 'GARBLED'],
  ] as const)('%s is %s, and gone when it is mended', async (fault, expected) => {
    simulator.knobs.fault = fault;
    const error = await failureOf(fetchChild());
    expect(error.fault).toBe(expected);
    expect(error.department).toBe('VACCINATION');
    expect(error.cause).toBeInstanceOf(Error);
    simulator.knobs.fault = 'NONE';
    expect((await fetchChild()).size).toBe(1);
  });

  it('HANG is TIMEOUT as soon as the deadline comes', async () => {
    simulator.knobs.fault = 'HANG';
    const deadline = new Deadline();
    const fetch = failureOf(fetchChild({}, deadline));
    deadline.pass(new Error('deadline'));
    expect((await fetch).fault).toBe('TIMEOUT');
    const health = connect().health(AbortSignal.timeout(50));
    expect(await health).toEqual({ state: 'DOWN', fault: 'TIMEOUT' });
  });

  it('answers late where it is told to', async () => {
    simulator.knobs.latencyMs = 5;
    expect((await fetchChild()).size).toBe(1);
  });

  it('refuses a wrong token, and no error shows a token or a number', async () => {
    const error = await failureOf(fetchChild({ token: 'another-token' }));
    expect(error.fault).toBe('GARBLED');
    const shown = `${error.message} ${JSON.stringify(error)} ${String(error.cause)}`;
    expect(shown).not.toContain('another-token');
    expect(shown).not.toContain(CHILD);
  });

  it('refuses what is no question of its', async () => {
    const ask = async (body: object) => {
      const response = await fetch(`${simulator.url}/children/query`, {
        method: 'POST',
        headers: { 'x-access-token': TOKEN, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return response.status;
    };
    const good = { sfzh: [CHILD], fields: ['sfzh'], xzqh: null, page: 1, size: 10 };
    expect(await ask(good)).toBe(200);
    for (const bad of [
      { fields: ['etxm'] },
      { fields: ['1; drop'] },
      { sfzh: [] },
      { page: 0 },
      { xzqh: ['%'] },
      { more: 1 },
    ]) {
      expect(await ask({ ...good, ...bad })).toBe(400);
    }
  });
});

describe('an API that answers strangely', () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await stop?.();
    stop = undefined;
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stop = () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  }
  const answering = (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener => {
    return (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  };
  const failure = async (listener: RequestListener, options: Partial<VaccinationApiOptions> = {}) => {
    const connector = connectApi({ url: await serve(listener), token: TOKEN, ...options });
    return failureOf(connector.fetch(template, [CHILD], patient()));
  };
  const row = { sfzh: CHILD, fchildno: 'C1', zt: '1', jlid: 'J1', ym: '02' };
  const page = (change: object) => ({ total: 1, page: 1, size: 200, rows: [row], ...change });

  it('reads a well-formed page, and drops fields and children not asked for', async () => {
    const rows = [
      { ...row, etxm: '张三' },
      { ...row, sfzh: '11010519491231002X' },
    ];
    const url = await serve(answering(200, page({ total: 2, rows })));
    const result = await connectApi({ url, token: TOKEN }).fetch(template, [CHILD], patient());
    expect(Object.fromEntries(result)).toEqual({ [CHILD]: [{ childNumber: 'C1', doses: [{ vaccine: 'HepB' }] }] });
  });

  it.each([
    ['a page of another number', page({ page: 2 })],
    ['more rows than it counts', page({ total: 1, rows: [row, row] })],
    ['an empty page before the end', page({ total: 5, rows: [] })],
    ['a field left out', page({ rows: [{ sfzh: CHILD }] })],
    ['a field of another type', page({ rows: [{ ...row, jlid: 1 }] })],
    ['a page of no size', page({ size: 0 })],
    ['null', null],
    ['a list', []],
  ])('%s is GARBLED', async (_, body) => {
    expect((await failure(answering(200, body))).fault).toBe('GARBLED');
  });

  it('a count that changes between pages is GARBLED', async () => {
    let asked = 0;
    const listener: RequestListener = (request, response) => {
      asked += 1;
      answering(200, page({ total: asked + 1, page: asked, size: 1 }))(request, response);
    };
    expect((await failure(listener)).fault).toBe('GARBLED');
    expect(asked).toBe(2);
  });

  it('more rows than a key may have is TOO_MANY_ROWS', async () => {
    expect((await failure(answering(200, page({ total: MAX_ROWS_PER_KEY + 1 })))).fault).toBe('TOO_MANY_ROWS');
  });

  it('a body beyond the bound is GARBLED, and not read to its end', async () => {
    let finished = false;
    const listener: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const pour = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', pour);
      response.on('finish', () => {
        finished = true;
      });
      pour();
    };
    expect((await failure(listener, { maxBodyBytes: 1_000_000 })).fault).toBe('GARBLED');
    expect(finished).toBe(false);
  });

  it('does not follow a redirect, so the token goes nowhere else', async () => {
    let followed = false;
    const listener: RequestListener = (request, response) => {
      if (request.url === '/elsewhere') followed = true;
      answering(307, {}, { location: '/elsewhere' })(request, response);
    };
    expect((await failure(listener)).fault).toBe('UNREACHABLE');
    expect(followed).toBe(false);
  });

  it.each([
    [429, '30', 'OVERLOADED', 30],
    [503, '0', 'OVERLOADED', 0],
    [503, '999999999', 'OVERLOADED', 3600],
    [429, 'Wed, 01 Jan 2025 00:01:30 GMT', 'OVERLOADED', 90],
    [429, 'soon', 'OVERLOADED', undefined],
    [502, '30', 'UNREACHABLE', undefined],
    [404, '30', 'GARBLED', undefined],
  ])('status %i with Retry-After %j is %s', async (status, header, fault, retryAfter) => {
    const headers = { 'retry-after': header, date: 'Wed, 01 Jan 2025 00:00:00 GMT' };
    const error = await failure(answering(status, {}, headers));
    expect(error.fault).toBe(fault);
    expect(error.options.retryAfter).toBe(retryAfter);
  });

  it('refuses options outside their bounds, without showing the token', () => {
    const good = { url: 'http://127.0.0.1:1', token: TOKEN };
    const faulty = [
      { url: 'file:///etc' },
      { url: 'x' },
      { token: '' },
      { pageSize: 0 },
      { pageSize: 1001 },
      { keysPerRequest: 201 },
    ];
    for (const change of faulty) {
      expect(() => connectApi({ ...good, ...change })).toThrow();
      expect(() => connectApi({ ...good, ...change })).not.toThrow(TOKEN);
    }
  });
});
