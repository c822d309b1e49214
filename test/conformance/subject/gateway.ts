/**
 * The gateway that is examined: the real schema builder, authorizer, executor, record draft and
 * pipeline in this process. Departments, control store and record are lists in memory; the verifier
 * believes `Bearer <client>`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { NewEntry } from '../../../src/audit/entries.js';
import { openAuthorizer } from '../../../src/authorize/authorizer.js';
import { buildCatalogue } from '../../../src/authorize/catalogue.js';
import { WIDEST_DOCUMENT_LIMITS } from '../../../src/authorize/document-size.js';
import { type Grant, type Rights, rightsOf } from '../../../src/authorize/rights.js';
import { buildGatewaySchema } from '../../../src/authorize/schema.js';
import { DEFAULT_MASK_SETTINGS } from '../../../src/domain/mask.js';
import { ANNOUNCED } from '../../../src/domain/working-days.js';
import type { Gateway } from '../../../src/gateway.js';
import type { Matter } from '../../../src/matters/index.js';
import { waits } from '../../../src/open-gateway.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { answer } from '../../../src/pipeline.js';
import type { CaseFile, ControlStore } from '../../../src/store/control-store.js';
import type { StoredClient } from '../../../src/store/policy.js';
import { CLIENTS, MATTERS, NOW, type Premises, type Situation, TODAY } from '../situation.js';
import { type Holdings, openDepartments } from './departments.js';

/** What came of one request. */
export interface Observation {
  /** The body as it left. */
  readonly body: string;
  readonly status: number;
  readonly entry: Extract<NewEntry, { kind: 'request' }> | null;
  /** Fetches made, each as template and keys. */
  readonly asked: readonly string[];
}

/** A gateway, or whatever is examined in its place. */
export interface Subject {
  /** Answers a situation of these premises. */
  ask(situation: Situation): Promise<Observation>;
}

/** Opens what is to be examined on a schema. */
export type OpenSubject = (premises: Premises) => Subject;

const FILES: readonly (readonly [name: string, text: string])[] = [
  ...['directives', 'scalars'].map(
    (name) => [`${name}.graphql`, readFileSync(join(PACKAGE_ROOT, `schema/${name}.graphql`), 'utf8')] as const,
  ),
  ['prelude.graphql', readFileSync(join(PACKAGE_ROOT, 'test/conformance/prelude.graphql'), 'utf8')],
];

/** The SDL of a situation's schema with what all share, by file. */
export function schemaFiles(schema: string): ReadonlyMap<string, string> {
  return new Map([...FILES, ['schema.graphql', schema]]);
}

/** What the record writes for a subject: nothing of its identifier. */
export function pseudonym(kind: string, id: string): string {
  return createHash('md5').update(`${kind}:${id}`).digest('hex').slice(0, 16);
}

const LOG = pino({ level: 'silent' });

/** Roles of the suite's matters: one for each kind of subject, none required. */
const ROLES = ['CITIZEN', 'ENTERPRISE', 'HOUSEHOLD', 'PROPERTY_UNIT', 'LICENCE'].map((kind) => ({
  role: kind.toLowerCase(),
  kind,
  required: false,
}));

/** Matters as far as planning and registration see them: the suite judges no case. */
const matters = new Map(
  MATTERS.map((code) => [
    code as string,
    { code, name: { zh: code, en: code }, roles: ROLES, ruleSets: [], formerProofs: [] } as unknown as Matter,
  ]),
);

/** A part that no request of the suite reaches. */
function unreached(what: string): never {
  throw new Error(`${what} is beyond this suite`);
}

function clientOf(id: string): StoredClient {
  return { id, nameZh: id, nameEn: id, active: true, held: false, releases: 0 };
}

