/**
 * The whole surface of the schema: nothing answers that is not granted. Every field of every type
 * is reached from a root, in a city where each cell holds a value of its own.
 */
import { getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../src/audit/entries.js';
import { type CatalogueField, possibleTypes } from '../../src/authorize/catalogue.js';
import type { CaseEvent } from '../../src/store/case-events.js';
import { event, Reader } from '../subscriptions/watcher.js';
import type { Asked } from '../support/memory-connector.js';
import { catalogue, type MemoryGateway, openMemoryGateway } from '../support/memory-gateway.js';
import {
  cellOf,
  documentFor,
  documentWithSiblings,
  FINDING,
  INSPECTING,
  interfaceFields,
  isReached,
  leavesOf,
  linksOn,
  PRECEDING,
  type Purpose,
  purposeFor,
  SHOWING,
  TOKEN,
  UNREACHABLE,
  valuesAt,
  type Way,
  wayTo,
} from './documents.js';
import { identifierOf, OBJECT_TYPES, SENTINEL_CITY, sentinel, valuesIn } from './sentinel-city.js';

const MATTER = 'school-enrolment-primary';
const FIELDS = [...catalogue.fields.values()].filter(({ type }) => !UNREACHABLE.includes(type));
const GRANTABLE = FIELDS.filter((field) => field.sharing !== 'UNCONDITIONAL');
const WITHOUT = (coordinate: string) => `without ${coordinate}`;
const CLIENTS = ['everything', 'nothing', ...GRANTABLE.map(({ coordinate }) => WITHOUT(coordinate))];

/** Every grant there can be, for a field that is not shared too, except one coordinate's. */
function everythingBut(client: string) {
  const fields = GRANTABLE.filter(({ coordinate }) => WITHOUT(coordinate) !== client);
  const coordinates = Object.fromEntries(fields.map(({ coordinate }) => [coordinate, 'FULL' as const]));
  return { id: client, client, matters: [MATTER, FINDING, SHOWING, INSPECTING], coordinates, maxHops: 5 };
}

interface Body {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly {
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string };
  }[];
}

interface Exchange {
  readonly text: string;
  readonly body: Body;
  readonly status: number;
  readonly entry: Extract<NewEntry, { kind: 'request' }>;
  readonly asked: readonly Asked[];
}

let run: MemoryGateway;

beforeAll(async () => {
  const subjects = [0, 1].map((layer) => ({
    role: layer === 0 ? 'child' : 'guardian',
    kind: 'CITIZEN',
    id: identifierOf('Resident', layer),
  }));
  run = await openMemoryGateway({
    world: SENTINEL_CITY,
    clients: CLIENTS,
    grants: CLIENTS.filter((client) => client !== 'nothing').map(everythingBut),
    cases: CLIENTS.map((client) => ({ client, number: 'C-1', matter: MATTER, filedOn: '2026-07-01', subjects })),
  });
});

/** Two finished runs whose offers were told, so that whatever is told of them has content. */
async function findPeople(): Promise<void> {
  const { policies } = run.gateway.store;
  for (const [id, offers] of [
    ['R-1', 12],
    ['R-2', 0],
  ] as const) {
    const begun = { client: 'everything', id, matter: FINDING, ruleSet: 'r', asOf: '2026-07-01' };
    const met = Array.from({ length: offers }, (_, i) => ({ subject: `nobody ${i + 2}`, number: `OF-${i + 2}` }));
    if (offers > 0) met.push({ subject: identifierOf('Resident', 0), number: 'OF-1' });
    const page = {
      phase: 'DONE' as const,
      cursor: '',
      listed: met.length,
      unreadable: 0,
      met,
      notMet: [],
      unknown: [],
    };
    await policies.enterPage(await policies.beginRun(begun), page, 0);
    const told = met.map(({ number }) => ({ number, token: `token of ${number}`, answerBy: '2099-12-31' }));
    await policies.notify(told, 0, async () => undefined);
  }
}

