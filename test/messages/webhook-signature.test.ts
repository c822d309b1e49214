/** Signatures of webhooks, held against the published rule. */
import { describe, expect, it } from 'vitest';
import { readWebhookSecrets, webhookHeaders } from '../../src/messages/webhook-signature.js';
import { signatureHolds } from './receiver.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('a webhook', () => {
  it('is signed as the example of the standard’s own libraries', () => {
    // The known answer that their test suites share: id, timestamp, body and secret.
    const headers = webhookHeaders(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330_000,
      '{"test": 2432232314}',
      readWebhookSecrets(SECRET),
    );
    expect(headers).toMatchObject({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is signed with every secret of the file, so that either end may change first', () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const headers = webhookHeaders('a', 0, '{}', readWebhookSecrets(`${SECRET}\n${other}\n`));
    for (const secret of [SECRET, other]) expect(signatureHolds(headers, '{}', secret)).toBe(true);
    expect(signatureHolds(headers, '{ }', SECRET)).toBe(false);
    expect(signatureHolds({ ...headers, 'webhook-timestamp': '1' }, '{}', SECRET)).toBe(false);
    expect(signatureHolds({ ...headers, 'webhook-id': 'b' }, '{}', SECRET)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['no prefix', SECRET.slice(6)],
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['one line that is none', `${SECRET}\nsecret`],
  ])('takes no secret that is %s, and does not quote it', (_, text) => {
    expect(() => readWebhookSecrets(text)).toThrow(RangeError);
    try {
      readWebhookSecrets(text);
    } catch (error) {
      expect(String(error)).not.toContain(text.slice(-8) || 'whsec_A');
    }
  });
});
