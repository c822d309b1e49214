/** How the soak judges its minutes. */
import { describe, expect, it } from 'vitest';
import { driftsOf, flat, gaugeOf, type Minute, TURNS } from '../../bench/soak/window.js';

/** An hour in which one figure goes as told, by minute. */
function hour(change: (at: number) => Partial<Minute>): Minute[] {
  return Array.from({ length: 60 }, (_, i) => {
    const workload = TURNS[i % TURNS.length] ?? 'enrolment';
    const steady = { rate: 1000, answers: 60_000, p50: 2, p99: 20, max: 50, saturated: false };
    return { at: i + 1, workload, ...steady, memory: 300, heap: 60, handles: 40, ...change(i + 1) };
  });
}

const notFlat = (minutes: readonly Minute[]) => driftsOf(minutes).flatMap((d) => (flat(d) ? [] : [d.what]));

describe('the soak', () => {
  it('finds a steady hour flat', () => {
    expect(notFlat(hour(() => ({})))).toEqual([]);
  });

  it('forgives the first quarter, in which caches fill', () => {
    expect(notFlat(hour((at) => (at <= 15 ? { memory: 150 + at * 10, p99: 90 } : {})))).toEqual([]);
  });

  it.each([
    ['memory that grows by half a per cent a minute', { memory: 1.5 }, ['resident memory']],
    ['handles that are never closed', { handles: 1 }, ['handles']],
    ['a tail that grows', { p99: 0.5 }, ['enrolment p99', 'verify p99']],
    ['a middle that grows', { p50: 0.05 }, ['enrolment p50', 'verify p50']],
  ] as const)('finds %s', (_what, growth, found) => {
    const [[figure, step] = ['memory', 0]] = Object.entries(growth) as [keyof Minute, number][];
    const begin = { memory: 300, handles: 40, p99: 20, p50: 2 }[figure as 'memory'];
    expect(notFlat(hour((at) => ({ [figure]: begin + at * step })))).toEqual(found);
  });

  it('takes a figure that is missing for not flat', () => {
    expect(notFlat(hour(() => ({ handles: Number.NaN })))).toEqual(['handles']);
    expect(gaugeOf('# HELP a b\nnodejs_heap_size_used_bytes 42\n', 'nodejs_heap_size_used_bytes')).toBe(42);
    expect(gaugeOf('nodejs_heap_size_used_bytes_more 42\n', 'nodejs_heap_size_used_bytes')).toBeNaN();
  });
});
