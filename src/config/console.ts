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
