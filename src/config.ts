/**
 * Configuration: `mianzheng.yaml` (or the file `MIANZHENG_CONFIG` names) and a few environment
 * variables. Every fault is reported at once; unknown keys are refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { documentsSchema, ratesSchema } from './config/admission.js';
import { budgetsSchema, webhookSchema } from './config/budgets.js';
import { clientCertificateHeaderSchema, issuerSchema, tlsSchema, tokensSchema } from './config/callers.js';
import { claimsSchema } from './config/claims.js';
import { consoleSchema } from './config/console.js';
import { departmentSchema } from './config/departments.js';
import { licenceWatchSchema, subscriptionsSchema } from './config/events.js';
import { casesSchema, KEPT_IN_PRODUCTION, logSchema, recordSchema } from './config/keeping.js';
import { limitsSchema } from './config/limits.js';
import { eventsSchema, noticesSchema, remindersSchema } from './config/messages.js';
import { count } from './config/numbers.js';
import { commitmentsSchema, verificationsSchema } from './config/proofs.js';
import { workingDaysSchema } from './config/working-days.js';
import { databaseFaults } from './database-url.js';

const configSchema = z.strictObject({
  /** `development` embeds an issuer that gives anyone a token; `production` refuses it. */
  mode: z.enum(['development', 'production']).default('development'),
  /** Address to listen on; `HOST` overrides. */
  host: z.string().min(1).default('127.0.0.1'),
  /** Port to listen on, 0 for any free one; `PORT` overrides. */
  port: z.number().int().min(0).max(65_535).default(4000),
  /** Where applications see this gateway, without `/graphql`: what DPoP proofs must name; default: where it listens. */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** TLS of the port; default: plain HTTP. */
  tls: tlsSchema.optional(),
  /** Header in which a proxy that ends TLS tells the client's certificate; default: none is believed. */
  clientCertificateHeader: clientCertificateHeaderSchema.optional(),
  /** What access tokens must be like. */
  tokens: tokensSchema.prefault({}),
  /** Gateway processes behind the port, each an instance of its own; `serve --processes` overrides. */
  processes: count(1, 64, 1),
  /** Name of this instance: names its chain of the record. Of several processes `k` adds `.k`; jobs add `.jobs`. */
  instance: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,58}$/)
    .default('gateway-1'),
  /** Control store: `mysql://user@host:port/database` or a SQLite file, relative to the data folder. */
  control: z.string().min(1).default('control.sqlite'),
  /** File that holds its password, as a department's `passwordFile`. */
  controlPasswordFile: z.string().min(1).optional(),
  /** Departments by the name of their folder under connectors/; one left out is the demonstration city's SQLite file. */
  departments: z.record(z.string(), departmentSchema).default({}),
  /** Folder of the matters' YAML files, relative to the data folder; default: those that come with the program. */
  matters: z.string().min(1).optional(),
  /** The catalogue of proofs, CSV or XLSX, relative to the data folder; default: what was imported, else the one that comes with the program. */
  proofs: z.string().min(1).optional(),
  /** Issuers of access tokens; required in production. */
  issuers: z.array(issuerSchema).default([]),
  /** The gateway's own identifier, `aud` of its tokens: an absolute URI. */
  audience: z.string().min(1).default('urn:mianzheng:gateway'),
  /** Whether every application may introspect the schema. */
  introspection: z.boolean().default(false),
  /** Applications that may introspect it all the same. */
  introspectionClients: z.array(z.string().min(1)).default([]),
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  proxies: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** Redis, through which several gateways and processes count rates together: `redis://…` or `rediss://…`. */
  redis: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Difference to UTC that calendar days are reckoned in, minutes; default China Standard Time. */
  utcOffsetMinutes: z.number().int().min(-720).max(840).default(480),
  /** Holidays and make-up days of years that the program does not know. */
  workingDays: workingDaysSchema,
  /** Department verification (部门核验). */
  verifications: verificationsSchema,
  /** Commitments (告知承诺). */
  commitments: commitmentsSchema,
  masks: z
    .strictObject({
      /** Characters of an ID number that stay at the front, 0 to 10. */
      idNumberHead: count(0, 10, 6),
      /** Characters of an ID number that stay at the end, 0 to 4. */
      idNumberTail: count(0, 4, 2),
    })
    .prefault({}),
  record: recordSchema,
  cases: casesSchema,
  log: logSchema,
  rates: ratesSchema,
  documents: documentsSchema,
  /** How many people an application may ask about. */
  budgets: budgetsSchema.prefault({}),
  /** How many values may be tried as claims. */
  claims: claimsSchema.prefault({}),
  /** Who is told of alarms; no two with one URL. */
  webhooks: z
    .array(webhookSchema)
    .max(10)
    .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, 'two have the same url')
    .default([]),
  /** Channels of notices to people. */
  notices: noticesSchema,
  /** Reminders of the days by which departments have to answer. */
  reminders: remindersSchema,
  /** Who is told of events of cases. */
  events: eventsSchema,
  /** Licences (电子证照) that verdicts rest on. */
  licenceWatch: licenceWatchSchema,
  /** Streams of events on the data plane. */
  subscriptions: subscriptionsSchema,
  limits: limitsSchema,
  /** The control plane and its console. */
  console: consoleSchema.prefault({}),
});

/** The configuration, defaults filled in. */
export type Config = z.infer<typeof configSchema> & {
  /** Folder of everything the gateway writes, absolute. */
  readonly data: string;
};