/** A licence in two cases that was shown: of one its showings are told, of the other it is looked up. */
async function showLicence(): Promise<void> {
  const { presentations } = run.gateway.store;
  const licence = identifierOf('Licence', 0);
  const holder = { role: 'enterprise', kind: 'ENTERPRISE', id: identifierOf('Enterprise', 0) };
  for (const [i, caseNumber] of ['P-1', 'P-2'].entries()) {
    const subjects = [holder, { role: 'licence', kind: 'LICENCE', id: licence }];
    const file = { client: 'everything', number: caseNumber, matter: SHOWING, filedOn: '2026-07-01', subjects };
    await run.gateway.store.registerCase(file);
    const at = run.gateway.now();
    const showing = {
      id: caseNumber,
      client: 'everything',
      caseNumber,
      licence,
      at,
      expiresAt: at + 1e9,
      usesLeft: 100,
    };
    await presentations.add({ ...showing, holder: `ENTERPRISE:${holder.id}` }, i === 0 ? 'another' : TOKEN);
  }
}

beforeAll(findPeople);
beforeAll(showLicence);
beforeAll(async () => {
  // So that a list of disputes has one.
  const { body } = await ask('everything', documentFor(wayTo(fieldOf('Mutation.raiseDispute'))));
  expect(body.errors).toBeUndefined();
});

afterAll(() => run.close());

function fieldOf(coordinate: string): CatalogueField {
  const field = catalogue.fields.get(coordinate);
  if (field === undefined) throw new Error(`no field ${coordinate}`);
  return field;
}

/** An event with something to say in every field that needs a grant. */
function happened(client: string): CaseEvent {
  const judged = event({
    kind: 'JUDGED',
    verdict: 'NOT_MET',
    receipt: 'r-1.1',
    ruleSet: 'r',
    asOf: '2026-07-01',
    reasonsZh: [],
    reasonsEn: [],
    troubled: [{ id: 'r', outcome: 'FALSE', element: null, department: 'HOUSEHOLD', reasonZh: null, reasonEn: null }],
    sources: [],
  });
  return Object.assign(judged, { client, outcome: 'GRANTED' });
}

/** Asks for a stream: what it is refused with, or what it tells of an event. */
async function listen(client: string, query: string, purpose: Purpose | null): Promise<Exchange> {
  const recorded = run.entries.length;
  const headers = {
    authorization: `Bearer ${client}`,
    accept: 'text/event-stream',
    'mianzheng-matter': purpose?.matter ?? MATTER,
  };
  const { body: refusal, status, stream } = await run.call({ query }, headers);
  let text = refusal;
  if (stream !== undefined) {
    const reader = new Reader();
    stream.begin(reader);
    await run.gateway.store.cases.note([happened(client)], true);
    await run.gateway.subscriptions.turn();
    stream.left();
    text = JSON.stringify(reader.told[0]);
  }
  const entry = run.entries.slice(recorded).at(-1);
  if (entry?.kind !== 'request') throw new Error('no record of the request');
  return { text, body: JSON.parse(text) as Body, status, entry, asked: [] };
}

async function ask(client: string, query: string, purpose: Purpose | null = null): Promise<Exchange> {
  if (query.startsWith('subscription')) return listen(client, query, purpose);
  const before = Object.values(run.asked()).map((all) => all.length);
  const recorded = run.entries.length;
  const headers = {
    authorization: `Bearer ${client}`,
    'mianzheng-matter': purpose?.matter ?? MATTER,
    'mianzheng-case': purpose?.caseNumber ?? 'C-1',
    'mianzheng-operator': 'surface',
  };
  const reply = await run.call({ query }, headers);
  // The cases of a request are recorded before the request itself.
  const [entry, ...ofCases] = run.entries.slice(recorded).reverse();
  if (entry?.kind !== 'request') throw new Error('no record of the request');
  for (const one of ofCases) {
    // A change of a case is recorded as such before the request that brought it.
    if (one.kind === 'administration' && [`${client}/C-1`, `${client}/OF-1`].includes(one.subject)) continue;
    if (one.kind === 'control' && one.requestId === entry.requestId) continue;
    if (one.kind !== 'request' || !one.requestId.startsWith(`${entry.requestId}.`))
      throw new Error('not one record of the request');
  }
  const asked = Object.values(run.asked()).flatMap((all, i) => all.slice(before[i]));
  return { text: reply.body, body: JSON.parse(reply.body) as Body, status: reply.status, entry, asked };
}

