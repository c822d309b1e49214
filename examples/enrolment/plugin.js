/**
 * The office's routes, as a fastify plugin: `main.js` serves them alone, and a gateway in development mode serves them
 * at `/demo/enrolment`. The parent's page and the clerk's are plain files; both ask only this server.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Applications } from './applications.js';
import { clerkView } from './clerk-view.js';
import { Enrolment } from './enrolment.js';
import { Gateway, GatewayRefusal } from './gateway.js';
import { readDetails, readTyped } from './page/input.js';
import { parentView } from './parent-view.js';
import { readCookie, setCookie } from './signed-cookie.js';

/**
 * @typedef {object} EnrolmentOptions
 * @property {(request: { socket: import('node:net').Socket }) => string} gatewayUrl origin of the gateway, without a slash
 *   at its end
 * @property {(gatewayUrl: string) => import('./gateway.js').Access} access how the office proves who it is
 * @property {string} matter code of the matter (事项)
 * @property {string | null} filedOn `YYYY-MM-DD`, the day that every application of the season counts as filed; null: today
 * @property {string} file where applications are kept
 * @property {string} clerkCode what a clerk signs in with, 12 characters or more
 * @property {boolean} demonstration whether the pages say that everybody is invented, and tell the clerk's code
 * @property {boolean} [secure] whether browsers reach the pages by HTTPS only; default false
 * @property {() => number} [now] ms since the epoch; default the clock
 * @property {(error: unknown, what: string) => void} fault told of what the operator should see; no personal value is in it
 */

const PAGE = join(import.meta.dirname, 'page');

