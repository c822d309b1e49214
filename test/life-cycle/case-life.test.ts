/** The life of cases from outside: what applications do with them, what they are told, and what the record has of it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportRecord } from '../../src/audit/export.js';
import { recordFolder } from '../../src/places.js';
import { type Answer, embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { catalogue, openMemoryGateway } from '../support/memory-gateway.js';
import { identifierOf, SENTINEL_CITY } from '../surface/sentinel-city.js';

interface Step {
  readonly do: string;
  readonly operator?: string;
  readonly state?: string;
  readonly refused?: string;
  readonly field?: string;
  readonly says?: string;
  readonly rectification?: string;
  readonly due?: string;
  readonly record: readonly string[];
  readonly tells?: readonly string[];
  readonly explains?: readonly string[];
}

interface Scenario {
  readonly name: string;
  readonly client: string;
  readonly matter: string;
  readonly case: string;
  readonly steps: readonly Step[];
}

const SCENARIOS = parse(readFileSync(new URL('../cases/case-life.yaml', import.meta.url), 'utf8')) as Scenario[];

const PROGRESS = `{ number state verdict decision explanation { textZh textEn } rating { rectification due }
  events { id kind time actor operator outcome reason due receipt record } notices { kind state textZh } }`;

interface Progress {
  readonly state: string;
  readonly explanation: { readonly textZh: string } | null;
  readonly rating: { readonly rectification: string; readonly due: string | null } | null;
  readonly events: readonly {
    readonly kind: string;
    readonly record: string | null;
    readonly receipt: string | null;
  }[];
  readonly notices: readonly { readonly state: string; readonly textZh: string }[];
}

/** 1 July 2026, 10:00 in China. */
const NOW = Date.parse('2026-07-01T02:00:00Z');

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let run: RunningGateway;

beforeAll(async () => {
  city = await embeddedCityFolder();
  let now = NOW;
  // Later with every look, but never so much that another would take up what this process is about.
  run = await startGateway(city.folder, {}, 'gateway-1', {}, () => (now += 1));
});

afterAll(async () => {
  await run.close();
  city.remove();
});

/** The changes in the record, as `action before>after`, of one case. */
async function changesOf(subject: string): Promise<readonly string[]> {
  const changes: string[] = [];
  for await (const { kind, record } of exportRecord(recordFolder(run.config))) {
    if (kind !== 'administration' || record.subject !== subject) continue;
    const { before, after } = record as unknown as Readonly<Record<'before' | 'after', { readonly state: string }>>;
    changes.push(`${record.action} ${before.state}>${after.state}`);
  }
  return changes;
}

function documentOf(asked: string): string {
  if (asked === 'verify') return 'mutation { verify { verdict receipt } }';
  return asked === 'caseFile' ? `{ caseFile ${PROGRESS} }` : `mutation { ${asked} ${PROGRESS} }`;
}

const errorsOf = ({ errors }: Answer) =>
  (errors ?? []) as unknown as readonly {
    readonly message: string;
    readonly extensions: { readonly code: string; readonly field?: string };
  }[];

describe.each(SCENARIOS)('$name', ({ client, matter, case: number, steps }) => {
  it('goes as it should', async () => {
    let before = await changesOf(`${client}/${number}`);
    let told = 0;
    for (const step of steps) {
      const purpose = { 'mianzheng-matter': matter, 'mianzheng-case': number };
      const by: Record<string, string> = step.operator === undefined ? {} : { 'mianzheng-operator': step.operator };
      const answer = await run.ask(client, { ...purpose, ...by }, documentOf(step.do));
      const [error] = errorsOf(answer);
      const where = `${step.do}: ${error?.message ?? ''}`;
      expect(error?.extensions.code, where).toBe(step.refused);
      if (step.field !== undefined) expect(error?.extensions.field, where).toBe(step.field);
      if (step.says !== undefined) expect(error?.message).toContain(step.says);
      const changes = await changesOf(`${client}/${number}`);
      expect(changes.slice(before.length), where).toEqual(step.record);
      before = changes;
      if (step.refused !== undefined || step.do === 'verify') continue;
      const [progress] = Object.values(answer.data ?? {}) as unknown as Progress[];
      if (step.state !== undefined) expect(progress?.state, where).toBe(step.state);
      if (step.rectification !== undefined) expect(progress?.rating?.rectification).toBe(step.rectification);
      if (step.due !== undefined) expect(progress?.rating?.due).toBe(step.due);
      for (const words of step.explains ?? []) expect(progress?.explanation?.textZh).toContain(words);
      for (const words of step.tells ?? []) expect(progress?.notices.at(-1)?.textZh).toContain(words);
      if (step.tells !== undefined) expect(progress?.notices.length).toBeGreaterThan(told);
      told = progress?.notices.length ?? told;
      // Whatever is shown stands in the record.
      expect(progress?.events.filter(({ record }) => record === null)).toEqual([]);
    }
  });
});

