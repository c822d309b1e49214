/** The house's rules of who may know whom, each with its because. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/package-root.js';

interface Import {
  readonly from: string;
  /** Path from the package's root without ending, or a package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

function filesUnder(folder: string, ending = '.ts'): string[] {
  return readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm;
const DYNAMIC = /import\('([^']+)'\)/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  const target = (specifier: string) =>
    specifier.startsWith('.')
      ? relative(PACKAGE_ROOT, resolve(PACKAGE_ROOT, dirname(file), specifier)).replace(/\.js$/, '')
      : specifier;
  const found = [...text.matchAll(STATEMENT)].map(([, type, specifier = '']) => ({
    from: file,
    to: target(specifier),
    typeOnly: type !== undefined,
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, specifier = '']) => ({
    from: file,
    to: target(specifier),
    typeOnly: false,
  }));
  return [...found, ...dynamic];
}

const FILES = [...filesUnder('src'), ...filesUnder('connectors'), ...filesUnder('seeds')];
const IMPORTS = [...FILES, ...filesUnder('examples', '.js')].flatMap(importsOf);

const isPackage = (to: string) => !/^(src|connectors|seeds|examples|test)\//.test(to);

/** A rule: files under `folder` import only what `may` allows. */
interface Rule {
  readonly folder: string;
  readonly may: readonly (string | RegExp)[];
  readonly because: string;
}

