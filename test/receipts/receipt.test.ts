/** A receipt from issuing to verification; and that none passes which was not issued so. */
import { createHash, createHmac, createPrivateKey, generateKeyPairSync, hkdfSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { recordedFault } from '../../src/receipts/recorded.js';
import { verifyReceipt } from '../../src/receipts/verify.js';
import { request } from '../audit/support.js';
import { issuer, judged, POSITION, payloadOf, sealed } from './support.js';

const RECORD = { chain: 'gw-1', seq: 7, hash: POSITION.hash };

describe('a receipt', () => {
  test('gives back what was judged, its place in the record and the digest that the entry holds', async () => {
    const { issuer: by, keys } = await issuer();
    const receipt = by.issue(judged());
    receipt.seal(POSITION);
    const verified = verifyReceipt(receipt.toJSON(), keys.publicJwks);
    expect(verified).toMatchObject({
      ok: true,
      claims: {
        iss: 'urn:test',
        iat: Date.parse('2026-07-01T02:00:00Z') / 1000,
        jti: 'r-1.1',
        client: 'school-enrolment',
        matter: 'school-enrolment-primary',
        case: 'NP-2026-0001',
        ...judged().verdict,
        sources: judged().sources,
      },
      record: RECORD,
      digest: receipt.digest,
    });
  });

  test('states the text that was digested, with the place put in before its last brace', async () => {
    const { issuer: by } = await issuer();
    const receipt = by.issue(judged());
    receipt.seal(POSITION);
    const payload = payloadOf(receipt.toJSON());
    const member = `,"record":${JSON.stringify(RECORD)}`;
    expect(payload.endsWith(`${member}}`)).toBe(true);
    const text = payload.replace(member, '');
    expect(createHash('sha256').update(text).digest('base64url')).toBe(receipt.digest);
  });

  test('holds by jose alone, under the header of its kind', async () => {
    const { issuer: by, keys } = await issuer();
    const [jwk] = keys.publicJwks;
    if (jwk === undefined) throw new Error('no key');
    const { protectedHeader, payload } = await compactVerify(sealed(by), await importJWK(jwk, 'EdDSA'));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: keys.current.kid, typ: 'mianzheng-receipt+jwt' });
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ case: 'NP-2026-0001', record: RECORD });
  });

  test('cannot leave before its entry is durable', async () => {
    const { issuer: by } = await issuer();
    const receipt = by.issue(judged());
    expect(() => JSON.stringify({ receipt })).toThrow(TypeError);
    receipt.seal(POSITION);
    expect(JSON.stringify({ receipt, again: receipt })).toMatch(/^\{"receipt":"(ey[\w.-]+)","again":"\1"\}$/);
  });

  test('names subjects by pseudonyms in an order that says nothing, and facts by a keyed digest', async () => {
    const { issuer: by, folder } = await issuer();
    const secret = readFileSync(`${folder}/subject-pseudonym.key`);
    const payload = JSON.parse(payloadOf(sealed(by))) as { subjects: string[]; facts: string };
    const name = (subject: string) =>
      createHmac('sha256', secret).update(subject).digest().subarray(0, 16).toString('base64url');
    expect(payload.subjects).toEqual([...judged().subjects].map(name).sort());
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'mianzheng receipt facts 1', 32));
    const facts = JSON.stringify(judged().facts);
    expect(payload.facts).toBe(createHmac('sha256', key).update(`r-1.1\n${facts}`).digest('base64url'));
    expect(payload.facts).toBe(by.factsDigest('r-1.1', judged().facts));
  });

  test('does not show that two verdicts rest on equal facts', async () => {
    const { issuer: by } = await issuer();
    expect(by.factsDigest('r-1.1', {})).not.toBe(by.factsDigest('r-1.2', {}));
    expect(by.issue(judged()).digest).not.toBe(by.issue(judged({ id: 'r-1.2' })).digest);
  });
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';

describe('a receipt that was changed', () => {
  test('is refused whatever single bit of whatever character changed', async () => {
    const { issuer: by, keys } = await issuer();
    const text = sealed(by);
    const passed: string[] = [];
    for (let at = 0; at < text.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
        const verified = verifyReceipt(text.slice(0, at) + changed + text.slice(at + 1), keys.publicJwks);
        if (verified.ok) passed.push(`character ${at}, bit ${bit}`);
      }
    }
    expect(passed).toEqual([]);
  }, 60_000);

  test('is refused with any character of the alphabet in the place of another, added or removed', async () => {
    const { issuer: by, keys } = await issuer();
    const text = sealed(by);
    const change = fc.record({
      at: fc.nat(text.length - 1),
      cut: fc.constantFrom(0, 1),
      put: fc.string({ unit: fc.constantFrom(...Array.from(ALPHABET)), maxLength: 2 }),
    });
    fc.assert(
      fc.property(change, ({ at, cut, put }) => {
        const changed = text.slice(0, at) + put + text.slice(at + cut);
        return changed === text || !verifyReceipt(changed, keys.publicJwks).ok;
      }),
      { numRuns: 2000 },
    );
  });

  test('never makes verification throw, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: 'binary' })), (text, parts) => {
        const made = parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
        return !verifyReceipt(text, []).ok && !verifyReceipt(made, []).ok;
      }),
    );
  });
});

