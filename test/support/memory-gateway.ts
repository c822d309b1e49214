/**
 * A whole gateway over departments in memory: the real schema, authorizer, executor and pipeline;
 * a verifier that believes `Bearer <client>`, a record kept in a list.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openControlPlane } from '../../src/admin/control-plane.js';
import { openSeasonDesk, type SeasonClient } from '../../src/admin/season-desk.js';
import { CONTROL_SETTINGS, type ControlSettings } from '../../src/admin/settings.js';
import type { AdmissionOptions } from '../../src/admit/admission.js';
import type { RecordChain } from '../../src/audit/chain.js';
import type { NewEntry } from '../../src/audit/entries.js';
import type { ExportedEntry } from '../../src/audit/export.js';
import { loadSigningKeys } from '../../src/audit/signing-key.js';
import { createPseudonymiser } from '../../src/audit/subject-pseudonym.js';
import type { DevelopmentIssuer } from '../../src/authenticate/development-issuer.js';
import type { Verifier } from '../../src/authenticate/verifier.js';
import { openAuthorizer } from '../../src/authorize/authorizer.js';
import { buildCatalogue, type Catalogue } from '../../src/authorize/catalogue.js';
import { DOCUMENT_LIMITS } from '../../src/authorize/document-size.js';
import type { Grant } from '../../src/authorize/rights.js';
import { buildGatewaySchema } from '../../src/authorize/schema.js';
import type { Config } from '../../src/config.js';
import { openDisputes } from '../../src/disputes/desk.js';
import { openSeal } from '../../src/disputes/seal.js';
import { DEFAULT_MASK_SETTINGS } from '../../src/domain/mask.js';
import { ANNOUNCED } from '../../src/domain/working-days.js';
import { MianzhengError } from '../../src/errors.js';
import type { Peer } from '../../src/execute/across.js';
import { openSources, SOURCE_LIMITS, type SourceLimits } from '../../src/execute/sources.js';
import type { Call } from '../../src/http/graphql-request.js';
import { keepingUp } from '../../src/keeping-up.js';
import { LICENCE_WATCH_LIMITS, type LicenceWatchLimits, openLicenceWatch } from '../../src/licences/licence-watch.js';
import { Load } from '../../src/load.js';
import { loadMatters, type Matter } from '../../src/matters/index.js';
import { openMetrics } from '../../src/metrics.js';
import { runBudgets } from '../../src/open-budgets.js';
import { runCases } from '../../src/open-cases.js';
import { type OpenGateway, waits, watchEntries } from '../../src/open-gateway.js';
import { proofReferences, SHIPPED_PROOFS } from '../../src/open-proofs.js';
import { sendInside } from '../../src/open-seasons.js';
import { openCitizenDesk } from '../../src/operations/citizen-desk.js';
import { ATTEMPT_DEFAULTS, openClaimAttempts } from '../../src/operations/claim-attempts.js';
import { openSeasonLimits, type SeasonLimit } from '../../src/operations/season-limits.js';
import { PACKAGE_ROOT, readSchemaFiles } from '../../src/package-root.js';
import { answer, type Reply } from '../../src/pipeline.js';
import type { ProofCatalogue } from '../../src/proofs/proof.js';
import { readProofs } from '../../src/proofs/read.js';
import { openReceiptIssuer } from '../../src/receipts/issue.js';
import { loadReceiptKeys } from '../../src/receipts/keys.js';
import { openRecordSearch } from '../../src/records/record-search.js';
import { SYSTEM_CLOCK } from '../../src/season/clock.js';
import { ShedRequests } from '../../src/shed-requests.js';
import type { AttemptLimits } from '../../src/store/claim-attempts.js';
import { type CaseFile, openControlStore } from '../../src/store/control-store.js';
import { watchPolicy } from '../../src/store/policy-watch.js';
import { FEED_LIMITS, type FeedLimits, openFeed } from '../../src/subscriptions/feed.js';
import { openTestAdmission } from './admission.js';
import { collect, collectingLog, errorsIn } from './collected.js';
import { type Asked, memoryConnector, type World } from './memory-connector.js';

/** The catalogue of the real schema. */
export const catalogue: Catalogue = buildCatalogue(buildGatewaySchema(readSchemaFiles()));

/** The catalogue of proofs that comes with the program. */
export const proofs: ProofCatalogue = await readProofs(SHIPPED_PROOFS, proofReferences(catalogue));

/** The real matters. */
export const matters: ReadonlyMap<string, Matter> = await loadMatters(
  join(PACKAGE_ROOT, 'matters'),
  catalogue.schema,
  proofs.proofs,
);

const DEPARTMENTS = [...new Set(catalogue.owners.values())];

