/** The HTTP face: routes, bodies and status; everything else is the pipeline's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { ERROR_STATUS, type ErrorCode, MianzhengError } from '../errors.js';
import type { OpenGateway } from '../open-gateway.js';
import { answer } from '../pipeline.js';
import { addConsoleRoutes } from './console-routes.js';
import { DEMONSTRATION_PATH, type EnrolmentDemonstration, enrolmentDemonstration } from './enrolment-demonstration.js';
import { graphqlEndpoint, isGraphql } from './graphql-endpoint.js';
import { insideFetch } from './inside-fetch.js';
import { type ClientCertificateHeader, openPeerCertificates } from './peer-certificates.js';
import { addSeasonRoutes } from './season-routes.js';
import type { TlsListener } from './tls-listener.js';
import { TRANSPORT_LIMITS, type TransportLimits } from './transport-limits.js';

/** How long a connection may be idle before it is closed, ms. */
const KEEP_ALIVE_MS = 72_000;
/** How often connections that take too long are looked for, ms. */
const CHECK_MS = 500;

/** Largest body of the control plane, bytes: a list as a workbook in Base64. */
const ADMIN_BODY_BYTES = 4 * 1024 * 1024;

/** How the server is made. */
export interface ServerOptions extends Partial<TransportLimits> {
  /** Largest body, bytes. */
  readonly bodyBytes: number;
  /** Speaks TLS. Default: plain HTTP, for the loopback interface or behind a proxy that ends TLS. */
  readonly tls?: TlsListener;
  /** Default: the client certificate of the connection itself. */
  readonly clientCertificateHeader?: ClientCertificateHeader;
  /** Where the example application is served at `/demo/enrolment`, beside the development issuer alone. Default: nowhere. */
  readonly demonstration?: EnrolmentDemonstration;
  /** Where browsers see this gateway. Default: by the Host header. */
  readonly publicUrl?: string;
  /** Whether the process is about to stop: it is then not ready, and connections end with their answer. Default: never. */
  readonly draining?: () => boolean;
}

/** Faults that fastify finds before a route runs, in our closed list. */
function transportFault(error: unknown): MianzhengError | null {
  if (error instanceof MianzhengError) return error;
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new MianzhengError('BODY_TOO_LARGE', 'the body is larger than the gateway accepts', { field: 'body' });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new MianzhengError('UNSUPPORTED_MEDIA_TYPE', 'the body must be application/json', { field: 'Content-Type' });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new MianzhengError('BAD_REQUEST', 'the request cannot be read', { field: 'body' });
  }
  return null;
}

function plainBody(code: ErrorCode, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}

function plainRefusal(reply: FastifyReply, code: ErrorCode, message: string): FastifyReply {
  return reply.code(ERROR_STATUS[code]).send(plainBody(code, message));
}

/** Answers what never became a request: bytes that are no HTTP, headers beyond the limit, too slow to come. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const body = JSON.stringify(plainBody('BAD_REQUEST', 'the request cannot be read'));
    const type = 'Content-Type: application/json; charset=utf-8';
    const head = `HTTP/1.1 400 Bad Request\r\n${type}\r\nContent-Length: ${body.length}\r\nConnection: close`;
    socket.write(`${head}\r\n\r\n${body}`);
  }
  socket.destroy(error);
}

/**
 * Builds the server; `listen` is the caller's.
 *
 * | route | what |
 * |---|---|
 * | `GET`, `POST /graphql` | the data plane |
 * | `GET /healthz` | the process answers |
 * | `GET /readyz` | the control store works and the process is not about to stop; departments are told, not required |
 * | `GET /metrics` | Prometheus text |
 * | `GET /.well-known/jwks.json` | public keys of the record's seals and of receipts |
 * | `GET`, `POST /admin/graphql` | the control plane |
 * | `PUT /admin/seasons/<id>/list`, `GET /admin/seasons/<id>/<file>` | files of the console's seasons |
 * | `GET /console`, `/me` | the console and the citizen's page: files, without a token |
 * | `GET /console/login`, `/console/callback`, `POST /console/logout` | a person signs in and out |
 * | `/oidc/*` | the development issuer; not there in production |
 * | `/demo/enrolment/*` | the example application, which asks this server by HTTP; not there in production |
 */
