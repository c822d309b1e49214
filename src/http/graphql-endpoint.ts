/**
 * `/graphql` on plain node:http, between the socket and the pipeline. Everything asked of it goes
 * through the pipeline, also what cannot be read, so that the record has it.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { ANY_CHALLENGE } from '../authenticate/refusal.js';
import { ERROR_STATUS, MianzhengError } from '../errors.js';
import type { Load } from '../load.js';
import type { Reply } from '../pipeline.js';
import type { OpenedStream } from '../subscriptions/feed.js';
import { EVENT_STREAM, HEARTBEAT } from '../subscriptions/frames.js';
import type { Call } from './graphql-request.js';
import type { PeerCertificates } from './peer-certificates.js';

/** The path of the data plane. */
const PATH = '/graphql';

/** How the endpoint is made. */
export interface EndpointOptions {
  /** Largest body, bytes. */
  readonly bodyBytes: number;
  /** Answers one call; never rejects. */
  readonly answer: (call: Call) => Promise<Reply>;
  /** Which certificate a client has shown. */
  readonly certificates: PeerCertificates;
  /** Whether the server is stopping: then connections end with their answer. */
  readonly stopping: () => boolean;
  readonly load: Load;
  /** Told of a request that was shed. */
  readonly onShed: () => void;
}

/** Whether a request's URL is the data plane's. */
export function isGraphql(url: string | undefined): boolean {
  return url === PATH || url?.startsWith(`${PATH}?`) === true;
}

/** What was read of a body: its text, or what is wrong with it. */
type Body =
  | { readonly text: string | null; readonly fault: null }
  | { readonly text: null; readonly fault: MianzhengError };

const NO_BODY: Body = { text: null, fault: null };

function decoded(bytes: Buffer): Body {
  if (isUtf8(bytes)) return { text: bytes.toString(), fault: null };
  return { text: null, fault: new MianzhengError('BAD_REQUEST', 'the body is not UTF-8', { field: 'body' }) };
}

function tooLarge(): Body {
  const why = 'the body is larger than the gateway accepts';
  return { text: null, fault: new MianzhengError('BODY_TOO_LARGE', why, { field: 'body' }) };
}

/** Reads a body up to a bound; what lies beyond it is not kept. `done` is not called for a client that leaves before the end. */
function readBody(request: IncomingMessage, limit: number, done: (body: Body) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    done(tooLarge());
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
  });
  request.on('end', () => {
    const [first] = chunks;
    if (bytes > limit) done(tooLarge());
    else if (first === undefined) done(NO_BODY);
    else done(decoded(chunks.length === 1 ? first : Buffer.concat(chunks)));
  });
}

/** Both sides of an HTTP exchange. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A call as it came over HTTP. What only some calls are asked for is found out when it is. */
class HttpCall implements Call {
  #exchange: Exchange | null;
  readonly method: string;
  readonly body: string | null;
  readonly fault: MianzhengError | null;
  readonly query: Call['query'];
  readonly remote: string;
  readonly gone: () => boolean;

  constructor(
    exchange: Exchange,
    private readonly certificates: PeerCertificates,
    { text, fault }: Body,
  ) {
    const { method = '', url = PATH, socket } = exchange.request;
    this.#exchange = exchange;
    this.method = method;
    this.body = text;
    this.fault = fault;
    this.remote = socket.remoteAddress ?? '';
    this.gone = () => this.#exchange?.response.destroyed ?? false;
    const at = url.indexOf('?');
    this.query = at < 0 ? {} : parse(url.slice(at + 1));
  }

  header(name: string): string | undefined {
    const value = this.#exchange?.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  certificate(): string | null {
    return this.#exchange === null ? null : this.certificates.of(this.#exchange.request);
  }

  answerWith(name: string, value: string): void {
    this.#exchange?.response.setHeader(name, value);
  }

  /**
   * Lets go of the exchange, once the call is answered. What still knows of the call, such as a fetch that nobody
   * waits for, would else keep socket buffers and headers alive until a full garbage collection.
   */
  answered(): void {
    this.#exchange = null;
  }
}

function send(response: ServerResponse, reply: Reply, ends: boolean): void {
  const { status, mediaType, body, retryAfter } = reply;
  const headers: Record<string, string | number> = {
    'Content-Type': mediaType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  };
  if (retryAfter !== null) headers['Retry-After'] = retryAfter;
  if (status === 401 && !response.hasHeader('WWW-Authenticate')) headers['WWW-Authenticate'] = ANY_CHALLENGE;
  // It was set for a refusal that the record could not take.
  if (status === 503) response.removeHeader('WWW-Authenticate');
  if (status === 405) headers.Allow = 'GET, POST';
  if (ends) headers.Connection = 'close';
  response.writeHead(status, headers);
  response.end(body);
}

/** Hands the connection over to a stream, which lasts as long as both want it to. */
function hand(response: ServerResponse, stream: OpenedStream, stopping: () => boolean): void {
  response.on('close', () => stream.left());
  // It was closed before anybody listened.
  if (response.destroyed) {
    stream.left();
    return;
  }
  response.writeHead(200, {
    'Content-Type': `${EVENT_STREAM}; charset=utf-8`,
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    // A server that stops would else wait for a connection that nobody uses any more.
    Connection: 'close',
  });
  const send = (text: string): void => {
    if (!response.destroyed) response.write(text);
  };
  // The client learns that it is subscribed.
  send(HEARTBEAT);
  stream.begin({
    send,
    get waiting() {
      return response.writableLength;
    },
    get stopping() {
      return stopping();
    },
    end: () => {
      if (!response.destroyed) response.end();
    },
    cut: () => {
      response.destroy();
    },
  });
}

/** Seconds after which a request that was shed may come again. */
const SHED_RETRY_S = 1;

const SHED: Reply = {
  status: ERROR_STATUS.OVERLOADED,
  mediaType: 'application/json; charset=utf-8',
  body: JSON.stringify({
    errors: [
      {
        message: 'the gateway has as much to do as it can; nothing was read of this request',
        extensions: { code: 'OVERLOADED', retryAfter: SHED_RETRY_S },
      },
    ],
  }),
  retryAfter: SHED_RETRY_S,
};

/**
 * The handler of requests for which {@link isGraphql} holds. What is beyond the load that the process takes on is shed
 * before token and body are looked at: it does not go through the pipeline, and has no entry of its own in the record.
 */
export function graphqlEndpoint({ bodyBytes, answer, certificates, stopping, load, onShed }: EndpointOptions) {
  function shed(request: IncomingMessage, response: ServerResponse): void {
    onShed();
    request.resume();
    send(response, SHED, stopping());
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (!load.takesMore) {
      shed(request, response);
      return;
    }
    readBody(request, bodyBytes, (body) => {
      // Bodies that came slowly may have come together.
      if (!load.takesMore) {
        shed(request, response);
        return;
      }
      load.begin();
      const call = new HttpCall({ request, response }, certificates, body);
      void answer(call).then((reply) => {
        load.end();
        call.answered();
        if (reply.stream !== undefined) {
          hand(response, reply.stream, stopping);
          return;
        }
        // A body that was not read to its end cannot be followed by another request.
        send(response, reply, stopping() || body.fault?.code === 'BODY_TOO_LARGE');
      });
    });
  };
}