/** What a memory gateway is made of. */
export interface MemoryGatewayOptions {
  readonly grants: readonly Partial<Grant>[];
  readonly cases?: readonly CaseFile[];
  readonly world?: World;
  readonly coverage?: Readonly<Record<string, readonly string[]>>;
  /** Departments that do not answer. */
  readonly down?: readonly string[];
  readonly introspection?: boolean;
  /** The record refuses to become durable. */
  readonly recordBroken?: boolean;
  /** Registered applications; default `school` and `stranger`. */
  readonly clients?: readonly string[];
  /** Default: believes `Bearer <client>`. */
  readonly verifier?: Verifier;
  /** Default: none, as in production. */
  readonly developmentIssuer?: DevelopmentIssuer;
  readonly publicKeys?: OpenGateway['publicKeys'];
  /** Who is admitted; what is left out is as in the configuration's default, with no document registered. */
  readonly admission?: Partial<AdmissionOptions>;
  /** Requests in progress; default 2,000. */
  readonly requestsInProgress?: number;
  /** Longest a request waits for departments, ms; default 8,000. */
  readonly requestMs?: number;
  /** Departments that never answer. */
  readonly hanging?: readonly string[];
  /** Default: none that a test would come near. */
  readonly budgets?: Partial<Config['budgets']['default']>;
  readonly evidence?: Partial<Config['budgets']['evidence']>;
  /** Whether an alarm of a walk holds; default: it does. */
  readonly hold?: boolean;
  /** How many values may be tried as claims; default: as configured by default. */
  readonly claims?: AttemptLimits;
  /** ms since the epoch; default: {@link NOW}, always. */
  readonly now?: () => number;
  /** Of the control plane; default: as in the configuration's default. */
  readonly settings?: Partial<ControlSettings>;
  /** What departments let through of a season; default: everything. */
  readonly season?: ReadonlyMap<string, SeasonLimit>;
  /** How often licences are looked at; default: as in the configuration's default. */
  readonly licenceWatch?: Partial<LicenceWatchLimits>;
  /** Bounds of streams; default: as in the configuration's default. */
  readonly subscriptions?: Partial<FeedLimits>;
  /** Gateways of other cities; default: none. */
  readonly peers?: readonly Peer[];
  /** How sources are protected; default: as everywhere. */
  readonly protections?: Partial<SourceLimits>;
  /** Applications that entrust their seasons to the console; default: none. */
  readonly seasonClients?: readonly SeasonClient[];
  /** Who is told of what happens to cases; default: nobody. Files are relative to the gateway's own folder. */
  readonly channels?: Pick<Config, 'notices' | 'events'>;
}

/** A grant with everything a test does not care about filled in. */
export function grantOf(partial: Partial<Grant>, i = 0): Grant {
  return {
    id: `grant-${i + 1}`,
    client: 'school',
    department: 'HOUSEHOLD',
    status: 'APPROVED',
    matters: ['school-enrolment-primary'],
    legalBasis: 'test basis',
    coordinates: {},
    regions: [],
    subjects: 'ANY',
    maxHops: 2,
    validFrom: '2026-01-01',
    validTo: '2026-12-31',
    ...partial,
  };
}

/** A grant that names no department stands for one of each owner of its coordinates. */
function signedByOwners(partial: Partial<Grant>, i: number): Grant[] {
  if (partial.department !== undefined) return [grantOf(partial, i)];
  const all = Object.entries(partial.coordinates ?? {});
  const ownerOf = (coordinate: string) => catalogue.fields.get(coordinate)?.department ?? 'PLATFORM';
  return [...new Set(all.map(([coordinate]) => ownerOf(coordinate)))].map((department) =>
    grantOf({
      ...partial,
      id: `${partial.id ?? `grant-${i + 1}`}-${department}`,
      department,
      coordinates: Object.fromEntries(all.filter(([coordinate]) => ownerOf(coordinate) === department)),
    }),
  );
}

/** Budgets that no test comes near by chance. */
const WIDE: Config['budgets'] = {
  hold: true,
  default: {
    subjectsPerCase: 100_000,
    subjectsPerHour: 10_000_000,
    seasonSubjectsPerHour: 10_000_000,
    unknownPerHour: 1_000_000,
    verificationsPerCasePerHour: 10_000,
  },
  clients: {},
  evidence: { unknownShare: 1, unknownMinimum: 100_000, runLength: 500 },
};

/** A gateway with what it recorded and what it asked the departments. */
export interface MemoryGateway {
  readonly gateway: OpenGateway;
  readonly entries: readonly NewEntry[];
  /** Every fetch made so far, by department. */
  asked(): Readonly<Record<string, readonly Asked[]>>;
  /** Writes down and records what was counted and raised so far. */
  settle(): Promise<void>;
  /** @param gone whether the client has left; default: it stays */
  call(
    body: unknown,
    headers?: Readonly<Record<string, string>>,
    method?: string,
    gone?: () => boolean,
  ): Promise<Reply>;
  close(): Promise<void>;
}

