/** Puts a gateway together from its configuration, and takes it apart again. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type ControlPlane, openControlPlane } from './admin/control-plane.js';
import { openSeasonDesk } from './admin/season-desk.js';
import type { ControlSettings } from './admin/settings.js';
import { openSignIn, type SignIn, type SignInIssuer } from './admin/sign-in.js';
import { openChain } from './audit/chain.js';
import { RecordError } from './audit/errors.js';
import type { ExportedEntry } from './audit/export.js';
import { createPseudonymiser, loadOrCreateKey } from './audit/subject-pseudonym.js';
import type { DevelopmentIssuer } from './authenticate/development-issuer.js';
import type { ProofOptions } from './authenticate/options.js';
import { createVerifier, type Verifier } from './authenticate/verifier.js';
import { type Catalogue, CatalogueFaults } from './authorize/catalogue.js';
import type { Config } from './config.js';
import {
  connectDepartments,
  connectPeers,
  findDepartments,
  seasonLimitsOf,
  unsourcedFields,
  unsourcedScans,
} from './departments.js';
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
import { openAuthorization } from './open-authorization.js';
import { runBudgets } from './open-budgets.js';
import { runCases } from './open-cases.js';
import { openIssuer } from './open-issuer.js';
import { loadProofs } from './open-proofs.js';
import { seasonClientsOf, sendInside } from './open-seasons.js';
import { opening, openStore } from './open-store.js';
import { type CitizenDesk, openCitizenDesk } from './operations/citizen-desk.js';
import { openClaimAttempts } from './operations/claim-attempts.js';
import { openSeasonLimits } from './operations/season-limits.js';
import { answer } from './pipeline.js';
import {
  graphqlUrl,
  keyFolder,
  matterFolder,
  pseudonymKeyFile,
  recordFolder,
  recordSearchOptions,
  seasonFolder,
} from './places.js';
import { openReceiptIssuer } from './receipts/issue.js';
import type { FoundEntries } from './records/record-index.js';
import { openRecordSearch, type RecordSearch } from './records/record-search.js';
import { SYSTEM_CLOCK } from './season/clock.js';
import { ShedRequests } from './shed-requests.js';
import { watchPolicy } from './store/policy-watch.js';
import { openFeed } from './subscriptions/feed.js';

/** A gateway with what only its opener needs. */
export interface OpenGateway extends Gateway {
  readonly catalogue: Catalogue;
  /** What this process has in hand. */
  readonly load: Load;
  /** What it did not take on. */
  readonly shed: ShedRequests;
  /** What citizens do in their own matters. */
  readonly citizens: CitizenDesk;
  /** Null in production. */
  readonly developmentIssuer: DevelopmentIssuer | null;
  /** What administrators and citizens ask. */
  readonly controlPlane: ControlPlane;
  /** How people sign in at the console; null where they cannot. @param inside asks the issuer inside this process */
  readonly signIn: ((inside: NonNullable<SignInIssuer['embedded']>['fetch']) => SignIn) | null;
  /** Ends what was begun and releases everything: finish the requests first. */
  close(): Promise<void>;
}

/** Makes the wait of each request. @param requestMs its length */
export function waits(requestMs: number): Gateway['wait'] {
  const ticks = () => performance.now();
  return (gone) => new Wait(ticks() + requestMs, ticks, gone);
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
  for (const [i, { city, department, matter }] of sources.cities().entries()) {
    metrics.watch(`${city} ${department} ${matter} queue`, () => sources.cities()[i]?.waiting ?? 0);
  }
  metrics.watchSources(() => [
    ...sources.protections().map(({ department, breaker }) => ({ department, breaker, elsewhere: null })),
    ...sources.cities().map(({ department, breaker, ...elsewhere }) => ({ department, breaker, elsewhere })),
  ]);
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
    const departments = await findDepartments();
    const covered = departments.map(({ definition: { code, coverage } }) => ({ department: code, coverage }));
    const { catalogue, authorizer } = openAuthorization(config, covered);
    const peers = await connectPeers(config, catalogue, now);
    const connectors = await connectDepartments(config, now);
    const limits = {
      ...SOURCE_LIMITS,
      timeoutMs: config.limits.sourceTimeoutMs,
      concurrency: config.limits.sourceConcurrency,
    };
    const load = new Load(config.limits, () => performance.now());
    closers.push(async () => load.close());
    const sources = openSources(connectors, now, limits, peers, () => load.inProgress);
    closers.push(() => sources.close());
    const { utcOffsetMinutes } = config;
    const calendar = workingCalendar(config.workingDays);
    const season = openSeasonLimits({ limits: await seasonLimitsOf(config), sources, now, utcOffsetMinutes });
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
      budgets,
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
    const parts = {
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
    const gateway = { ...parts, citizens: openCitizenDesk(parts) };
    const settings = controlSettingsOf(config);
    const seasonDesk = openSeasonDesk({
      store,
      record,
      log,
      now,
      utcOffsetMinutes,
      folder: seasonFolder(config),
      machine: config.instance.replace(/\.\d+$/, ''),
      instance: config.instance,
      clients: seasonClientsOf(config, developmentIssuer),
      send: sendInside((call) => answer(gateway, call), load),
      clock: SYSTEM_CLOCK,
      keepDays: config.console.seasonDays,
    });
    closers.push(() => seasonDesk.close());
    const controlPlane = openControlPlane({
      ...gateway,
      seasonDesk,
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
