/** Brings messages from the outbox to who is to have them: at least once, in no promised order, for days where it must be. */
import type { WebhookOutbox } from '../store/control-store.js';
import type { WebhookMessage } from '../store/webhook-outbox.js';
import type { Receiver } from './receivers.js';

/** What became of one try. `EXPIRED`: it is given up. */
export type Delivery = 'DELIVERED' | 'FAILED' | 'EXPIRED';

/** How the courier goes. */
export interface CourierOptions {
  readonly receivers: readonly Receiver[];
  readonly outbox: WebhookOutbox;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Longest wait for an answer, ms. Default 5,000. */
  readonly timeoutMs?: number;
  /** Told of every try. `why`: of one that failed, for the log; it holds nothing of the message. */
  readonly onTry: (delivery: Delivery, message: Pick<WebhookMessage, 'id' | 'url' | 'attempts'>, why: string) => void;
  /** Notes elsewhere what became of a message for good, before the outbox forgets it. Default: nothing. */
  readonly onEnd?: (end: 'DELIVERED' | 'EXPIRED', id: string) => Promise<void>;
}

/** Brings messages. */
export interface Courier {
  /** Tries what is due, some messages at once. @throws where the store does not answer: what arrived meanwhile may be sent again */
  turn(): Promise<void>;
}

const TIMEOUT_MS = 5000;
/** Messages of one turn. */
const AT_ONCE = 16;
/** Wait after the first failure, ms; doubled after each further one. */
const FIRST_WAIT_MS = 1000;
/** Longest wait between two tries, ms. */
const LONGEST_WAIT_MS = 300_000;
/** Age at which a message is given up, ms: seven days. The record has what it said. */
const GIVEN_UP_MS = 7 * 86_400_000;

/** Wait after so many failures, ms. */
export function waitAfter(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20));
}

/** Makes a courier. Nothing is sent before its first turn. */
export function openCourier(options: CourierOptions): Courier {
  const { receivers, outbox, now, timeoutMs = TIMEOUT_MS, onTry, onEnd } = options;
  const byAddress = new Map(receivers.map((receiver) => [receiver.address, receiver]));

  async function end(how: 'DELIVERED' | 'EXPIRED', message: WebhookMessage, why: string): Promise<void> {
    await onEnd?.(how, message.id);
    await outbox.remove(message);
    onTry(how, message, why);
  }

  async function deliver(message: WebhookMessage): Promise<void> {
    const receiver = byAddress.get(message.url);
    const why = receiver === undefined ? 'nobody has this address' : await receiver.send(message, now(), timeoutMs);
    if (why === null) {
      await end('DELIVERED', message, '');
    } else if (now() - message.at >= GIVEN_UP_MS) {
      await end('EXPIRED', message, why);
    } else {
      await outbox.postpone(message, now() + waitAfter(message.attempts));
      onTry('FAILED', message, why);
    }
  }

  return {
    async turn() {
      if (byAddress.size === 0) return;
      const until = now() + 2 * timeoutMs;
      const messages = await outbox.claim([...byAddress.keys()], { now: now(), until, most: AT_ONCE });
      const ends = await Promise.allSettled(messages.map(deliver));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}
