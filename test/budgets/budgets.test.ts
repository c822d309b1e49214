/** test/cases/budgets.yaml: whom an application may ask about, and what a walk comes to. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { NewEntry } from '../../src/audit/entries.js';
import type { SubjectScope } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import {
  catalogue,
  type MemoryGateway,
  type MemoryGatewayOptions,
  NOW,
  openMemoryGateway,
} from '../support/memory-gateway.js';
import { idOf, PEOPLE } from './people.js';

const MATTER = 'school-enrolment-primary';

interface GivenCase {
  readonly number: string;
  readonly child: string;
  readonly guardian: string;
  readonly filedOn?: string;
}

interface Step {
  readonly resident?: string;
  readonly residents?: readonly string[];
  readonly guardians?: string;
  readonly register?: GivenCase;
  readonly verify?: { readonly asOf?: string };
  readonly season?: readonly GivenCase[];
  readonly minutes?: number;
  readonly hold?: string;
  readonly release?: string;
  readonly case?: string;
  readonly code?: string;
  readonly codes?: readonly (string | null)[];
  readonly retryAfter?: number | null;
  readonly fetches?: number;
  readonly subjects?: readonly string[];
  readonly caseSubjects?: Readonly<Record<string, readonly string[]>>;
}

interface BudgetCase {
  readonly id: string;
  readonly name: string;
  readonly budgets?: NonNullable<MemoryGatewayOptions['budgets']>;
  readonly evidence?: NonNullable<MemoryGatewayOptions['evidence']>;
  readonly hold?: boolean;
  /** Daily quota of the grants. */
  readonly quota?: number;
  readonly down?: readonly string[];
  readonly regions?: readonly string[];
  readonly subjects?: SubjectScope;
  readonly steps: readonly Step[];
  readonly alarms?: readonly { readonly counts?: Readonly<Record<string, number>> }[];
  readonly acts?: readonly unknown[];
}

interface Body {
  readonly data?: { readonly verifyCases?: readonly { readonly code: string | null }[] };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

const { cases } = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/budgets.yaml'), 'utf8')) as {
  readonly cases: readonly BudgetCase[];
};

const EVERYTHING = Object.fromEntries(
  [...catalogue.fields.values()]
    .filter((field) => field.sharing === 'CONDITIONAL')
    .map(({ coordinate }) => [coordinate, 'FULL' as const]),
);

function inputOf({ number, child, guardian, filedOn = '2026-07-01' }: GivenCase) {
  const subjects = [
    { role: 'child', kind: 'CITIZEN', id: idOf(child) },
    { role: 'guardian', kind: 'CITIZEN', id: idOf(guardian) },
  ];
  return { number, filedOn, subjects };
}

/** The document and variables of a step that asks. */
function requestOf({ resident, residents, guardians, register, verify, season }: Step) {
  if (resident !== undefined) {
    return { query: 'query($id: CitizenId!) { resident(id: $id) { name } }', variables: { id: idOf(resident) } };
  }
  if (residents !== undefined) {
    const query = 'query($ids: [CitizenId!]!) { residents(ids: $ids) { name } }';
    return { query, variables: { ids: residents.map(idOf) } };
  }
  if (guardians !== undefined) {
    const query = 'query($id: CitizenId!) { resident(id: $id) { guardians { resident { name } } } }';
    return { query, variables: { id: idOf(guardians) } };
  }
  if (register !== undefined) {
    const query = 'mutation($input: RegisterCaseInput!) { registerCase(input: $input) { number } }';
    return { query, variables: { input: { ...inputOf(register), matter: MATTER } } };
  }
  if (verify !== undefined) {
    return { query: 'mutation($asOf: Date) { verify(asOf: $asOf) { verdict } }', variables: verify };
  }
  if (season === undefined) return null;
  const query = 'mutation($cases: [CaseInput!]!) { verifyCases(cases: $cases) { number code verdict { verdict } } }';
  return { query, variables: { cases: season.map(inputOf) } };
}

