/** Where messages go: a webhook, or for development a file. */
import { appendFile, readFile } from 'node:fs/promises';
import { readWebhookSecrets, webhookHeaders } from './webhook-signature.js';

/** A message as it is sent. */
export interface SentMessage {
  /** The same for every try: who receives it twice can tell (idempotency key). */
  readonly id: string;
  readonly body: string;
}

/** Somebody who takes messages. */
export interface Receiver {
  /** Names it in the outbox: the webhook's URL, or a file's. At most 500 characters. */
  readonly address: string;
  /**
   * Sends once.
   * @param at ms since the epoch
   * @param timeoutMs longest wait for an answer
   * @returns why it did not arrive, for the log: it holds nothing of the message; null where it did
   */
  send(message: SentMessage, at: number, timeoutMs: number): Promise<string | null>;
}

/** A webhook to be told. */
export interface WebhookAddress {
  /** https, or http on the loopback interface. Redirects are not followed. */
  readonly url: string;
  /** File with its secrets, see `readWebhookSecrets`; read for every message, so that a change needs no restart. */
  readonly secretFile: string;
}

/** What went wrong, in words. */
function whyOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'it failed';
}

/**
 * A webhook, told by signed POST requests (Standard Webhooks).
 * @param mediaType of the bodies; default `application/json`
 */
export function webhookReceiver({ url, secretFile }: WebhookAddress, mediaType = 'application/json'): Receiver {
  return {
    address: url,
    async send({ id, body }, at, timeoutMs) {
      try {
        const secrets = readWebhookSecrets(await readFile(secretFile, 'utf8'));
        const response = await fetch(url, {
          method: 'POST',
          headers: { ...webhookHeaders(id, at, body, secrets), 'content-type': mediaType },
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        return response.ok ? null : `status ${response.status}`;
      } catch (error) {
        return whyOf(error);
      }
    },
  };
}

/** A file to which each message is added as a line of JSON, with the id it has. @param address `file:` URL */
export function fileReceiver(address: string): Receiver {
  const file = new URL(address);
  return {
    address,
    async send({ id, body }) {
      try {
        await appendFile(file, `{"id":${JSON.stringify(id)},"message":${body}}\n`, { mode: 0o600 });
        return null;
      } catch (error) {
        return whyOf(error);
      }
    },
  };
}

/** A receiver of messages that lie sealed in the outbox. @param open as in {@link import('./seal.js').Seal} */
export function unsealing(receiver: Receiver, open: (sealed: string) => string): Receiver {
  return {
    address: receiver.address,
    async send({ id, body }, at, timeoutMs) {
      let opened: string;
      try {
        opened = open(body);
      } catch (error) {
        return whyOf(error);
      }
      return receiver.send({ id, body: opened }, at, timeoutMs);
    },
  };
}
