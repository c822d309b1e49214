import { generateKeyPairSync, sign } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVerifier, type Verifier } from '../../src/authenticate/verifier.js';
import { MianzhengError } from '../../src/errors.js';
import { AUDIENCE, type Forgery, forge, freshKey, ISSUER, ISSUER_KEYS, publicJwk, SECOND_ISSUER } from './forge.js';
import { ACCEPTED, authorizationOf, REFUSED } from './token-cases.js';

const NOW = Date.UTC(2026, 7, 31, 8);

function verifier(algorithms?: readonly string[]): Verifier {
  return createVerifier({
    issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys: ISSUER_KEYS } }, SECOND_ISSUER],
    proofs: { url: 'https://gateway.nanping.example/graphql' },
    now: () => NOW,
    ...(algorithms === undefined ? {} : { algorithms }),
  });
}

async function refusalOf(verification: Promise<unknown>): Promise<MianzhengError> {
  const outcome = await verification.then(
    () => 'accepted',
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(MianzhengError);
  return outcome as MianzhengError;
}

describe('a token that holds', () => {
  it.each(ACCEPTED)('$name', async ({ is, ...given }) => {
    const authenticated = await verifier(given.algorithms).verify(authorizationOf(given, NOW));
    expect(authenticated).toMatchObject({ ...is, issuer: ISSUER });
    expect(authenticated.tokenHash).toMatch(/^[\w-]{43}$/);
    expect(Object.isFrozen(authenticated)).toBe(true);
  });

  it('tells when it expires, in milliseconds', async () => {
    const token = forge({ now: NOW, times: { exp: 120 } });
    expect(await verifier().verify(`Bearer ${token}`)).toMatchObject({ expiresAt: NOW + 120_000 });
  });
});

describe('a token that does not hold', () => {
  it.each(REFUSED)('$name', async ({ refused, ...given }) => {
    const refusal = await refusalOf(verifier(given.algorithms).verify(authorizationOf(given, NOW)));
    expect({ code: refusal.code, status: refusal.status, message: refusal.message }).toEqual({
      code: 'UNAUTHENTICATED',
      status: 401,
      message: refused,
    });
    expect(refusal.detail).toEqual({ field: 'authorization' });
  });

  it('no header at all', async () => {
    const refusal = await refusalOf(verifier().verify(undefined));
    expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED', message: 'the request has no Authorization header' });
  });

  it('longer than the bound by a byte, where the longest still holds', async () => {
    // Base64url grows by 4 characters for 3.
    const near = Math.floor(((8192 - forge({ now: NOW, claims: { padding: '' } }).length) * 3) / 4);
    const lengths = Array.from({ length: 12 }, (_, index) =>
      forge({ now: NOW, claims: { padding: 'x'.repeat(near - 6 + index) } }),
    );
    const longest = lengths.findLast((token) => token.length <= 8192) ?? '';
    const longer = lengths.find((token) => token.length > 8192) ?? '';
    expect(longest.length).toBeGreaterThanOrEqual(8190);
    expect(longer.length).toBeLessThanOrEqual(8194);
    await verifier().verify(`Bearer ${longest}`);
    expect((await refusalOf(verifier().verify(`Bearer ${longer}`))).message).toBe(
      'the access token is longer than 8192 bytes',
    );
  });

  it('under a configured key that is too weak to use, which is the gateway’s fault', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const lone = createVerifier({
      issuers: [
        { issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys: [publicJwk(weak.publicKey, 'PS256')] } },
      ],
      now: () => NOW,
    });
    const refusal = await refusalOf(lone.verify(`Bearer ${forge({ now: NOW, sign: 'PS256' })}`));
    expect(refusal).toMatchObject({ code: 'INTERNAL', message: 'a key of the issuer cannot be used' });
  });

  it('an expiry beyond all numbers', async () => {
    const { jwk, privateKey } = freshKey('infinite');
    const plain = forge({ now: NOW, key: privateKey, header: { kid: 'infinite' }, claims: { exp: 'EXP' } });
    const [header = '', claims = ''] = plain.split('.');
    const infinite = Buffer.from(claims, 'base64url').toString().replace('"EXP"', '1e999');
    const input = `${header}.${Buffer.from(infinite).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const lone = createVerifier({
      issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys: [jwk] } }],
      now: () => NOW,
    });
    const refusal = await refusalOf(lone.verify(`Bearer ${input}.${signature.toString('base64url')}`));
    expect(refusal.message).toBe('the expiry (exp) is not a number');
  });
});

describe('what must always hold', () => {
  // Words no message of ours contains, so that finding one means it came out of the token.
  const secret = fc.stringMatching(/^[A-Z0-9]{12,24}$/).map((text) => `Z${text}`);
  const claim = fc.constantFrom(
    'iss',
    'aud',
    'sub',
    'client_id',
    'exp',
    'nbf',
    'iat',
    'jti',
    'roles',
    'cnf',
    'citizen_id',
  );
  const parameter = fc.constantFrom('alg', 'kid', 'typ', 'jwk', 'jku', 'crit', 'x5c', 'b64', 'zip');

  it('an error shows nothing of the token, however deep it is looked into', async () => {
    const subject = verifier();
    await fc.assert(
      fc.asyncProperty(
        secret,
        fc.oneof(
          fc.record({ claims: claim.map((name) => ({ [name]: 'SECRET' })) }),
          fc.record({ claims: claim.map((name) => ({ [name]: ['SECRET'] })) }),
          fc.record({ header: parameter.map((name) => ({ [name]: 'SECRET' })) }),
          fc.record({ header: parameter.map((name) => ({ [name]: ['SECRET'] })) }),
          fc.record({ sign: fc.constant('STRANGER' as const), claims: fc.constant({ other: 'SECRET' }) }),
          fc.record({ times: fc.constant({ exp: -60 }), claims: fc.constant({ other: 'SECRET' }) }),
        ),
        async (word, forgery) => {
          const filled = JSON.parse(JSON.stringify(forgery).replaceAll('SECRET', word)) as Omit<Forgery, 'now'>;
          const token = forge({ ...filled, now: NOW });
          const outcome = await subject.verify(`Bearer ${token}`).then(
            () => null,
            (error: unknown) => error,
          );
          // A claim such as jti may hold any text; then there is no error to look into.
          if (outcome === null) return;
          expect(outcome).toBeInstanceOf(MianzhengError);
          const shown = inspect(outcome, { depth: Infinity, showHidden: true });
          expect(shown).not.toContain(word);
          expect(shown).not.toContain(Buffer.from(word).toString('base64url').slice(0, 12));
          for (const section of token.split('.')) if (section !== '') expect(shown).not.toContain(section);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a token whose header or claims are changed in any one character is refused', async () => {
    const subject = verifier();
    const token = forge({ now: NOW });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    await subject.verify(`Bearer ${token}`);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.lastIndexOf('.')),
        fc.constantFrom(...alphabet.split('')),
        async (at, character) => {
          fc.pre(token[at] !== character);
          const changed = `${token.slice(0, at)}${character}${token.slice(at + 1)}`;
          const refusal = await refusalOf(subject.verify(`Bearer ${changed}`));
          expect(refusal.code).toBe('UNAUTHENTICATED');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('any text whatever is refused, and only so', async () => {
    const subject = verifier();
    const nearly = fc
      .array(fc.base64String(), { minLength: 1, maxLength: 6 })
      .map((parts) => `Bearer ${parts.join('.')}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearly), async (header) => {
        expect((await refusalOf(subject.verify(header))).code).toBe('UNAUTHENTICATED');
      }),
      { numRuns: 500 },
    );
  });
});
