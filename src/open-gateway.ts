/** Puts a gateway together from its configuration, and takes it apart again. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Connector } from '../connectors/contract.js';
import { type ControlPlane, openControlPlane } from './admin/control-plane.js';
import type { ControlSettings } from './admin/settings.js';
import { openSignIn, type SignIn, type SignInIssuer } from './admin/sign-in.js';
import { openChain } from './audit/chain.js';
import { RecordError } from './audit/errors.js';
import type { ExportedEntry } from './audit/export.js';
import { createPseudonymiser, loadOrCreateKey } from './audit/subject-pseudonym.js';
import { type DevelopmentIssuer, openDevelopmentIssuer } from './authenticate/development-issuer.js';
import type { ProofOptions } from './authenticate/options.js';
import { createVerifier, type Verifier } from './authenticate/verifier.js';
import { openAuthorizer } from './authorize/authorizer.js';
import { buildCatalogue, type Catalogue, CatalogueFaults } from './authorize/catalogue.js';
import type { DocumentLimits } from './authorize/document-size.js';
import { buildGatewaySchema } from './authorize/schema.js';
import type { Config } from './config.js';
import { databaseUrl, isServer } from './database-url.js';
import { connectDepartments, seasonLimitsOf, unsourcedFields, unsourcedScans } from './departments.js';
import { openDisputes } from './disputes/desk.js';
import { openSeal } from './disputes/seal.js';
import { Wait } from './domain/wait.js';
import { workingCalendar } from './domain/working-days.js';
import { openSources, SOURCE_LIMITS } from './execute/sources.js';
import type { Gateway } from './gateway.js';
import { keepingUp } from './keeping-up.js';
import { openKeyRing } from './key-ring.js';
import { openLicenceWatch } from './licences/licence-watch.js';
import { Load } from './load.js';
import { loadMatters } from './matters/index.js';
import { type Metrics, openMetrics } from './metrics.js';
import { admissionOf } from './open-admission.js';
import { runBudgets } from './open-budgets.js';
import { runCases } from './open-cases.js';
import { loadProofs } from './open-proofs.js';
import { openClaimAttempts } from './operations/claim-attempts.js';
import { openSeasonLimits } from './operations/season-limits.js';
import { PACKAGE_ROOT } from './package-root.js';
import { openReceiptIssuer } from './receipts/issue.js';
import type { FoundEntries } from './records/record-index.js';
import { openRecordSearch, type RecordSearch, type ThreadOptions } from './records/record-search.js';
import { ShedRequests } from './shed-requests.js';
import { type ControlStore, openControlStore } from './store/control-store.js';
import { watchPolicy } from './store/policy-watch.js';
import { openFeed } from './subscriptions/feed.js';

/** A gateway with what only its opener needs. */
export interface OpenGateway extends Gateway {
  readonly catalogue: Catalogue;
  /** What this process has in hand. */
  readonly load: Load;
  /** What it did not take on. */
  readonly shed: ShedRequests;
  /** Null in production. */
  readonly developmentIssuer: DevelopmentIssuer | null;
  /** What administrators and citizens ask. */
  readonly controlPlane: ControlPlane;
  /** How people sign in at the console; null where they cannot. @param inside asks the issuer inside this process */
  readonly signIn: ((inside: NonNullable<SignInIssuer['embedded']>['fetch']) => SignIn) | null;
  /** Ends what was begun and releases everything: finish the requests first. */
  close(): Promise<void>;
}

