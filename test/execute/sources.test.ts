/** Micro-batches and protections: who shares a statement, who never does, and what a fault costs whom. */
import { describe, expect, it } from 'vitest';
import type { Connector } from '../../connectors/contract.js';
import { type FetchTemplate, fetchTemplate, type Row } from '../../src/domain/fetch.js';
import { Wait } from '../../src/domain/wait.js';
import { SourceError, type SourceFault } from '../../src/errors.js';
import { openSources, SOURCE_LIMITS } from '../../src/execute/sources.js';

const NAME = fetchTemplate({ department: 'D', type: 'T', by: 'id', attributes: ['name'], regions: null });
const NAME_HERE = fetchTemplate({ department: 'D', type: 'T', by: 'id', attributes: ['name'], regions: ['3507'] });

interface Call {
  readonly template: FetchTemplate;
  readonly keys: readonly string[];
}

/** Answers every key with itself; `behave` may do otherwise. */
function department(behave: (call: Call, nth: number) => Promise<void> | void = () => undefined) {
  const calls: Call[] = [];
  const connector: Connector = {
    department: 'D',
    transport: 'test',
    coverage: [],
    sources: {},
    derivations: {},
    async fetch(template, keys) {
      const call = { template, keys };
      calls.push(call);
      await behave(call, calls.length);
      return new Map<string, readonly Row[]>(keys.map((key) => [key, [{ name: key }]]));
    },
    health: async () => ({ state: 'UP', latencyMs: 0 }),
    close: async () => undefined,
  };
  return { connector, calls };
}

function fail(fault: SourceFault): never {
  throw new SourceError('D', fault);
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'answered',
    (error: unknown) => (error instanceof SourceError ? error.fault : 'not a SourceError'),
  );
}

