/** What a store that does not answer means to whoever asks: the request is to be asked again, not refused. */
import { MianzhengError } from '../errors.js';

/** Waits for work of a store. @throws MianzhengError as the work does, and OVERLOADED for whatever else fails it */
export async function answering<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof MianzhengError) throw cause;
    throw new MianzhengError('OVERLOADED', 'the control store does not answer', { retryAfter: 5, cause });
  }
}