/** Everything a page may load, by its own name. */
const ASSETS = {
  'style.css': 'text/css',
  'clerk.css': 'text/css',
  'parent.js': 'text/javascript',
  'clerk.js': 'text/javascript',
  'elements.js': 'text/javascript',
  'input.js': 'text/javascript',
  'parent-words.js': 'text/javascript',
  'clerk-words.js': 'text/javascript',
  'icon.svg': 'image/svg+xml',
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Largest body a page sends, bytes. */
const BODY_BYTES = 4_096;
/** How long a parent and a clerk stay known, seconds. */
const PARENT_SECONDS = 86_400;
const CLERK_SECONDS = 8 * 3_600;
/** Wrong codes a minute, of everybody together, before none is looked at. */
const SIGN_INS = 10;
/** Applications a minute, of everybody together. Each is a few requests to the gateway. */
const APPLICATIONS = 120;

/** A refusal of this server, with its status. */
class Refused extends Error {
  /** @param {number} status @param {string} code */
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** Counts what happens in a minute. @param {number} most @param {() => number} now */
function minuteCount(most, now) {
  let minute = 0;
  let count = 0;
  return () => {
    const current = Math.floor(now() / 60_000);
    if (current !== minute) [minute, count] = [current, 0];
    count += 1;
    return count <= most;
  };
}

/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest();

/**
 * @param {import('fastify').FastifyInstance} server
 * @param {EnrolmentOptions} options
 */
export async function enrolment(server, options) {
  const { gatewayUrl, access, matter, filedOn, file, clerkCode, demonstration, fault } = options;
  const { secure = false, now = Date.now } = options;
  const base = `${server.prefix}/`;
  const applications = new Applications(file);
  server.addHook('onClose', async () => applications.close());
  const key = applications.secret;

  /** The page's own address is known only once it is asked. @type {Enrolment | null} */
  let opened = null;
  /** @param {import('fastify').FastifyRequest} request */
  const office = (request) => {
    if (opened === null) {
      const url = gatewayUrl(request.raw);
      opened = new Enrolment({ gateway: new Gateway(url, access(url)), applications, matter, filedOn, now, fault });
    }
    return opened;
  };

  /** @param {string} name */
  const html = (name) =>
    readFileSync(join(PAGE, name), 'utf8')
      .replaceAll('%BASE%', base)
      .replaceAll('%DEMONSTRATION%', String(demonstration));
  const pages = { parent: html('index.html'), clerk: html('clerk.html') };
  const named = { ...ASSETS, ...(demonstration ? { 'demonstration.json': 'application/json' } : {}) };
  const assets = new Map(
    Object.entries(named).map(([name, type]) => [name, { type, text: readFileSync(join(PAGE, name), 'utf8') }]),
  );

  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_BYTES },
    (_request, body, done) => {
      try {
        done(null, JSON.parse(String(body)));
      } catch {
        done(new Refused(400, 'BAD_REQUEST'));
      }
    },
  );
  server.addHook('onSend', async (_request, reply) => {
    reply.headers(HEADERS);
  });
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof Refused) return reply.code(error.status).send({ code: error.code });
    if (error instanceof GatewayRefusal) return reply.code(503).send({ code: error.code });
    const { statusCode = 500 } = /** @type {{ statusCode?: number }} */ (error);
    if (statusCode < 500) return reply.code(statusCode).send({ code: 'BAD_REQUEST' });
    fault(error, 'a route failed');
    return reply.code(500).send({ code: 'INTERNAL' });
  });
  // A form of another site could send text/plain with our cookies; application/json it cannot.
  server.addHook('preValidation', async (request) => {
    const { origin } = request.headers;
    const foreign = origin !== undefined && URL.canParse(origin) && new URL(origin).host !== request.host;
    if (request.method !== 'GET' && request.method !== 'HEAD' && foreign) throw new Refused(403, 'FOREIGN_ORIGIN');
  });

  /** @param {import('fastify').FastifyReply} reply @param {string} name @param {string} value @param {number} seconds */
  const remember = (reply, name, value, seconds) =>
    reply.header('set-cookie', setCookie({ key, name, value, path: base, now: now(), seconds, secure }));
  /** @param {import('fastify').FastifyRequest} request @param {string} name */
  const recall = (request, name) => readCookie({ key, name, header: request.headers.cookie, now: now() });

  server.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(pages.parent));
  server.get('/clerk', async (_request, reply) => reply.type('text/html; charset=utf-8').send(pages.clerk));
  server.get('/assets/:name', async (request, reply) => {
    const asset = assets.get(/** @type {{ name: string }} */ (request.params).name);
    if (asset === undefined) throw new Refused(404, 'NOT_FOUND');
    return reply.type(`${asset.type}; charset=utf-8`).send(asset.text);
  });

  const mayApply = minuteCount(APPLICATIONS, now);
  server.post('/api/applications', async (request, reply) => {
    const read = readTyped(request.body);
    if (!read.ok) return reply.code(422).send({ faults: read.faults });
    if (!mayApply()) throw new Refused(429, 'BUSY');
    const applied = await office(request).apply(read.typed);
    if (!applied.ok) return reply.code(422).send({ faults: applied.faults });
    remember(reply, 'application', applied.application.number, PARENT_SECONDS);
    return parentView(applied.application, now());
  });

  /** The application of this browser. @param {import('fastify').FastifyRequest} request */
  const own = async (request) => {
    const number = recall(request, 'application');
    const application = number === null ? null : await office(request).current(number);
    if (application === null) throw new Refused(404, 'NONE');
    return application;
  };
  // Nobody has applied here yet: an ordinary answer, because every first visit asks.
  server.get('/api/application', async (request) =>
    recall(request, 'application') === null ? { state: 'NONE' } : parentView(await own(request), now()),
  );
  server.delete('/api/application', async (_request, reply) => {
    remember(reply, 'application', '', 0);
    return {};
  });
  server.post('/api/application/details', async (request, reply) => {
    const application = await own(request);
    const read = readDetails(request.body);
    if (!read.ok) return reply.code(422).send({ faults: read.faults });
    applications.save({ ...application, details: read.details });
    return parentView({ ...application, details: read.details }, now());
  });
  server.get('/api/application/receipt', async (request, reply) => {
    const { number, progress } = await own(request);
    if (progress.state !== 'JUDGED') throw new Refused(404, 'NONE');
    return reply
      .type('application/jose')
      .header('content-disposition', `attachment; filename="${number}.jws"`)
      .send(progress.verdict.receipt);
  });

  const mayTry = minuteCount(SIGN_INS, now);
  server.post('/api/clerk/session', async (request, reply) => {
    const { name, code } = /** @type {{ name?: unknown, code?: unknown }} */ (request.body ?? {});
    if (typeof name !== 'string' || !/^[\w.@-]{1,64}$/.test(name))
      return reply.code(422).send({ faults: { name: 'CHARACTERS' } });
    if (!mayTry()) throw new Refused(429, 'BUSY');
    if (typeof code !== 'string' || !timingSafeEqual(sha256(code), sha256(clerkCode))) {
      return reply.code(422).send({ faults: { code: 'WRONG' } });
    }
    remember(reply, 'clerk', name, CLERK_SECONDS);
    return { name };
  });
  server.delete('/api/clerk/session', async (_request, reply) => {
    remember(reply, 'clerk', '', 0);
    return {};
  });
  server.get('/api/clerk/session', async (request) => ({
    name: recall(request, 'clerk'),
    code: demonstration ? clerkCode : null,
  }));

  /** The clerk's name. @param {import('fastify').FastifyRequest} request */
  const clerk = (request) => {
    const name = recall(request, 'clerk');
    if (name === null) throw new Refused(401, 'SIGN_IN');
    return name;
  };
  server.get('/api/clerk/applications', async (request) => {
    clerk(request);
    return applications.latest(100).map(({ number, receivedAt, progress }) => ({
      number,
      receivedAt,
      state: progress.state === 'JUDGED' ? progress.verdict.verdict : progress.state,
    }));
  });
  /** @param {import('fastify').FastifyRequest} request @param {boolean} again */
  const shown = async (request, again) => {
    const operator = clerk(request);
    const { number } = /** @type {{ number: string }} */ (request.params);
    const application = await office(request).current(number, { now: again });
    if (application === null) throw new Refused(404, 'NONE');
    return clerkView(office(request).gateway, { matter, caseNumber: number, operator }, application);
  };
  server.get('/api/clerk/applications/:number', (request) => shown(request, false));
  server.post('/api/clerk/applications/:number/check', (request) => shown(request, true));
}