/** Signs anything, as the gateway's key would if it were asked to. */
async function forger() {
  const { keys, folder, issuer: by } = await issuer();
  const jwk = JSON.parse(readFileSync(`${folder}/receipt-signing-key-1.json`, 'utf8')) as Record<string, string>;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const header = { alg: 'EdDSA', kid: keys.current.kid, typ: 'mianzheng-receipt+jwt' };
  const forged = (payload: unknown, head: Readonly<Record<string, unknown>> = {}) => {
    const signed = `${part({ ...header, ...head })}.${part(payload)}`;
    return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
  };
  return { forged, keys: keys.publicJwks, payload: payloadOf(sealed(by)) };
}

describe('what is no receipt', () => {
  test('is told apart', async () => {
    const { forged, keys, payload } = await forger();
    const reasonOf = (text: string, by = keys) => {
      const verified = verifyReceipt(text, by);
      return verified.ok ? 'OK' : verified.reason;
    };
    const claims = JSON.parse(payload) as Record<string, unknown>;
    const { record, ...rest } = claims;
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const given = {
      'the receipt itself': reasonOf(forged(payload)),
      nothing: reasonOf(''),
      'two parts': reasonOf('e30.e30'),
      'too long a text': reasonOf(`${'A'.repeat(300_000)}.e30.${'A'.repeat(86)}`),
      'another type': reasonOf(forged(payload, { typ: 'mianzheng-checkpoint+jws' })),
      'another algorithm': reasonOf(forged(payload, { alg: 'none' })),
      'no kid': reasonOf(forged(payload, { kid: undefined })),
      'another kid': reasonOf(forged(payload, { kid: 'other' })),
      'a key for another purpose': reasonOf(forged(payload, { kid: 'x' }), [{ ...keys[0], kid: 'x' }]),
      'no keys': reasonOf(forged(payload), []),
      "another's key under its kid": reasonOf(forged(payload), [{ ...other, kid: String(keys[0]?.kid) }]),
      'a key of another kind under its kid': reasonOf(forged(payload), [{ kty: 'RSA', kid: String(keys[0]?.kid) }]),
      'no JSON': reasonOf(forged('claims')),
      'no place': reasonOf(forged(rest)),
      'the place not last': reasonOf(forged({ record, ...rest })),
      'a place beyond folders': reasonOf(forged(payload.replace('"gw-1"', '"../gw"'))),
      'a claim missing': reasonOf(forged(payload.replace('"client":"school-enrolment",', ''))),
      'a claim too many': reasonOf(forged(payload.replace('"client":', '"name":"x","client":'))),
      'another verdict than there are': reasonOf(forged(payload.replace('"APPROVED"', '"YES"'))),
    };
    expect(given).toEqual({
      'the receipt itself': 'OK',
      nothing: 'NOT_A_RECEIPT',
      'two parts': 'NOT_A_RECEIPT',
      'too long a text': 'NOT_A_RECEIPT',
      'another type': 'NOT_A_RECEIPT',
      'another algorithm': 'NOT_A_RECEIPT',
      'no kid': 'NOT_A_RECEIPT',
      'another kid': 'UNKNOWN_KEY',
      'a key for another purpose': 'UNKNOWN_KEY',
      'no keys': 'UNKNOWN_KEY',
      "another's key under its kid": 'BAD_SIGNATURE',
      'a key of another kind under its kid': 'UNKNOWN_KEY',
      'no JSON': 'NOT_A_RECEIPT',
      'no place': 'NOT_A_RECEIPT',
      'the place not last': 'NOT_A_RECEIPT',
      'a place beyond folders': 'NOT_A_RECEIPT',
      'a claim missing': 'NOT_A_RECEIPT',
      'a claim too many': 'NOT_A_RECEIPT',
      'another verdict than there are': 'NOT_A_RECEIPT',
    });
  });
});

describe('a receipt against the record', () => {
  const receipt = { record: RECORD, digest: 'D' };
  const { kind, about: _about, ...rest } = request();
  const stored = (digest?: string | null) => ({
    position: { seq: 7, hash: POSITION.hash },
    entry: { seq: 7, kind, ...rest, disclosed: 0, masked: 0, used: 0, withheld: 0, receipt: digest ?? null },
  });

  test.each([
    ['agrees with its entry', stored('D'), null],
    ['agrees with an entry of several verdicts', stored('A D B'), null],
    ['is not there', null, 'NOT_IN_RECORD'],
    ['stands where another entry is', { ...stored('D'), position: { seq: 7, hash: 'f' } }, 'OTHER_ENTRY'],
    ['is not that of its entry', stored('DD'), 'OTHER_RECEIPT'],
    ['names an entry without verdict', stored(null), 'OTHER_RECEIPT'],
  ] as const)('%s', (_name, found, fault) => {
    expect(recordedFault(receipt, found)).toBe(fault);
  });

  test('names an entry that is no request', () => {
    const entry = { seq: 7, kind: 'recovered', time: '', cut: 1 } as const;
    expect(recordedFault(receipt, { position: { seq: 7, hash: POSITION.hash }, entry })).toBe('OTHER_RECEIPT');
  });
});
