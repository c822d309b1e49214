/**
 * A whole gateway over departments in memory: the real schema, authorizer, executor and pipeline;
 * a verifier that believes `Bearer <client>`, a record kept in a list.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { RecordChain } from '../../src/audit/chain.js';
import type { NewEntry } from '../../src/audit/entries.js';
import type { DevelopmentIssuer } from '../../src/authenticate/development-issuer.js';
import type { Verifier } from '../../src/authenticate/verifier.js';
import { openAuthorizer } from '../../src/authorize/authorizer.js';
import { buildCatalogue, type Catalogue } from '../../src/authorize/catalogue.js';
import { DOCUMENT_LIMITS } from '../../src/authorize/documents.js';
import type { Grant } from '../../src/authorize/rights.js';
import { buildGatewaySchema } from '../../src/authorize/schema.js';
import { DEFAULT_MASK_SETTINGS } from '../../src/domain/mask.js';
import { MianzhengError } from '../../src/errors.js';
import { openSources } from '../../src/execute/sources.js';
import type { Call } from '../../src/http/graphql-request.js';
import { loadMatters, type Matter } from '../../src/matters/index.js';
import { openMetrics } from '../../src/metrics.js';
import { type OpenGateway, readSchemaFiles } from '../../src/open-gateway.js';
import { openSeasonLimits, type SeasonLimit } from '../../src/operations/season-limits.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { answer, type Reply } from '../../src/pipeline.js';
import { openReceiptIssuer } from '../../src/receipts/issue.js';
import { loadReceiptKeys } from '../../src/receipts/keys.js';
import { type CaseFile, openControlStore } from '../../src/store/control-store.js';
import { watchPolicy } from '../../src/store/policy-watch.js';
import { type Asked, memoryConnector, type World } from './memory-connector.js';

/** The catalogue of the real schema. */
export const catalogue: Catalogue = buildCatalogue(buildGatewaySchema(readSchemaFiles()));

/** The real matters. */
export const matters: ReadonlyMap<string, Matter> = await loadMatters(join(PACKAGE_ROOT, 'matters'), catalogue.schema);

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
  /** What departments let through of a season; default: everything. */
  readonly season?: ReadonlyMap<string, SeasonLimit>;
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

/** A gateway with what it recorded and what it asked the departments. */
export interface MemoryGateway {
  readonly gateway: OpenGateway;
  readonly entries: readonly NewEntry[];
  /** Every fetch made so far, by department. */
  asked(): Readonly<Record<string, readonly Asked[]>>;
  call(body: unknown, headers?: Readonly<Record<string, string>>, method?: string): Promise<Reply>;
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
    }),
  );
  const sources = openSources(connectors, () => NOW);
  const entries: NewEntry[] = [];
  const record: RecordChain = {
    async append(entry) {
      if (options.recordBroken) throw new MianzhengError('EVIDENCE_UNAVAILABLE', 'the disk is full');
      entries.push(entry);
      return { chain: 'test', segment: 1, seq: entries.length, hash: ENTRY_HASH };
    },
    head: () => ({ seq: entries.length, hash: ENTRY_HASH }),
    close: async () => undefined,
  };
  const policy = await watchPolicy(store, (error) => {
    throw error;
  });
  const close = async (): Promise<void> => {
    await policy.close();
    await store.close();
    rmSync(folder, { recursive: true });
  };
  const receiptKeys = await loadReceiptKeys(folder);
  const pseudonym = (kind: string, id: string): string => `pseudonym of ${kind}:${id}`;
  const gateway: OpenGateway = {
    schema: catalogue.schema,
    catalogue,
    verifier: options.verifier ?? BELIEVING,
    authorizer: openAuthorizer({
      catalogue,
      coverage: options.coverage ?? {},
      introspection: options.introspection ?? true,
      limits: DOCUMENT_LIMITS,
    }),
    policy,
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
    store,
    now: () => NOW,
    utcOffsetMinutes: 480,
    log: pino({ level: 'silent' }),
    metrics: openMetrics(),
    developmentIssuer: options.developmentIssuer ?? null,
    publicKeys: options.publicKeys ?? (() => receiptKeys.publicJwks),
    close,
  };
  return {
    gateway,
    entries,
    asked: () => Object.fromEntries(connectors.map((connector) => [connector.department, connector.asked])),
    call(body, headers = {}, method = 'POST') {
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
      };
      return answer(gateway, call);
    },
    close,
  };
}
