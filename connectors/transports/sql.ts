/** A department behind SQL: any {@link DepartmentDefinition} on any {@link Database}. */
import { LRUCache } from 'lru-cache';
import type { Deadline } from '../../src/domain/deadline.js';
import type { FetchTemplate, Row, RowsByKey } from '../../src/domain/fetch.js';
import type { ScanTemplate } from '../../src/domain/scan.js';
import { SourceError } from '../../src/errors.js';
import { assemble, describeSources, formsOf, type RowMaker, rowMaker } from '../assemble.js';
import { type Connector, type Health, MAX_ROWS_PER_KEY } from '../contract.js';
import { type DepartmentDefinition, type Query, type Source, sourceOf } from '../definition.js';
import { type Bind, type Database, orAborted } from './database.js';
import { compile, compileScan, padded, type ScanStatement, type Statement } from './statement.js';

/** Most keys one statement asks for; more are asked for in turn. */
export const MAX_KEYS_PER_STATEMENT = 512;
/** Most rows one statement brings; where there are more, its keys are asked for by halves. So one key's many rows cost no more memory than these. */
const MAX_ROWS_PER_STATEMENT = 20_000;
/** Templates whose statements are kept; the least used one is dropped beyond it and compiled again when needed. */
const MAX_TEMPLATES = 1000;

interface Prepared {
  readonly source: Source;
  readonly make: RowMaker;
  /** By number of placeholders. */
  readonly statements: Map<number, Statement>;
}

/**
 * Connects a department. One SELECT per {@link MAX_KEYS_PER_STATEMENT} keys, more only where they have more rows than
 * {@link MAX_ROWS_PER_STATEMENT}; a template for no region at all is answered without asking.
 *
 * `fetch` throws SourceError; a template that names what the department does not offer is a fault
 * of the planner and throws RangeError.
 */
export function connectSql(definition: DepartmentDefinition, database: Database): Connector {
  const templates = new LRUCache<string, Prepared>({ max: MAX_TEMPLATES });
  const scans = new LRUCache<string, ScanStatement>({ max: MAX_TEMPLATES });

  function prepare(template: FetchTemplate): Prepared {
    const known = templates.get(template.id);
    if (known !== undefined) return known;
    const source = sourceOf(definition, template.type);
    const prepared = { source, make: rowMaker(source.mapping, template.attributes), statements: new Map() };
    templates.set(template.id, prepared);
    return prepared;
  }

  async function fetchChunk(template: FetchTemplate, keys: readonly string[], deadline: Deadline): Promise<RowsByKey> {
    const { source, make, statements } = prepare(template);
    const forms = formsOf(source, template.by, keys);
    const placeholders = padded(forms.size);
    let statement = statements.get(placeholders);
    if (statement === undefined) {
      statement = compile(source.query, template, placeholders, database.dialect);
      statements.set(placeholders, statement);
    }
    // One row above what the keys may have together. Reached, the answer may have been cut.
    const most = keys.length * MAX_ROWS_PER_KEY;
    const limit = Math.min(most, MAX_ROWS_PER_STATEMENT) + 1;
    const raws = await select(statement.sql, statement.bind([...forms.keys()], limit), deadline);
    if (raws.length === limit) {
      if (most <= MAX_ROWS_PER_STATEMENT) throw new SourceError(definition.code, 'TOO_MANY_ROWS');
      const half = Math.ceil(keys.length / 2);
      const first = await fetchChunk(template, keys.slice(0, half), deadline);
      return new Map([...first, ...(await fetchChunk(template, keys.slice(half), deadline))]);
    }
    return assemble(source, template, make, forms, raws);
  }

  async function select(sql: string, binds: readonly Bind[], deadline: Deadline) {
    try {
      if (deadline.passed) throw new SourceError(definition.code, 'TIMEOUT');
      return await deadline.await(database.select(sql, binds, deadline));
    } catch (cause) {
      const fault = deadline.passed ? 'TIMEOUT' : database.faultOf(cause);
      throw new SourceError(definition.code, fault, { cause });
    }
  }

  function scanStatement(query: Query, template: ScanTemplate): ScanStatement {
    const id = JSON.stringify([template.type, template.where, template.regions]);
    let statement = scans.get(id);
    if (statement === undefined) {
      statement = compileScan(query, template, database.dialect);
      scans.set(id, statement);
    }
    return statement;
  }

  return {
    department: definition.code,
    transport: database.dialect,
    coverage: definition.coverage,
    sources: describeSources(definition),
    derivations: definition.derivations,

    async fetch(template, keys, deadline) {
      const rowsByKey = new Map<string, readonly Row[]>();
      if (template.regions?.length === 0) return rowsByKey;
      for (let from = 0; from < keys.length; from += MAX_KEYS_PER_STATEMENT) {
        const chunk = await fetchChunk(template, keys.slice(from, from + MAX_KEYS_PER_STATEMENT), deadline);
        for (const [key, rows] of chunk) rowsByKey.set(key, rows);
      }
      return rowsByKey;
    },

    async scan(template, after, most, deadline) {
      const { query } = sourceOf(definition, template.type);
      const { scan } = query;
      if (scan === undefined) throw new RangeError(`${template.type} cannot be scanned`);
      if (template.regions?.length === 0) return { keys: [], unreadable: 0, next: null };
      const statement = scanStatement(query, template);
      const raws = await select(statement.sql, statement.bind(after, most), deadline);
      const stored = raws.map(({ k }) => String(k));
      const keys = new Set<string>();
      let unreadable = 0;
      for (const text of stored) {
        const parsed = scan.parse(text.trim());
        if (parsed.ok) keys.add(parsed.value);
        else unreadable += 1;
      }
      return { keys: [...keys], unreadable, next: stored.length < most ? null : (stored.at(-1) ?? null) };
    },

    async health(signal): Promise<Health> {
      const started = performance.now();
      try {
        signal.throwIfAborted();
        await orAborted(database.select('select 1 as alive', []), signal);
        return { state: 'UP', latencyMs: performance.now() - started };
      } catch (cause) {
        return { state: 'DOWN', fault: signal.aborted ? 'TIMEOUT' : database.faultOf(cause) };
      }
    },

    close: () => database.close(),
  };
}
