/** Configuration of what is kept, and for how long. */
import { z } from 'zod';
import { caseDeadlines } from './messages.js';
import { count } from './numbers.js';

/** Fewest days that production keeps what the law wants kept. */
export const KEPT_IN_PRODUCTION = { record: 1096, log: 184 } as const;

/** The record. */
export const recordSchema = z
  .strictObject({
    /** Hash of the chain. */
    hash: z.enum(['sha256', 'sm3']).default('sha256'),
    /** Days that entries are kept at least; older segments then go. In production 1,096 (three years) or more. */
    keepDays: count(1, 36_500, KEPT_IN_PRODUCTION.record),
  })
  .prefault({});

/** Registered cases. */
export const casesSchema = z
  .strictObject({
    /** Days from its filing that a case, with its subjects, is kept; then the application has to register it anew. */
    keepDays: count(30, 36_500, 1096),
    ...caseDeadlines,
  })
  .prefault({});

/** The log. */
export const logSchema = z
  .strictObject({
    /** Folder of the log's files, relative to the data folder; default: the log goes to standard output. */
    folder: z.string().min(1).optional(),
    /** Days that the log's files are kept. In production 184 (six months) or more. */
    keepDays: count(1, 36_500, KEPT_IN_PRODUCTION.log),
  })
  .prefault({});
