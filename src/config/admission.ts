/** Configuration of how often is asked, for how much, and with which documents. */
import { z } from 'zod';
import { DEFAULT_RATE } from '../admit/rates.js';
import { FAILURE_LIMITS } from '../admit/refusal-flood.js';
import { count } from './numbers.js';

const requestsPerSecond = z.number().int().min(1).max(1_000_000);
const costPerMinute = z.number().int().min(1000).max(1_000_000_000_000);

/** What a request may cost. */
export const documentCost = z.number().int().min(100).max(1_000_000_000);

const documentMode = z.enum(['open', 'log', 'enforce']);

/** How often applications may ask, and for how much. */
export const ratesSchema = z
  .strictObject({
    /** Of every application. */
    default: z
      .strictObject({
        /** Requests a second in the long run. */
        requestsPerSecond: requestsPerSecond.default(DEFAULT_RATE.requestsPerSecond),
        /** Requests at once after a pause. */
        burst: requestsPerSecond.default(DEFAULT_RATE.burst),
        /** Cost a minute. */
        costPerMinute: costPerMinute.default(DEFAULT_RATE.costPerMinute),
      })
      .prefault({}),
    /** Of single applications; what one leaves out is the default's. */
    clients: z
      .record(
        z.string().min(1),
        z.strictObject({
          requestsPerSecond: requestsPerSecond.optional(),
          burst: requestsPerSecond.optional(),
          costPerMinute: costPerMinute.optional(),
          /** In place of `limits.documentCost`. */
          documentCost: documentCost.optional(),
        }),
      )
      .default({}),
    /** Refusals a minute that have an entry in the record each; what is beyond is counted. */
    failures: z
      .strictObject({
        /** Of one address that does not say who asks; beyond it the address is told to wait. */
        perAddress: count(1, 1_000_000, FAILURE_LIMITS.perAddress),
        /** Of all addresses. */
        inAll: count(1, 1_000_000, FAILURE_LIMITS.inAll),
        /** Of one application beyond its rate. */
        perApplication: count(1, 1_000_000, FAILURE_LIMITS.perApplication),
      })
      .prefault({}),
  })
  .prefault({});

/** Which documents they may send. */
export const documentsSchema = z
  .strictObject({
    /** What becomes of a document that is not registered for its application. */
    mode: documentMode.default('open'),
    /** Of single applications. */
    clients: z.record(z.string().min(1), documentMode).default({}),
    /** Folder of the registered ones, `<folder>/<application>/*.graphql`, relative to the data folder. */
    folder: z.string().min(1).default('documents'),
  })
  .prefault({});
