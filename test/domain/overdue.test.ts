import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Overdue } from '../../src/domain/overdue.js';

describe('work under watch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched(limitMs: number) {
    const told: string[] = [];
    const watch = new Overdue<string>(limitMs, (work) => void told.push(work));
    return { told, watch };
  }

  test('that takes too long is told of once, in the order it began', () => {
    const { told, watch } = watched(1000);
    watch.begin('first');
    vi.advanceTimersByTime(400);
    watch.begin('second');
    vi.advanceTimersByTime(590);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(60);
    expect(told).toEqual(['first']);
    vi.advanceTimersByTime(400);
    expect(told).toEqual(['first', 'second']);
    vi.advanceTimersByTime(10_000);
    expect(told).toHaveLength(2);
    watch.close();
  });

  test('that has ended is not', () => {
    const { told, watch } = watched(1000);
    watch.begin('ended');
    watch.begin('not');
    watch.end('ended');
    vi.advanceTimersByTime(2000);
    expect(told).toEqual(['not']);
    watch.close();
  });

  test('is looked at from every 5 ms to every 250 ms', () => {
    for (const [limit, latest] of [
      [20, 5],
      [1000, 50],
      [60_000, 250],
    ] as const) {
      const { told, watch } = watched(limit);
      watch.begin('work');
      vi.advanceTimersByTime(limit - 1);
      expect(told).toEqual([]);
      vi.advanceTimersByTime(latest + 1);
      expect(told).toEqual(['work']);
      watch.close();
    }
  });

  test('is told of no more once the watch is closed', () => {
    const { told, watch } = watched(100);
    watch.begin('work');
    watch.close();
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
  });
});
