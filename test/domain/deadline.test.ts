import { describe, expect, it } from 'vitest';
import { Deadline } from '../../src/domain/deadline.js';

const late = new Error('late');

describe('a deadline', () => {
  it('lets work settle as it does', async () => {
    const deadline = new Deadline();
    expect(await deadline.await(Promise.resolve(1))).toBe(1);
    await expect(deadline.await(Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(deadline.passed).toBe(false);
    expect(deadline.signal.aborted).toBe(false);
  });

  it('tells who waits, and what has its signal, as soon as it passes', async () => {
    const deadline = new Deadline();
    const { signal } = deadline;
    const waiting = deadline.await(new Promise(() => undefined));
    deadline.pass(late);
    await expect(waiting).rejects.toBe(late);
    expect(deadline.passed).toBe(true);
    expect(signal.reason).toBe(late);
  });

  it('tells who comes later, with the first reason', async () => {
    const deadline = new Deadline();
    deadline.pass(late);
    deadline.pass(new Error('again'));
    await expect(deadline.await(Promise.resolve(1))).rejects.toBe(late);
    expect(deadline.signal.reason).toBe(late);
  });
});
