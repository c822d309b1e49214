/** Every route of the server, asked without a token: nothing but the exceptions answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDevelopmentIssuer } from '../../src/authenticate/development-issuer.js';
import { buildServer } from '../../src/http/server.js';
import { send } from '../http/running-server.js';
import { type MemoryGateway, NOW, openMemoryGateway } from '../support/memory-gateway.js';
import { EXCEPTIONS } from './exceptions.js';
import { identifierOf, SENTINEL_CITY, valuesIn } from './sentinel-city.js';

interface Route {
  readonly method: string;
  readonly route: string;
}

const routes: Route[] = [];

// The server's own listing is a tree in which a wildcard loses what stands before it; the hook sees each route whole.
vi.mock('fastify', async (importOriginal) => {
  const original = await importOriginal<typeof import('fastify')>();
  return {
    ...original,
    default: (options: FastifyServerOptions) =>
      original.default(options).addHook('onRoute', ({ url: route, method }) => {
        for (const one of [method].flat()) routes.push({ method: one, route });
      }),
  };
});

let run: MemoryGateway;
let server: FastifyInstance;
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'mianzheng-test-'));

beforeAll(async () => {
  const issuer = 'http://127.0.0.1:4000/oidc';
  const audience = 'urn:mianzheng:gateway';
  run = await openMemoryGateway({
    world: SENTINEL_CITY,
    grants: [{ coordinates: { 'Query.resident': 'FULL', 'Resident.name': 'FULL', 'Resident.idNumber': 'FULL' } }],
    cases: [
      { client: 'school', number: 'C-1', matter: 'school-enrolment-primary', filedOn: '2026-07-01', subjects: [] },
    ],
    developmentIssuer: await openDevelopmentIssuer({ folder, issuer, audience, production: false, now: () => NOW }),
  });
  server = buildServer(run.gateway, {
    bodyBytes: 262_144,
    demonstration: { file: join(folder, 'enrolment.sqlite') },
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  await run.close();
  rmSync(folder, { recursive: true });
});

/** One path that the route takes. */
function pathOf(route: string): string {
  return route.replace(/:\w+/g, 'anything').replace(/\*$/, 'anything');
}

async function ask(method: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const body = method === 'GET' || method === 'HEAD' ? null : Buffer.from('{"query":"{ divisions { code } }"}');
  return send(Number(new URL(url).port), { method, path, headers: { 'content-type': 'application/json' }, body });
}

const open = (route: Route): boolean =>
  EXCEPTIONS.some((exception) => exception.route === route.route && exception.methods.includes(route.method));

describe('the server without a token', () => {
  it('has the routes that its list of exceptions names, and the data plane', () => {
    expect(routes).toContainEqual({ method: 'POST', route: '/graphql' });
    for (const { route, methods } of EXCEPTIONS) {
      for (const method of methods) expect(routes).toContainEqual({ method, route });
    }
  });

  it('answers no route but the exceptions', async () => {
    const answered: string[] = [];
    for (const route of routes.filter((other) => !open(other))) {
      const { status } = await ask(route.method, pathOf(route.route));
      if (status < 400) answered.push(`${route.method} ${route.route}: ${status}`);
    }
    expect(answered).toEqual([]);
  });

  it('refuses the data plane as UNAUTHENTICATED', async () => {
    for (const method of ['GET', 'POST']) {
      const query = method === 'GET' ? `?query=${encodeURIComponent('{ divisions { code } }')}` : '';
      const { status, text } = await ask(method, `/graphql${query}`);
      expect(status).toBe(401);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(text).not.toContain('"data"');
    }
  });

  it('counts every exception once, with its reason', () => {
    const exceptions = EXCEPTIONS.map(({ route }) => route);
    expect(new Set(exceptions).size).toBe(exceptions.length);
    for (const { reason } of EXCEPTIONS) expect(reason.length).toBeGreaterThan(20);
  });

  it.each(EXCEPTIONS)('answers $route and tells nothing of anyone', async ({ answers }) => {
    // People, an application, a case and an operator have just passed through.
    const headers = {
      authorization: 'Bearer school',
      'content-type': 'application/json',
      'mianzheng-matter': 'school-enrolment-primary',
      'mianzheng-case': 'C-1',
      'mianzheng-operator': 'clerk.zhang',
    };
    const query = `{ resident(id: "${identifierOf('Resident', 0)}") { name idNumber } }`;
    const passed = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    expect(valuesIn(await passed.text())).toHaveLength(2);
    for (const path of answers) {
      const { status, text } = await ask('GET', path);
      expect(status).toBe(200);
      expect(valuesIn(text)).toEqual([]);
      for (const known of ['C-1', 'clerk.zhang', 'Bearer']) expect(text).not.toContain(known);
      // A private part of a key (RFC 7518) never leaves.
      expect(text).not.toMatch(/"(d|p|q|dp|dq|qi|k)"\s*:/);
    }
  });

  it('opens nothing below the development issuer but what the list names', async () => {
    const discovery = JSON.parse((await ask('GET', '/oidc/.well-known/openid-configuration')).text) as Record<
      string,
      unknown
    >;
    const named = Object.values(discovery).flatMap((value) =>
      typeof value === 'string' && value.startsWith('http') ? [new URL(value).pathname] : [],
    );
    const allowed = new Set(EXCEPTIONS.flatMap((exception) => exception.answers));
    const usual = ['auth', 'token', 'me', 'reg', 'request', 'device', 'device/auth', 'session/end', 'token/revocation'];
    const others = ['token/introspection', 'interaction/x', 'session/end/confirm'];
    const paths = new Set([...named, ...usual.concat(others).map((path) => `/oidc/${path}`)]);
    const answered: string[] = [];
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const { status } = await ask(method, path);
        if (status < 400 && !(method === 'GET' && allowed.has(path))) answered.push(`${method} ${path}: ${status}`);
      }
    }
    expect(answered).toEqual([]);
  });
});
