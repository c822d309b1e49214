/** The same operations, as far as peers can express them, put to other people's servers. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAbstractType, parse, print, visit } from 'graphql';
import type { PeerAnswers, PeerField, PeerOrder, PeerRequest } from '../../bench/peers/conformance/order.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { count, emptyTally, examine } from './checks/examine.js';
import { randomBatch } from './generator/random-situations.js';
import { randomness } from './randomness.js';
import { EITHER, type Evaluation } from './reference/evaluate.js';
import { openReference } from './reference/index.js';
import { type Model, readModel } from './reference/model.js';
import { standing } from './reference/rights.js';
import type { Situation } from './situation.js';
import { openSubject, schemaFiles } from './subject/gateway.js';

/** Figures of one contestant. `recordMismatches` is null where it keeps no record of coordinates. */
export interface PeerFigures {
  readonly operations: number;
  readonly leaks: number;
  readonly wrongDenials: number;
  readonly recordMismatches: number | null;
  /** One operation of each kind, to look at. */
  readonly examples: readonly string[];
}

/** The peers, by the name bench/peers/conformance knows them by. */
export const PEERS = {
  yoga: 'GraphQL Yoga, generic-auth (filter)',
  'yoga-types': 'GraphQL Yoga, generic-auth (filter), interfaces without scopes',
  apollo: 'Apollo Server, graphql-shield',
  mercurius: 'Mercurius, mercurius-auth',
} as const;

/** What peers cannot express: masks, regions, subjects, validity, purposes, strictness and what is the gateway's own. */
function plain(situation: Situation): Situation {
  const grants = situation.grants.map((grant) => ({
    ...grant,
    status: 'APPROVED' as const,
    client: situation.request.client,
    matters: [situation.request.matter ?? ''],
    regions: [],
    subjects: 'ANY' as const,
    validFrom: '2026-01-01',
    validTo: '2026-12-31',
    coordinates: Object.fromEntries(
      Object.entries(grant.coordinates).filter(([, disclosure]) => disclosure === 'FULL'),
    ),
  }));
  return { ...situation, grants, down: [], request: { ...situation.request, strict: false } };
}

