/**
 * Configuration: `mianzheng.yaml` (or the file `MIANZHENG_CONFIG` names) and a few environment
 * variables. Every fault is reported at once; unknown keys are refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_RATE } from './admit/rates.js';
import { FAILURE_LIMITS } from './admit/refusal-flood.js';
import { DOCUMENT_LIMITS, WIDEST_DOCUMENT_LIMITS } from './authorize/document-size.js';
import { parseDayWindow } from './domain/day-window.js';
import { SOURCE_LIMITS } from './execute/sources.js';
import { TRANSPORT_LIMITS } from './http/transport-limits.js';

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
    /** A database: `mysql://user:password@host:port/database`, or a SQLite file, relative to the data folder. */
    transport: z.literal('sql'),
    url: z.string().min(1),
    /** What it lets through of a season. */
    season: seasonSchema.optional(),
  }),
  z.strictObject({
    /** The department's HTTP API. */
    transport: z.literal('http'),
    url: z.url(),
    /** File that holds the API's token, so that no secret stands in the configuration. */
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

const requestsPerSecond = z.number().int().min(1).max(1_000_000);
const costPerMinute = z.number().int().min(1000).max(1_000_000_000_000);
const documentCost = z.number().int().min(100).max(1_000_000_000);

const documentMode = z.enum(['open', 'log', 'enforce']);

const configSchema = z.strictObject({
  /** `development` embeds an issuer that gives anyone a token; `production` refuses it. */
  mode: z.enum(['development', 'production']).default('development'),
  /** Address to listen on; `HOST` overrides. */
  host: z.string().min(1).default('127.0.0.1'),
  /** Port to listen on, 0 for any free one; `PORT` overrides. */
  port: z.number().int().min(0).max(65_535).default(4000),
  /** Gateway processes behind the port, each an instance of its own; `serve --processes` overrides. */
  processes: count(1, 64, 1),
  /** Name of this instance: names its chain of the record. Of several processes `k` adds `.k`, so it then has 61 characters at most. */
  instance: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .default('gateway-1'),
  /** Control store: `mysql://…/database` or a SQLite file, relative to the data folder. */
  control: z.string().min(1).default('control.sqlite'),
  /** Departments by the name of their folder under connectors/; one left out is the demonstration city's SQLite file. */
  departments: z.record(z.string(), departmentSchema).default({}),
  /** Folder of the matters' YAML files, relative to the data folder; default: those that come with the program. */
  matters: z.string().min(1).optional(),
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
  rates: z
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
    .prefault({}),
  documents: z
    .strictObject({
      /** What becomes of a document that is not registered for its application. */
      mode: documentMode.default('open'),
      /** Of single applications. */
      clients: z.record(z.string().min(1), documentMode).default({}),
      /** Folder of the registered ones, `<folder>/<application>/*.graphql`, relative to the data folder. */
      folder: z.string().min(1).default('documents'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Largest request body, bytes. */
      bodyBytes: count(1024, 16_777_216, 262_144),
      /** Longest a client may take to send the head of a request, ms. */
      headersMs: milliseconds(100, 60_000, TRANSPORT_LIMITS.headersMs),
      /** Longest a client may take to send a request, ms. */
      receiveMs: milliseconds(100, 300_000, TRANSPORT_LIMITS.receiveMs),
      /** Largest head of a request, bytes. */
      headerBytes: count(4096, 65_536, TRANSPORT_LIMITS.headerBytes),
      /** Connections at once. */
      connections: count(1, 1_000_000, TRANSPORT_LIMITS.connections),
      /** Tokens of a document. */
      documentTokens: count(100, WIDEST_DOCUMENT_LIMITS.maxTokens, DOCUMENT_LIMITS.maxTokens),
      /** Nesting of a document. */
      documentDepth: count(1, WIDEST_DOCUMENT_LIMITS.maxDepth, DOCUMENT_LIMITS.maxDepth),
      /** Fields of a document, fragments followed. */
      documentFields: count(1, WIDEST_DOCUMENT_LIMITS.maxFields, DOCUMENT_LIMITS.maxFields),
      /** Aliases of a document, fragments followed. */
      documentAliases: count(0, WIDEST_DOCUMENT_LIMITS.maxAliases, DOCUMENT_LIMITS.maxAliases),
      /** Fields at the root of an operation. */
      documentRootFields: count(1, WIDEST_DOCUMENT_LIMITS.maxRootFields, DOCUMENT_LIMITS.maxRootFields),
      /** Fields of one object, fragments followed. */
      documentBreadth: count(1, WIDEST_DOCUMENT_LIMITS.maxBreadth, DOCUMENT_LIMITS.maxBreadth),
      /** Directives of a document, fragments followed. */
      documentDirectives: count(0, WIDEST_DOCUMENT_LIMITS.maxDirectives, DOCUMENT_LIMITS.maxDirectives),
      /** Most that one request may cost. */
      documentCost: documentCost.default(DEFAULT_RATE.documentCost),
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