const RULES: readonly Rule[] = [
  {
    folder: 'src/domain',
    may: [/^node:/, /^chinese-days\/.*\.json$/, 'src/domain'],
    because: 'the facts of the field depend on nothing of ours and on no code but their own; holidays are data',
  },
  {
    folder: 'src/authorize',
    may: ['graphql', 'lru-cache', 'node:crypto', 'src/authorize', 'src/domain', 'src/errors'],
    because: 'authorization is pure: it can be read, tested and reasoned about without a request, a row or a clock',
  },
  {
    folder: 'src/authenticate',
    may: [
      /^node:/,
      'better-sqlite3',
      'jose',
      'lru-cache',
      'oidc-provider',
      'zod',
      'src/authenticate',
      'src/domain',
      'src/errors',
    ],
    because: 'who is it must not depend on what they may',
  },
  {
    folder: 'src/admit',
    may: [/^node:/, 'ioredis', 'lru-cache', 'src/admit', 'src/audit/entries', 'src/domain', 'src/errors'],
    because: 'how often, how much and with which document is decided before, and apart from, which fields',
  },
  {
    folder: 'src/execute',
    may: ['cockatiel', 'connectors/contract', 'src/authorize/plan', 'src/execute', 'src/domain', 'src/errors'],
    because: 'execution takes an access plan and nothing else: it can neither widen one nor make one',
  },
  {
    folder: 'src/audit',
    may: [/^node:/, 'jose', 'lru-cache', 'zod', 'src/audit', 'src/domain', 'src/errors'],
    because: 'the record takes what it is told and depends on no stage whose acts it records',
  },
  {
    folder: 'src/matters',
    may: [/^node:/, 'graphql', 'yaml', 'zod', '@marcbachmann/cel-js', 'src/matters', 'src/domain', 'src/errors'],
    because: 'a rule sees facts, never the way they were had',
  },
  {
    folder: 'src/proofs',
    may: [/^node:/, 'csv-stringify/sync', 'exceljs', 'src/proofs', 'src/season'],
    because: 'the catalogue of proofs is a list that offices keep in spreadsheets; whoever reads it needs no gateway',
  },
  {
    folder: 'src/verifications',
    may: ['src/verifications', 'src/domain'],
    because: 'where a task stands follows from its answer and the day, and from nothing that could be down',
  },
  {
    folder: 'src/commitments',
    may: ['src/commitments', 'src/domain'],
    because: 'where a commitment stands follows from its events alone',
  },
  {
    folder: 'src/receipts',
    may: [
      /^node:/,
      '@sd-jwt/core',
      'jose',
      'zod',
      'src/receipts',
      'src/audit/entries',
      'src/audit/errors',
      'src/audit/key-files',
    ],
    because: 'a receipt is made of a verdict and a place in the record, and is checked without gateway, plan or person',
  },
  {
    folder: 'src/respond',
    may: [
      'src/authorize/plan',
      'src/execute/outcomes',
      'src/execute/executor',
      'src/respond',
      'src/domain',
      'src/errors',
    ],
    because: 'the answer is made of the plan and of what was executed',
  },
  {
    folder: 'src/admin',
    may: [
      /^node:/,
      'csv-parse/sync',
      'csv-stringify/sync',
      'exceljs',
      'graphql',
      'iconv-lite',
      'jose',
      'knex',
      'lru-cache',
      'openid-client',
      'src/admin',
      'src/alarms/alarm',
      'src/audit',
      'src/authenticate/verifier',
      'src/authorize',
      'src/cases/explanation',
      'src/cases/standing',
      'src/commitments/commitment',
      'src/disputes',
      'src/domain',
      'src/errors',
      'src/gateway',
      'src/http/graphql-request',
      'src/matters',
      'src/metrics',
      'src/open-gateway',
      'src/package-root',
      'src/pipeline',
      'src/records',
      'src/respond/response',
      // A season asks the data plane as its application does, with that application's token.
      'src/season',
      'src/store',
      'src/verifications/task',
    ],
    because: 'the control plane changes grants and reads the record: it can fetch no row of any department',
  },
  {
    folder: 'src/budgets',
    may: [
      'lru-cache',
      'src/alarms/alarm',
      'src/authorize/plan',
      'src/budgets',
      'src/domain',
      'src/errors',
      'src/execute/executor',
      'src/store/control-store',
    ],
    because: 'budgets count what was planned and found: they see no token, no row and no record',
  },
  {
    folder: 'src/disputes',
    may: [
      /^node:/,
      'knex',
      'src/audit/entries',
      'src/audit/export',
      'src/disputes',
      'src/domain',
      'src/errors',
      'src/execute/disputed',
      'src/store',
    ],
    because: 'a dispute is about a coordinate and a subject: it meets no value of either',
  },
  {
    folder: 'src/alarms',
    may: [/^node:/, 'src/alarms', 'src/audit/entries', 'src/domain', 'src/store'],
    because: 'an alarm is told in numbers: whoever raises and delivers it meets no plan, row or subject',
  },
  {
    folder: 'src/records',
    may: [
      /^node:/,
      'better-sqlite3',
      'csv-stringify/sync',
      'exceljs',
      'jose',
      // A worker thread of sources that were not compiled.
      'tsx/esm/api',
      'zod',
      'src/records',
      'src/audit',
      'src/domain',
    ],
    because:
      'what is found in the record comes from the record alone: no grant, no department and no request bears on it',
  },
  {
    folder: 'src/peers',
    may: [
      /^node:/,
      'graphql',
      'jose',
      'lru-cache',
      'openid-client',
      'zod',
      'connectors/transports/gateway',
      'src/peers',
      'src/authorize/catalogue',
      'src/authorize/document-size',
      'src/domain',
      'src/execute/sources',
    ],
    because: 'what another city is asked follows from the schema, and our credential there from nothing but its file',
  },
  {
    folder: 'src/messages',
    may: [/^node:/, 'src/messages', 'src/domain', 'src/store'],
    because: 'a message is carried as it is: whoever carries it cannot look anything up',
  },
  {
    folder: 'src/cases',
    may: [/^node:/, 'src/audit/entries', 'src/cases', 'src/domain', 'src/errors', 'src/matters', 'src/store'],
    because: 'where a case stands and who is told is reckoned from its events: no plan, row or token takes part',
  },
  {
    folder: 'src/subscriptions',
    may: ['src/cases/cloud-event', 'src/domain', 'src/errors', 'src/keeping-up', 'src/store', 'src/subscriptions'],
    because: 'a stream carries what was planned and recorded elsewhere: it sees no plan, no row and no socket',
  },
  {
    folder: 'src/backup',
    may: [/^node:/, 'jose', 'zod', 'src/backup', 'src/audit', 'src/store/copy', 'src/errors'],
    because: 'a backup takes folders and files as they are: it must work when nothing else does',
  },
  {
    folder: 'src/season',
    may: [/^node:/, 'csv-parse', 'csv-stringify/sync', 'exceljs', 'iconv-lite', 'zod', 'src/season', 'src/domain'],
    because: 'a season is run by any program that can speak HTTP: it knows nothing of the gateway but its answers',
  },
  {
    folder: 'examples/enrolment',
    may: [/^node:/, 'better-sqlite3', 'fastify', 'jose', 'examples/enrolment'],
    because: 'an example application has what any office has: an address, a secret and HTTP',
  },
  {
    folder: 'examples/enrolment/page',
    may: ['examples/enrolment/page'],
    because: 'a page in a browser has its own files and its own server',
  },
  {
    folder: 'connectors',
    may: [
      /^node:/,
      'lru-cache',
      'knex',
      'mysql2',
      /^mysql2\//,
      'better-sqlite3',
      'fastify',
      'yaml',
      'zod',
      'connectors',
      'src/domain',
      'src/errors',
    ],
    because: 'a connector gets a planned fetch and a signal, never a token, a caller, a grant or a case',
  },
];

