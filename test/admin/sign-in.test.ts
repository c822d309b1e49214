/** Sign-in of the console from the page on which somebody picks who to be to the session's end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSignIn } from '../../src/admin/sign-in.js';
import { openDevelopmentIssuer } from '../../src/authenticate/development-issuer.js';
import { createVerifier } from '../../src/authenticate/verifier.js';
import { buildServer } from '../../src/http/server.js';
import { type MemoryGateway, openMemoryGateway } from '../support/memory-gateway.js';
import { Browser } from './browser.js';

const ISSUER = 'http://127.0.0.1:4000/oidc';
const AUDIENCE = 'urn:mianzheng:gateway';
const CITIZEN = '350702202003059021';

let run: MemoryGateway;
let server: FastifyInstance;
let url: string;
let later = 0;
const folder = mkdtempSync(join(tmpdir(), 'mianzheng-test-'));
const now = () => Date.now() + later;

beforeAll(async () => {
  const developmentIssuer = await openDevelopmentIssuer({
    folder,
    issuer: ISSUER,
    audience: AUDIENCE,
    production: false,
    now,
  });
  const { keys } = developmentIssuer.jwks;
  const verifier = createVerifier({
    issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys } }],
    revoked: () => false,
    now,
  });
  run = await openMemoryGateway({ grants: [], verifier, developmentIssuer, now });
  const signIn = {
    issuer: ISSUER,
    clientId: 'console',
    clientSecret: null,
    scope: 'openid',
    audience: AUDIENCE,
  };
  const gateway = {
    ...run.gateway,
    signIn: (fetch: NonNullable<Parameters<typeof openSignIn>[0]['embedded']>['fetch']) =>
      openSignIn({ ...signIn, embedded: { path: '/oidc', fetch } }, verifier, Buffer.alloc(32, 7)),
  };
  server = buildServer(gateway, { bodyBytes: 262_144 });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  await run.close();
  rmSync(folder, { recursive: true });
});

const controlEntries = () => run.entries.filter((entry) => entry.kind === 'control');

describe('signing in', () => {
  it('ends where it should, with a session that no script can read and that no other site can send', async () => {
    const browser = new Browser(url);
    const way = await browser.signIn({ name: 'property-admin' }, '/console/grants?page=2');
    expect(way.at(-1)).toBe('/console/grants?page=2');
    const cookie = browser.cookies.get('mianzheng');
    expect(cookie?.terms).toEqual(expect.arrayContaining(['httponly', 'samesite=strict', 'path=/', 'max-age=28800']));
    expect(browser.cookies.has('mianzheng-sign-in')).toBe(false);
    const csrf = await browser.csrf();
    const { status, body } = await browser.post('{ me { name roles departments development } }', csrf);
    expect(status).toBe(200);
    expect(body.data?.me).toEqual({
      name: 'property-admin',
      roles: ['DEPARTMENT_ADMIN'],
      departments: ['PROPERTY'],
      development: true,
    });
    expect(run.entries).toContainEqual(
      expect.objectContaining({ kind: 'administration', action: 'console.sign-in', actor: 'property-admin' }),
    );
  });

  it('takes a citizen by an identity number, whom the record names by a pseudonym', async () => {
    const browser = new Browser(url);
    const way = await browser.signIn({ citizen: CITIZEN });
    expect(way.at(-1)).toBe('/me');
    const { body } = await browser.post('{ me { name roles } }', await browser.csrf());
    expect(body.data?.me).toMatchObject({ roles: ['CITIZEN'] });
    expect(JSON.stringify(run.entries)).not.toContain(CITIZEN);
    expect(JSON.stringify(body)).not.toContain(CITIZEN);
  });

  it('shows the page again for nobody', async () => {
    for (const form of [{ name: 'nobody' }, { citizen: '350702202003059022' }]) {
      const browser = new Browser(url);
      const way = await browser.signIn(form);
      const { status, text } = await browser.ask(way.at(-1) ?? '');
      expect(status).toBe(200);
      expect(text).toContain('<form method="post">');
      expect(browser.cookies.has('mianzheng')).toBe(false);
    }
  });

  it.each(['https://elsewhere.example/', '//elsewhere.example', '/console/../graphql', '/oidc/auth', '/consolex'])(
    'never leads to %s',
    async (returnTo) => {
      const way = await new Browser(url).signIn({ name: 'auditor' }, returnTo);
      expect(way.at(-1)).toBe('/console/');
    },
  );

  it('refuses a callback that this browser did not begin, and one that was used', async () => {
    const browser = new Browser(url);
    const way = await browser.signIn({ name: 'auditor' });
    const callback = way.find((address) => address.includes('/console/callback')) ?? '';
    const stolen = await new Browser(url).ask(callback);
    expect(stolen.status).toBe(401);
    const again = new Browser(url);
    await again.follow('/console/login');
    expect((await again.ask(callback)).status).toBe(401);
    expect(again.cookies.has('mianzheng')).toBe(false);
  });

  it('asks for PKCE, a state and a nonce', async () => {
    const { location } = await new Browser(url).ask('/console/login');
    const asked = new URL(location ?? '').searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    for (const name of ['code_challenge', 'state', 'nonce']) expect(asked.get(name)?.length).toBeGreaterThan(30);
    const without = new URL(location ?? '');
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    const refused = await new Browser(url).ask(`${without.pathname}${without.search}`);
    expect(refused.location ?? refused.text).toContain('error=invalid_request');
  });
});

describe('a session', () => {
  it('is refused without its token, for queries and changes alike, but where a page asks for the token', async () => {
    const browser = new Browser(url);
    await browser.signIn({ name: 'platform-admin' });
    const before = controlEntries().length;
    for (const csrf of [undefined, 'x', 'x'.repeat(43)]) {
      const { status, body } = await browser.post('{ me { name } }', csrf);
      expect(status).toBe(403);
      expect(body.errors?.[0]?.extensions.code).toBe('CSRF_TOKEN_REQUIRED');
    }
    expect(controlEntries().slice(before)).toHaveLength(3);
    expect(await browser.csrf()).toHaveLength(43);
  });

  it('ends when it is not used, and when its time is over however much it is used', async () => {
    const idle = new Browser(url);
    await idle.signIn({ name: 'auditor' });
    const csrf = await idle.csrf();
    later += 29 * 60_000;
    expect((await idle.post('{ me { name } }', csrf)).status).toBe(200);
    later += 29 * 60_000;
    expect((await idle.post('{ me { name } }', csrf)).status).toBe(200);
    later += 30 * 60_000;
    expect((await idle.post('{ me { name } }', csrf)).status).toBe(401);

    const busy = new Browser(url);
    await busy.signIn({ name: 'auditor' });
    const token = await busy.csrf();
    for (let minutes = 0; minutes < 8 * 60 - 20; minutes += 20) {
      later += 20 * 60_000;
      expect((await busy.post('{ me { name } }', token)).status).toBe(200);
    }
    later += 20 * 60_000;
    expect((await busy.post('{ me { name } }', token)).status).toBe(401);
  });

  it('ends with the sign-out, which needs its token', async () => {
    const browser = new Browser(url);
    await browser.signIn({ name: 'auditor' });
    const kept = new Map(browser.cookies);
    const csrf = await browser.csrf();
    expect((await browser.ask('/console/logout', { method: 'POST' })).status).toBe(403);
    const out = await browser.ask('/console/logout', { method: 'POST', headers: { 'mianzheng-csrf': csrf } });
    expect(out.status).toBe(204);
    expect(browser.cookies.has('mianzheng')).toBe(false);
    for (const [name, cookie] of kept) browser.cookies.set(name, cookie);
    expect((await browser.post('{ me { name } }', csrf)).status).toBe(401);
  });
});

describe('the control plane', () => {
  const ask = (token: string | null, query: string, method = 'POST') => {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    };
    if (token !== null) headers.authorization = `Bearer ${token}`;
    const path = method === 'GET' ? `/admin/graphql?query=${encodeURIComponent(query)}` : '/admin/graphql';
    return fetch(`${url}${path}`, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body: JSON.stringify({ query }) }),
    });
  };
  const tokenOf = async (name: string) => (await run.gateway.developmentIssuer?.mint(name))?.token ?? '';

  it('takes the access token of a person, and of nobody else', async () => {
    const person = await ask(await tokenOf('household-admin'), '{ me { name csrf } }');
    expect(await person.json()).toMatchObject({ data: { me: { name: 'household-admin', csrf: null } } });
    expect((await ask(await tokenOf('school-enrolment'), '{ me { name } }')).status).toBe(401);
    expect((await ask(null, '{ me { name } }')).status).toBe(401);
    expect((await ask(null, '{ me { name } }')).headers.get('www-authenticate')).toContain('Bearer');
  });

  it('puts every request on the record before it answers, refused ones too', async () => {
    const before = controlEntries().length;
    const answered = await ask(await tokenOf('auditor'), 'query Q { me { name } again: me { roles } }');
    expect(await answered.json()).toMatchObject({
      extensions: { mianzheng: { record: expect.stringMatching(/^test\/\d+$/) } },
    });
    await ask(await tokenOf('auditor'), '{ nothing }');
    const [first, second] = controlEntries().slice(before);
    expect(first).toMatchObject({
      actor: 'auditor',
      by: 'TOKEN',
      fields: ['Query.me'],
      changes: [],
      outcome: 'ANSWERED',
      code: null,
    });
    expect(second).toMatchObject({
      actor: 'auditor',
      operation: null,
      outcome: 'REFUSED',
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });
});

describe('the pages', () => {
  it('let nothing of another site run, and frame nobody', async () => {
    const { location } = await new Browser(url).ask('/console/login');
    const { page } = await new Browser(url).follow(new URL(location ?? '').pathname + new URL(location ?? '').search);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(page.text).not.toMatch(/<script|https?:\/\//);
  });
});
