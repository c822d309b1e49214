/** Signs messages as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA-256, version `v1`. */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
/** Bytes of a secret, as the standard bounds them. */
const SHORTEST = 24;
const LONGEST = 64;

/**
 * Reads the secrets of a webhook: one a line, `whsec_` and base64 of 24 to 64 bytes. Of several each signs, so that the
 * receiver may change from one to the next in its own time.
 * @throws RangeError where a line is no such secret; the message shows nothing of it
 */
export function readWebhookSecrets(text: string): readonly Buffer[] {
  const lines = text.split(/\s+/).filter((line) => line !== '');
  const secrets = lines.map((line) => {
    const bytes = Buffer.from(line.startsWith(PREFIX) ? line.slice(PREFIX.length) : '', 'base64');
    if (bytes.length < SHORTEST || bytes.length > LONGEST) {
      throw new RangeError(`a webhook's secret is ${PREFIX} and base64 of ${SHORTEST} to ${LONGEST} bytes`);
    }
    return bytes;
  });
  if (secrets.length === 0) throw new RangeError("the file of a webhook's secret is empty");
  return secrets;
}

/**
 * The headers of a message.
 * @param id names the message, the same in every try
 * @param at when it is sent, ms since the epoch
 * @param body exactly what is sent
 */
export function webhookHeaders(
  id: string,
  at: number,
  body: string,
  secrets: readonly Buffer[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
