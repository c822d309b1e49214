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
import { BUDGET_DEFAULTS, EVIDENCE_DEFAULTS } from './budgets/limits.js';
import { databaseFaults } from './database-url.js';
import { parseDayWindow } from './domain/day-window.js';
import { SOURCE_LIMITS } from './execute/sources.js';
import { isNetwork } from './http/peer-certificates.js';
import { TRANSPORT_LIMITS } from './http/transport-limits.js';

const milliseconds = (min: number, max: number, value: number) => z.number().int().min(min).max(max).default(value);
const count = milliseconds;

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether nobody on the way can read what is sent there: TLS, or not leaving the machine; and no password stands in it. */
function isGuarded(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
  return safe && username === '' && password === '';
}

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

/** Bounds of an application's budgets, see `BudgetLimits`. */
const budgetBounds = {
  subjectsPerCase: z.number().int().min(1).max(100_000),
  subjectsPerHour: z.number().int().min(1).max(10_000_000),
  seasonSubjectsPerHour: z.number().int().min(0).max(10_000_000),
  unknownPerHour: z.number().int().min(1).max(1_000_000),
  verificationsPerCasePerHour: z.number().int().min(1).max(10_000),
};

const budgetsSchema = z.strictObject({
  /** Whether an alarm of a walk through identifiers puts the application on hold. */
  hold: z.boolean().default(true),
  /** Budgets of every application that has none of its own. */
  default: z
    .strictObject({
      subjectsPerCase: budgetBounds.subjectsPerCase.default(BUDGET_DEFAULTS.subjectsPerCase),
      subjectsPerHour: budgetBounds.subjectsPerHour.default(BUDGET_DEFAULTS.subjectsPerHour),
      seasonSubjectsPerHour: budgetBounds.seasonSubjectsPerHour.default(BUDGET_DEFAULTS.seasonSubjectsPerHour),
      unknownPerHour: budgetBounds.unknownPerHour.default(BUDGET_DEFAULTS.unknownPerHour),
      verificationsPerCasePerHour: budgetBounds.verificationsPerCasePerHour.default(
        BUDGET_DEFAULTS.verificationsPerCasePerHour,
      ),
    })
    .prefault({}),
  /** Budgets by application; what one leaves out is the default's. */
  clients: z.record(z.string(), z.strictObject(budgetBounds).partial()).default({}),
  evidence: z
    .strictObject({
      /** Share of the identifiers looked up in an hour that nobody has, 0.05 to 1; above it an alarm is raised. */
      unknownShare: z.number().min(0.05).max(1).default(EVIDENCE_DEFAULTS.unknownShare),
      /** Unknown identifiers below which the share says nothing. */
      unknownMinimum: count(5, 100_000, EVIDENCE_DEFAULTS.unknownMinimum),
      /** Citizen IDs with running sequence numbers that are a walk. */
      runLength: count(4, 500, EVIDENCE_DEFAULTS.runLength),
    })
    .prefault({}),
});

const webhookSchema = z.strictObject({
  /** https, or http on the loopback interface; no redirect is followed. At most 500 characters. */
  url: z.url().max(500).refine(isGuarded, 'must be https, or http on the loopback interface, without a password'),
  /** File with the secret that signs, relative to the data folder: `whsec_` and base64 of 24 to 64 bytes; one a line. */
  secretFile: z.string().min(1),
  /** What it is told of. */
  events: z
    .array(z.enum(['ALARM', 'HOLD', 'RELEASE']))
    .min(1)
    .default(['ALARM']),
});

const issuerSchema = z.strictObject({
  /** Exact `iss` of its tokens. */
  issuer: z.url(),
  /** Where its key set is published. */
  jwksUrl: z.url(),
  /** What its tokens must name as `aud`; default: the gateway's audience. */
  audience: z.string().min(1).optional(),
});

/** Fewest days that production keeps what the law wants kept. */
const KEPT_IN_PRODUCTION = { record: 1096, log: 184 } as const;
const requestsPerSecond = z.number().int().min(1).max(1_000_000);
const costPerMinute = z.number().int().min(1000).max(1_000_000_000_000);
const documentCost = z.number().int().min(100).max(1_000_000_000);

const documentMode = z.enum(['open', 'log', 'enforce']);
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
      /** Days that entries are kept at least; older segments then go. In production 1,096 (three years) or more. */
      keepDays: count(1, 36_500, KEPT_IN_PRODUCTION.record),
    })
    .prefault({}),
  cases: z
    .strictObject({
      /** Days from its filing that a case, with its subjects, is kept; then the application has to register it anew. */
      keepDays: count(30, 36_500, 1096),
    })
    .prefault({}),
  log: z
    .strictObject({
      /** Folder of the log's files, relative to the data folder; default: the log goes to standard output. */
      folder: z.string().min(1).optional(),
      /** Days that the log's files are kept. In production 184 (six months) or more. */
      keepDays: count(1, 36_500, KEPT_IN_PRODUCTION.log),
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
  /** How many people an application may ask about. */
  budgets: budgetsSchema.prefault({}),
  /** Who is told of alarms; no two with one URL. */
  webhooks: z
    .array(webhookSchema)
    .max(10)
    .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, 'two have the same url')
    .default([]),
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
      /** Longest a request may wait for departments, ms: what is not there by then is SOURCE_DOWN. */
      requestMs: milliseconds(100, 60_000, 8000),
      /** Requests in progress in one process; one more is shed. */
      requestsInProgress: count(1, 1_000_000, 2000),
      /** How late the event loop may be on average, ms; beyond it requests are shed. */
      eventLoopDelayMs: milliseconds(50, 60_000, 1000),
      /** How long a process that is told to stop goes on answering, no longer ready, ms. */
      drainMs: milliseconds(0, 300_000, 0),
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
    ...(environment.HOST === undefined ? {} : { host: environment.HOST }),
    data: resolve(folder, environment.MIANZHENG_DATA ?? '.data'),
  };
}
