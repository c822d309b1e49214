/** Configuration of the limits of a request, of a process and of what departments are asked. */
import { z } from 'zod';
import { DEFAULT_RATE } from '../admit/rates.js';
import { DOCUMENT_LIMITS, WIDEST_DOCUMENT_LIMITS } from '../authorize/document-size.js';
import { SOURCE_LIMITS } from '../execute/sources.js';
import { TRANSPORT_LIMITS } from '../http/transport-limits.js';
import { documentCost } from './admission.js';
import { count, milliseconds } from './numbers.js';

/** The limits. */
export const limitsSchema = z
  .strictObject({
    /** Largest request body, bytes. */
    bodyBytes: count(1024, 16_777_216, 262_144),
    /** Longest a client may take to send the head of a request, ms. */
    headersMs: milliseconds(100, 60_000, TRANSPORT_LIMITS.headersMs),
    /** Longest a client may take to send a request, ms. */
    receiveMs: milliseconds(100, 300_000, TRANSPORT_LIMITS.receiveMs),
    /** Largest head of a request, bytes. */
    headerBytes: count(4096, 65_536, TRANSPORT_LIMITS.headerBytes),
    /** Connections at once. */
    connections: count(1, 1_000_000, TRANSPORT_LIMITS.connections),
    /** Tokens of a document. */
    documentTokens: count(100, WIDEST_DOCUMENT_LIMITS.maxTokens, DOCUMENT_LIMITS.maxTokens),
    /** Nesting of a document. */
    documentDepth: count(1, WIDEST_DOCUMENT_LIMITS.maxDepth, DOCUMENT_LIMITS.maxDepth),
    /** Fields of a document, fragments followed. */
    documentFields: count(1, WIDEST_DOCUMENT_LIMITS.maxFields, DOCUMENT_LIMITS.maxFields),
    /** Aliases of a document, fragments followed. */
    documentAliases: count(0, WIDEST_DOCUMENT_LIMITS.maxAliases, DOCUMENT_LIMITS.maxAliases),
    /** Fields at the root of an operation. */
    documentRootFields: count(1, WIDEST_DOCUMENT_LIMITS.maxRootFields, DOCUMENT_LIMITS.maxRootFields),
    /** Fields of one object, fragments followed. */
    documentBreadth: count(1, WIDEST_DOCUMENT_LIMITS.maxBreadth, DOCUMENT_LIMITS.maxBreadth),
    /** Directives of a document, fragments followed. */
    documentDirectives: count(0, WIDEST_DOCUMENT_LIMITS.maxDirectives, DOCUMENT_LIMITS.maxDirectives),
    /** Most that one request may cost. */
    documentCost: documentCost.default(DEFAULT_RATE.documentCost),
    /** Documents and plans kept. */
    cachedPlans: count(1, 1_000_000, DOCUMENT_LIMITS.cacheSize),
    /** Longest a request may wait for departments, ms: what is not there by then is SOURCE_DOWN. */
    requestMs: milliseconds(100, 60_000, 8000),
    /** Requests in progress in one process; one more is shed. */
    requestsInProgress: count(1, 1_000_000, 2000),
    /** How late the event loop may be on average, ms; beyond it requests are shed. */
    eventLoopDelayMs: milliseconds(50, 60_000, 1000),
    /** How long a process that is told to stop goes on answering, no longer ready, ms. */
    drainMs: milliseconds(0, 300_000, 0),
    /** Longest wait for one statement or call to a department, ms. */
    sourceTimeoutMs: milliseconds(10, 60_000, SOURCE_LIMITS.timeoutMs),
    /** Statements in the air at once per department. */
    sourceConcurrency: count(1, 1000, SOURCE_LIMITS.concurrency),
  })
  .prefault({});