const keysTo = ({ steps, target }: Way): string[] => [...steps, target].map((field) => field.field);

/** The first field on the way that everyone may not read; null where the whole way is open. */
function firstClosed({ steps, target }: Way): CatalogueField | null {
  return [...steps, target].find((field) => field.sharing !== 'UNCONDITIONAL') ?? null;
}

const ALL: readonly (readonly [string, Way])[] = FIELDS.map((field) => [field.coordinate, wayTo(field)]);
const named = (fields: readonly CatalogueField[]) =>
  fields.map((field): readonly [string, Way] => [field.coordinate, wayTo(field)]);

it('knows every field of every object type', () => {
  const schema = OBJECT_TYPES.flatMap((type) =>
    isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
  );
  expect(schema.sort()).toEqual([...catalogue.fields.keys()].sort());
  expect(schema.length).toBeGreaterThan(100);
});

it.each(UNREACHABLE)('leads to no %s: its fields are rights, not answers', (type) => {
  expect([...catalogue.fields.values()].some((field) => field.type === type)).toBe(true);
  expect(isReached(type)).toBe(false);
});

/** Told of grants: open to everyone, and nothing where there is none. */
const OF_GRANTS = /^GrantQuota\./;

describe('an application without grants gets nothing but what is open to everyone', () => {
  it.each(ALL)('%s', async (coordinate, way) => {
    const query = documentFor(way);
    const { body, text, entry, asked, status } = await ask('nothing', query, purposeFor(way));
    const closed = firstClosed(way);
    const codes = (body.errors ?? []).map((error) => error.extensions.code);
    // A stream of nothing is not opened.
    expect(status).toBe(query.startsWith('subscription') ? 403 : 200);
    expect(asked).toEqual([]);
    expect(valuesIn(text)).toEqual([]);
    expect(entry).toMatchObject({ disclosed: [], masked: [], used: [], subjects: [], sources: [], verdict: null });
    if (closed === null) {
      expect(codes).toEqual([]);
      expect(valuesAt(body.data, keysTo(way)).some((value) => value !== null)).toBe(!OF_GRANTS.test(coordinate));
    } else {
      expect(codes).toEqual(['WITHHELD']);
      expect(valuesAt(body.data, keysTo(way))).toEqual([null]);
      expect(entry.withheld).toEqual([closed.coordinate]);
    }
  });
});

describe('an application with every grant reaches the field (so that its absence below says something)', () => {
  it.each(named(GRANTABLE.filter((field) => field.sharing === 'CONDITIONAL')))('%s', async (coordinate, way) => {
    for (const before of PRECEDING[coordinate] ?? []) await ask('everything', `mutation { ${before} }`);
    const { body, entry, asked } = await ask('everything', documentWithSiblings(way), purposeFor(way));
    const values = valuesAt(body.data, keysTo(way));
    const refused = (body.errors ?? []).filter((error) => error.path?.at(-1) === way.target.field);
    expect(refused).toEqual([]);
    expect(entry.disclosed).toContain(coordinate);
    expect(values.flat().length).toBeGreaterThan(0);
    expect(values).not.toContain(null);
    const cell = cellOf(way);
    if (cell === null) return;
    expect(asked.some(({ template }) => template.attributes.some((name) => isPartOf(name, cell.attribute)))).toBe(true);
    if (leavesOf(way.target.type).includes(way.target)) {
      const layer = linksOn(way) - 1;
      expect(values).toContain(sentinel(`${cell.type}.${cell.attribute}`, layer));
    }
  });
});

