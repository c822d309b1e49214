/** Configuration of the control plane and its console. */
import { z } from 'zod';
import { count } from './numbers.js';

/** The console. */
export const consoleSchema = z.strictObject({
  /** The client through which people's access tokens are issued, also without a sign-in of the console. */
  clientId: z.string().min(1).max(64).default('console'),
  /** Sign-in in production; default: none, people then send access tokens. In development the embedded issuer serves. */
  signIn: z
    .strictObject({
      /** One of `issuers`; its metadata are read from `<issuer>/.well-known/openid-configuration`. */
      issuer: z.url({ protocol: /^https?$/ }),
      /** File that holds the client's secret, relative to the data folder; default: a public client, by PKCE alone. */
      clientSecretFile: z.string().min(1).optional(),
      /** Scopes asked for. */
      scope: z.string().min(1).default('openid'),
    })
    .optional(),
  /** A session that is not used for so many minutes ends. */
  idleMinutes: count(1, 1440, 30),
  /** A session ends after so many hours. */
  sessionHours: count(1, 24, 8),
  /** Application systems that entrust their seasons to this console; in development every one of the demonstration does. */
  seasons: z
    .array(
      z.strictObject({
        /** Its `client_id`. */
        client: z.string().min(1).max(64),
        /** File in which its operator keeps a valid access token, relative to the data folder; read again whenever it is asked for. */
        tokenFile: z.string().min(1),
        /** Names, as their issuer has them, of the people who may run its seasons; they need the role `operator` too. */
        operators: z.array(z.string().min(1).max(200)).min(1),
      }),
    )
    .refine((all) => new Set(all.map(({ client }) => client)).size === all.length, 'two are of the same client')
    .default([]),
  /** Days that a season of the console is kept after it stopped, with its list and results. */
  seasonDays: count(1, 366, 30),
  /** Working days (工作日) that departments have by law, 《政务数据共享条例》. */
  statutoryDays: z
    .strictObject({
      /** To answer an application that names fields shared unconditionally only. */
      unconditional: count(1, 60, 1),
      /** To answer any other. */
      conditional: count(1, 60, 10),
      /** For data to flow after an approval. */
      data: count(1, 60, 20),
    })
    .prefault({}),
});
