/** test/cases/authorization.yaml: decisions, what left the departments, and what the record says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { NewEntry } from '../../src/audit/entries.js';
import type { Grant } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { World } from '../support/memory-connector.js';
import { type MemoryGateway, openMemoryGateway } from '../support/memory-gateway.js';

interface ExpectedError {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly reason?: string;
}

interface Case {
  readonly id: string;
  readonly name: string;
  readonly client?: string;
  readonly grants: readonly Partial<Grant>[];
  readonly cases?: readonly { readonly number: string; readonly subjects: never[] }[];
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly down?: readonly string[];
  readonly introspection?: boolean;
  readonly recordBroken?: boolean;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  /** Fields the data must have among others. */
  readonly dataPart?: Readonly<Record<string, unknown>>;
  /** Dotted path of a list whose order is not promised. */
  readonly dataUnordered?: string;
  readonly errors?: readonly ExpectedError[];
  /** Codes that occur, where the paths are not the point. */
  readonly errorCodes?: readonly string[];
  readonly outcomes?: readonly { readonly path: unknown; readonly outcome: string; readonly reason?: string }[];
  readonly refused?: string;
  readonly status?: number;
  readonly asked?: Readonly<Record<string, readonly string[]>>;
  readonly askedKeys?: Readonly<Record<string, readonly string[]>>;
  readonly record?: Readonly<Record<string, unknown>>;
}

interface Body {
  readonly data?: Record<string, unknown>;
  readonly errors?: readonly {
    readonly path?: unknown;
    readonly extensions: { readonly code: string; readonly reason?: string };
  }[];
  readonly extensions: { readonly mianzheng: { readonly outcomes?: readonly Record<string, unknown>[] } };
}

const { world, cases } = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/authorization.yaml'), 'utf8')) as {
  readonly world: World;
  readonly cases: readonly Case[];
};

const CASE_FILE = {
  client: 'school',
  matter: 'school-enrolment-primary',
  filedOn: '2026-07-01',
};

const PURPOSE = { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'C-1' };

function headersOf(c: Case): Record<string, string> {
  const all: Record<string, string | null> = {
    ...PURPOSE,
    ...(c.client === undefined ? {} : { authorization: `Bearer ${c.client}` }),
    ...c.headers,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** Sorts the list at a dotted path, so that a case may leave its order open. */
function withoutOrder(data: unknown, path: string | undefined): unknown {
  if (path === undefined) return data;
  const copy = structuredClone(data);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy as Record<string, unknown>);
  (holder[last] as unknown[]).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return copy;
}

function recordOf(entry: NewEntry | undefined): Record<string, unknown> {
  if (entry?.kind !== 'request') throw new Error('no request was recorded');
  return {
    ...entry,
    subjects: entry.subjects.map((subject) => subject.replace('pseudonym of ', '')),
    sources: entry.sources.map(({ department, state }) => `${department} ${state}`),
  };
}

function checkAsked(c: Case, run: MemoryGateway): void {
  const asked = Object.values(run.asked()).flat();
  if (c.asked !== undefined) {
    const templates = Object.fromEntries(
      Object.entries(run.asked())
        .map(
          ([department, all]) =>
            [department, all.map(({ template }) => template.id.replace(`${department}/`, '')).sort()] as const,
        )
        .filter(([, all]) => all.length > 0),
    );
    expect(templates).toEqual(Object.fromEntries(Object.entries(c.asked).map(([d, all]) => [d, [...all].sort()])));
  }
  for (const [id, keys] of Object.entries(c.askedKeys ?? {})) {
    const fetches = asked.filter(({ template }) => template.id.endsWith(id));
    expect(fetches.flatMap((fetch) => fetch.keys)).toEqual(keys);
  }
}

describe('authorization', () => {
  it.each(cases)('$id $name', async (c) => {
    const subjects = [{ role: 'child', kind: 'CITIZEN', id: '350702202001010013' }];
    const files = c.cases ?? [{ number: 'C-1', subjects }];
    const run = await openMemoryGateway({
      world,
      grants: c.grants,
      cases: files.map((file) => ({ ...CASE_FILE, ...file })),
      down: c.down ?? [],
      introspection: c.introspection ?? true,
      recordBroken: c.recordBroken ?? false,
    });
    try {
      const reply = await run.call({ query: c.query, variables: c.variables }, headersOf(c));
      const body = JSON.parse(reply.body) as Body;
      expect(reply.status).toBe(c.status ?? 200);
      if (c.refused !== undefined) {
        expect(body.errors?.map((e) => e.extensions.code)).toEqual([c.refused]);
        expect(body).not.toHaveProperty('data');
      }
      if (c.data !== undefined)
        expect(withoutOrder(body.data, c.dataUnordered)).toEqual(withoutOrder(c.data, c.dataUnordered));
      if (c.dataPart !== undefined) expect(body.data).toMatchObject(c.dataPart);
      if (c.errors !== undefined) {
        const errors = (body.errors ?? []).map(({ path, extensions }) => ({ path, ...extensions }));
        expect(errors).toHaveLength(c.errors.length);
        expect(errors).toEqual(expect.arrayContaining(c.errors.map((e) => expect.objectContaining(e) as unknown)));
      }
      if (c.errorCodes !== undefined) {
        expect([...new Set(body.errors?.map((e) => e.extensions.code))]).toEqual(c.errorCodes);
      }
      for (const outcome of c.outcomes ?? []) {
        expect(body.extensions.mianzheng.outcomes).toContainEqual(expect.objectContaining(outcome));
      }
      checkAsked(c, run);
      if (c.recordBroken !== true) expect(run.entries).toHaveLength(1);
      if (c.record !== undefined) expect(recordOf(run.entries[0])).toMatchObject(c.record);
    } finally {
      await run.close();
    }
  });
});
