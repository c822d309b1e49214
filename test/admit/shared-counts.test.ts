/** Rates of several processes counted together through Redis, and what becomes of them without it. */
import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_RATE, type Rate, Rates } from '../../src/admit/rates.js';
import { openSharedCounts, pingRedis, type SharedCounts } from '../../src/admit/shared-counts.js';
import { MianzhengError } from '../../src/errors.js';
import { redis } from '../support/services.js';

/** Stands between: can be cut, and mended. */
class Line {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #target: URL;
  port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((near) => {
      const far = connect(Number(this.#target.port || 6379), this.#target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => this.#open.delete(one));
      }
    });
  }

  mend(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(this.port, '127.0.0.1', () => {
        this.port = (this.#server.address() as { readonly port: number }).port;
        resolve();
      });
    });
  }

  cut(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#open) socket.destroy();
    });
  }
}

describe.skipIf(redis === null)('several processes', () => {
  const url = redis ?? '';
  let prefix: string;
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  const opened: SharedCounts[] = [];

  /** One process: its rates, and its exchange with the others. */
  async function processOf(rate: Partial<Rate>, at = url, onChange: (state: string) => void = () => undefined) {
    const rates = new Rates({ default: { ...DEFAULT_RATE, ...rate }, clients: new Map(), now });
    const counts = openSharedCounts({ url: at, prefix, now, onChange });
    opened.push(counts);
    const ask = (times: number, cost = 0): number => {
      let answered = 0;
      for (let i = 0; i < times; i += 1) {
        try {
          rates.request('school');
          if (cost > 0) rates.spend('school', cost);
          answered += 1;
        } catch (error) {
          if (!(error instanceof MianzhengError) || error.code !== 'RATE_LIMITED') throw error;
        }
      }
      return answered;
    };
    /** Waits until Redis has heard of it: until then it counts alone, and says nothing of it. */
    const connected = () =>
      vi.waitFor(async () => {
        const name = randomUUID();
        rates.request(name);
        await counts.exchange(rates);
        const client = new Redis(url);
        const told = await client.get(`${prefix}requests:${name}`);
        client.disconnect();
        expect(told).toBe('1');
      });
    return { ask, exchange: () => counts.exchange(rates), connected };
  }

  beforeEach(() => {
    prefix = `mianzheng:test:${randomUUID()}:`;
  });

  afterEach(async () => {
    for (const counts of opened.splice(0)) await counts.close();
    const client = new Redis(url);
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(...keys);
    client.disconnect();
  });

  it('keep one rate together: over time no more is let through than of one process', async () => {
    const [a, b] = [
      await processOf({ requestsPerSecond: 40, burst: 40 }),
      await processOf({ requestsPerSecond: 40, burst: 40 }),
    ];
    await a.connected();
    await b.connected();
    a.ask(1);
    b.ask(1);
    await a.exchange();
    await b.exchange();
    let answered = 0;
    const seconds = 20;
    for (let quarter = 0; quarter < seconds * 4; quarter += 1) {
      answered += a.ask(40) + b.ask(40);
      await a.exchange();
      await b.exchange();
      clock.now += 250;
    }
    // The rate, each one's burst once, and what one exchange brings late.
    expect(answered).toBeLessThanOrEqual(40 * seconds + 2 * 40 + 2 * 40);
    expect(answered).toBeGreaterThan(40 * seconds * 0.9);
  });

  it('share cost as they share requests', async () => {
    const [a, b] = [await processOf({ costPerMinute: 6000 }), await processOf({ costPerMinute: 6000 })];
    await a.connected();
    await b.connected();
    a.ask(1, 100);
    b.ask(1, 100);
    await a.exchange();
    await b.exchange();
    expect(a.ask(40, 100)).toBe(40);
    await a.exchange();
    await b.exchange();
    // 60 less its own one and the 40 of a since b heard of them: a's first was before that.
    expect(b.ask(60, 100)).toBe(19);
  });

  it('count alone while it is away, are never held up by it, and count together again when it is back', async () => {
    const line = new Line(url);
    await line.mend();
    const told: string[] = [];
    const one = await processOf({ requestsPerSecond: 10, burst: 10 }, `redis://127.0.0.1:${line.port}`, (state) =>
      told.push(state),
    );
    const client = new Redis(url);
    try {
      one.ask(3);
      await vi.waitFor(async () => {
        await one.exchange();
        expect(await client.get(`${prefix}requests:school`)).toBe('3');
      });
      await line.cut();
      await one.exchange();
      await one.exchange();
      await one.exchange();
      expect(told).toEqual(['AWAY']);
      expect(one.ask(20)).toBe(7);
      clock.now += 1000;
      expect(one.ask(20)).toBe(10);
      await one.exchange();
      await line.mend();
      await vi.waitFor(
        async () => {
          await one.exchange();
          expect(told).toEqual(['AWAY', 'BACK']);
        },
        { timeout: 10_000, interval: 50 },
      );
      clock.now += 1000;
      one.ask(1);
      await one.exchange();
      // What was let through meanwhile is not told late.
      expect(await client.get(`${prefix}requests:school`)).toBe('4');
    } finally {
      client.disconnect();
      await line.cut();
    }
  });

  it('leave nothing there for good', async () => {
    await expect(pingRedis(url)).resolves.toBeUndefined();
    const one = await processOf({});
    one.ask(1);
    const client = new Redis(url);
    await vi.waitFor(async () => {
      await one.exchange();
      expect(await client.ttl(`${prefix}requests:school`)).toBeGreaterThan(0);
    });
    client.disconnect();
  });
});

it('starts where there is none, and says so once', async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as { readonly port: number };
  await new Promise((resolve) => free.close(resolve));
  const told: string[] = [];
  const rates = new Rates({ default: { ...DEFAULT_RATE, burst: 1 }, clients: new Map(), now: () => 0 });
  const counts = openSharedCounts({
    url: `redis://127.0.0.1:${port}`,
    now: () => 0,
    onChange: (state) => told.push(state),
  });
  try {
    await vi.waitFor(async () => {
      await counts.exchange(rates);
      expect(told).toEqual(['AWAY']);
    });
    await counts.exchange(rates);
    rates.request('school');
    expect(() => rates.request('school')).toThrow('more often');
    expect(told).toEqual(['AWAY']);
  } finally {
    await counts.close();
  }
});