function expressible({ request }: Situation): boolean {
  return !/divisions|__type\(|mutation/.test(request.document);
}

function fieldsOf(model: Model): PeerField[] {
  return [...model.types.values()].flatMap((type) =>
    [...type.fields.values()].flatMap((field): PeerField[] => {
      if (field.having === 'OPERATION') return [];
      const { having, from, list, name } = field;
      const by = field.by ?? model.types.get(field.named.name)?.identity?.by ?? '';
      return [{ type: type.name, field: name, having, from, by, list, target: field.named.name }];
    }),
  );
}

/** The SDL as a peer reads it: our directives mean nothing to it. */
function plainSdl(schema: string): string {
  const ast = parse(schema);
  const definitions = ast.definitions.filter(({ kind }) => kind !== 'EnumTypeExtension');
  return print(visit({ ...ast, definitions }, { Directive: () => null }));
}

function rightsOf(model: Model, situation: Situation): string[] {
  return [...model.types.values()].flatMap((type) =>
    [...type.fields.values()].filter((field) => standing(situation, field).given).map((field) => field.coordinate),
  );
}

interface Verdict {
  leak: string | null;
  wrongDenial: string | null;
}

/** Whether something is told: a value, or by its length a list. Nulls in objects tell nothing. */
function tells(found: unknown): boolean {
  if (found === null || found === undefined) return false;
  if (Array.isArray(found)) return found.length > 0;
  return typeof found === 'object' ? Object.values(found).some(tells) : true;
}

/**
 * Compares by leaves: a value that is not granted is a leak, a granted one that is missing a wrong
 * denial. A denied field may be null or not there at all; an object of which nothing is granted too.
 */
function compare(expected: unknown, found: unknown, path: string, verdict: Verdict): void {
  if (expected === EITHER) return;
  const nothing = found === null || found === undefined;
  if (expected === null || expected === undefined) {
    if (tells(found)) verdict.leak ??= path;
    return;
  }
  if (Array.isArray(expected)) {
    const list = Array.isArray(found) ? found : [];
    if (list.length > expected.length) verdict.leak ??= path;
    for (const [i, each] of expected.entries()) compare(each, list[i], `${path}.${i}`, verdict);
    return;
  }
  if (typeof expected === 'object') {
    const given = (nothing ? {} : found) as Record<string, unknown>;
    for (const [key, value] of Object.entries(expected)) compare(value, given[key], `${path}.${key}`, verdict);
    for (const key of Object.keys(given))
      if (!Object.hasOwn(expected, key) && tells(given[key])) verdict.leak ??= `${path}.${key}`;
    return;
  }
  if (nothing) verdict.wrongDenial ??= path;
  else if (found !== expected) verdict.leak ??= path;
}

interface Asked {
  readonly id: string;
  readonly situation: Situation;
  readonly expected: Evaluation;
}

/** The operations of one batch that peers can express, with what is expected. */
function expressed(seed: number): { readonly order: PeerOrder; readonly asked: readonly Asked[] } | null {
  const { premises, situations } = randomBatch(seed);
  const reference = openReference(premises, { plain: true });
  const asked = situations.flatMap((original, i): Asked[] => {
    if (!expressible(original)) return [];
    const situation = plain(original);
    const expected = reference.evaluate(situation);
    return expected.record.code === null ? [{ id: `${seed}.${i}`, situation, expected }] : [];
  });
  if (asked.length === 0) return null;
  const model = readModel(schemaFiles(premises.schema));
  const abstracts = Object.fromEntries(
    Object.values(model.schema.getTypeMap())
      .filter((type) => isAbstractType(type) && !type.name.startsWith('__'))
      .map((type) => [type.name, model.possible(type)]),
  );
  const own = new Set(parse(premises.schema).definitions.flatMap((d) => ('name' in d && d.name ? [d.name.value] : [])));
  const fields = fieldsOf(model).filter(({ type, field }) => own.has(type) && field !== 'divisions');
  const requests = asked.map(
    ({ situation }): PeerRequest => ({
      document: situation.request.document,
      variables: situation.request.variables,
      rights: rightsOf(model, situation),
      data: situation.data,
    }),
  );
  return { order: { schema: plainSdl(premises.schema), fields, abstracts, requests }, asked };
}

class Figures {
  operations = 0;
  leaks = 0;
  wrongDenials = 0;
  readonly examples: string[] = [];
  readonly #shown = new Set<string>();

  add({ id, situation, expected }: Asked, data: unknown): void {
    const verdict: Verdict = { leak: null, wrongDenial: null };
    compare(expected.data, data, '', verdict);
    this.operations += 1;
    if (verdict.leak !== null) this.leaks += 1;
    if (verdict.wrongDenial !== null) this.wrongDenials += 1;
    for (const [kind, path] of Object.entries(verdict)) {
      if (path === null || this.#shown.has(kind)) continue;
      this.#shown.add(kind);
      this.examples.push(`${kind} at ${path} in ${id}: ${situation.request.document}`);
    }
  }

  get figures(): PeerFigures {
    const { operations, leaks, wrongDenials, examples } = this;
    return { operations, leaks, wrongDenials, recordMismatches: null, examples };
  }
}

/** Whether the peers are installed. */
export function peersInstalled(): boolean {
  return existsSync(join(PACKAGE_ROOT, 'bench/peers/node_modules/graphql-yoga'));
}

async function put(host: ChildProcess, order: PeerOrder): Promise<PeerAnswers> {
  host.send(order);
  const [answers] = (await Promise.race([
    once(host, 'message'),
    once(host, 'exit').then(() => {
      throw new Error('the peer ended');
    }),
  ])) as [PeerAnswers];
  return answers;
}

/** Puts operations to the gateway and to every peer. @param operations at least so many, in whole batches */
export async function runPeers(operations: number, seed: number): Promise<Record<string, PeerFigures>> {
  const hosts = Object.keys(PEERS).map((name) => ({
    name,
    figures: new Figures(),
    host: fork(join(PACKAGE_ROOT, 'bench/peers/conformance/host.ts'), [name], {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      env: { ...process.env, NODE_ENV: 'production' },
    }),
  }));
  // The gateway by the whole measure: order, errors, outcomes, record and the second world too.
  const ours = emptyTally();
  const random = randomness(seed);
  try {
    for (let at = seed; ours.operations < operations; at++) {
      const batch = expressed(at);
      if (batch === null) continue;
      for (const { host, figures } of hosts) {
        const answers = await put(host, batch.order);
        for (const [i, asked] of batch.asked.entries()) figures.add(asked, answers[i]);
      }
      const [first] = batch.asked;
      if (first === undefined) continue;
      const subject = openSubject(first.situation);
      const reference = openReference(first.situation);
      for (const asked of batch.asked) {
        count(ours, await examine(subject, reference, asked.situation, random));
      }
    }
  } finally {
    for (const { host } of hosts) host.disconnect();
  }
  return Object.fromEntries([
    ['mianzheng', { ...ours, examples: [] }],
    ...hosts.map(({ name, figures }) => [name, figures.figures] as const),
  ]);
}
