/** Brings messages to webhooks: at least once, in no promised order, for days where it must be. */
import { readFile } from 'node:fs/promises';
import type { WebhookOutbox } from '../store/control-store.js';
import type { WebhookMessage } from '../store/webhook-outbox.js';
import { readWebhookSecrets, webhookHeaders } from './webhook-signature.js';

/** Somebody who wants to be told. */
export interface Webhook {
  /** https, or http on the loopback interface. Redirects are not followed. */
  readonly url: string;
  /** File with its secrets, see `readWebhookSecrets`; read for every turn, so that a change needs no restart. */
  readonly secretFile: string;
  /** Kinds of events it is told of. */
  readonly events: readonly string[];
}

/** What became of one try. `EXPIRED`: it is given up. */
export type Delivery = 'DELIVERED' | 'FAILED' | 'EXPIRED';

/** How the courier goes. */
export interface CourierOptions {
  readonly webhooks: readonly Webhook[];
  readonly outbox: WebhookOutbox;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Longest wait for an answer, ms. Default 5,000. */
  readonly timeoutMs?: number;
  /** Told of every try. `why`: of one that failed, for the log; it holds nothing of the message. */
  readonly onTry: (delivery: Delivery, message: Pick<WebhookMessage, 'id' | 'url' | 'attempts'>, why: string) => void;
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
  const { webhooks, outbox, now, timeoutMs = TIMEOUT_MS, onTry } = options;
  const byUrl = new Map(webhooks.map((webhook) => [webhook.url, webhook]));

  /** @returns why it did not arrive; null where it did */
  async function send({ url, id, body }: WebhookMessage): Promise<string | null> {
    try {
      const secrets = readWebhookSecrets(await readFile(byUrl.get(url)?.secretFile ?? '', 'utf8'));
      const response = await fetch(url, {
        method: 'POST',
        headers: webhookHeaders(id, now(), body, secrets),
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      return response.ok ? null : `status ${response.status}`;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : 'it failed';
    }
  }

  async function deliver(message: WebhookMessage): Promise<void> {
    const why = await send(message);
    if (why === null) {
      await outbox.remove(message);
      onTry('DELIVERED', message, '');
    } else if (now() - message.at >= GIVEN_UP_MS) {
      await outbox.remove(message);
      onTry('EXPIRED', message, why);
    } else {
      await outbox.postpone(message, now() + waitAfter(message.attempts));
      onTry('FAILED', message, why);
    }
  }

  return {
    async turn() {
      if (byUrl.size === 0) return;
      const until = now() + 2 * timeoutMs;
      const messages = await outbox.claim([...byUrl.keys()], { now: now(), until, most: AT_ONCE });
      const ends = await Promise.allSettled(messages.map(deliver));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}