export function buildServer(gateway: OpenGateway, options: ServerOptions): FastifyInstance {
  const { headersMs, receiveMs, headerBytes, connections } = { ...TRANSPORT_LIMITS, ...options };
  const { draining = () => false } = options;
  let stopping = false;
  const endpoint = {
    certificates: openPeerCertificates(options.tls?.trustedOnly ?? false, options.clientCertificateHeader ?? null),
    stopping: () => stopping || draining(),
    load: gateway.load,
    onShed: () => {
      gateway.shed.note();
      gateway.metrics.shed();
    },
  };
  const graphql = graphqlEndpoint({
    ...endpoint,
    bodyBytes: options.bodyBytes,
    answer: (call) => answer(gateway, call),
  });
  const adminGraphql = graphqlEndpoint({
    ...endpoint,
    bodyBytes: Math.max(options.bodyBytes, ADMIN_BODY_BYTES),
    answer: (call) => gateway.controlPlane.answer(call),
  });
  const server = fastify({
    bodyLimit: options.bodyBytes,
    logger: false,
    // Only for the address that `listen` tells: the server is made below.
    ...(options.tls === undefined ? {} : { https: {} }),
    forceCloseConnections: 'idle',
    // fastify's own answer quotes the path.
    frameworkErrors: (_error, _request, reply) => {
      plainRefusal(reply, 'BAD_REQUEST', 'the path cannot be read');
    },
    // The data plane is asked thousands of times a second and needs no router.
    serverFactory: (others) => {
      const bounds = {
        headersTimeout: Math.min(headersMs, receiveMs),
        requestTimeout: receiveMs,
        maxHeaderSize: headerBytes,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: CHECK_MS,
        // Node.js would else keep the first of two Authorization headers and drop the other.
        joinDuplicateHeaders: true,
      };
      const listener = (request: IncomingMessage, response: ServerResponse) =>
        isGraphql(request.url) ? graphql(request, response) : others(request, response);
      const made =
        options.tls === undefined
          ? createServer(bounds, listener)
          : createTlsServer({ ...bounds, ...options.tls.contextOptions() }, listener);
      options.tls?.follow(made);
      made.maxConnections = connections;
      made.on('drop', () => gateway.metrics.connectionDropped());
      made.on('clientError', refuseUnreadable);
      return made;
    },
  });
  server.addHook('preClose', async () => {
    stopping = true;
  });
  server.removeAllContentTypeParsers();

  function failed(reply: FastifyReply, cause: unknown): FastifyReply {
    gateway.log.error({ err: cause }, 'route failed');
    return plainRefusal(reply, 'INTERNAL', 'the gateway failed');
  }

  server.route({
    // Reached by other spellings of the path. The pipeline refuses the methods it does not take, so that the record has them.
    method: server.supportedMethods,
    url: '/graphql',
    exposeHeadRoute: false,
    onRequest: async (request, reply) => {
      reply.hijack();
      graphql(request.raw, reply.raw);
    },
    handler: () => undefined,
  });
  server.route({
    // As above: other methods are refused there.
    method: server.supportedMethods,
    url: '/admin/graphql',
    exposeHeadRoute: false,
    onRequest: async (request, reply) => {
      reply.hijack();
      adminGraphql(request.raw, reply.raw);
    },
    handler: () => undefined,
  });
  server.get('/healthz', async () => ({ status: 'UP' }));
  server.get('/readyz', async (_request, reply) => {
    if (draining()) return reply.code(503).header('connection', 'close').send({ status: 'DRAINING' });
    const departments = await Promise.all(
      gateway.sources.connectors.map(async (connector) => {
        const health = await connector.health(AbortSignal.timeout(1000));
        return { department: connector.department, transport: connector.transport, state: health.state };
      }),
    );
    const store = await gateway.store.policyVersion().then(
      () => 'UP' as const,
      (error: unknown) => {
        gateway.log.error({ err: error }, 'control store not ready');
        return 'DOWN' as const;
      },
    );
    return reply.code(store === 'UP' ? 200 : 503).send({ status: store, controlStore: store, departments });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(gateway.metrics.contentType).send(await gateway.metrics.text()),
  );
  server.get('/.well-known/jwks.json', async () => ({ keys: gateway.publicKeys() }));
  addSeasonRoutes(server, gateway.controlPlane);
  addConsoleRoutes(server, {
    controlPlane: gateway.controlPlane,
    signIn: gateway.signIn?.(insideFetch(server)) ?? null,
    publicUrl: options.publicUrl ?? null,
    tls: options.tls !== undefined,
  });
  const issuer = gateway.developmentIssuer;
  if (issuer !== null) {
    server.route({
      method: ['GET', 'POST'],
      url: '/oidc/*',
      exposeHeadRoute: false,
      // The issuer reads the body itself.
      onRequest: async (request, reply) => {
        reply.hijack();
        await issuer.callback(request.raw, reply.raw);
      },
      handler: () => undefined,
    });
  }
  if (issuer !== null && options.demonstration !== undefined) {
    const demonstration = enrolmentDemonstration(options.demonstration, issuer, (error, what) =>
      gateway.log.warn({ err: error }, `demonstration: ${what}`),
    );
    server.register(demonstration, { prefix: DEMONSTRATION_PATH });
  }
  server.setNotFoundHandler((_request, reply) => plainRefusal(reply, 'NOT_FOUND', 'no such path'));
  server.setErrorHandler((error, _request, reply) => {
    const fault = transportFault(error);
    return fault === null ? failed(reply, error) : plainRefusal(reply, fault.code, fault.message);
  });
  return server;
}
