/** A receipt as SD-JWT: what is shown holds, what is left out stays hidden, and nothing passes that was changed. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import { describe, expect, test } from 'vitest';
import { loadReceiptKeys, receiptPublicKeys, rotateReceiptKey } from '../../src/receipts/keys.js';
import {
  DISCLOSABLE,
  type Disclosable,
  type HolderKey,
  presentReceipt,
  signPacked,
  verifySdReceipt,
} from '../../src/receipts/sd-jwt.js';
import { verifyReceipt } from '../../src/receipts/verify.js';
import { issuer, judged, POSITION, sealed } from './support.js';

const RECORD = { chain: 'gw-1', seq: 7, hash: POSITION.hash };

async function issued(holder: HolderKey | null = null) {
  const { issuer: by, keys, folder } = await issuer();
  const receipt = await by.issueSelective(judged(), holder);
  receipt.seal(POSITION);
  return { text: receipt.toJSON(), digest: receipt.digest, keys, folder, by };
}

function holderPair(kind: 'ed25519' | 'P-256'): { readonly jwk: HolderKey; readonly key: KeyObject } {
  const { publicKey, privateKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { jwk: publicKey.export({ format: 'jwk' }) as HolderKey, key: privateKey };
}

describe('a receipt as SD-JWT', () => {
  test('shows everything as it was issued, and the digest that the entry holds', async () => {
    const { text, digest, keys } = await issued();
    expect(await verifySdReceipt(text, keys.publicJwks)).toMatchObject({
      ok: true,
      claims: { iss: 'urn:test', jti: 'r-1.1', case: 'NP-2026-0001', client: 'school-enrolment', ...judged().verdict },
      withheld: [],
      record: RECORD,
      digest,
      bound: false,
    });
  });

  test('cannot leave before its entry is durable', async () => {
    const { issuer: by } = await issuer();
    const receipt = await by.issueSelective(judged(), null);
    expect(() => JSON.stringify({ receipt })).toThrow(TypeError);
  });

  test.each(DISCLOSABLE.map((name) => [name] as const))(
    'shows %s and nothing else that may be left out',
    async (name) => {
      const { text, digest, keys } = await issued();
      const shown = await presentReceipt(text, [name]);
      const verified = await verifySdReceipt(shown, keys.publicJwks);
      if (!verified.ok) throw new Error(verified.reason);
      expect(verified.withheld).toEqual(DISCLOSABLE.filter((other) => other !== name));
      expect(verified.claims).toMatchObject({ verdict: 'APPROVED', matter: 'school-enrolment-primary' });
      expect(verified.claims).toHaveProperty(name);
      expect(verified.digest).toBe(digest);
      const seen = shown.split('~').map((part) => Buffer.from(part.split('.')[1] ?? part, 'base64url').toString());
      if (name !== 'case') expect(seen.join(' ')).not.toContain('NP-2026-0001');
      if (name !== 'client') expect(seen.join(' ')).not.toContain('school-enrolment"');
    },
  );

  test('tells nothing of what it hides: no two receipts have a digest in common', async () => {
    const [a, b] = [await issued(), await issued()];
    const digests = (text: string): string[] =>
      (JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as { _sd: string[] })._sd;
    expect(digests(a.text)).toHaveLength(DISCLOSABLE.length);
    expect(new Set([...digests(a.text), ...digests(b.text)]).size).toBe(2 * DISCLOSABLE.length);
  });

  test('does not hold with a disclosure that was changed, doubled or is another receipt’s', async () => {
    const { text, keys } = await issued();
    const other = await issued();
    const [jwt = '', first = '', ...rest] = text.split('~');
    const forged = Buffer.from(JSON.stringify(['salt', 'tier', 'MIGRANT'])).toString('base64url');
    const foreign = other.text.split('~')[1] ?? '';
    for (const disclosures of [
      [forged, ...rest],
      [first, first, ...rest],
      [first, foreign, ...rest],
    ]) {
      const verified = await verifySdReceipt([jwt, ...disclosures].join('~'), keys.publicJwks);
      expect(verified).toEqual({ ok: false, reason: 'NOT_A_RECEIPT' });
    }
  });

  test('does not hold after any changed character of what is signed', async () => {
    const { text, keys } = await issued();
    const length = text.indexOf('~');
    for (let at = 0; at < length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const verified = await verifySdReceipt(`${text.slice(0, at)}${other}${text.slice(at + 1)}`, keys.publicJwks);
      expect(verified.ok).toBe(false);
    }
  });

  test('and a JWS pass for each other nowhere', async () => {
    const { text, keys, by } = await issued();
    const jws = sealed(by);
    expect(verifyReceipt(text.split('~')[0] ?? '', keys.publicJwks)).toEqual({ ok: false, reason: 'NOT_A_RECEIPT' });
    expect(await verifySdReceipt(`${jws}~`, keys.publicJwks)).toEqual({ ok: false, reason: 'NOT_A_RECEIPT' });
    const [, payload = ''] = jws.split('.');
    const retyped = signPacked(keys.current, Buffer.from(payload, 'base64url').toString(), []);
    expect(await verifySdReceipt(retyped, keys.publicJwks)).toEqual({ ok: false, reason: 'NOT_A_RECEIPT' });
  });

  test('stays verifiable after the key was changed, as a JWS does', async () => {
    const { text, keys, folder, by } = await issued();
    const jws = sealed(by);
    await rotateReceiptKey(folder);
    await rotateReceiptKey(folder);
    const published = await receiptPublicKeys(folder);
    expect((await loadReceiptKeys(folder)).current.kid).not.toBe(keys.current.kid);
    expect(published).toHaveLength(3);
    expect((await verifySdReceipt(text, published)).ok).toBe(true);
    expect(verifyReceipt(jws, published).ok).toBe(true);
    expect(await verifySdReceipt(text, published.slice(0, 2))).toEqual({ ok: false, reason: 'UNKNOWN_KEY' });
  });

  test('is read by the library alone, as any SD-JWT', async () => {
    const { text } = await issued();
    const plain = new SDJwtInstance({
      hasher: async (data, alg) => new Uint8Array(await crypto.subtle.digest(alg, Buffer.from(data as string))),
    });
    expect(await plain.getClaims(text)).toMatchObject({ vct: 'urn:mianzheng:receipt:1', case: 'NP-2026-0001' });
  });
});

describe.each(['ed25519', 'P-256'] as const)('bound to a holder by %s', (kind) => {
  const challenge = { audience: 'https://counter.example', nonce: 'n-1' };
  const show = async (key: KeyObject, text: string, disclose: readonly Disclosable[] = ['tier']) =>
    presentReceipt(text, disclose, { key, ...challenge, at: Date.now() });

  test('holds where the holder proves it, to whom and for what was asked', async () => {
    const { jwk, key } = holderPair(kind);
    const { text, keys } = await issued(jwk);
    const shown = await show(key, text);
    expect(await verifySdReceipt(shown, keys.publicJwks, challenge)).toMatchObject({ ok: true, bound: true });
    const others = [
      { ...challenge, nonce: 'n-2' },
      { ...challenge, audience: 'https://other.example' },
    ];
    for (const other of others) {
      expect(await verifySdReceipt(shown, keys.publicJwks, other)).toEqual({ ok: false, reason: 'NOT_THE_HOLDER' });
    }
  });

  test('does not hold for whoever only has the text, another key, or added a disclosure after the proof', async () => {
    const { jwk, key } = holderPair(kind);
    const { text, keys } = await issued(jwk);
    const none = await presentReceipt(text, ['tier']);
    const stolen = await show(holderPair(kind).key, text);
    const [proof = '', ...rest] = (await show(key, text)).split('~').reverse();
    const all = text.split('~').slice(1, -1);
    const added = [...rest.reverse(), all.find((one) => !rest.includes(one)) ?? '', proof].join('~');
    for (const shown of [none, stolen, added]) {
      expect(await verifySdReceipt(shown, keys.publicJwks, challenge)).toEqual({ ok: false, reason: 'NOT_THE_HOLDER' });
    }
  });
});