/** Opens a gateway on a schema. @throws CatalogueFaults for a schema the gateway refuses */
export const openSubject: OpenSubject = (premises) => {
  const catalogue = buildCatalogue(buildGatewaySchema(schemaFiles(premises.schema)));
  const holdings: Holdings = { world: {}, down: [], asked: [] };
  const sources = openDepartments(catalogue, holdings, new Date(NOW).toISOString());
  let entry: Observation['entry'] = null;
  let grants: readonly Grant[] = [];
  let cases: Situation['cases'] = [];
  const sums = new WeakMap<readonly Grant[], Map<string, Rights>>();
  const files = new WeakMap<object, CaseFile>();

  function rights(client: string, matter: string | null, today: string): Rights {
    let known = sums.get(grants);
    if (known === undefined) {
      known = new Map();
      sums.set(grants, known);
    }
    const key = `${client} ${matter ?? ''}`;
    let sum = known.get(key);
    if (sum === undefined) {
      sum = rightsOf(
        grants.filter((grant) => grant.client === client),
        matter,
        today,
      );
      known.set(key, sum);
    }
    return sum;
  }

  const store: Pick<ControlStore, 'findCase' | 'registerCase'> = {
    async findCase(client, number) {
      const found = cases.find((each) => each.client === client && each.number === number);
      if (found === undefined) return null;
      let file = files.get(found);
      if (file === undefined) {
        const subjects = found.subjects.map((subject) => ({ role: subject.kind.toLowerCase(), ...subject }));
        file = { client, number, matter: found.matter, filedOn: TODAY, subjects };
        files.set(found, file);
      }
      return file;
    },
    registerCase: async () => undefined,
  };

  const gateway: Gateway = {
    proofs: { proofs: new Map(), sha256: '' },
    verificationDays: 5,
    commitmentDays: 30,
    schema: catalogue.schema,
    verifier: {
      async verify(header) {
        const clientId = header?.replace('Bearer ', '') ?? '';
        return {
          kind: 'CLIENT',
          clientId,
          issuer: 'suite',
          tokenHash: clientId,
          expiresAt: NOW + 1000,
          binding: { kind: 'NONE' },
        };
      },
      remembered: () => 0,
    },
    authorizer: openAuthorizer({
      catalogue,
      coverage: {},
      introspection: premises.introspection,
      limits: { ...WIDEST_DOCUMENT_LIMITS, cacheSize: 2000 },
    }),
    policy: {
      version: 1,
      client: (id) => (CLIENTS.some((known) => known === id) ? clientOf(id) : null),
      rights,
      rightsKept: () => 0,
      refresh: async () => undefined,
      close: async () => undefined,
    },
    // The suite is about what is answered; how often and about how many is bounded elsewhere.
    admission: {
      request: () => undefined,
      spend: () => undefined,
      document: (_client, request) => request.query ?? unreached('a document by its hash'),
      introspects: () => undefined,
      refused: ({ error }) => ({ recorded: true, error }),
      close: async () => undefined,
    },
    disputes: {
      facts: null,
      raise: () => unreached('a dispute'),
      answer: () => unreached('a dispute'),
      withdraw: () => unreached('a dispute'),
      opened: () => unreached('a dispute'),
      overdueBefore: () => unreached('a dispute'),
      receiptStatus: async () => 'VALID',
      receiptsOf: () => unreached('a dispute'),
      record: () => unreached('a dispute'),
      refresh: async () => undefined,
      search: async () => undefined,
      close: async () => undefined,
    },
    claims: { count: () => unreached('a comparison of claims') },
    budgets: {
      admit: () => undefined,
      admitDay: () => undefined,
      looked: () => undefined,
      counts: () => [],
      reconsider: () => undefined,
      sweep: () => undefined,
      sizes: () => ({ names: 0, cases: 0 }),
    },
    alarms: { raise: () => unreached('an alarm'), holds: () => false },
    wait: waits(60_000),
    load: { takesSeason: true },
    sources,
    season: { admit: () => unreached('a season'), sources },
    masks: DEFAULT_MASK_SETTINGS,
    record: {
      async append(appended) {
        if (appended.kind === 'request') entry = appended;
        return { chain: 'suite', segment: 1, seq: 1, hash: '' };
      },
      head: () => ({ seq: 1, hash: '' }),
      waiting: () => 0,
      close: async () => undefined,
    },
    pseudonym,
    receipts: {
      issueSelective: () => unreached('a receipt'),
      issue: () => unreached('a receipt'),
      factsDigest: () => unreached('a receipt'),
    },
    matters,
    store: store as ControlStore,
    cases: {
      change: () => unreached('a change of a case'),
      settle: () => unreached('an event of a case'),
      note: () => undefined,
      listened: () => false,
      flush: async () => undefined,
      turn: async () => undefined,
      waiting: 0,
    },
    licenceWatch: { note: () => undefined, turn: async () => undefined, close: async () => undefined },
    subscriptions: {
      admit: () => unreached('a stream'),
      streams: 0,
      turn: async () => undefined,
      close: async () => undefined,
    },
    seal: { seal: () => unreached('a notice'), open: () => unreached('a notice') },
    caseDeadlines: { reviewDays: 10, rectificationDays: 7 },
    publicKeys: () => [],
    now: () => NOW,
    utcOffsetMinutes: 480,
    workingCalendar: ANNOUNCED,
    log: LOG,
    metrics: {
      request: () => undefined,
      fetch: () => undefined,
      shed: () => undefined,
      untrustedDocument: () => undefined,
      unrecorded: () => undefined,
      connectionDropped: () => undefined,
      alarm: () => undefined,
      webhook: () => undefined,
      watchSources: () => undefined,
      watch: () => undefined,
      contentType: 'text/plain',
      text: async () => '',
      snapshot: async () => [],
    },
  };

  return {
    async ask(situation) {
      ({ grants, cases } = situation);
      holdings.world = situation.data;
      holdings.down = situation.down;
      holdings.asked = [];
      entry = null;
      const { client, matter, case: number, strict, document, operationName, variables } = situation.request;
      const headers: Readonly<Record<string, string | undefined>> = {
        authorization: `Bearer ${client}`,
        'content-type': 'application/json',
        'mianzheng-matter': matter ?? undefined,
        'mianzheng-case': number ?? undefined,
        'mianzheng-strict': strict ? 'true' : undefined,
      };
      const reply = await answer(gateway, {
        method: 'POST',
        header: (name) => headers[name],
        body: JSON.stringify({ query: document, operationName, variables }),
        query: {},
        fault: null,
        remote: '127.0.0.1',
        gone: () => false,
        certificate: () => null,
        answerWith: () => undefined,
      });
      return { body: reply.body, status: reply.status, entry, asked: holdings.asked };
    },
  };
};
