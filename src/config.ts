/**
 * Configuration: `mianzheng.yaml` (or the file `MIANZHENG_CONFIG` names) and a few environment
 * variables. Every fault is reported at once; unknown keys are refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DOCUMENT_LIMITS } from './authorize/documents.js';
import { BUDGET_DEFAULTS, EVIDENCE_DEFAULTS } from './budgets/limits.js';
import { parseDayWindow } from './domain/day-window.js';
import { SOURCE_LIMITS } from './execute/sources.js';

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