/** Reads the SDL files of schema/. */
export function readSchemaFiles(): ReadonlyMap<string, string> {
  const folder = join(PACKAGE_ROOT, 'schema');
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Folder of the record. */
export function recordFolder(config: Config): string {
  return join(config.data, 'record');
}

/** Where the index of the record lies; it can be deleted at any time. */
export function recordSearchOptions(config: Config): ThreadOptions {
  const { data, utcOffsetMinutes } = config;
  return { file: join(data, 'record-index.sqlite'), folder: recordFolder(config), utcOffsetMinutes };
}

/** Folder of keys. Who reads it can sign records and mint development tokens. */
export function keyFolder(config: Config): string {
  return join(config.data, 'keys');
}

/** Key of the record's pseudonyms. */
export function pseudonymKeyFile(config: Config): string {
  return join(keyFolder(config), 'subject-pseudonym.key');
}

/** Folder of the log's files; null where the log goes to standard output. */
export function logFolder({ log, data }: Pick<Config, 'log' | 'data'>): string | null {
  return log.folder === undefined ? null : resolve(data, log.folder);
}

/** Folder of the matters. */
export function matterFolder({ matters, data }: Pick<Config, 'matters' | 'data'>): string {
  return matters === undefined ? join(PACKAGE_ROOT, 'matters') : resolve(data, matters);
}

/** SQLite file of the control store; null where it is on a server. */
export function controlFile({ control, data }: Pick<Config, 'control' | 'data'>): string | null {
  return isServer(control) ? null : resolve(data, control);
}

/** Makes the wait of each request. @param requestMs its length */
export function waits(requestMs: number): Gateway['wait'] {
  const ticks = () => performance.now();
  return (gone) => new Wait(ticks() + requestMs, ticks, gone);
}

/** Where the configured gateway listens. */
export function listeningUrl({ tls, host, port }: Pick<Config, 'tls' | 'host' | 'port'>): string {
  return `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Where applications ask, as they see it. */
export function graphqlUrl(config: Config): string {
  return `${(config.publicUrl ?? listeningUrl(config)).replace(/\/+$/, '')}/graphql`;
}

/** How DPoP proofs are examined: where processes share the address, only with nonces of their own. */
export function proofOptions(config: Config): ProofOptions {
  return { url: graphqlUrl(config), nonces: config.tokens.dpopNonces ?? config.processes > 1 };
}

/** Whose tokens must be bound to a key or certificate. */
function boundClients({ tokens }: Config): (clientId: string) => boolean {
  if (tokens.senderConstrained === 'required') return () => true;
  const bound = new Set(tokens.senderConstrainedClients);
  return (clientId) => bound.has(clientId);
}

/** Has the metrics show every cache and queue of a gateway. */
export function watchEntries(
  metrics: Metrics,
  gateway: Pick<OpenGateway, 'authorizer' | 'verifier' | 'store' | 'policy' | 'sources' | 'record' | 'load'>,
): void {
  const { authorizer, verifier, store, policy, sources, record, load } = gateway;
  metrics.watch('requests in progress', () => load.inProgress);
  metrics.watch('documents', () => authorizer.kept().documents);
  metrics.watch('plans', () => authorizer.kept().plans);
  metrics.watch('tokens', () => verifier.remembered());
  metrics.watch('rights', () => policy.rightsKept());
  metrics.watch('cases', () => store.casesKept());
  metrics.watch('record queue', () => record.waiting());
  for (const { department } of sources.queues()) {
    const queue = () => sources.queues().find((one) => one.department === department);
    metrics.watch(`${department} queue`, () => queue()?.waiting ?? 0);
    metrics.watch(`${department} statements`, () => queue()?.inAir ?? 0);
  }
}

/** A gateway cannot be opened, because of something around it; the message says what, and the system's reason. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
}

/** Opens something, and says of a failure what it was that could not be opened. */
async function opening<T>(what: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    // It says itself what is wrong and where.
    if (error instanceof RecordError) throw error;
    const reasons: string[] = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) reasons.push(at.message);
    throw new StartFault(`${what} cannot be opened: ${reasons.join(': ')}`, { cause: error });
  }
}

/**
 * Opens the control store of the configuration.
 * @throws StartFault where it does not answer: nothing can be authorized then, so a start does not wait for it
 */
export function openStore(config: Config): Promise<ControlStore> {
  const { control, controlPasswordFile, data } = config;
  return opening('the control store', async () => {
    mkdirSync(data, { recursive: true });
    const file = controlFile(config);
    return openControlStore(file ?? databaseUrl({ url: control, passwordFile: controlPasswordFile }, data));
  });
}

/** Opens the development issuer at the gateway's address. @throws in production mode */
export function openIssuer(config: Config, now: () => number): Promise<DevelopmentIssuer> {
  return openDevelopmentIssuer({
    folder: join(keyFolder(config), 'development-issuer'),
    // Not the address it listens on: a token must hold whatever port the gateway has next time.
    issuer: 'http://127.0.0.1:4000/oidc',
    audience: config.audience,
    production: config.mode === 'production',
    ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    now,
  });
}

/** The settings of the control plane. */
export function controlSettingsOf({
  console: { idleMinutes, sessionHours, statutoryDays },
  mode,
}: Config): ControlSettings {
  return {
    idleMs: idleMinutes * 60_000,
    sessionMs: sessionHours * 3_600_000,
    statutoryDays,
    production: mode === 'production',
  };
}

/** How people sign in: at the issuer that is configured, or in development at the one inside. */
async function signInOf(
  config: Config,
  issuer: DevelopmentIssuer | null,
  verifier: Verifier,
): Promise<OpenGateway['signIn']> {
  const { clientId, signIn } = config.console;
  const key = await loadOrCreateKey(join(keyFolder(config), 'console-sign-in.key'));
  if (signIn === undefined) {
    if (issuer === null) return null;
    const own = {
      issuer: issuer.issuer,
      clientId: 'console',
      clientSecret: null,
      scope: 'openid',
      audience: config.audience,
    };
    const path = new URL(issuer.issuer).pathname;
    return (fetch) => openSignIn({ ...own, embedded: { path, fetch } }, verifier, key);
  }
  const { clientSecretFile: file, scope } = signIn;
  const clientSecret = file === undefined ? null : readFileSync(resolve(config.data, file), 'utf8').trim();
  const audience = config.issuers.find((one) => one.issuer === signIn.issuer)?.audience ?? config.audience;
  const there = { issuer: signIn.issuer, clientId, clientSecret, scope, audience, embedded: null };
  return () => openSignIn(there, verifier, key);
}

/** The bounds of a document, as configured. */
export function documentLimitsOf({ limits }: Pick<Config, 'limits'>): DocumentLimits {
  return {
    maxTokens: limits.documentTokens,
    maxDepth: limits.documentDepth,
    maxFields: limits.documentFields,
    maxAliases: limits.documentAliases,
    maxRootFields: limits.documentRootFields,
    maxBreadth: limits.documentBreadth,
    maxDirectives: limits.documentDirectives,
    cacheSize: limits.cachedPlans,
  };
}

/** Builds the authorizer's part of a gateway, without any connection: enough to explain access. */
export function openAuthorization(config: Config, connectors: readonly Pick<Connector, 'department' | 'coverage'>[]) {
  const catalogue = buildCatalogue(buildGatewaySchema(readSchemaFiles()));
  const authorizer = openAuthorizer({
    catalogue,
    coverage: Object.fromEntries(connectors.map(({ department, coverage }) => [department, coverage])),
    introspection: config.introspection,
    limits: documentLimitsOf(config),
  });
  return { catalogue, authorizer };
}

/** Entries read at once of those that concern somebody. */
const ENTRIES_AT_ONCE = 1000;

/** Requests of the record that concern a subject, latest first. @throws RecordError where an entry was changed since */
async function* entriesAbout(search: RecordSearch, subject: string): AsyncGenerator<ExportedEntry> {
  let after: FoundEntries['next'] = null;
  do {
    const page = await search.find({ kinds: ['request'], subject }, ENTRIES_AT_ONCE, after);
    const [unsound] = page.unsound;
    if (unsound !== undefined) throw new RecordError('BROKEN', `${unsound} was changed`);
    yield* page.entries;
    after = page.next;
  } while (after !== null);
}

/**
 * Opens a gateway. Departments may be down: their fields are then SOURCE_DOWN until they are back.
 * @param now ms since the epoch
 * @throws CatalogueFaults, ProofFaults, MatterFaults, ConfigFaults, RecordError, StartFault: nothing is left open
 */
export async function openGateway(config: Config, log: Logger, now: () => number): Promise<OpenGateway> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const connectors = await connectDepartments(config, now);
    const sources = openSources(connectors, now, {
      ...SOURCE_LIMITS,
      timeoutMs: config.limits.sourceTimeoutMs,
      concurrency: config.limits.sourceConcurrency,
    });
    closers.push(() => sources.close());
    const { utcOffsetMinutes } = config;
    const calendar = workingCalendar(config.workingDays);
    const season = openSeasonLimits({ limits: await seasonLimitsOf(config), sources, now, utcOffsetMinutes });
    const { catalogue, authorizer } = openAuthorization(config, connectors);
    const unsourced = [...unsourcedFields(catalogue, connectors), ...unsourcedScans(catalogue, connectors)];
    if (unsourced.length > 0) throw new CatalogueFaults(unsourced);
    const proofs = await loadProofs(config, catalogue);
    const matters = await loadMatters(matterFolder(config), catalogue.schema, proofs.proofs);
    const store = await openStore(config);
    closers.push(() => store.close());
    const policy = await watchPolicy(store, (error) => log.error({ err: error }, 'policy cannot be read'));
    closers.push(() => policy.close());
    const keys = await openKeyRing(keyFolder(config), log);
    closers.push(async () => keys.close());
    const pseudonymKey = await loadOrCreateKey(pseudonymKeyFile(config));
    const pseudonym = createPseudonymiser(pseudonymKey);
    const record = await opening(`the record in ${recordFolder(config)}`, async () => {
      // Making a folder inside one that takes no changes fails with a reason that names neither.
      if (existsSync(recordFolder(config))) accessSync(recordFolder(config), constants.W_OK);
      return openChain({
        folder: recordFolder(config),
        chain: config.instance,
        hash: config.record.hash,
        signingKey: keys.record,
        now,
        onFault: ({ what, chain, cause }) => log.error({ err: cause, what, chain }, 'record fault'),
      });
    });
    closers.push(() => record.close());
    const recordSearch = openRecordSearch(recordSearchOptions(config), (error) =>
      log.error({ err: error }, 'the index of the record cannot follow'),
    );
    closers.push(() => recordSearch.close());
    const disputes = await openDisputes({
      store,
      seal: openSeal(pseudonymKey),
      pseudonym,
      calendar,
      utcOffsetMinutes,
      now,
      // Processes of one machine share its record.
      machine: config.instance.replace(/\.\d+$/, ''),
      entriesAbout: (subject) => entriesAbout(recordSearch, subject),
      append: (entry) => record.append(entry),
      onFault: (error) => log.error({ err: error }, 'disputes are not up to date'),
    });
    closers.push(() => disputes.close());
    const metrics = openMetrics();
    const admission = await admissionOf(config, { record, metrics, log, now });
    closers.push(() => admission.close());
    const { budgets, alarms, ...running } = await runBudgets({
      config,
      store,
      policy,
      record,
      pseudonym,
      metrics,
      log,
      now,
    });
    closers.push(() => running.close());
    const runningCases = await runCases({ config, store, record, secret: pseudonymKey, metrics, log, now });
    closers.push(() => runningCases.close());
    const subscriptions = openFeed({
      journal: store.cases,
      limits: config.subscriptions,
      now,
      keepUp: keepingUp(log, 'subscriptions'),
    });
    closers.push(() => subscriptions.close());
    metrics.watch('subscriptions', () => subscriptions.streams);
    const load = new Load(config.limits, () => performance.now());
    closers.push(async () => load.close());
    const wait = waits(config.limits.requestMs);
    const licenceWatch = openLicenceWatch({
      limits: config.licenceWatch,
      secret: pseudonymKey,
      keepUp: keepingUp(log, 'licences'),
      onFull: ({ client, number }) =>
        log.error({ client, case: number }, 'too many wait, its licences are not watched'),
      schema: catalogue.schema,
      authorizer,
      policy,
      alarms,
      disputes,
      sources,
      masks: config.masks,
      record,
      pseudonym,
      matters,
      store,
      cases: runningCases.cases,
      load,
      wait,
      now,
      utcOffsetMinutes,
    });
    closers.push(() => licenceWatch.close());
    const shed = new ShedRequests({
      instance: config.instance,
      append: (entry) => record.append(entry),
      now,
      onFault: (error) => log.error({ err: error }, 'requests shed are not recorded yet'),
    });
    closers.push(() => shed.close());
    const developmentIssuer = config.mode === 'production' ? null : await openIssuer(config, now);
    const own = developmentIssuer && {
      issuer: developmentIssuer.issuer,
      audience: config.audience,
      jwks: { kind: 'LOCAL' as const, keys: developmentIssuer.jwks.keys },
    };
    const remote = config.issuers.map(({ issuer, jwksUrl, audience }) => ({
      issuer,
      audience: audience ?? config.audience,
      jwks: { kind: 'REMOTE' as const, url: jwksUrl },
    }));
    const verifier = createVerifier({
      issuers: own ? [own, ...remote] : remote,
      revoked: (clientId) =>
        policy.client(clientId) === null && clientId !== config.console.clientId && clientId !== 'console',
      mustBeBound: boundClients(config),
      proofs: proofOptions(config),
      now,
    });
    watchEntries(metrics, { authorizer, verifier, store, policy, sources, record, load });
    const gateway = {
      schema: catalogue.schema,
      catalogue,
      verifier,
      admission,
      authorizer,
      policy,
      budgets,
      alarms,
      disputes,
      claims: openClaimAttempts({ limits: config.claims, store, alarms, secret: pseudonymKey, now }),
      sources,
      season,
      masks: config.masks,
      record,
      pseudonym,
      receipts: openReceiptIssuer({
        issuer: config.audience,
        key: keys.receipt,
        pseudonym,
        secret: pseudonymKey,
      }),
      matters,
      proofs,
      verificationDays: config.verifications.workingDays,
      commitmentDays: config.commitments.days,
      store,
      cases: runningCases.cases,
      licenceWatch,
      subscriptions,
      seal: runningCases.seal,
      caseDeadlines: config.cases,
      wait,
      now,
      utcOffsetMinutes,
      workingCalendar: calendar,
      log,
      metrics,
      load,
      shed,
      developmentIssuer,
      publicKeys: keys.publicKeys,
    };
    const settings = controlSettingsOf(config);
    const controlPlane = openControlPlane({
      ...gateway,
      recordFolder: recordFolder(config),
      recordSearch,
      recordKey: keys.record,
      settings,
    });
    closers.push(() => controlPlane.close());
    const signIn = await signInOf(config, developmentIssuer, verifier);
    return { ...gateway, controlPlane, signIn, close };
  } catch (error) {
    await close();
    throw error;
  }
}
