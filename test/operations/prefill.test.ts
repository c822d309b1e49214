/** The form of a case, filled under the application's grants and on the record: the cases stand in test/cases/prefill.yaml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Grant } from '../../src/authorize/rights.js';
import type { Prefill } from '../../src/operations/prefill.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openMemoryGateway } from '../support/memory-gateway.js';

const MATTER = 'public-venue-hygiene-cancellation';
const LICENCE = '1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U';
const ENTERPRISE = '91350702MA2Y0A1B53';
const PREFILL = '{ prefill { total filled typed fields { field state value coordinate department fetchedAt } } }';
const HEADERS = { 'mianzheng-matter': MATTER, 'mianzheng-case': 'C-1' };

const ROW = {
  id: LICENCE,
  typeName: '公共场所卫生许可证',
  number: '延卫公证字〔2023〕第0000012号',
  issuer: '延平区卫生健康局',
  issuedDate: '2023-05-08',
  validFrom: '2023-05-08',
  validTo: '2027-05-07',
  address: '福建省南平市延平区滨江路2号',
  holder: { type: 'Enterprise', key: ENTERPRISE },
  $region: '350702',
};

interface PrefillCase {
  readonly name: string;
  /** null takes the coordinate out. */
  readonly grants: Readonly<Record<string, 'FULL' | 'MASKED' | 'PREDICATE' | null>>;
  readonly down?: readonly string[];
  /** A second grant, of another district. */
  readonly elsewhere?: Grant['coordinates'];
  /** Values of the licence that differ. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly filled: number;
  readonly typed: number;
  readonly states: Readonly<Record<string, string>>;
  readonly record: Readonly<Record<string, unknown>>;
  readonly disclosed?: readonly string[];
}

const { cases } = parse(readFileSync(join(PACKAGE_ROOT, 'test/cases/prefill.yaml'), 'utf8'), { merge: true }) as {
  readonly cases: readonly PrefillCase[];
};

function gatewayFor(one: Pick<PrefillCase, 'grants' | 'elsewhere' | 'down' | 'set'>) {
  const granted = Object.entries({ ...one.grants, 'Query.prefill': 'FULL' }).filter(([, given]) => given !== null);
  return openMemoryGateway({
    grants: [
      { matters: [MATTER], coordinates: Object.fromEntries(granted) as Grant['coordinates'], subjects: 'RELATED' },
      ...(one.elsewhere === undefined
        ? []
        : [{ matters: [MATTER], coordinates: one.elsewhere, subjects: 'RELATED' as const, regions: ['350703'] }]),
    ],
    cases: [
      {
        client: 'school',
        number: 'C-1',
        matter: MATTER,
        filedOn: '2026-07-01',
        subjects: [
          { role: 'enterprise', kind: 'ENTERPRISE', id: ENTERPRISE },
          { role: 'licence', kind: 'LICENCE', id: LICENCE },
        ],
      },
    ],
    world: {
      Licence: [{ ...ROW, ...one.set }],
      Enterprise: [{ creditCode: ENTERPRISE, name: '延平区江滨旅社', $region: '350702' }],
    },
    ...(one.down === undefined ? {} : { down: one.down }),
  });
}

describe('a form', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const run = await gatewayFor(one);
    try {
      const { body } = await run.call({ query: PREFILL }, HEADERS);
      const { data } = JSON.parse(body) as { readonly data: { readonly prefill: Prefill } };
      const { total, filled, typed, fields } = data.prefill;
      expect({ total, filled, typed }).toEqual({ total: 12, filled: one.filled, typed: one.typed });
      const left = fields.filter(({ state }) => state !== 'FILLED' && state !== 'TYPED');
      expect(Object.fromEntries(left.map(({ field, state }) => [field, state]))).toEqual(one.states);
      for (const { state, value, fetchedAt, department } of fields) {
        expect(value !== null).toBe(state === 'FILLED' || state === 'MASKED');
        if (state === 'FILLED') expect(fetchedAt).toMatch(/^2026-07-01T/);
        expect(department === null).toBe(state === 'TYPED');
      }
      const entry = run.entries.at(-1);
      expect(entry).toMatchObject({ ...one.record, matter: MATTER, caseNumber: 'C-1' });
      if (one.disclosed !== undefined) expect(entry).toMatchObject({ disclosed: one.disclosed });
    } finally {
      await run.close();
    }
  });

  it('is null for a matter that has none, and asks no department', async () => {
    const run = await openMemoryGateway({
      grants: [{ matters: ['employment-subsidy'], coordinates: { 'Query.prefill': 'FULL' } }],
      cases: [
        {
          client: 'school',
          number: 'C-1',
          matter: 'employment-subsidy',
          filedOn: '2026-07-01',
          subjects: [{ role: 'applicant', kind: 'CITIZEN', id: '350702199003149014' }],
        },
      ],
    });
    try {
      const { body } = await run.call({ query: PREFILL }, { ...HEADERS, 'mianzheng-matter': 'employment-subsidy' });
      expect(JSON.parse(body)).toMatchObject({ data: { prefill: null } });
      expect(Object.values(run.asked()).flat()).toEqual([]);
    } finally {
      await run.close();
    }
  });

  it('is refused without its own grant, and without a case', async () => {
    const run = await gatewayFor({ grants: { 'Query.prefill': null } });
    const { grants } = await run.gateway.store.readPolicy();
    await run.gateway.store.setGrantStatus(grants[0]?.id ?? '', 'REVOKED');
    await run.gateway.policy.refresh();
    try {
      const withheld = JSON.parse((await run.call({ query: PREFILL }, HEADERS)).body) as object;
      expect(withheld).toMatchObject({ data: { prefill: null }, errors: [{ extensions: { code: 'WITHHELD' } }] });
      const { 'mianzheng-matter': matter } = HEADERS;
      const noCase = JSON.parse((await run.call({ query: PREFILL }, { 'mianzheng-matter': matter })).body) as object;
      expect(noCase).toMatchObject({ errors: [{ extensions: { code: 'PURPOSE_REQUIRED' } }] });
    } finally {
      await run.close();
    }
  });
});
