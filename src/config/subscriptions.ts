/** Configuration of the streams of events on the data plane. */
import { z } from 'zod';
import { FEED_LIMITS } from '../subscriptions/feed.js';
import { count } from './numbers.js';

/** Bounds of the streams (订阅) that one process serves. */
export const subscriptionsSchema = z
  .strictObject({
    /** Streams at once; 0: none are served. */
    streams: count(0, 100_000, FEED_LIMITS.streams),
    /** Streams at once of one application. */
    streamsPerClient: count(1, 10_000, FEED_LIMITS.streamsPerClient),
    /** Bytes that may wait for a client that reads slowly; beyond it the stream is cut. */
    waitingBytes: count(16_384, 16_777_216, FEED_LIMITS.waitingBytes),
  })
  .prefault({});
