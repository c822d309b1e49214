import * as jose from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ALLOWED_ALGORITHMS, type VerifierOptions, VerifierOptionsError } from '../../src/authenticate/options.js';
import { createVerifier } from '../../src/authenticate/verifier.js';
import { AUDIENCE, forge, freshKey, ISSUER, ISSUER_KEYS } from './forge.js';

vi.mock('jose', async (original) => {
  const actual = await original<typeof import('jose')>();
  return { ...actual, jwtVerify: vi.fn(actual.jwtVerify) };
});

const verifications = vi.mocked(jose.jwtVerify);
const START = Date.UTC(2026, 7, 31, 8);
const issuers = [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys: ISSUER_KEYS } }] as const;

function withClock(options: Partial<VerifierOptions> = {}) {
  const clock = { now: START };
  return { clock, verifier: createVerifier({ issuers, now: () => clock.now, ...options }) };
}

beforeEach(() => {
  verifications.mockClear();
});

describe('what was verified is remembered', () => {
  it('a token is verified once for its cache time, then again', async () => {
    const { clock, verifier } = withClock();
    const header = `Bearer ${forge({ now: START })}`;
    const first = await verifier.verify(header);
    clock.now = START + 29_999;
    expect(await verifier.verify(header)).toBe(first);
    expect(verifications).toHaveBeenCalledTimes(1);
    clock.now = START + 30_000;
    expect(await verifier.verify(header)).toEqual(first);
    expect(verifications).toHaveBeenCalledTimes(2);
  });

  it('the scheme as it is written is no part of what is remembered', async () => {
    const { verifier } = withClock();
    const token = forge({ now: START });
    await verifier.verify(`Bearer ${token}`);
    await verifier.verify(`bearer  ${token}`);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it('a remembered token is refused after its expiry and the tolerance', async () => {
    const { clock, verifier } = withClock();
    const header = `Bearer ${forge({ now: START, times: { exp: 10 } })}`;
    await verifier.verify(header);
    clock.now = START + 9_999;
    await verifier.verify(header);
    expect(verifications).toHaveBeenCalledTimes(1);
    clock.now = START + 14_999;
    await verifier.verify(header);
    clock.now = START + 15_000;
    await expect(verifier.verify(header)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'the access token has expired (exp)',
    });
  });

  it('with a cache time of 0 every use is verified', async () => {
    const { verifier } = withClock({ cacheSeconds: 0 });
    const header = `Bearer ${forge({ now: START })}`;
    await verifier.verify(header);
    await verifier.verify(header);
    expect(verifications).toHaveBeenCalledTimes(2);
  });

  it('beyond its bound the cache forgets the least recently used', async () => {
    const { verifier } = withClock({ cacheEntries: 2 });
    const [a, b, c] = [1, 2, 3].map((exp) => `Bearer ${forge({ now: START, times: { exp: exp * 60 } })}`);
    for (const header of [a, b, a, c]) await verifier.verify(header);
    expect(verifications).toHaveBeenCalledTimes(3);
    await verifier.verify(a);
    expect(verifications).toHaveBeenCalledTimes(3);
    await verifier.verify(b);
    expect(verifications).toHaveBeenCalledTimes(4);
  });

  it('concurrent first uses of one token share one verification', async () => {
    const { verifier } = withClock();
    const header = `Bearer ${forge({ now: START })}`;
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(header)));
    expect(new Set(outcomes).size).toBe(1);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it('a failure is shared by those who wait for it and remembered by nobody', async () => {
    const { verifier } = withClock();
    const header = `Bearer ${forge({ now: START, sign: 'STRANGER' })}`;
    const outcomes = await Promise.allSettled([verifier.verify(header), verifier.verify(header)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(verifications).toHaveBeenCalledTimes(1);
    await expect(verifier.verify(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(verifications).toHaveBeenCalledTimes(2);
  });

  it('a token that differs in its signature only is not taken for a remembered one', async () => {
    const { verifier } = withClock();
    const token = forge({ now: START });
    await verifier.verify(`Bearer ${token}`);
    const forged = `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(86)}`;
    await expect(verifier.verify(`Bearer ${forged}`)).rejects.toMatchObject({
      message: 'the signature of the access token does not match',
    });
  });
});

describe('a revoked client', () => {
  it('is refused at once, though its token is remembered, and let in again when it is restored', async () => {
    const revoked = new Set<string>();
    const { verifier } = withClock({ revoked: (clientId) => revoked.has(clientId) });
    const header = `Bearer ${forge({ now: START })}`;
    await verifier.verify(header);
    revoked.add('school-enrolment');
    await expect(verifier.verify(header)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'the client is revoked',
    });
    revoked.clear();
    await verifier.verify(header);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it('is refused where it was revoked while its token was being verified', async () => {
    const revoked = new Set<string>();
    const { verifier } = withClock({ revoked: (clientId) => revoked.has(clientId) });
    const underWay = verifier.verify(`Bearer ${forge({ now: START })}`);
    revoked.add('school-enrolment');
    await expect(underWay).rejects.toMatchObject({ message: 'the client is revoked' });
  });

  it("takes people's tokens through it along", async () => {
    const { verifier } = withClock({ revoked: (clientId) => clientId === 'console' });
    const header = `Bearer ${forge({ now: START, claims: { sub: 'auditor', client_id: 'console' } })}`;
    await expect(verifier.verify(header)).rejects.toMatchObject({ message: 'the client is revoked' });
  });
});

describe('options that would not be safe are refused at start', () => {
  const faultsOf = (options: Partial<VerifierOptions>): readonly string[] => {
    try {
      createVerifier({ issuers, now: () => START, ...options });
    } catch (error) {
      if (error instanceof VerifierOptionsError) return error.faults;
      throw error;
    }
    return [];
  };
  const remote = (url: string) => [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'REMOTE', url } }] as const;
  const local = (keys: readonly jose.JWK[]) =>
    [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys } }] as const;

  it.each(['none', 'None', 'HS256', 'HS384', 'HS512', 'RS1', 'RSA1_5', 'dir', 'es256', ''])(
    'algorithm %j',
    (algorithm) => {
      expect(faultsOf({ algorithms: ['ES256', algorithm] })).toEqual([
        `algorithms may name only ${ALLOWED_ALGORITHMS.join(', ')}`,
      ]);
    },
  );

  it('no algorithm', () => {
    expect(faultsOf({ algorithms: [] })).toEqual(['algorithms is empty']);
  });

  it.each([
    ['clockToleranceSeconds', -1],
    ['clockToleranceSeconds', 61],
    ['clockToleranceSeconds', Number.NaN],
    ['maxTokenBytes', 255],
    ['maxTokenBytes', 65_537],
    ['cacheEntries', 0],
    ['cacheEntries', 100_001],
    ['cacheSeconds', 61],
    ['cacheSeconds', 0.5],
    ['cacheSeconds', Number.POSITIVE_INFINITY],
  ] as const)('%s %d', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} must be an integer from`)]);
  });

  it.each([
    'http://issuer.nanping.example/jwks',
    'http://127.0.0.1.attacker.example/jwks',
    'file:///etc/keys',
    'data:application/json,{}',
  ])('key set at %s', (url) => {
    expect(faultsOf({ issuers: remote(url) })).toEqual([
      'issuers[0].jwks.url must be https, or http on the loopback interface',
    ]);
  });

  it('key set at what is no URL', () => {
    expect(faultsOf({ issuers: remote('jwks') })).toEqual(['issuers[0].jwks.url is not a URL']);
  });

  it.each(['https://issuer.nanping.example/jwks', 'http://127.0.0.1:4000/oidc/jwks', 'http://[::1]/jwks'])(
    'but not a key set at %s',
    (url) => {
      expect(faultsOf({ issuers: remote(url) })).toEqual([]);
    },
  );

  it('keys that are secret, private, without kid or with the kid of another', async () => {
    const { jwk, privateKey } = freshKey('one');
    const { kid: _kid, ...nameless } = jwk;
    const secret = { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' };
    const held = { ...privateKey.export({ format: 'jwk' }), kid: 'private' } as jose.JWK;
    expect(faultsOf({ issuers: local([secret, held, nameless, jwk, jwk]) })).toEqual([
      'issuers[0].jwks.keys[0] is not an EC, OKP or RSA key',
      'issuers[0].jwks.keys[0] holds a private or secret key',
      'issuers[0].jwks.keys[1] holds a private or secret key',
      'issuers[0].jwks.keys[2] has no kid',
      'issuers[0].jwks.keys[4] has the kid of another key',
    ]);
  });

  it('issuers that are none, empty or named twice, all faults at once', () => {
    expect(faultsOf({ issuers: [] })).toEqual(['issuers is empty']);
    const empty = { issuer: '', audience: '', jwks: { kind: 'LOCAL', keys: [] } } as const;
    expect(faultsOf({ issuers: [...issuers, empty, ...issuers], cacheSeconds: 61 })).toEqual([
      'issuers[1].issuer is empty',
      'issuers[1].audience is empty',
      'issuers[1].jwks.keys is empty',
      'issuers[2].issuer is named twice',
      'cacheSeconds must be an integer from 0 to 60',
    ]);
  });
});