/** Whether an attribute is another, or lies inside it. */
function isPartOf(attribute: string, other: string): boolean {
  return attribute === other || attribute.startsWith(`${other}.`);
}

/** Values of the field that must not leave: its own cells, or the rows that it would have led to. */
function forbidden({ steps, target }: Way, text: string): string[] {
  const layer = linksOn({ steps, target }) - 1;
  if (target.source.kind === 'LINK') return valuesIn(text, layer + 1);
  const cell = cellOf({ steps, target });
  const name = cell === null ? target.coordinate : `${cell.type}.${cell.attribute}`;
  return valuesIn(text).filter(
    (value) => value === sentinel(name, layer) || value.includes(`${name}.`) || value.includes(`${name}#`),
  );
}

describe('an application with every grant but the field’s own gets everything beside it and nothing of it', () => {
  it.each(named(GRANTABLE))('%s', async (coordinate, way) => {
    const { body, text, entry, asked } = await ask(WITHOUT(coordinate), documentWithSiblings(way), purposeFor(way));
    const values = valuesAt(body.data, keysTo(way));
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value === null)).toBe(true);
    expect(forbidden(way, text)).toEqual([]);
    expect([...entry.disclosed, ...entry.masked, ...entry.used]).not.toContain(coordinate);
    expect(entry.withheld).toContain(coordinate);
    // What is left may lack what no grant opens.
    const others = entry.withheld.filter((other) => other !== coordinate);
    expect(others.every((other) => catalogue.fields.get(other)?.sharing === 'NOT_SHARED')).toBe(true);

    const siblings = leavesOf(way.target.type).filter((leaf) => leaf !== way.target && leaf.sharing === 'CONDITIONAL');
    for (const sibling of siblings) {
      expect(valuesAt(body.data, [...keysTo(way).slice(0, -1), sibling.field])).not.toContain(null);
    }
    const cell = cellOf(way);
    for (const { template } of asked) {
      if (cell === null || template.type !== cell.type) continue;
      expect(template.attributes.filter((attribute) => isPartOf(attribute, cell.attribute))).toEqual([]);
    }
    if (way.target.source.kind === 'DERIVED') {
      const { from } = way.target.source;
      expect(asked.flatMap(({ template }) => template.attributes).filter((name) => from.includes(name))).toEqual([]);
    }
    // One fetch for every link on the way, and none for the link that is withheld.
    if (way.target.source.kind === 'LINK') expect(asked).toHaveLength(linksOn(way));
  });
});

describe('a field that is not shared stays closed with every grant there can be', () => {
  it.each(named(FIELDS.filter((field) => field.sharing === 'NOT_SHARED')))('%s', async (coordinate, way) => {
    const { body, text, entry } = await ask('everything', documentWithSiblings(way), purposeFor(way));
    expect(valuesAt(body.data, keysTo(way)).every((value) => value === null)).toBe(true);
    expect(forbidden(way, text)).toEqual([]);
    expect(entry.withheld).toEqual([coordinate]);
  });
});

describe('a field of an interface needs the grant of every type it can stand for', () => {
  const cases = interfaceFields().flatMap(({ name, field, way, document }) => {
    const target = getNamedType(way.target.definition.type);
    const concrete = possibleTypes(catalogue.schema, target);
    return concrete.map((type) => ({ name, lacking: `${type}.${field}`, field, way, document, concrete }));
  });

  it('knows the interface', () => {
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each(cases)('$name without $lacking', async ({ field, way, document, concrete, lacking }) => {
    const full = await ask('everything', document);
    expect(valuesIn(full.text).length).toBeGreaterThan(0);
    const { body, text, asked, entry } = await ask(WITHOUT(lacking), document);
    const values = valuesAt(body.data, [...keysTo(way), field]);
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value === null)).toBe(true);
    expect(valuesIn(text)).toEqual([]);
    expect(entry.withheld).toContain(lacking);
    const templates = asked.filter(({ template }) => concrete.includes(template.type));
    expect(templates.flatMap(({ template }) => template.attributes)).not.toContain(field);
  });
});