describe('sources', () => {
  it('send equal fetches of one turn in one statement, each key once', async () => {
    const { connector, calls } = department();
    const sources = openSources([connector], () => 7);
    const answers = await Promise.all(['a', 'b', 'a', 'c'].map((key) => sources.load(NAME, [key])));
    expect(calls.map((call) => call.keys)).toEqual([['a', 'b', 'c']]);
    expect(answers.map((answer, i) => answer.rows.get(['a', 'b', 'a', 'c'][i] ?? '')?.[0])).toEqual(
      ['a', 'b', 'a', 'c'].map((name) => ({ name })),
    );
    expect(answers[0]?.fetchedAt).toBe('1970-01-01T00:00:00.007Z');
  });

  it('never let requests with different rights share a statement', async () => {
    const { connector, calls } = department();
    const sources = openSources([connector], () => 0);
    await Promise.all([sources.load(NAME, ['a']), sources.load(NAME_HERE, ['a'])]);
    expect(calls.map((call) => call.template.id).sort()).toEqual([NAME.id, NAME_HERE.id].sort());
  });

  describe('where many requests are in progress', () => {
    const GATHERING = { ...SOURCE_LIMITS, gatherFrom: 4, gatherMs: 100 };
    const turn = () => new Promise((resolve) => setImmediate(resolve));

    it('wait a little for what comes in later turns', async () => {
      const { connector, calls } = department();
      const sources = openSources(
        [connector],
        () => 0,
        GATHERING,
        [],
        () => 4,
      );
      const first = sources.load(NAME, ['a']);
      await turn();
      await turn();
      expect(calls).toEqual([]);
      await Promise.all([first, sources.load(NAME, ['b'])]);
      expect(calls.map((call) => call.keys)).toEqual([['a', 'b']]);
    });

    it('leave at once where fewer are', async () => {
      const { connector, calls } = department();
      const sources = openSources(
        [connector],
        () => 0,
        { ...GATHERING, gatherMs: 60_000 },
        [],
        () => 3,
      );
      await sources.load(NAME, ['a']);
      await sources.load(NAME, ['b']);
      expect(calls.map((call) => call.keys)).toEqual([['a'], ['b']]);
    });

    it('wait for no more than make a statement worth its while', async () => {
      const { connector, calls } = department();
      const sources = openSources(
        [connector],
        () => 0,
        { ...GATHERING, gatherMs: 60_000 },
        [],
        () => 4,
      );
      const few = sources.load(NAME, ['a']);
      await turn();
      const many = Array.from({ length: 15 }, (_, i) => `b${i}`);
      await Promise.all([few, sources.load(NAME, many)]);
      expect(calls.map((call) => call.keys)).toEqual([['a', ...many]]);
    });
  });

  it('gather what comes while the flights are in the air, and send it when one lands', async () => {
    const landings: (() => void)[] = [];
    const { connector, calls } = department(() => new Promise<void>((resolve) => landings.push(resolve)));
    const sources = openSources([connector], () => 0, { ...SOURCE_LIMITS, flights: 1 });
    const first = sources.load(NAME, ['a']);
    await new Promise((resolve) => setImmediate(resolve));
    const later = ['b', 'c', 'd'].map((key) => sources.load(NAME, [key]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toHaveLength(1);
    landings.shift()?.();
    await first;
    while (landings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    landings.shift()?.();
    await Promise.all(later);
    expect(calls.map((call) => call.keys)).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('part passengers beyond the bound of keys, and never cut one', async () => {
    const { connector, calls } = department();
    const sources = openSources([connector], () => 0, { ...SOURCE_LIMITS, batchKeys: 3 });
    await Promise.all([
      sources.load(NAME, ['a', 'b']),
      sources.load(NAME, ['c', 'd']),
      sources.load(NAME, ['1', '2', '3', '4']),
    ]);
    expect(calls.map((call) => call.keys)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['1', '2', '3', '4'],
    ]);
  });

  it('answer everybody with one statement in the air at a time, whatever they ask', async () => {
    let inAir = 0;
    let most = 0;
    const { connector } = department(async () => {
      inAir += 1;
      most = Math.max(most, inAir);
      await new Promise((resolve) => setImmediate(resolve));
      inAir -= 1;
    });
    const sources = openSources([connector], () => 0, { ...SOURCE_LIMITS, concurrency: 1 });
    const templates = Array.from({ length: 9 }, (_, i) => fetchTemplate({ ...NAME, attributes: [`name${i}`] }));
    const ask = async (i: number): Promise<number> => {
      const template = templates[i % templates.length] ?? NAME;
      return (await sources.load(template, [`key ${i}`])).rows.size;
    };
    const waves = [0, 1, 2].map(async (wave) => {
      for (let turn = 0; turn < wave; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return Promise.all(Array.from({ length: 60 }, (_, i) => ask(60 * wave + i)));
    });
    const sizes = (await Promise.all(waves)).flat();
    expect(sizes).toHaveLength(180);
    expect(sizes.every((size) => size > 0)).toBe(true);
    expect(most).toBe(1);
  });

  it('refuse what more would wait than may', async () => {
    const { connector } = department(() => new Promise<void>(() => undefined));
    const sources = openSources([connector], () => 0, { ...SOURCE_LIMITS, concurrency: 1, queue: 2, timeoutMs: 20 });
    const first = faultOf(sources.load(NAME, ['a']));
    await new Promise((resolve) => setImmediate(resolve));
    const others = ['b', 'c', 'd'].map((key) => faultOf(sources.load(NAME_HERE, [key])));
    expect(await Promise.all(others)).toEqual(['TIMEOUT', 'TIMEOUT', 'OVERLOADED']);
    expect(await first).toBe('TIMEOUT');
  });

  it('let one key with too many rows cost nobody else an answer', async () => {
    const { connector, calls } = department(({ keys }) => (keys.includes('flood') ? fail('TOO_MANY_ROWS') : undefined));
    const sources = openSources([connector], () => 0);
    const keys = Array.from({ length: 64 }, (_, i) => (i === 20 ? 'flood' : `key ${i}`));
    const loads = keys.map((key) => faultOf(sources.load(NAME, [key])));
    expect(await Promise.all(loads)).toEqual(keys.map((key) => (key === 'flood' ? 'TOO_MANY_ROWS' : 'answered')));
    // By halves: two statements for each of the six.
    expect(calls).toHaveLength(13);
  });

  it('try once more where the connection broke', async () => {
    const { connector, calls } = department((_call, nth) => (nth === 1 ? fail('UNREACHABLE') : undefined));
    const sources = openSources([connector], () => 0);
    expect(await faultOf(sources.load(NAME, ['a']))).toBe('answered');
    expect(calls).toHaveLength(2);
  });

  it('try again a share of what they ask and no more, when every connection breaks', async () => {
    const { connector, calls } = department(() => fail('UNREACHABLE'));
    const sources = openSources([connector], () => 0, {
      ...SOURCE_LIMITS,
      retryShare: 0.125,
      retriesSaved: 2,
      breakAfter: 100,
    });
    for (let i = 0; i < 64; i += 1) await faultOf(sources.load(NAME, ['a']));
    // The two saved at the start, and an eighth of the calls after the first.
    expect(calls).toHaveLength(64 + 9);
  });

  it('let who runs out of time go, and answer those who share the statement', async () => {
    const { connector, calls } = department(() => new Promise((resolve) => setTimeout(resolve, 200)));
    const sources = openSources([connector], () => 0);
    const hurried = new Wait(
      performance.now() + 20,
      () => performance.now(),
      () => false,
    );
    const [late, patient] = await Promise.all([
      faultOf(sources.load(NAME, ['a'], hurried)),
      faultOf(sources.load(NAME, ['b'])),
    ]);
    expect([late, patient]).toEqual(['TIMEOUT', 'answered']);
    expect(calls.map(({ keys }) => keys)).toEqual([['a', 'b']]);
  });

  it('ask nothing for who has left, neither before nor while waiting', async () => {
    const { connector, calls } = department(() => new Promise<void>((resolve) => setTimeout(resolve, 200)));
    const sources = openSources([connector], () => 0);
    let left = false;
    const leaving = new Wait(
      Number.POSITIVE_INFINITY,
      () => 0,
      () => left,
    );
    const first = faultOf(sources.load(NAME, ['a']));
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = faultOf(sources.load(NAME, ['b'], leaving));
    left = true;
    const after = faultOf(sources.load(NAME_HERE, ['c'], leaving));
    expect(await Promise.all([first, waiting, after])).toEqual(['answered', 'TIMEOUT', 'TIMEOUT']);
    expect(calls.map(({ keys }) => keys)).toEqual([['a']]);
    expect(sources.queues()).toEqual([{ department: 'D', waiting: 0, inAir: 0 }]);
  });

  it('do not try again what was garbled', async () => {
    const { connector, calls } = department(() => fail('GARBLED'));
    const sources = openSources([connector], () => 0);
    expect(await faultOf(sources.load(NAME, ['a']))).toBe('GARBLED');
    expect(calls).toHaveLength(1);
  });

  it('give up on a department that hangs', async () => {
    const { connector } = department(() => new Promise<void>(() => undefined));
    const sources = openSources([connector], () => 0, { ...SOURCE_LIMITS, timeoutMs: 20 });
    expect(await faultOf(sources.load(NAME, ['a']))).toBe('TIMEOUT');
  });

  it('stop asking a department that keeps failing, and say when to come back', async () => {
    const { connector, calls } = department(() => fail('GARBLED'));
    const sources = openSources([connector], () => 0, { ...SOURCE_LIMITS, breakAfter: 3 });
    for (let i = 0; i < 3; i += 1) await faultOf(sources.load(NAME, ['a']));
    const refused = await sources.load(NAME, ['a']).catch((error: unknown) => error);
    expect(refused).toMatchObject({ fault: 'OVERLOADED', options: { retryAfter: 2 } });
    expect(calls).toHaveLength(3);
  });

  it('call what is no SourceError GARBLED, never an empty answer', async () => {
    const { connector } = department(() => {
      throw new TypeError('a fault of the connector');
    });
    const sources = openSources([connector], () => 0);
    expect(await faultOf(sources.load(NAME, ['a']))).toBe('GARBLED');
  });
});
