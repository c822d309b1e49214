import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runPeriodically } from '../../src/jobs/periodic.js';

const DAY = 86_400_000;

describe('a periodic job', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs a minute after the start and then as often as it is to, also after a run that failed', async () => {
    let runs = 0;
    const faults: unknown[] = [];
    const job = runPeriodically(
      DAY,
      async () => {
        runs += 1;
        if (runs === 1) throw new Error('no disk');
      },
      (cause) => faults.push(cause),
    );
    await vi.advanceTimersByTimeAsync(59_000);
    expect(runs).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(1);
    expect(faults).toMatchObject([{ message: 'no disk' }]);
    await vi.advanceTimersByTimeAsync(2 * DAY);
    expect(runs).toBe(3);
    job.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks the run under way to end when it is stopped, and begins no other', async () => {
    let signal: AbortSignal | null = null;
    let end = (): void => undefined;
    const job = runPeriodically(
      DAY,
      (given) => {
        signal = given;
        return new Promise((resolve) => {
          end = resolve;
        });
      },
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(60_000);
    job.stop();
    expect(signal).toMatchObject({ aborted: true });
    end();
    await vi.advanceTimersByTimeAsync(3 * DAY);
    expect(vi.getTimerCount()).toBe(0);
  });
});
