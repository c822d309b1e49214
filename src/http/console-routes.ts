/**
 * The console's routes: its files, and signing in and out. Nothing here needs a token, and nothing here tells of
 * anybody: what the console shows it asks `/admin/graphql` for.
 */
import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ControlPlane } from '../admin/control-plane.js';
import { cookieIn, setCookie } from '../admin/sessions.js';
import { SIGN_IN_S, type SignIn, safeReturn } from '../admin/sign-in.js';
import { MianzhengError } from '../errors.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { type ConsoleFile, readConsoleFiles } from './console-files.js';

/** How the routes are made. */
export interface ConsoleRoutesOptions {
  readonly controlPlane: ControlPlane;
  /** Null where people cannot sign in: they send access tokens. */
  readonly signIn: SignIn | null;
  /** Where browsers see this gateway; null: by the Host header, which only development believes. */
  readonly publicUrl: string | null;
  /** Whether the port itself speaks TLS. */
  readonly tls: boolean;
  /** Folder of the files. Default: where the console is built to. */
  readonly folder?: string;
}

const SIGN_IN_COOKIE = 'mianzheng-sign-in';

/** No script, style, image or connection but this gateway's own; nobody may frame it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Headers of every answer of the console. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

function send(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  void reply.headers(HEADERS).header('etag', file.etag).header('cache-control', file.cacheControl).type(file.type);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  void reply.header('vary', 'accept-encoding');
  const compressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') ? file.gzip() : null;
  return compressed === null ? reply.send(file.bytes) : reply.header('content-encoding', 'gzip').send(compressed);
}

/** Where the browser sees this gateway. */
function originOf(request: FastifyRequest, { publicUrl, tls }: ConsoleRoutesOptions): string {
  if (publicUrl !== null) return new URL(publicUrl).origin;
  const host = request.headers.host ?? '';
  if (!/^[\w.:[\]-]{1,255}$/.test(host)) throw new MianzhengError('BAD_REQUEST', 'is no host', { field: 'Host' });
  return `${tls ? 'https' : 'http'}://${host}`;
}

function same(given: string | undefined, due: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(due)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Adds the routes. */
export function addConsoleRoutes(server: FastifyInstance, options: ConsoleRoutesOptions): void {
  const { controlPlane, signIn } = options;
  const { sessions, parts } = controlPlane;
  const files = readConsoleFiles(options.folder ?? join(PACKAGE_ROOT, 'dist', 'console'));

  /** Puts a sign-in or sign-out on the record. */
  async function note(action: string, actor: string, roles: readonly string[]): Promise<void> {
    const time = new Date(parts.now()).toISOString();
    await parts.record.append({
      kind: 'administration',
      time,
      actor,
      action,
      subject: actor,
      before: null,
      after: { roles },
    });
  }

  function requireSignIn(): SignIn {
    if (signIn === null) throw new MianzhengError('NOT_FOUND', 'this gateway has no sign-in; send an access token');
    return signIn;
  }

  for (const base of ['/console', '/me']) {
    const page = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const path = request.url.split('?', 1)[0]?.slice(base.length + 1) ?? '';
      const own = base === '/me' ? 'me.html' : 'index.html';
      // A page's own address leads to the page; a file's that is not there must not.
      const file = files.get(path) ?? (/\.\w+$/.test(path) ? undefined : (files.get(own) ?? files.get('index.html')));
      if (file === undefined)
        throw new MianzhengError('NOT_FOUND', files.size === 0 ? 'the console is not built' : 'no such path');
      return send(request, reply, file);
    };
    server.get(base, page);
    server.get(`${base}/*`, page);
  }

  server.get('/console/login', async (request, reply) => {
    const { returnTo } = request.query as { readonly returnTo?: string };
    const origin = originOf(request, options);
    const begun = await requireSignIn().begin(origin, safeReturn(typeof returnTo === 'string' ? returnTo : undefined));
    const secure = origin.startsWith('https:');
    const terms = { sameSite: 'Lax', path: '/console/callback', secure, maxAge: SIGN_IN_S } as const;
    void reply.headers(HEADERS).header('cache-control', 'no-store');
    return reply.header('set-cookie', setCookie(SIGN_IN_COOKIE, begun.state, terms)).redirect(begun.location, 303);
  });

  server.get('/console/callback', async (request, reply) => {
    const state = cookieIn(request.headers.cookie, SIGN_IN_COOKIE);
    if (state === undefined) throw new MianzhengError('UNAUTHENTICATED', 'this browser has begun no sign-in');
    const origin = originOf(request, options);
    const { person, returnTo } = await requireSignIn().finish(new URL(request.url, origin), state);
    await note('console.sign-in', person.subject, person.roles);
    const secure = origin.startsWith('https:');
    const session = await sessions.begin(person, secure);
    const used = setCookie(SIGN_IN_COOKIE, '', { sameSite: 'Lax', path: '/console/callback', secure, maxAge: 0 });
    const onlyCitizen = person.citizenId !== null && person.roles.every((role) => role === 'citizen');
    void reply.headers(HEADERS).header('cache-control', 'no-store').header('set-cookie', [session.cookie, used]);
    return reply.redirect(onlyCitizen && returnTo === '/console/' ? '/me' : returnTo, 303);
  });

  server.post('/console/logout', async (request, reply) => {
    const actor = await sessions.find(request.headers.cookie);
    const given = request.headers['mianzheng-csrf'];
    if (actor === null) throw new MianzhengError('UNAUTHENTICATED', 'there is no session to end');
    if (actor.csrf === null || !same(typeof given === 'string' ? given : undefined, actor.csrf)) {
      const why = 'a session of the console must send its token with every request';
      throw new MianzhengError('CSRF_TOKEN_REQUIRED', why, { field: 'Mianzheng-Csrf' });
    }
    await note('console.sign-out', actor.name, actor.givenRoles);
    const gone = await sessions.end(request.headers.cookie);
    return reply.headers(HEADERS).header('cache-control', 'no-store').header('set-cookie', gone).code(204).send();
  });
}
