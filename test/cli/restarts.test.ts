import { describe, expect, it } from 'vitest';
import { RestartBound } from '../../src/cli/restarts.js';

describe('restarts', () => {
  it('are five within a minute, and more when the minute has passed', () => {
    let now = 1_000_000;
    const bound = new RestartBound(() => now);
    expect(Array.from({ length: 6 }, () => bound.take())).toEqual([true, true, true, true, true, false]);
    now += 59_999;
    expect(bound.take()).toBe(false);
    now += 1;
    expect(bound.take()).toBe(true);
  });

  it('do not count for longer where the clock was set back', () => {
    let now = 1_000_000;
    const bound = new RestartBound(() => now);
    for (let i = 0; i < 5; i += 1) bound.take();
    now -= 500_000;
    expect(bound.take()).toBe(true);
  });
});
