import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DevelopmentIssuer,
  openDevelopmentIssuer,
  UnknownDevelopmentNameError,
} from '../../src/authenticate/development-issuer.js';
import { CONSOLE_CLIENT, DEVELOPMENT_CLIENTS, DEVELOPMENT_PEOPLE } from '../../src/authenticate/development-people.js';
import { DevelopmentSecretsUnreadableError } from '../../src/authenticate/development-secrets.js';
import { createVerifier } from '../../src/authenticate/verifier.js';

const AUDIENCE = 'urn:mianzheng:gateway';
const ISSUER = 'http://127.0.0.1:4000/oidc';
const NOW = Date.UTC(2026, 7, 31, 8);
const CITIZEN = '11010519491231002X';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mianzheng-issuer-'));
  folder = join(parent, 'issuer');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(parent, { recursive: true });
});

function open(options: { issuer?: string; audience?: string } = {}): Promise<DevelopmentIssuer> {
  return openDevelopmentIssuer({
    folder,
    issuer: ISSUER,
    audience: AUDIENCE,
    production: false,
    now: () => NOW,
    ...options,
  });
}

function verifierOf({ issuer, jwks }: DevelopmentIssuer) {
  return createVerifier({
    issuers: [{ issuer, audience: AUDIENCE, jwks: { kind: 'LOCAL', keys: jwks.keys } }],
    now: () => NOW,
  });
}

describe('a token minted without HTTP', () => {
  it.each(DEVELOPMENT_CLIENTS)('holds for the client $clientId', async ({ clientId }) => {
    const issuer = await open();
    const { token, expiresAt } = await issuer.mint(clientId);
    expect(expiresAt).toBe(NOW + 3_600_000);
    expect(await verifierOf(issuer).verify(`Bearer ${token}`)).toMatchObject({ kind: 'CLIENT', clientId, expiresAt });
  });

  it.each(DEVELOPMENT_PEOPLE)('holds for $name with the roles $roles', async ({ name, roles }) => {
    const issuer = await open();
    const { token } = await issuer.mint(name, { expiresInSeconds: 60 });
    expect(await verifierOf(issuer).verify(`Bearer ${token}`)).toMatchObject({
      kind: 'PERSON',
      subject: name,
      roles,
      clientId: 'console',
      citizenId: null,
      expiresAt: NOW + 60_000,
    });
  });

  it('holds for a citizen, whose subject does not show the ID and is the same however the ID is written', async () => {
    const issuer = await open();
    const { token } = await issuer.mint(`citizen:${CITIZEN}`);
    const citizen = await verifierOf(issuer).verify(`Bearer ${token}`);
    expect(citizen).toMatchObject({ kind: 'PERSON', roles: ['citizen'], clientId: 'console', citizenId: CITIZEN });
    const { sub } = decodeJwt(token);
    expect(sub).toMatch(/^[\w-]{43}$/);
    const again = await (await open()).mint('citizen:11010519491231002x');
    expect(decodeJwt(again.token).sub).toBe(sub);
    const other = await issuer.mint('citizen:440524188001010014');
    expect(decodeJwt(other.token).sub).not.toBe(sub);
  });

  it.each(['nobody', '', 'console', 'citizen:', 'citizen:110105194912310021', '__proto__', 'Auditor'])(
    'is not to be had for %j; the error lists who there is and does not repeat the name',
    async (name) => {
      const refusal: unknown = await (await open()).mint(name).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(UnknownDevelopmentNameError);
      const { known, message } = refusal as UnknownDevelopmentNameError;
      expect(known).toEqual([
        'school-enrolment',
        'licence-approval',
        'benefits-office',
        'licence-wallet',
        'market-inspection',
        'another-city',
        'no-grants',
        'platform-admin',
        'household-admin',
        'property-admin',
        'vaccination-admin',
        'social-security-admin',
        'licence-admin',
        'auditor',
        'operator',
        'citizen:<id number>',
      ]);
      expect(message).toContain('school-enrolment, licence-approval');
      expect(message).not.toContain('110105194912310021');
    },
  );

  it.each([0, -1, 1.5, 86_401, Number.NaN])('does not live for %d seconds', async (expiresInSeconds) => {
    await expect((await open()).mint('auditor', { expiresInSeconds })).rejects.toThrow(RangeError);
  });

  it('can be told from a client’s: no person has the name of a client', () => {
    const clients = [...DEVELOPMENT_CLIENTS, CONSOLE_CLIENT].map(({ clientId }) => clientId);
    const everybody = [...clients, ...DEVELOPMENT_PEOPLE.map(({ name }) => name)];
    expect(new Set(everybody).size).toBe(everybody.length);
  });
});

