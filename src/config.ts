/**
 * Configuration: `mianzheng.yaml` (or the file `MIANZHENG_CONFIG` names) and a few environment
 * variables. Every fault is reported at once; unknown keys are refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DOCUMENT_LIMITS } from './authorize/documents.js';
import { databaseFaults } from './database-url.js';
import { parseDayWindow } from './domain/day-window.js';
import { SOURCE_LIMITS } from './execute/sources.js';
import { isNetwork } from './http/peer-certificates.js';

const milliseconds = (min: number, max: number, value: number) => z.number().int().min(min).max(max).default(value);
const count = milliseconds;

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

const departmentSchema = z.discriminatedUnion('transport', [
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

const issuerSchema = z.strictObject({
  /** Exact `iss` of its tokens. */
  issuer: z.url(),
  /** Where its key set is published. */
  jwksUrl: z.url(),
  /** What its tokens must name as `aud`; default: the gateway's audience. */
  audience: z.string().min(1).optional(),
});

const tokensSchema = z.strictObject({
  /** Whether every application's tokens must be bound to a key (DPoP) or a certificate (mutual TLS). */
  senderConstrained: z.enum(['optional', 'required']).default('optional'),
  /** Applications whose tokens must be, where it is optional for the others. */
  senderConstrainedClients: z.array(z.string().min(1)).default([]),
  /** Whether every proof must hold a nonce of the process that answers; default: where there are several processes. */
  dpopNonces: z.boolean().optional(),
});

const tlsSchema = z.strictObject({
  /** PEM of the certificate and its chain; relative to the data folder, as the files below. Read again when it changes. */
  certFile: z.string().min(1),
  /** PEM of its private key. */
  keyFile: z.string().min(1),
  /** PEM of the authorities whose client certificates count; default: any certificate whose key the client holds. */
  clientCaFile: z.string().min(1).optional(),
  /** Lowest version of TLS. */
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
});

const clientCertificateHeaderSchema = z.strictObject({
  /** Name of the header, whose value is that of `Client-Cert` (RFC 9440). */
  name: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .default('Client-Cert'),
  /** Addresses or networks of the proxies that set it, and remove what clients send under that name. */
  from: z.array(z.string().refine(isNetwork, 'not an address or network such as 10.0.0.5 or 10.0.0.0/24')).min(1),
});

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
  /** Name of this instance: names its chain of the record. Of several processes `k` adds `.k`, so it then has 61 characters at most. */
  instance: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .default('gateway-1'),
  /** Control store: `mysql://user@host:port/database` or a SQLite file, relative to the data folder. */
  control: z.string().min(1).default('control.sqlite'),
  /** File that holds its password, as a department's `passwordFile`. */
  controlPasswordFile: z.string().min(1).optional(),
  /** Departments by the name of their folder under connectors/; one left out is the demonstration city's SQLite file. */
  departments: z.record(z.string(), departmentSchema).default({}),
  /** Folder of the matters' YAML files, relative to the data folder; default: those that come with the program. */
  matters: z.string().min(1).optional(),
  /** Issuers of access tokens; required in production. */
  issuers: z.array(issuerSchema).default([]),
  /** The gateway's own identifier, `aud` of its tokens: an absolute URI. */
  audience: z.string().min(1).default('urn:mianzheng:gateway'),
  /** Whether applications may introspect the schema; default: in development only. */
  introspection: z.boolean().optional(),
  /** Difference to UTC that calendar days are reckoned in, minutes; default China Standard Time. */
  utcOffsetMinutes: z.number().int().min(-720).max(840).default(480),
  masks: z
    .strictObject({
      /** Characters of an ID number that stay at the front, 0 to 10. */
      idNumberHead: count(0, 10, 6),
      /** Characters of an ID number that stay at the end, 0 to 4. */
      idNumberTail: count(0, 4, 2),
    })
    .prefault({}),
  record: z
    .strictObject({
      /** Hash of the chain. */
      hash: z.enum(['sha256', 'sm3']).default('sha256'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Largest request body, bytes. */
      bodyBytes: count(1024, 16_777_216, 262_144),
      /** Tokens of a document. */
      documentTokens: count(100, 100_000, DOCUMENT_LIMITS.maxTokens),
      /** Nesting of a document. */
      documentDepth: count(1, 100, DOCUMENT_LIMITS.maxDepth),
      /** Fields of a document, fragments followed. */
      documentFields: count(1, 100_000, DOCUMENT_LIMITS.maxFields),
      /** Documents and plans kept. */
      cachedPlans: count(1, 1_000_000, DOCUMENT_LIMITS.cacheSize),
      /** Longest wait for one statement or call to a department, ms. */
      sourceTimeoutMs: milliseconds(10, 60_000, SOURCE_LIMITS.timeoutMs),
      /** Statements in the air at once per department. */
      sourceConcurrency: count(1, 1000, SOURCE_LIMITS.concurrency),
    })
    .prefault({}),
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

/** Longest `instance` to which `.64` can be added. */
const LONGEST_SHARED_INSTANCE = 61;

/**
 * Loads the configuration.
 * @param environment `MIANZHENG_CONFIG` (file), `MIANZHENG_DATA` (folder, default `./.data`), `HOST`, `PORT`
 * @param folder where `mianzheng.yaml` and a relative data folder are looked for
 * @param given what stands above the file, as from the command line
 * @throws ConfigFaults with every fault
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
  given: { readonly processes?: number } = {},
): Config {
  const named = environment.MIANZHENG_CONFIG;
  const file = named === undefined ? join(folder, 'mianzheng.yaml') : resolve(folder, named);
  const written = named !== undefined || existsSync(file) ? read(file) : {};
  const faults: string[] = [];
  const parsed = configSchema.safeParse(isRecord(written) ? { ...written, ...given } : written);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`));
  }
  const port = environment.PORT === undefined ? undefined : Number(environment.PORT);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    faults.push('PORT: not a port number');
  }
  if (parsed.success && parsed.data.mode === 'production' && parsed.data.issuers.length === 0) {
    faults.push('issuers: production needs at least one');
  }
  if (parsed.success) faults.push(...passwordFaults(parsed.data), ...bindingFaults(parsed.data));
  if (parsed.success && parsed.data.processes > 1 && parsed.data.instance.length > LONGEST_SHARED_INSTANCE) {
    faults.push(`instance: with several processes at most ${LONGEST_SHARED_INSTANCE} characters`);
  }
  if (!parsed.success || faults.length > 0) throw new ConfigFaults(file, faults);
  return {
    ...parsed.data,
    ...(port === undefined ? {} : { port }),
    ...(environment.HOST === undefined ? {} : { host: environment.HOST }),
    data: resolve(folder, environment.MIANZHENG_DATA ?? '.data'),
  };
}