/** The instant every test gateway lives at. */
export const NOW = Date.parse('2026-07-01T02:00:00Z');

/** Hash that this record says every entry has. */
const ENTRY_HASH = '0'.repeat(64);

const BELIEVING: Verifier = {
  async verify(header) {
    const clientId = header?.replace('Bearer ', '');
    if (!clientId) throw new MianzhengError('UNAUTHENTICATED', 'no token');
    return {
      kind: 'CLIENT',
      clientId,
      issuer: 'test',
      tokenHash: clientId,
      expiresAt: NOW + 1000,
      binding: { kind: 'NONE' },
    };
  },
  remembered: () => 0,
};

/** Opens a gateway in memory. */
export async function openMemoryGateway(options: MemoryGatewayOptions): Promise<MemoryGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-test-'));
  const store = await openControlStore(join(folder, 'control.sqlite'));
  const grants = options.grants.flatMap(signedByOwners);
  const clients = (options.clients ?? ['school', 'stranger']).map((id) => ({
    id,
    nameZh: id,
    nameEn: id,
    active: true,
  }));
  await store.putPolicy(clients, grants);
  for (const file of options.cases ?? []) await store.registerCase(file);
  const connectors = DEPARTMENTS.map((department) =>
    memoryConnector(catalogue, department, options.world ?? {}, {
      coverage: options.coverage?.[department] ?? [],
      down: options.down?.includes(department) ?? false,
      hanging: options.hanging?.includes(department) ?? false,
    }),
  );
  const sources = openSources(connectors, () => NOW, { ...SOURCE_LIMITS, ...options.protections }, options.peers);
  const entries: NewEntry[] = [];
  const record: RecordChain = {
    async append(entry) {
      if (options.recordBroken) throw new MianzhengError('EVIDENCE_UNAVAILABLE', 'the disk is full');
      entries.push(entry);
      return { chain: 'test', segment: 1, seq: entries.length, hash: ENTRY_HASH };
    },
    head: () => ({ seq: entries.length, hash: ENTRY_HASH }),
    waiting: () => 0,
    close: async () => undefined,
  };
  const policy = await watchPolicy(store, (error) => {
    throw error;
  });
  const now = options.now ?? (() => NOW);
  const metrics = openMetrics();
  const admission = await openTestAdmission(record, metrics, { now, ...options.admission });
  const { budgets, alarms, ...running } = await runBudgets({
    config: {
      budgets: {
        ...WIDE,
        hold: options.hold ?? true,
        default: { ...WIDE.default, ...options.budgets },
        evidence: { ...WIDE.evidence, ...options.evidence },
      },
      webhooks: [],
      utcOffsetMinutes: 480,
      data: folder,
    },
    store,
    policy,
    record,
    pseudonym: createPseudonymiser(Buffer.alloc(32)),
    metrics,
    log: pino({ level: 'silent' }),
    now,
  });
  const runningCases = await runCases({
    config: {
      notices: [],
      events: [],
      reminders: { workingDaysBefore: 1, channels: [] },
      ...options.channels,
      audience: 'urn:test:gateway',
      data: folder,
    },
    store,
    record,
    secret: Buffer.alloc(32),
    metrics,
    log: pino({ level: 'silent' }),
    now,
  });
  const subscriptions = openFeed({
    journal: store.cases,
    limits: { ...FEED_LIMITS, ...options.subscriptions },
    now,
    keepUp: keepingUp(collectingLog(), 'subscriptions'),
  });
  const disputes = await openDisputes({
    store,
    seal: openSeal(Buffer.alloc(32)),
    pseudonym: (kind, id) => `pseudonym of ${kind}:${id}`,
    calendar: ANNOUNCED,
    utcOffsetMinutes: 480,
    now,
    machine: 'test',
    async *entriesAbout() {
      for (const [i, { kind, ...entry }] of entries.entries()) {
        const position = { chain: 'test', segment: 1, seq: i + 1, hash: ENTRY_HASH };
        yield { position, kind, record: entry } as ExportedEntry;
      }
    },
    append: (entry) => record.append(entry),
    onFault(error) {
      throw error;
    },
  });
  const load = new Load({ requestsInProgress: options.requestsInProgress ?? 2000, eventLoopDelayMs: 60_000 }, () => 0);
  const shed = new ShedRequests({
    instance: 'test',
    append: (entry) => record.append(entry),
    now,
    onFault: () => undefined,
  });
  const pseudonym = (kind: string, id: string): string => `pseudonym of ${kind}:${id}`;
  const authorizer = openAuthorizer({
    catalogue,
    coverage: options.coverage ?? {},
    introspection: options.introspection ?? true,
    limits: DOCUMENT_LIMITS,
  });
  const licenceWatch = openLicenceWatch({
    limits: { ...LICENCE_WATCH_LIMITS, ...options.licenceWatch },
    secret: Buffer.alloc(32),
    keepUp: keepingUp(collectingLog(), 'licences'),
    onFull: () => undefined,
    schema: catalogue.schema,
    authorizer,
    policy,
    budgets,
    alarms,
    disputes,
    sources,
    masks: DEFAULT_MASK_SETTINGS,
    record,
    pseudonym,
    matters,
    store,
    cases: runningCases.cases,
    load,
    wait: waits(options.requestMs ?? 8000),
    now,
    utcOffsetMinutes: 480,
  });
  const close = async (): Promise<void> => {
    await licenceWatch.close();
    load.close();
    await subscriptions.close();
    await controlPlane.close();
    await seasonDesk.close();
    await recordSearch.close();
    await shed.close();
    await runningCases.close();
    await disputes.close();
    await running.close();
    await admission.close();
    await sources.close();
    await policy.close();
    await store.close();
    rmSync(folder, { recursive: true });
  };
  const receiptKeys = await loadReceiptKeys(folder);
  const all = {
    schema: catalogue.schema,
    catalogue,
    verifier: options.verifier ?? BELIEVING,
    admission,
    authorizer,
    policy,
    budgets,
    alarms,
    disputes,
    claims: openClaimAttempts({
      limits: options.claims ?? ATTEMPT_DEFAULTS,
      store,
      alarms,
      secret: Buffer.alloc(32),
      now,
    }),
    sources,
    season: openSeasonLimits({ limits: options.season ?? new Map(), sources, now: () => NOW, utcOffsetMinutes: 480 }),
    masks: DEFAULT_MASK_SETTINGS,
    record,
    pseudonym,
    receipts: openReceiptIssuer({
      issuer: 'urn:test:gateway',
      key: () => receiptKeys.current,
      pseudonym,
      secret: Buffer.alloc(32),
    }),
    matters,
    proofs,
    verificationDays: 5,
    commitmentDays: 30,
    store,
    cases: runningCases.cases,
    subscriptions,
    licenceWatch,
    seal: runningCases.seal,
    caseDeadlines: { reviewDays: 10, rectificationDays: 7 },
    wait: waits(options.requestMs ?? 8000),
    now,
    utcOffsetMinutes: 480,
    workingCalendar: ANNOUNCED,
    log: collectingLog(),
    metrics,
    load,
    shed,
    developmentIssuer: options.developmentIssuer ?? null,
    publicKeys: options.publicKeys ?? (() => receiptKeys.publicJwks),
  };
  const parts = { ...all, citizens: openCitizenDesk(all) };
  const settings = { ...CONTROL_SETTINGS, ...options.settings };
  const recordFolder = join(folder, 'record');
  mkdirSync(recordFolder);
  const recordSearch = openRecordSearch(
    { file: join(folder, 'record-index.sqlite'), folder: recordFolder, utcOffsetMinutes: 480 },
    (error) => {
      throw error;
    },
  );
  const recordKey = (await loadSigningKeys(folder)).current;
  const seasonDesk = openSeasonDesk({
    store,
    record,
    log: parts.log,
    now,
    utcOffsetMinutes: 480,
    folder: join(folder, 'seasons'),
    machine: 'test',
    instance: 'test',
    clients: options.seasonClients ?? [],
    send: sendInside((call) => answer(gateway, call), load),
    clock: SYSTEM_CLOCK,
    keepDays: 30,
  });
  const controlPlane = openControlPlane({
    ...parts,
    seasonDesk,
    recordFolder,
    recordSearch,
    recordKey: () => recordKey,
    settings,
  });
  const gateway: OpenGateway = { ...parts, controlPlane, signIn: null, close };
  watchEntries(gateway.metrics, gateway);
  return {
    gateway,
    entries,
    async settle() {
      await running.turn();
      await runningCases.turn();
    },
    asked: () => Object.fromEntries(connectors.map((connector) => [connector.department, connector.asked])),
    async call(body, headers = {}, method = 'POST', gone = () => false) {
      const all: Readonly<Record<string, string>> = {
        authorization: 'Bearer school',
        'content-type': 'application/json',
        ...headers,
      };
      const call: Call = {
        method,
        header: (name) => all[name],
        certificate: () => null,
        answerWith: () => undefined,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        query: {},
        fault: null,
        remote: '127.0.0.1',
        gone,
      };
      const reply = await answer(gateway, call);
      collect('errors', errorsIn(reply.body));
      return reply;
    },
    close,
  };
}