describe('keys and secrets', () => {
  it('are made once, readable by their owner only, with nothing left beside them', async () => {
    await open();
    expect(await readdir(folder)).toEqual(['development-issuer.json']);
    expect((await stat(join(folder, 'development-issuer.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('outlive a restart: the old token holds, the secrets are the same', async () => {
    const before = await open();
    const { token } = await before.mint('school-enrolment');
    const after = await open();
    expect(after.jwks).toEqual(before.jwks);
    expect(after.secretOf('no-grants')).toBe(before.secretOf('no-grants'));
    expect(await verifierOf(after).verify(`Bearer ${token}`)).toMatchObject({ clientId: 'school-enrolment' });
  });

  it('are the same for all who open the folder at the same time', async () => {
    const issuers = await Promise.all(Array.from({ length: 6 }, () => open()));
    expect(new Set(issuers.map(({ jwks }) => JSON.stringify(jwks))).size).toBe(1);
    expect(new Set(issuers.map((issuer) => issuer.secretOf('no-grants'))).size).toBe(1);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('differ from client to client and from folder to folder', async () => {
    const issuer = await open();
    folder = join(parent, 'another');
    const another = await open();
    const secrets = DEVELOPMENT_CLIENTS.flatMap(({ clientId }) => [
      issuer.secretOf(clientId),
      another.secretOf(clientId),
    ]);
    expect(new Set(secrets).size).toBe(secrets.length);
    const { token } = await another.mint('school-enrolment');
    await expect(verifierOf(issuer).verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are published without their private half', async () => {
    const { jwks } = await open();
    expect(jwks.keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
  });

  it.each(['', '{', 'null', '{"version":1}', '{"version":2,"signingKey":{},"secret":"hush-hush"}'])(
    'are not made anew over a file that holds %j, which the error does not quote',
    async (content) => {
      await open();
      const file = join(folder, 'development-issuer.json');
      await writeFile(file, content);
      const refusal: unknown = await open().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DevelopmentSecretsUnreadableError);
      expect(refusal).toMatchObject({ file });
      expect(inspect(refusal, { depth: Infinity, showHidden: true })).not.toContain('hush-hush');
      expect(await readFile(file, 'utf8')).toBe(content);
    },
  );

  it.each(['console', 'auditor', 'nobody'])('there is no secret of %s', async (name) => {
    const issuer = await open();
    expect(() => issuer.secretOf(name)).toThrow(UnknownDevelopmentNameError);
  });
});

describe('over HTTP', () => {
  let server: Server;
  let origin: string;
  let issuer: DevelopmentIssuer;
  /** Whether the path was taken off before the issuer sees the request, as some routers do. */
  let unmount: boolean;

  beforeEach(async () => {
    unmount = false;
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    issuer = await open({ issuer: `${origin}/oidc` });
    server.on('request', (request, response) => {
      const { url = '' } = request;
      if (unmount) Object.assign(request, { originalUrl: url, url: url.slice('/oidc'.length) });
      issuer.callback(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function askForToken(clientId: string, secret: string, form: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${origin}/oidc/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  }

  it.each([false, true])(
    'a client gets a token that holds, by the key set over HTTP (path taken off: %s)',
    async (off) => {
      unmount = off;
      const { status, body } = await askForToken('licence-approval', issuer.secretOf('licence-approval'));
      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
      const jwks = { kind: 'REMOTE', url: `${origin}/oidc/jwks` } as const;
      const verifier = createVerifier({
        issuers: [{ issuer: issuer.issuer, audience: AUDIENCE, jwks }],
        now: () => NOW,
      });
      expect(await verifier.verify(`Bearer ${String(body.access_token)}`)).toMatchObject({
        kind: 'CLIENT',
        clientId: 'licence-approval',
        issuer: `${origin}/oidc`,
        expiresAt: NOW + 3_600_000,
      });
    },
  );

  it('the audience may be named, and no other', async () => {
    const secret = issuer.secretOf('school-enrolment');
    expect(await askForToken('school-enrolment', secret, { resource: AUDIENCE })).toMatchObject({ status: 200 });
    expect(await askForToken('school-enrolment', secret, { resource: 'urn:other' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
  });

  it.each([
    ['a wrong secret', 'school-enrolment', 'wrong', 401, 'invalid_client'],
    ['no secret', 'school-enrolment', '', 400, 'invalid_request'],
    ['an unknown client', 'nobody', 'wrong', 401, 'invalid_client'],
    ['the client of people', 'console', 'wrong', 401, 'invalid_client'],
  ])('there is no token for %s', async (_what, clientId, secret, status, error) => {
    expect(await askForToken(clientId, secret)).toMatchObject({ status, body: { error } });
  });

  it('there is no token for the secret of another client', async () => {
    expect(await askForToken('school-enrolment', issuer.secretOf('no-grants'))).toMatchObject({ status: 401 });
  });

  it.each([false, true])(
    'the discovery document names the issuer and where it is (path taken off: %s)',
    async (off) => {
      unmount = off;
      const response = await fetch(`${origin}/oidc/.well-known/openid-configuration`);
      expect(await response.json()).toMatchObject({
        issuer: `${origin}/oidc`,
        token_endpoint: `${origin}/oidc/token`,
        jwks_uri: `${origin}/oidc/jwks`,
      });
    },
  );

  it('the key set is the one the issuer tells', async () => {
    const response = await fetch(`${origin}/oidc/jwks`);
    expect(await response.json()).toEqual(issuer.jwks);
  });

  it('nobody can log in', async () => {
    const response = await fetch(
      `${origin}/oidc/auth?client_id=console&response_type=code&redirect_uri=http://x.example`,
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('invalid_redirect_uri');
  });
});

describe('opening', () => {
  it.each([
    ['issuer', 'oidc'],
    ['issuer', 'http://127.0.0.1/oidc#here'],
    ['audience', 'mianzheng'],
    ['audience', 'urn:mianzheng#gateway'],
  ])('is refused with the %s %s', async (option, value) => {
    await expect(open({ [option]: value })).rejects.toThrow(`${option} must be an absolute URI without fragment`);
  });

  it('writes nothing on the console', async () => {
    const written = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'info'), vi.spyOn(console, 'error')];
    const issuer = await open();
    await issuer.mint('auditor');
    await issuer.mint('no-grants');
    for (const spy of written) expect(spy).not.toHaveBeenCalled();
  });
});
