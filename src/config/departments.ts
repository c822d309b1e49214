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

/** Another city's gateway (异地网关), asked for what this city's department does not hold. */
const peerSchema = z
  .strictObject({
    /** Its name here: letters, digits and hyphens; it stands in provenance and record. */
    name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
    /** Its address, without `/graphql`. */
    url: z.url({ protocol: /^https?$/ }),
    /** GB/T 2260 prefixes that cover every row its department holds. */
    divisions: z.array(z.string().regex(/^\d{2}(\d{2}(\d{2})?)?$/)).min(1),
    /**
     * Matters in whose requests it is asked, by code: both cities have them, and its departments granted them to us. For each
     * the role of the matter under which a kind of subject is registered there.
     */
    matters: z
      .record(
        z.string().min(1),
        z.partialRecord(z.enum(['CITIZEN', 'ENTERPRISE', 'HOUSEHOLD', 'PROPERTY_UNIT', 'LICENCE']), z.string().min(1)),
      )
      .refine((matters) => Object.keys(matters).length > 0, 'no matter'),
    /** File that holds an access token there, read again when it changes: where somebody else renews it. */
    tokenFile: z.string().min(1).optional(),
    /** Our own credential there: OAuth 2.0 client credentials, private_key_jwt. */
    credential: z
      .strictObject({
        issuer: z.url({ protocol: /^https?$/ }),
        clientId: z.string().min(1),
        /** Private JWK with its `alg`, relative to the data folder. */
        keyFile: z.string().min(1),
        /** Identifier of the gateway there, `aud` of the tokens. */
        audience: z.string().min(1),
        scope: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine(
    (peer) => (peer.tokenFile === undefined) !== (peer.credential === undefined),
    'tokenFile or credential, one of them',
  );

const peersSchema = z
  .array(peerSchema)
  .max(20)
  .refine((peers) => new Set(peers.map(({ name }) => name)).size === peers.length, 'two have the same name');

/** Gateways of other cities that a department is asked of. */
export type PeerConfig = z.infer<typeof peerSchema>;

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
    /** Gateways of other cities (跨省通办), at most 20; default: none. */
    peers: peersSchema.optional(),
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
    /** Gateways of other cities (跨省通办), at most 20; default: none. */
    peers: peersSchema.optional(),
  }),
  z.strictObject({
    /** This city keeps no data of the department: only gateways of other cities are asked. */
    transport: z.literal('gateway'),
    peers: peersSchema.refine((peers) => peers.length > 0, 'none'),
    /** What it lets through of a season. */
    season: seasonSchema.optional(),
  }),
]);
