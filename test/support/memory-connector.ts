/**
 * Departments held in memory, that answer a fetch template exactly: only its attributes, only its
 * regions. What was asked for is kept, so that a test can say what left a department.
 */
import type { Connector } from '../../connectors/contract.js';
import type { Catalogue } from '../../src/authorize/catalogue.js';
import { type FetchTemplate, ROW_KEY, type Row, type RowsByKey } from '../../src/domain/fetch.js';
import { SourceError } from '../../src/errors.js';

/** A row with every attribute and lookup of its type; `$region` is its division. */
export type WholeRow = Readonly<Record<string, unknown>>;

/** Rows by type. */
export type World = Readonly<Record<string, readonly WholeRow[]>>;

/** One fetch that was made. */
export interface Asked {
  readonly template: FetchTemplate;
  readonly keys: readonly string[];
}

/** A department in memory. */
export interface MemoryConnector extends Connector {
  readonly asked: readonly Asked[];
}

function project(row: WholeRow, attributes: readonly string[], index: number): Row {
  const out: Record<string, unknown> = {};
  const embedded = new Map<string, string[]>();
  for (const attribute of attributes) {
    const [head = '', member] = attribute.split('.');
    if (attribute === ROW_KEY) out[ROW_KEY] = row[ROW_KEY] ?? String(index);
    else if (member !== undefined) embedded.set(head, [...(embedded.get(head) ?? []), member]);
    else if (!embedded.has(head)) out[head] = row[head] ?? null;
  }
  for (const [head, members] of embedded) {
    const whole = row[head];
    const part = (object: WholeRow): Row =>
      Object.fromEntries(members.map((member) => [member, object[member] ?? null]));
    out[head] = Array.isArray(whole) ? whole.map(part) : whole ? part(whole as WholeRow) : null;
  }
  // An embedded object asked for by its bare name shows that it is there, and nothing of it.
  for (const attribute of attributes) {
    const whole = row[attribute];
    if (embedded.has(attribute) || attribute.includes('.')) continue;
    if (Array.isArray(whole) && whole.every((w) => typeof w === 'object')) out[attribute] = whole.map(() => ({}));
  }
  return out;
}

/**
 * Holds the types that `catalogue` says the department owns.
 * @param options `down`: every fetch is UNREACHABLE; `hanging`: none ends
 */
export function memoryConnector(
  catalogue: Catalogue,
  department: string,
  world: World,
  options: { readonly coverage?: readonly string[]; readonly down?: boolean; readonly hanging?: boolean } = {},
): MemoryConnector {
  const asked: Asked[] = [];
  const types = [...catalogue.owners].filter(([, owner]) => owner === department).map(([type]) => type);
  return {
    department,
    transport: 'memory',
    coverage: options.coverage ?? [],
    sources: Object.fromEntries(types.map((type) => [type, { attributes: [], lookups: [] }])),
    derivations: {
      'VaccinationRecord.assessment': (row) => row.assessmentBasis,
    },
    asked,
    async fetch(template, keys): Promise<RowsByKey> {
      asked.push({ template, keys });
      if (options.hanging) return new Promise(() => undefined);
      if (options.down) throw new SourceError(department, 'UNREACHABLE');
      const rows = new Map<string, Row[]>();
      for (const [i, row] of (world[template.type] ?? []).entries()) {
        const key = String(row[template.by]);
        if (!keys.includes(key)) continue;
        if (template.regions !== null && !template.regions.some((prefix) => String(row.$region).startsWith(prefix)))
          continue;
        rows.set(key, [...(rows.get(key) ?? []), project(row, template.attributes, i)]);
      }
      return rows;
    },
    health: async () => (options.down ? { state: 'DOWN', fault: 'UNREACHABLE' } : { state: 'UP', latencyMs: 0 }),
    close: async () => undefined,
  };
}
