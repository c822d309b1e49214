/** Configuration of the departments: where they are, and what they let through of a season. */
import { z } from 'zod';
import { parseDayWindow } from '../domain/day-window.js';
import { count } from './numbers.js';

const seasonSchema = z.strictObject({
  /** Keys looked up a second at most by `verifyCases`, for all applications together, 1 to 1,000,000; default: no bound. */
  keysPerSecond: z.number().int().min(1).max(1_000_000).nullable().default(null),
  /** Hours in which `verifyCases` asks the department, `HH:MM-HH:MM`, over midnight where it ends before it begins; default: always. */
  between: z
    .string()
    .refine((text) => parseDayWindow(text) !== null, 'not hours of the day such as 19:00-07:00')
    .transform(parseDayWindow)
    .nullable()
    .default(null),
});

/** One department. */
export const departmentSchema = z.discriminatedUnion('transport', [
  z.strictObject({
    /** A database: `mysql://user@host:port/database`, or a SQLite file, relative to the data folder. */
    transport: z.literal('sql'),
    url: z.string().min(1),
    /** File that holds its password, relative to the data folder. In production no password may stand in the URL. */
    passwordFile: z.string().min(1).optional(),
    /** What it lets through of a season. */
    season: seasonSchema.optional(),
  }),
  z.strictObject({
    /** The department's HTTP API. */
    transport: z.literal('http'),
    url: z.url(),
    /** File that holds the API's token, so that no secret stands in the configuration. Read again when it changes. */
    tokenFile: z.string().min(1),
    /** Rows per page the API gives, 1 to 1,000. */
    pageSize: count(1, 1000, 200),
    /** What it lets through of a season. */
    season: seasonSchema.optional(),
  }),
]);