type RequestEntry = Extract<NewEntry, { kind: 'request' }>;
const requestsOf = (run: MemoryGateway) => run.entries.filter((e): e is RequestEntry => e.kind === 'request');

async function take(step: Step, run: MemoryGateway, now: () => number): Promise<void> {
  const request = requestOf(step);
  if (request === null) {
    const reason = step.hold ?? step.release;
    if (reason === undefined) return;
    await run.settle();
    const kind = step.hold === undefined ? 'RELEASE' : 'HOLD';
    const event = {
      id: randomUUID(),
      kind,
      client: 'school',
      at: now(),
      actor: 'inspector',
      reason,
      alarm: null,
    } as const;
    expect(await run.gateway.store.events.setHold(event)).toBe(true);
    await run.gateway.policy.refresh();
    return;
  }
  const before = Object.values(run.asked()).flat().length;
  const headers = { 'mianzheng-matter': MATTER, 'mianzheng-case': step.case ?? 'C-1' };
  const reply = await run.call(request, headers);
  const body = JSON.parse(reply.body) as Body;
  const { code = null } = step;
  // A field's own errors, as where a department is down, are not what these cases are about.
  expect(body.data === undefined ? (body.errors?.[0]?.extensions.code ?? '') : null).toBe(code);
  if (code !== null) expect(body).not.toHaveProperty('data');
  if (step.retryAfter !== undefined) expect(reply.retryAfter).toBe(step.retryAfter);
  if (step.codes !== undefined) expect(body.data?.verifyCases?.map((one) => one.code)).toEqual(step.codes);
  if (step.fetches !== undefined) expect(Object.values(run.asked()).flat().length - before).toBe(step.fetches);
  const entry = requestsOf(run).at(-1);
  expect(entry).toMatchObject({ client: 'school', code, outcome: code === null ? 'ANSWERED' : 'REFUSED' });
  if (code !== null) expect(entry).toMatchObject({ disclosed: [], masked: [], verdict: null });
  const pseudonyms = (names: readonly string[]) => names.map((name) => `pseudonym of CITIZEN:${idOf(name)}`).sort();
  if (step.subjects !== undefined) expect(entry?.subjects).toEqual(pseudonyms(step.subjects));
  for (const [number, names] of Object.entries(step.caseSubjects ?? {})) {
    expect(requestsOf(run).find(({ caseNumber }) => caseNumber === number)?.subjects).toEqual(pseudonyms(names));
  }
}

describe('budgets', () => {
  it.each(cases)('$id $name', async (c) => {
    let now = NOW;
    const own = (number: string, child: string) => ({
      client: 'school',
      number,
      matter: MATTER,
      filedOn: '2026-07-01',
      subjects: [{ role: 'child', kind: 'CITIZEN', id: idOf(child) }],
    });
    const run = await openMemoryGateway({
      world: PEOPLE,
      grants: [
        {
          coordinates: EVERYTHING,
          subjects: c.subjects ?? 'ANY',
          regions: c.regions ?? [],
          ...(c.quota === undefined ? {} : { subjectsPerDay: c.quota }),
        },
      ],
      cases: [own('C-1', 'p28'), own('C-2', 'p27')],
      down: c.down ?? [],
      budgets: c.budgets ?? {},
      evidence: c.evidence ?? {},
      hold: c.hold ?? true,
      now: () => now,
    });
    try {
      for (const step of c.steps) {
        now += (step.minutes ?? 0) * 60_000;
        await take(step, run, () => now);
      }
      await run.settle();
      const alarms = run.entries.filter((entry) => entry.kind === 'alarm');
      if (c.alarms !== undefined) {
        expect(alarms).toHaveLength(c.alarms.length);
        expect(alarms).toMatchObject(c.alarms.map((alarm) => ({ client: 'school', ...alarm })));
      }
      const acts = run.entries.filter((entry) => entry.kind === 'administration');
      expect(acts).toMatchObject(c.acts ?? []);
      expect(acts).toHaveLength(c.acts?.length ?? 0);
    } finally {
      await run.close();
    }
  });
});
