/** Metrics of several processes as one. */
import { describe, expect, it } from 'vitest';
import { type Counting, GatheredMetrics } from '../../src/cli/process-metrics.js';
import { type Metrics, openMetrics } from '../../src/metrics.js';

function gather(...all: readonly Metrics[]) {
  const gathered = new GatheredMetrics();
  const processes = all.map(
    (metrics): Counting => ({
      ask: (id) => {
        void metrics.snapshot().then((snapshot) => gathered.told(id, snapshot));
      },
    }),
  );
  for (const one of processes) gathered.joined(one);
  return { gathered, processes };
}

const requests = (text: string) => Number(/^mianzheng_requests_total\{.*\} (\d+)$/m.exec(text)?.[1]);
const timed = (text: string) => Number(/^mianzheng_request_seconds_count (\d+)$/m.exec(text)?.[1]);

describe('the metrics of several processes', () => {
  it('are summed, and counted once however often they are asked for', async () => {
    const [first, second] = [openMetrics(), openMetrics()];
    for (let i = 0; i < 3; i += 1) first.request('ANSWERED', 'OK', 0.01);
    second.request('ANSWERED', 'OK', 0.01);
    const { gathered } = gather(first, second);
    for (const text of [await gathered.text(), ...(await Promise.all([gathered.text(), gathered.text()]))]) {
      expect([requests(text), timed(text)]).toEqual([4, 4]);
    }
  });

  it('show the worst breaker of all, and what came of asking other cities in sum', async () => {
    const states = ['CLOSED', 'OPEN', 'HALF_OPEN'] as const;
    const all = states.map((breaker, i) => {
      const metrics = openMetrics();
      metrics.watchSources(() => [
        { department: 'HOUSEHOLD', breaker: 'CLOSED', elsewhere: null },
        { department: 'HOUSEHOLD', breaker, elsewhere: { city: 'tongxiang', matter: 'm', up: i, down: 1 } },
      ]);
      return metrics;
    });
    const text = await gather(...all).gathered.text();
    const lines = text.split('\n').filter((line) => /^mianzheng_(breaker|city_fetches_total)\{/.test(line));
    expect(lines.sort()).toEqual([
      'mianzheng_breaker{department="HOUSEHOLD",city="",matter=""} 0',
      'mianzheng_breaker{department="HOUSEHOLD",city="tongxiang",matter="m"} 2',
      'mianzheng_city_fetches_total{city="tongxiang",department="HOUSEHOLD",matter="m",result="DOWN"} 3',
      'mianzheng_city_fetches_total{city="tongxiang",department="HOUSEHOLD",matter="m",result="UP"} 3',
    ]);
  });

  it('keep what an ended process had counted, but not its memory', async () => {
    const [first, second, third] = [openMetrics(), openMetrics(), openMetrics()];
    first.request('ANSWERED', 'OK', 0.01);
    second.request('ANSWERED', 'OK', 0.01);
    third.request('ANSWERED', 'OK', 0.01);
    const { gathered, processes } = gather(first, second, third);
    await gathered.text();
    for (const one of processes.slice(0, 2)) gathered.left(one);
    const text = await gathered.text();
    expect([requests(text), timed(text)]).toEqual([3, 3]);
    expect(text).toContain('process_resident_memory_bytes');
    for (const one of processes.slice(2)) gathered.left(one);
    expect(await gathered.text()).not.toContain('process_resident_memory_bytes');
    expect(requests(await gathered.text())).toBe(3);
  });

  it('do not wait for a process that ends instead of answering', async () => {
    const gathered = new GatheredMetrics();
    const silent: Counting = { ask: () => undefined };
    gathered.joined(silent);
    const asked = gathered.text();
    gathered.left(silent);
    expect(await asked).toBe('\n');
  });
});
