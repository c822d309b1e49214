/** GraphQL over HTTP: reads the request's parameters and picks the media type of the answer. */
import { MianzhengError } from '../errors.js';

/** One HTTP exchange as the pipeline sees it. */
export interface Call {
  readonly method: string;
  /** Value of a header, by lower-case name; several of one name are joined by commas. */
  header(name: string): string | undefined;
  /** Hash of the certificate that the client has shown to hold (`x5t#S256`, RFC 8705 §3.1); null where there is none. */
  certificate(): string | null;
  /** Sets a header of the answer, whatever the answer will be. */
  answerWith(name: string, value: string): void;
  /** Text of the body; null for GET. */
  readonly body: string | null;
  /** Parameters of the URL. */
  readonly query: Readonly<Record<string, unknown>>;
  /** What the transport already found wrong, such as a body beyond the limit. */
  readonly fault: MianzhengError | null;
  /** Address of the socket; empty where it is closed. */
  readonly remote: string;
  /** Whether the client has left, so that nobody will read the answer. */
  readonly gone: () => boolean;
}

/** Parameters of a GraphQL request. */
export interface GraphqlRequest {
  /** The document's text; null where it is named. */
  readonly query: string | null;
  /** Names a registered document (GraphQL over HTTP, persisted documents); null where its text is sent. */
  readonly documentId: string | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Media types the gateway writes. */
export type MediaType = 'application/graphql-response+json' | 'application/json';

type Parameters = Readonly<Record<'query' | 'documentId' | 'operationName' | 'variables' | 'extensions', unknown>>;

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One range of an Accept header. */
interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function mediaRanges(accept: string): MediaRange[] {
  return accept.split(',').map((part) => {
    const [type = '', ...options] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = options.find((option) => option.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
}

/**
 * Picks the answer's media type: the first of ours with the highest quality; `application/json`
 * where the header is missing or takes anything.
 * @returns null where the client accepts neither
 */
export function negotiate(accept: string | undefined): { readonly type: MediaType; readonly named: boolean } | null {
  if (accept === undefined || accept.trim() === '') return { type: 'application/json', named: false };
  const ranges = mediaRanges(accept)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { type } of ranges) {
    if (type === 'application/graphql-response+json') return { type, named: true };
    if (type === 'application/json') return { type, named: true };
    if (type === '*/*' || type === 'application/*') return { type: 'application/json', named: false };
  }
  return null;
}

/** Whether a client names the media type of streams. */
export function acceptsEventStream(call: Pick<Call, 'header'>): boolean {
  return mediaRanges(call.header('accept') ?? '').some(
    ({ type, quality }) => type === 'text/event-stream' && quality > 0,
  );
}

const OURS: ReadonlySet<string> = new Set<MediaType>(['application/graphql-response+json', 'application/json']);

/**
 * Whether a GET was made by a program rather than by a link, image or form, which a page of another site can have a
 * browser send: it names a media type of ours, has a content type that no form has, or says by Fetch Metadata that
 * code of no other site asked. Does NOT say who asks: that is the token's, which no browser adds by itself.
 */
function madeByProgram(call: Call): boolean {
  if (mediaRanges(call.header('accept') ?? '').some(({ type }) => OURS.has(type))) return true;
  if (isJson(call.header('content-type') ?? '')) return true;
  const mode = call.header('sec-fetch-mode');
  const site = call.header('sec-fetch-site');
  return (mode === 'cors' || mode === 'same-origin') && (site === undefined || site === 'same-origin');
}

function fromQuery(query: Readonly<Record<string, unknown>>): Parameters {
  const json = (name: string): unknown => {
    const text = query[name];
    if (typeof text !== 'string' || text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new MianzhengError('BAD_REQUEST', `${name} is not JSON`, { field: name });
    }
  };
  const operationName = query.operationName === '' ? undefined : query.operationName;
  const { query: text, documentId } = query;
  return { query: text, documentId, operationName, variables: json('variables'), extensions: json('extensions') };
}

/** Whether a body is JSON in UTF-8, which is what JSON without a character set is. */
function isJson(header: string): boolean {
  // What nearly every client sends.
  if (header === 'application/json') return true;
  const [type, ...options] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = options.find((option) => option.startsWith('charset='));
  return type === 'application/json' && (charset === undefined || /^charset="?utf-?8"?$/.test(charset));
}

function fromBody(call: Call): Parameters {
  if (!isJson(call.header('content-type') ?? '')) {
    const why = 'the body must be application/json in UTF-8';
    throw new MianzhengError('UNSUPPORTED_MEDIA_TYPE', why, { field: 'Content-Type' });
  }
  if ((call.header('content-encoding') ?? 'identity') !== 'identity') {
    throw new MianzhengError('UNSUPPORTED_MEDIA_TYPE', 'the body must not be encoded', { field: 'Content-Encoding' });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(call.body ?? '');
  } catch {
    throw new MianzhengError('BAD_REQUEST', 'the body is not JSON', { field: 'body' });
  }
  if (Array.isArray(parsed)) throw new MianzhengError('BAD_REQUEST', 'batches are not served', { field: 'body' });
  if (!isMap(parsed)) throw new MianzhengError('BAD_REQUEST', 'the body is not a JSON object', { field: 'body' });
  return parsed as Parameters;
}

/**
 * Reads the parameters of a request.
 * @throws MianzhengError METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, or the transport's own fault
 */
export function readGraphqlRequest(call: Call): GraphqlRequest {
  if (call.fault !== null) throw call.fault;
  if (call.method !== 'GET' && call.method !== 'POST') {
    throw new MianzhengError('METHOD_NOT_ALLOWED', 'GraphQL is asked by GET or POST', { field: 'method' });
  }
  if (call.method === 'GET' && !madeByProgram(call)) {
    throw new MianzhengError('BAD_REQUEST', `a GET must name ${[...OURS].join(' or ')}`, { field: 'Accept' });
  }
  const {
    query = null,
    documentId = null,
    operationName = null,
    variables,
    extensions,
  } = call.method === 'GET' ? fromQuery(call.query) : fromBody(call);
  if (documentId !== null && typeof documentId !== 'string') throw misfit('documentId');
  // One of the two says what to run: where both did, it would be open which.
  if (documentId === null ? typeof query !== 'string' : query !== null) throw misfit('query');
  if (operationName !== null && typeof operationName !== 'string') throw misfit('operationName');
  if (variables !== undefined && variables !== null && !isMap(variables)) throw misfit('variables');
  if (extensions !== undefined && extensions !== null && !isMap(extensions)) throw misfit('extensions');
  return { query: query as string | null, documentId, operationName, variables: variables ?? {} };
}

function misfit(field: string): MianzhengError {
  return new MianzhengError('BAD_REQUEST', `the parameter ${field} is missing or of the wrong type`, { field });
}