describe('a verdict that is PENDING because a department is down', () => {
  it('is no ground for a refusal, whoever says it', async () => {
    const subjects = ['Resident', 'Resident'].map((type, layer) => {
      return { role: layer === 0 ? 'child' : 'guardian', kind: 'CITIZEN', id: identifierOf(type, layer) };
    });
    const coordinates = [...catalogue.fields.values()].flatMap((field) =>
      field.sharing === 'CONDITIONAL' ? [[field.coordinate, 'FULL' as const] as const] : [],
    );
    const memory = await openMemoryGateway({
      world: SENTINEL_CITY,
      grants: [{ coordinates: Object.fromEntries(coordinates), maxHops: 5 }],
      cases: [{ client: 'school', number: 'C-1', matter: 'school-enrolment-primary', filedOn: '2026-07-01', subjects }],
      down: ['HOUSEHOLD', 'PROPERTY', 'SOCIAL_SECURITY', 'LICENCES', 'VACCINATION'],
    });
    try {
      const purpose = {
        'mianzheng-matter': 'school-enrolment-primary',
        'mianzheng-case': 'C-1',
        'mianzheng-operator': 'li',
      };
      const judged = await memory.call({ query: documentOf('verify') }, purpose);
      expect(JSON.parse(judged.body)).toMatchObject({ data: { verify: { verdict: 'PENDING' } } });
      const query = documentOf('decideCase(input: { outcome: REFUSED, reason: "查不到" })');
      const refused = await memory.call({ query }, purpose);
      const field = 'input.outcome';
      expect(JSON.parse(refused.body)).toMatchObject({ errors: [{ extensions: { code: 'CASE_STATE', field } }] });
      expect(memory.entries.filter(({ kind }) => kind === 'administration')).toEqual([]);
    } finally {
      await memory.close();
    }
  });
});

describe('a receipt', () => {
  const purpose = { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'NP-2026-0001' };
  const decide = (receipt: string, on = purpose) =>
    run.ask(
      'school-enrolment',
      on,
      `mutation($r: String) { decideCase(input: { outcome: GRANTED, receipt: $r }) ${PROGRESS} }`,
      { r: receipt },
    );
  const verify = async (on = purpose) =>
    String((await run.ask('school-enrolment', on, documentOf('verify'))).data?.verify?.['receipt' as never]);

  it('ties a decision to the latest verdict of its own case', async () => {
    const elsewhere = { ...purpose, 'mianzheng-case': 'NP-2026-0002' };
    const other = await verify(elsewhere);
    const first = await verify();
    const second = await verify();
    for (const [receipt, why] of [
      ['', 'no receipt'],
      [`${first.slice(0, -10)}${first.at(-10) === 'A' ? 'B' : 'A'}${first.slice(-9)}`, 'no receipt'],
      [other, 'another case'],
      [first, 'not of the latest verdict'],
    ] as const) {
      const answer = await decide(receipt);
      const [error] = errorsOf(answer);
      expect(error?.extensions, why).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.receipt' });
      expect(error?.message).toContain(why);
    }
    const answer = await decide(second);
    const progress = answer.data?.decideCase as unknown as Progress;
    const { jti } = JSON.parse(Buffer.from(second.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
    expect(progress.state).toBe('DECIDED');
    expect(progress.events.findLast(({ kind }) => kind === 'DECIDED')?.receipt).toBe(jti);
    expect(progress.events.map(({ kind }) => kind)).toEqual(['JUDGED', 'JUDGED', 'DECIDED']);
  });
});
