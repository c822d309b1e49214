import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KEY_SET_COOLDOWN_MS, KEY_SET_MAX_AGE_MS } from '../../src/authenticate/key-sets.js';
import { createVerifier, type Verifier } from '../../src/authenticate/verifier.js';
import { AUDIENCE, forge, freshKey, ISSUER } from './forge.js';

const START = Date.UTC(2026, 7, 31, 8);
const CACHE_MS = 30_000;
const first = freshKey('first');
const second = freshKey('second');

const down = (response: { writeHead(status: number): unknown; end(): unknown }) => {
  response.writeHead(500);
  response.end();
};

let server: Server;
let served: readonly JWK[] | 'DOWN' | 'NOT_JSON' | 'NO_SET' | 'REDIRECT';
let fetches: number;
let verifier: Verifier;

// The age of a remote set runs on the system's clock, so that clock stands still here and is moved by hand.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  served = [first.jwk];
  fetches = 0;
  server = createServer((request, response) => {
    fetches += 1;
    if (served === 'DOWN') return down(response);
    if (served === 'REDIRECT' && request.url === '/jwks') {
      response.writeHead(302, { location: '/elsewhere' });
      return response.end();
    }
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    if (served === 'NOT_JSON') return response.end('<html>');
    if (served === 'NO_SET') return response.end('[]');
    return response.end(JSON.stringify({ keys: served === 'REDIRECT' ? [first.jwk] : served }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/jwks`;
  verifier = createVerifier({
    issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'REMOTE', url } }],
    now: () => Date.now(),
  });
});

afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const signedBy = ({ jwk, privateKey }: typeof first) =>
  `Bearer ${forge({ now: Date.now(), key: privateKey, header: { kid: jwk.kid } })}`;

const unavailable = {
  code: 'OVERLOADED',
  status: 503,
  message: 'the key set of the issuer cannot be fetched',
  detail: { retryAfter: 5 },
};

describe('the key set of a remote issuer', () => {
  it('is fetched once for many tokens', async () => {
    await Promise.all([verifier.verify(signedBy(first)), verifier.verify(signedBy(first))]);
    await verifier.verify(signedBy(first));
    expect(fetches).toBe(1);
  });

  it('is fetched again for a key that was added, once the cooldown is over', async () => {
    await verifier.verify(signedBy(first));
    served = [first.jwk, second.jwk];
    const header = signedBy(second);
    await expect(verifier.verify(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    vi.setSystemTime(START + KEY_SET_COOLDOWN_MS);
    expect(await verifier.verify(header)).toMatchObject({ kind: 'CLIENT' });
    expect(fetches).toBe(2);
  });

  it('is not fetched for every invented kid', async () => {
    await verifier.verify(signedBy(first));
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const header = `Bearer ${forge({ now: START, header: { kid: `invented-${attempt}` } })}`;
      await expect(verifier.verify(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(fetches).toBe(1);
  });

  it('refuses a remembered token after its cache time where its key was removed', async () => {
    const header = signedBy(first);
    await verifier.verify(header);
    served = [second.jwk];
    vi.setSystemTime(START + CACHE_MS - 1);
    await verifier.verify(header);
    vi.setSystemTime(START + Math.max(CACHE_MS, KEY_SET_MAX_AGE_MS));
    await expect(verifier.verify(header)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'the key set of the issuer has not exactly one key for this token (kid, alg)',
    });
  });

  it('honours a removed key for no longer than its own age and the cache time together', async () => {
    await verifier.verify(signedBy(first));
    served = [second.jwk];
    vi.setSystemTime(START + KEY_SET_MAX_AGE_MS - 1);
    const late = signedBy(first);
    await verifier.verify(late);
    vi.setSystemTime(START + KEY_SET_MAX_AGE_MS + CACHE_MS - 1);
    await expect(verifier.verify(late)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('takes no key where two have the kid', async () => {
    served = [first.jwk, { ...second.jwk, kid: 'first' }];
    await expect(verifier.verify(signedBy(first))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each(['DOWN', 'NOT_JSON', 'NO_SET', 'REDIRECT'] as const)(
    "is not the caller's fault where it is %s",
    async (state) => {
      served = state;
      await expect(verifier.verify(signedBy(first))).rejects.toMatchObject(unavailable);
    },
  );

  it('is not the caller’s fault where nothing listens, and is had again when something does', async () => {
    const header = signedBy(first);
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(verifier.verify(header)).rejects.toMatchObject(unavailable);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await verifier.verify(header)).toMatchObject({ kind: 'CLIENT' });
  });

  it('that is down stops new tokens when it is over its age, and leaves remembered ones their time', async () => {
    await verifier.verify(signedBy(first));
    vi.setSystemTime(START + KEY_SET_MAX_AGE_MS - 1);
    const remembered = signedBy(first);
    await verifier.verify(remembered);
    served = 'DOWN';
    vi.setSystemTime(START + KEY_SET_MAX_AGE_MS);
    await verifier.verify(remembered);
    await expect(verifier.verify(signedBy(first))).rejects.toMatchObject(unavailable);
  });

  it('is not asked for a token of an issuer that is not configured', async () => {
    const header = `Bearer ${forge({ now: START, claims: { iss: 'https://attacker.example' } })}`;
    await expect(verifier.verify(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(fetches).toBe(0);
  });
});
