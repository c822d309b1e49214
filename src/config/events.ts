/** Configuration of events on the data plane: streams of them, and how often is looked for some. */
import { z } from 'zod';
import { LICENCE_WATCH_LIMITS } from '../licences/licence-watch.js';
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

/** How often licences are looked at that verdicts rest on, where somebody is told of their changes. */
export const licenceWatchSchema = z
  .strictObject({
    /** Minutes between two looks at a case; 0: none is looked at. */
    lookMinutes: count(0, 10_080, LICENCE_WATCH_LIMITS.lookMinutes),
    /** Days after its latest verdict for which a case is looked at. */
    days: count(1, 3650, LICENCE_WATCH_LIMITS.days),
  })
  .prefault({});
