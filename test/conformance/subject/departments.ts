/** Departments in memory that answer a fetch template exactly: its attributes, its regions, its keys. */
import type { Connector, Derivation } from '../../../connectors/contract.js';
import type { Catalogue } from '../../../src/authorize/catalogue.js';
import { type FetchTemplate, ROW_KEY, type Row, type RowsByKey } from '../../../src/domain/fetch.js';
import { SourceError } from '../../../src/errors.js';
import type { Sources } from '../../../src/execute/sources.js';
import type { SourceRow, SourceWorld } from '../situation.js';

/** What the departments hold now; a gateway lives through many worlds. */
export interface Holdings {
  world: SourceWorld;
  down: readonly string[];
  /** Fetches made: template and keys, in order. */
  asked: string[];
}

type Projection = (row: SourceRow, index: number) => Row;

function part(value: unknown, members: readonly string[]): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((each) => part(each, members));
  const object = value as SourceRow;
  return Object.fromEntries(members.map((member) => [member, object[member] ?? null]));
}

function projection(attributes: readonly string[]): Projection {
  const members = new Map<string, string[]>();
  const plain: string[] = [];
  for (const attribute of attributes) {
    const dot = attribute.indexOf('.');
    if (dot < 0) plain.push(attribute);
    else {
      const head = attribute.slice(0, dot);
      members.set(head, [...(members.get(head) ?? []), attribute.slice(dot + 1)]);
    }
  }
  return (row, index) => {
    const out: Record<string, unknown> = {};
    for (const attribute of plain) {
      if (attribute === ROW_KEY) out[ROW_KEY] = row[ROW_KEY] ?? String(index);
      else if (!members.has(attribute)) out[attribute] = row[attribute] ?? null;
    }
    for (const [head, wanted] of members) out[head] = part(row[head], wanted);
    return out;
  };
}

/** An embedded object asked for by its bare name shows that it is there, and nothing of it; a reference is a key. */
function bareEmbedded(catalogue: Catalogue): ReadonlySet<string> {
  const found = new Set<string>();
  for (const field of catalogue.fields.values()) {
    if (field.source.kind === 'EMBEDDED') found.add(`${field.type}.${field.field}`);
  }
  return found;
}

function derivations(catalogue: Catalogue, department: string): Record<string, Derivation> {
  const all: Record<string, Derivation> = {};
  for (const field of catalogue.fields.values()) {
    const { source } = field;
    if (source.kind === 'DERIVED' && field.department === department) {
      const [first = '', ...others] = source.from;
      // A text of all it reads; an object where it reads one attribute that holds one.
      all[field.coordinate] = (row) =>
        others.length === 0 ? (row[first] ?? null) : source.from.map((name) => (row[name] ?? '') as string).join('+');
    }
  }
  return all;
}

/** Opens the departments of a catalogue over what `holdings` holds at each fetch. */
export function openDepartments(catalogue: Catalogue, holdings: Holdings, fetchedAt: string): Sources {
  const projections = new Map<string, Projection>();
  const embedded = bareEmbedded(catalogue);
  const indexes = new WeakMap<SourceWorld, Map<string, ReadonlyMap<string, readonly number[]>>>();

  function rowsBy({ type, by }: FetchTemplate): ReadonlyMap<string, readonly number[]> {
    let ofWorld = indexes.get(holdings.world);
    if (ofWorld === undefined) {
      ofWorld = new Map();
      indexes.set(holdings.world, ofWorld);
    }
    const name = `${type}/${by}`;
    let index = ofWorld.get(name);
    if (index === undefined) {
      const made = new Map<string, number[]>();
      for (const [i, row] of (holdings.world[type] ?? []).entries()) {
        const key = String(row[by]);
        const known = made.get(key);
        if (known) known.push(i);
        else made.set(key, [i]);
      }
      index = made;
      ofWorld.set(name, index);
    }
    return index;
  }

  function projected(template: FetchTemplate): Projection {
    let project = projections.get(template.id);
    if (project === undefined) {
      const bare = template.attributes.filter(
        (name) =>
          embedded.has(`${template.type}.${name}`) && !template.attributes.some((a) => a.startsWith(`${name}.`)),
      );
      const plain = projection(template.attributes.filter((name) => !bare.includes(name)));
      project = (row, i) => {
        const out = plain(row, i) as Record<string, unknown>;
        for (const name of bare) out[name] = part(row[name], []);
        return out;
      };
      projections.set(template.id, project);
    }
    return project;
  }

  function rowsOf(template: FetchTemplate, keys: readonly string[]): RowsByKey {
    const project = projected(template);
    const index = rowsBy(template);
    const all = holdings.world[template.type] ?? [];
    const found = new Map<string, Row[]>();
    for (const key of keys) {
      const rows: Row[] = [];
      for (const i of index.get(key) ?? []) {
        const row = all[i] as SourceRow;
        const { regions } = template;
        if (regions !== null && !regions.some((prefix) => String(row.$region).startsWith(prefix))) continue;
        rows.push(project(row, i));
      }
      if (rows.length > 0) found.set(key, rows);
    }
    return found;
  }

  const departments = [...new Set(catalogue.owners.values())];
  const connectors: Connector[] = departments.map((department) => ({
    department,
    transport: 'memory',
    coverage: [],
    sources: {},
    derivations: derivations(catalogue, department),
    fetch: async (template, keys) => rowsOf(template, keys),
    health: async () => ({ state: 'UP', latencyMs: 0 }),
    close: async () => undefined,
  }));
  const byName = new Map(connectors.map((connector) => [connector.department, connector]));
  return {
    connectors,
    async load(template, keys) {
      holdings.asked.push(`${template.id} ${[...keys].sort().join(' ')}`);
      if (holdings.down.includes(template.department)) throw new SourceError(template.department, 'UNREACHABLE');
      return { rows: rowsOf(template, keys), fetchedAt };
    },
    connector(department) {
      const connector = byName.get(department);
      if (connector === undefined) throw new RangeError(`no connector for department ${department}`);
      return connector;
    },
    queues: () => [],
    protections: () => [],
    cities: () => [],
    scan: () => Promise.reject(new RangeError('nothing is scanned here')),
    close: async () => undefined,
  };
}
