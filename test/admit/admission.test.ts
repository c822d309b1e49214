/** test/cases/admission.yaml: what a sequence of calls is answered, and what stands on the record. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { documentHash } from '../../src/admit/document-folder.js';
import { DEFAULT_RATE, type Rate } from '../../src/admit/rates.js';
import { FAILURE_LIMITS, type FailureLimits } from '../../src/admit/refusal-flood.js';
import type { DocumentMode, UntrustedDocument } from '../../src/admit/trusted-documents.js';
import { ERROR_STATUS } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { answer } from '../../src/pipeline.js';
import { NOW, openMemoryGateway } from '../support/memory-gateway.js';

interface Step {
  readonly times?: number;
  readonly client?: string | null;
  readonly remote?: string;
  readonly after?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly document?: string;
  readonly documentId?: string | { readonly of: string };
  readonly code: keyof typeof ERROR_STATUS | 'OK';
  readonly wait?: number;
  readonly field?: string;
  readonly withheld?: readonly string[];
  readonly record?: 'none';
}

interface Case {
  readonly id: string;
  readonly name: string;
  readonly rate?: Partial<Rate>;
  readonly clients?: Readonly<Record<string, Partial<Rate>>>;
  readonly failures?: Partial<FailureLimits>;
  /** `school` is on hold. */
  readonly held?: boolean;
  readonly proxies?: readonly string[];
  readonly introspection?: readonly string[];
  readonly documents?: {
    readonly mode: DocumentMode;
    readonly clients?: Readonly<Record<string, DocumentMode>>;
    readonly registered: Readonly<Record<string, readonly string[]>>;
  };
  readonly steps: readonly Step[];
  readonly flood?: string;
  readonly counted?: { readonly refused: number; readonly callers: number };
  readonly told?: readonly { readonly client: string; readonly operation: string | null }[];
}

const cases = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/admission.yaml'), 'utf8')) as readonly Case[];

/** Puts registered documents where the gateway reads them. */
function folderOf({ documents }: Case): string {
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-documents-'));
  for (const [client, texts] of Object.entries(documents?.registered ?? {})) {
    mkdirSync(join(folder, client));
    for (const [i, text] of texts.entries()) writeFileSync(join(folder, client, `${i}.graphql`), text);
  }
  return folder;
}

/** A gateway as a case wants it, with a clock of its own. */
async function open(c: Case, folder: string) {
  const clock = { now: NOW };
  const told: UntrustedDocument[] = [];
  const now = () => clock.now;
  const run = await openMemoryGateway({
    grants: [
      { coordinates: { 'Query.resident': 'FULL', 'Query.residents': 'FULL', 'Resident.name': 'FULL' } },
      { coordinates: { 'Resident.properties': 'FULL', 'Ownership.share': 'FULL' } },
    ],
    cases: [
      { client: 'school', number: 'C-1', matter: 'school-enrolment-primary', filedOn: '2026-07-01', subjects: [] },
    ],
    introspection: false,
    admission: {
      now,
      rates: {
        default: { ...DEFAULT_RATE, ...c.rate },
        clients: new Map(Object.entries(c.clients ?? {})),
        now,
      },
      failures: { ...FAILURE_LIMITS, ...c.failures },
      proxies: new Set(c.proxies ?? []),
      introspectionClients: new Set(c.introspection ?? []),
      documents: {
        mode: c.documents?.mode ?? 'open',
        clients: new Map(Object.entries(c.documents?.clients ?? {})),
        folder,
      },
      onUnknownDocument: (document) => told.push(document),
    },
  });
  if (c.held) {
    const word = { actor: 'inspector', reason: 'a test', alarm: null };
    await run.gateway.store.events.setHold({ id: 'hold', kind: 'HOLD', client: 'school', at: NOW, ...word });
    await run.gateway.policy.refresh();
  }
  return { run, clock, told };
}

function callOf(step: Step): Parameters<typeof answer>[1] {
  const { client = 'school', document, documentId, remote = '192.0.2.200' } = step;
  const headers: Readonly<Record<string, string | undefined>> = {
    authorization: client === null ? undefined : `Bearer ${client}`,
    'content-type': 'application/json',
    accept: 'application/graphql-response+json',
    'mianzheng-matter': 'school-enrolment-primary',
    'mianzheng-case': 'C-1',
    ...step.headers,
  };
  const id = typeof documentId === 'object' ? `sha256:${documentHash(documentId.of)}` : documentId;
  const query = document ?? (id === undefined ? '{ divisions { code } }' : undefined);
  const body = JSON.stringify({ query, documentId: id });
  return {
    method: 'POST',
    header: (name) => headers[name],
    body,
    query: {},
    fault: null,
    remote,
    gone: () => false,
    certificate: () => null,
    answerWith: () => undefined,
  };
}

interface Body {
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly field?: string } }[];
  readonly extensions: { readonly mianzheng: { readonly record?: string } };
}

describe('admission', () => {
  it('is described once', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  it.each(cases)('$id $name', async (c) => {
    const folder = folderOf(c);
    const { run, clock, told } = await open(c, folder);
    try {
      for (const step of c.steps.flatMap((one) => Array.from({ length: one.times ?? 1 }, () => one))) {
        clock.now += step.after ?? 0;
        const before = run.entries.length;
        const reply = await answer(run.gateway, callOf(step));
        const body = JSON.parse(reply.body) as Body;
        const refusal = reply.status === 200 ? undefined : body.errors?.[0]?.extensions;
        expect(refusal?.code ?? 'OK').toBe(step.code);
        expect(refusal?.field).toBe(step.field);
        const status = step.code === 'OK' ? 200 : ERROR_STATUS[step.code];
        expect(reply.status).toBe(status);
        expect(reply.retryAfter).toBe(step.wait ?? null);
        if (step.code !== 'OK') expect(body).not.toHaveProperty('data');
        if (step.record === 'none') {
          expect(run.entries).toHaveLength(before);
          expect(body.extensions.mianzheng).not.toHaveProperty('record');
          continue;
        }
        expect(run.entries).toHaveLength(before + 1);
        expect(run.entries[before]).toMatchObject({
          kind: 'request',
          client: step.client === undefined ? 'school' : step.client,
          outcome: step.code === 'OK' ? 'ANSWERED' : 'REFUSED',
          code: step.code === 'OK' ? null : step.code,
          status,
          ...(step.withheld === undefined ? {} : { withheld: step.withheld }),
        });
      }
      // Lists match only in full length.
      if (c.told !== undefined) expect(told).toMatchObject(c.told);
      expect(JSON.stringify(told)).not.toContain('350702202001010013');
      const recorded = run.entries.length;
      await run.gateway.admission.close();
      const summary = {
        kind: 'administration',
        actor: 'gateway',
        action: c.flood ?? 'unauthenticated.counted',
        after: c.counted,
      };
      expect(run.entries.slice(recorded)).toMatchObject(c.counted === undefined ? [] : [summary]);
    } finally {
      await run.close();
      rmSync(folder, { recursive: true });
    }
  });
});