describe.each(RULES)('$folder', ({ folder, may, because }) => {
  it(`imports only its own, because ${because}`, () => {
    const allowed = (to: string) =>
      may.some((m) => (m instanceof RegExp ? m.test(to) : to === m || (!isPackage(to) && to.startsWith(`${m}/`))));
    const stray = IMPORTS.filter((i) => i.from.startsWith(`${folder}/`) && !allowed(i.to));
    expect(stray.map((i) => `${i.from} → ${i.to}`)).toEqual([]);
  });
});

describe('the stages', () => {
  it('take from one another only types, because the way through the house is written in src/pipeline.ts alone', () => {
    const stages = ['authenticate', 'admit', 'authorize', 'execute', 'audit', 'respond'].map(
      (stage) => `src/${stage}/`,
    );
    const across = IMPORTS.filter((i) => {
      const own = stages.find((stage) => i.from.startsWith(stage));
      return own !== undefined && !i.typeOnly && stages.some((stage) => stage !== own && i.to.startsWith(stage));
    });
    expect(across.map((i) => `${i.from} → ${i.to}`)).toEqual([]);
  });

  it('let only the planner make an AccessPlan, because everything after it trusts one', () => {
    const makers = FILES.filter((file) => readFileSync(join(PACKAGE_ROOT, file), 'utf8').includes('as AccessPlan'));
    expect(makers).toEqual(['src/authorize/planner.ts']);
  });
});

describe('the departments', () => {
  it('are found by their folder, because adding one must touch no other file', () => {
    const departments = readdirSync(join(PACKAGE_ROOT, 'connectors'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'transports')
      .map((entry) => `connectors/${entry.name}/`);
    const named = IMPORTS.filter(
      (i) =>
        departments.some((d) => i.to.startsWith(d) && !i.from.startsWith(d)) &&
        // The demonstration city fills the departments' own tables; the simulator stands in for a department.
        !i.from.startsWith('seeds/') &&
        i.from !== 'src/cli/simulator.ts',
    );
    expect(named.map((i) => `${i.from} → ${i.to}`)).toEqual([]);
  });
});

describe('all modules', () => {
  it('import one another without a cycle, because a cycle has no first thing to read', () => {
    const runtime = new Map<string, string[]>();
    for (const i of IMPORTS) {
      if (i.typeOnly || isPackage(i.to)) continue;
      const from = i.from.replace(/\.ts$/, '');
      runtime.set(from, [...(runtime.get(from) ?? []), i.to]);
    }
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (at: string, way: readonly string[]): void => {
      if (way.includes(at)) {
        cycles.push([...way.slice(way.indexOf(at)), at].join(' → '));
        return;
      }
      if (done.has(at)) return;
      for (const next of runtime.get(at) ?? []) walk(next, [...way, at]);
      done.add(at);
    };
    for (const file of runtime.keys()) walk(file, []);
    expect(cycles).toEqual([]);
  });
});