/** The configuration cannot be used; the message lists every fault. */
export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults';
  constructor(
    readonly file: string,
    readonly faults: readonly string[],
  ) {
    super(`${file}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function read(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (cause) {
    throw new ConfigFaults(file, [cause instanceof Error ? cause.message : String(cause)]);
  }
}

/** What is wrong with how other cities' gateways are reached. */
function peerFaults({ mode, departments }: z.infer<typeof configSchema>): string[] {
  if (mode !== 'production') return [];
  return Object.entries(departments).flatMap(([name, { peers = [] }]) =>
    peers.flatMap(({ url, tokenFile, credential }, i) => [
      ...(url.startsWith('https:') ? [] : [`departments.${name}.peers.${i}.url: production reaches it by https`]),
      ...(tokenFile === undefined ? [] : [`departments.${name}.peers.${i}.tokenFile: production needs credential`]),
      ...(credential === undefined || credential.issuer.startsWith('https:')
        ? []
        : [`departments.${name}.peers.${i}.credential.issuer: production reaches it by https`]),
    ]),
  );
}

/** What is wrong with where passwords stand. */
function passwordFaults({ mode, control, controlPasswordFile, departments }: z.infer<typeof configSchema>): string[] {
  const production = mode === 'production';
  const named = Object.entries(departments).flatMap(([name, department]) =>
    department.transport === 'sql' ? [[`departments.${name}.url`, department] as const] : [],
  );
  const all = [['control', { url: control, passwordFile: controlPasswordFile }] as const, ...named];
  return all.flatMap(([key, database]) => databaseFaults(database, production).map((fault) => `${key}: ${fault}`));
}

/** What is missing where tokens must be bound: where the gateway listens is not where clients of a production see it. */
function bindingFaults({ mode, publicUrl, tokens }: z.infer<typeof configSchema>): string[] {
  const bound = tokens.senderConstrained === 'required' || tokens.senderConstrainedClients.length > 0;
  return mode === 'production' && bound && publicUrl === undefined
    ? ['publicUrl: production needs it where tokens must be bound']
    : [];
}

/** What is missing where people sign in: the issuer must be a trusted one, and its browsers sent back to a known address. */
function consoleFaults({ console: { signIn }, issuers, mode, publicUrl }: z.infer<typeof configSchema>): string[] {
  if (signIn === undefined) return [];
  const faults = issuers.some(({ issuer }) => issuer === signIn.issuer)
    ? []
    : ['console.signIn.issuer: is not one of issuers'];
  if (mode === 'production' && publicUrl === undefined)
    faults.push('publicUrl: production needs it for console.signIn');
  return faults;
}

/** What is wrong with where messages go. */
function messageFaults({ mode, webhooks, notices, reminders, events }: z.infer<typeof configSchema>): string[] {
  const all = [...webhooks, ...notices, ...reminders.channels, ...events];
  const urls = all.flatMap((one) => ('url' in one ? [one.url] : []));
  const faults =
    new Set(urls).size === urls.length ? [] : ['webhooks, notices, reminders, events: two have the same url'];
  if (mode === 'production') {
    for (const [key, channels] of [
      ['notices', notices],
      ['reminders.channels', reminders.channels],
    ] as const) {
      if (channels.some((channel) => 'file' in channel)) faults.push(`${key}: production tells people by no file`);
    }
  }
  return faults;
}

/**
 * Loads the configuration.
 * @param environment `MIANZHENG_CONFIG` (file), `MIANZHENG_DATA` (folder, default `./.data`), `HOST`, `PORT`; an empty one
 * counts as not set
 * @param folder where `mianzheng.yaml` and a relative data folder are looked for
 * @param given what stands above the file, as from the command line
 * @throws ConfigFaults with every fault
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  given: { readonly processes?: number } = {},
): Config {
  // Compose and shells set a variable that has no value to an empty text.
  const set = (name: string): string | undefined => environment[name] || undefined;
  const named = set('MIANZHENG_CONFIG');
  const file = named === undefined ? join(folder, 'mianzheng.yaml') : resolve(folder, named);
  const written = named !== undefined || existsSync(file) ? read(file) : {};
  const faults: string[] = [];
  const parsed = configSchema.safeParse(isRecord(written) ? { ...written, ...given } : written);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`));
  }
  const port = set('PORT') === undefined ? undefined : Number(set('PORT'));
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    faults.push('PORT: not a port number');
  }
  if (parsed.success && parsed.data.mode === 'production' && parsed.data.issuers.length === 0) {
    faults.push('issuers: production needs at least one');
  }
  if (parsed.success)
    faults.push(
      ...passwordFaults(parsed.data),
      ...peerFaults(parsed.data),
      ...bindingFaults(parsed.data),
      ...consoleFaults(parsed.data),
      ...messageFaults(parsed.data),
    );
  if (parsed.success && parsed.data.mode === 'production') {
    for (const key of ['record', 'log'] as const) {
      const least = KEPT_IN_PRODUCTION[key];
      if (parsed.data[key].keepDays < least) faults.push(`${key}.keepDays: production keeps at least ${least} days`);
    }
  }
  if (!parsed.success || faults.length > 0) throw new ConfigFaults(file, faults);
  return {
    ...parsed.data,
    ...(port === undefined ? {} : { port }),
    host: set('HOST') ?? parsed.data.host,
    data: resolve(folder, set('MIANZHENG_DATA') ?? '.data'),
  };
}
