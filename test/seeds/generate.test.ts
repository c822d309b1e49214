import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { STORY_SEQUENCES_FROM } from '../../seeds/citizen-ids.js';
import { generateCity } from '../../seeds/generate.js';
import { LICENCE_TYPES } from '../../seeds/reference.js';
import { CITY_DATABASES, type CityRows, noRows, rowsOf, type Stored, type TableName } from '../../seeds/rows.js';
import { readStoryBooks } from '../../seeds/stories.js';
import { storyRows } from '../../seeds/story-rows.js';
import { CITY_VERSION } from '../../seeds/target.js';
import { normaliseAddress } from '../../src/domain/address.js';
import { fromCompactDate } from '../../src/domain/calendar.js';
import { DIVISIONS } from '../../src/domain/divisions.js';
import {
  parseCitizenId,
  parseCreditCode,
  parseLicenceId,
  parsePropertyUnitNumber,
} from '../../src/domain/identifiers.js';

const RESIDENTS = 5000;
const AS_OF = '20260701';

function collect(residents: number, seed: number): CityRows {
  const all = noRows();
  for (const { rows } of generateCity({ residents, seed })) append(all, rows);
  return all;
}

function append(all: CityRows, rows: CityRows): void {
  for (const table of Object.keys(rows) as TableName[]) {
    const into: object[] = all[table];
    for (const row of rows[table]) into.push(row);
  }
}

function fingerprint(rows: CityRows): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

const city = collect(RESIDENTS, 1);
const everything = noRows();
append(everything, city);
append(everything, storyRows(...readStoryBooks()));

const current = city.HJXX_CZRKJBXXB.filter((row) => row.jssj === '00000000' && row.cxbz === '0');
const latest = new Map<string, (typeof current)[number]>();
for (const row of current) if ((latest.get(row.ryid)?.qysj ?? '') < row.qysj) latest.set(row.ryid, row);
const residents = [...latest.values()];
const registered = residents.filter(({ hb }) => hb === '1');
const migrants = residents.filter(({ hb }) => hb === '2');

const birthYear = (id: string): number => Number(id.slice(6, 10));
const share = (part: number, whole: number): number => part / whole;
const canonical = (id: string): string => {
  const parsed = parseCitizenId(id);
  if (!parsed.ok) throw new Error(`not a citizen ID: ${parsed.reason}`);
  return parsed.value;
};

describe('the same city twice', () => {
  it('gives the same rows for the same options', () => {
    expect(fingerprint(collect(800, 42))).toBe(fingerprint(collect(800, 42)));
  });

  it('gives other rows for another seed', () => {
    expect(fingerprint(collect(200, 1))).not.toBe(fingerprint(collect(200, 2)));
  });

  it('gives the rows of its version: who changes them raises CITY_VERSION', () => {
    expect([CITY_VERSION, fingerprint(collect(500, 3507))]).toEqual([
      4,
      'd8fb1e8b51d24571390512c3c91e41e7d49c7b25a878630b9a60cf44c845a418',
    ]);
  });

  it('begins with the same families whatever the size', () => {
    const small = collect(600, 9);
    const large = collect(1500, 9);
    for (const table of ['HJXX_CZRKJBXXB', 'BDC_QLR', 'AC43', 'DZZZ_ZZXX'] as const) {
      const shared = Math.floor(small[table].length * 0.8);
      expect(large[table].slice(0, shared)).toEqual(small[table].slice(0, shared));
    }
  });
});

describe('streaming', () => {
  it('generates nothing before it is asked, and a batch at a time', () => {
    const batches = generateCity({ residents: 20_000_000 });
    let before = 0;
    for (let i = 0; i < 5; i += 1) {
      const { value } = batches.next();
      if (value === undefined) throw new Error('the city ended early');
      expect(value.residents - before).toBeLessThan(500);
      expect(value.residents).toBeGreaterThan(before);
      before = value.residents;
    }
    batches.return();
  });

  it.each([0, 1, 5, 6, 7, 399, 1234])('has exactly %i residents', (count) => {
    const ids = new Set(collect(count, 5).HJXX_CZRKJBXXB.map(({ ryid }) => ryid));
    expect(ids.size).toBe(count);
  });

  it.each([
    [{ residents: -1 }, 'residents'],
    [{ residents: 1.5 }, 'residents'],
    [{ residents: 20_000_001 }, 'residents'],
    [{ residents: 1, seed: -1 }, 'seed'],
    [{ residents: 1, asOf: '2026-02-30' }, 'date'],
    [{ residents: 1, asOf: '1999-12-31' }, 'asOf'],
  ])('refuses %j', (options, word) => {
    expect(() => generateCity(options).next()).toThrow(word);
  });
});

describe('rows fit their tables', () => {
  const tables = CITY_DATABASES.flatMap((database) => database.tables);

  it.each(tables.map((table) => [table.name, table] as const))('%s', (name, table) => {
    const rows = rowsOf(everything, name);
    expect(rows.length).toBeGreaterThan(0);
    const columns = Object.keys(table.columns).join();
    expect(rows.filter((row) => Object.keys(row).join() !== columns)).toEqual([]);
    for (const [column, [type]] of Object.entries(table.columns)) {
      const width = Number(/char\((\d+)\)/.exec(type)?.[1] ?? 0);
      const fits = (value: Stored | undefined) =>
        width === 0
          ? typeof value === 'number'
          : value === null || (typeof value === 'string' && value.length <= width);
      expect(rows.filter((row) => !fits(row[column])).map((row) => row[column])).toEqual([]);
    }
    const keys = new Set(rows.map((row) => table.primaryKey.map((column) => row[column]).join('/')));
    expect(keys.size).toBe(rows.length);
  });
});

describe('identifiers', () => {
  it('are valid citizen IDs, each of one resident, of the recorded sex and date of birth', () => {
    const owners = new Map(everything.HJXX_CZRKJBXXB.map((row) => [canonical(row.gmsfhm), row.ryid]));
    const wrong = everything.HJXX_CZRKJBXXB.filter((row) => {
      const id = canonical(row.gmsfhm);
      const born = id.slice(6, 14);
      const sex = Number(id.charAt(16)) % 2 === 1 ? '1' : '2';
      const birthFits = fromCompactDate(row.csrq) === null || row.csrq === born;
      return owners.get(id) !== row.ryid || row.xb !== sex || !birthFits || born > AS_OF;
    });
    expect(wrong).toEqual([]);
  });

  it('leave the sequences of the named stories alone', () => {
    expect(residents.filter(({ gmsfhm }) => Number(gmsfhm.slice(14, 17)) >= STORY_SEQUENCES_FROM)).toEqual([]);
  });

  it('are valid in every other register', () => {
    const citizens = [
      ...everything.AC01.map(({ aac002 }) => aac002),
      ...everything.YMJZ_ETDA.map(({ sfzh }) => sfzh).filter((id) => id !== ''),
      ...everything.BDC_QLR.filter(({ qlrzjzl }) => qlrzjzl === '111').map(({ qlrzjh }) => qlrzjh),
      ...everything.DZZZ_ZZXX.filter(({ czztdmlxdm }) => czztdmlxdm === '111').map(({ czztdm }) => czztdm),
    ];
    const enterprises = [
      ...everything.AB01.map(({ aab003 }) => aab003),
      ...everything.BDC_QLR.filter(({ qlrzjzl }) => qlrzjzl === '001').map(({ qlrzjh }) => qlrzjh),
      ...everything.DZZZ_ZZXX.filter(({ czztdmlxdm }) => czztdmlxdm === '001').map(({ czztdm }) => czztdm),
      ...everything.DZZZ_ZZXX.map(({ zzbfjgdm }) => zzbfjgdm),
    ];
    expect(citizens.filter((id) => !parseCitizenId(id).ok)).toEqual([]);
    expect(enterprises.filter((code) => !parseCreditCode(code).ok)).toEqual([]);
    expect(everything.BDC_BDCDY.filter(({ bdcdyh }) => !parsePropertyUnitNumber(bdcdyh).ok)).toEqual([]);
    expect(everything.DZZZ_ZZXX.filter(({ zzbs }) => !parseLicenceId(zzbs).ok)).toEqual([]);
  });

  it('have a known kind of document', () => {
    const others = everything.BDC_QLR.filter(({ qlrzjzl }) => qlrzjzl !== '111' && qlrzjzl !== '001');
    expect(others.filter(({ qlrzjzl, qlrzjh }) => qlrzjzl !== '414' || !/^E\d{8}$/.test(qlrzjh))).toEqual([]);
  });
});

describe('what a row names exists', () => {
  const ids = new Set(residents.map(({ gmsfhm }) => canonical(gmsfhm)));
  const plates = new Set(city.HJXX_MLPXXXXB.map(({ mlph }) => mlph));
  const households = new Set(city.HJXX_HXXB.map(({ hh }) => hh));
  const employers = new Set(city.AB01.map(({ aab001 }) => aab001));
  const creditCodes = new Set(city.AB01.map(({ aab003 }) => aab003));

  it('residents: plate, household, parents, guardians', () => {
    const dangling = city.HJXX_CZRKJBXXB.filter((row) => {
      const relatives = [row.fqgmsfhm, row.mqgmsfhm, row.jhrygmsfhm, row.jhregmsfhm];
      const household = row.hb === '2' ? row.hh === '' : households.has(row.hh);
      return !plates.has(row.mlph) || !household || relatives.some((id) => id !== null && !ids.has(id));
    });
    expect(dangling).toEqual([]);
  });

  it('households: their head lives in them', () => {
    const heads = new Map(registered.filter(({ yhzgx }) => yhzgx === '02').map((row) => [row.hh, row]));
    const headless = city.HJXX_HXXB.filter(({ hh, hzgmsfhm }) => canonical(heads.get(hh)?.gmsfhm ?? '') !== hzgmsfhm);
    expect(headless).toEqual([]);
  });

  it('property: unit and right of each holder, holder of each right, the holder as a person or enterprise', () => {
    const units = new Set(city.BDC_BDCDY.map(({ bdcdyh }) => bdcdyh));
    const rights = new Map(city.BDC_QL.map((row) => [row.ywh, row]));
    const held = new Set(city.BDC_QLR.map(({ ywh }) => ywh));
    expect(city.BDC_QL.filter(({ bdcdyh, ywh }) => !units.has(bdcdyh) || !held.has(ywh))).toEqual([]);
    const dangling = city.BDC_QLR.filter((row) => {
      const right = rights.get(row.ywh);
      const known = { '111': () => ids.has(canonical(row.qlrzjh)), '001': () => creditCodes.has(row.qlrzjh) };
      const holds = row.qlrzjzl === '414' || known[row.qlrzjzl as keyof typeof known]();
      return right?.bdcdyh !== row.bdcdyh || right.qszt !== row.qszt || !holds;
    });
    expect(dangling).toEqual([]);
  });

  it('social security: the insured, their employers and payments', () => {
    const insured = new Set(city.AC01.map(({ aac001 }) => aac001));
    expect(city.AC01.filter(({ aac002 }) => !ids.has(canonical(aac002)))).toEqual([]);
    const dangling = [...city.AC02, ...city.AC43].filter(
      ({ aac001, aab001 }) => !insured.has(aac001) || (aab001 !== '' && !employers.has(aab001)),
    );
    expect(dangling).toEqual([]);
    expect(city.AC43.filter(({ aae003 }) => aae003 < '202501' || aae003 > '202606')).toEqual([]);
  });

  it('vaccination: the children and their doses, none after the day of the city', () => {
    const children = new Set(city.YMJZ_ETDA.map(({ fchildno }) => fchildno));
    expect(city.YMJZ_ETDA.filter(({ sfzh }) => sfzh !== '' && !ids.has(canonical(sfzh)))).toEqual([]);
    expect(city.YMJZ_JZJL.filter(({ fchildno, jzrq }) => !children.has(fchildno) || jzrq > AS_OF)).toEqual([]);
  });

  it('licences: type in the catalogue, holder', () => {
    const types = new Set(city.DZZZ_MLXX.map(({ zzlxdm }) => zzlxdm));
    expect(types.size).toBe(Object.keys(LICENCE_TYPES).length);
    const dangling = city.DZZZ_ZZXX.filter(
      ({ zzlxdm, czztdmlxdm, czztdm }) =>
        !types.has(zzlxdm) ||
        (czztdmlxdm === '111' && !ids.has(canonical(czztdm))) ||
        (czztdmlxdm === '001' && !creditCodes.has(czztdm)),
    );
    expect(dangling).toEqual([]);
  });
});

describe('addresses', () => {
  const names = new Map(DIVISIONS.map(({ code, name }) => [code, name]));
  const plateAddresses = everything.HJXX_MLPXXXXB.map((row) =>
    normaliseAddress(`${names.get(row.ssxq)}${row.xzjd}${row.jlx}${row.mlpxz}`),
  );

  it('are never two dwellings at once', () => {
    expect(new Set(plateAddresses).size).toBe(plateAddresses.length);
  });

  it('agree between door plate and the location of the dwelling', () => {
    const known = new Set(plateAddresses);
    const dwellings = everything.BDC_BDCDY.filter(({ ghyt }) => ghyt === '10');
    expect(dwellings.filter(({ zl }) => !known.has(normaliseAddress(zl)))).toEqual([]);
    // And not because they were written alike: province, full-width digits.
    expect(dwellings.some(({ zl }) => /[０-９]/.test(zl))).toBe(true);
    expect(dwellings.some(({ zl }) => !zl.startsWith('福建省'))).toBe(true);
  });
});

describe('the city is plausible', () => {
  it('has the ten divisions', () => {
    expect(new Set(registered.map(({ ssxq }) => ssxq)).size).toBe(10);
  });

  it('has about 12 % migrants, registered elsewhere', () => {
    expect(share(migrants.length, residents.length)).toBeGreaterThan(0.09);
    expect(share(migrants.length, residents.length)).toBeLessThan(0.16);
    expect(migrants.filter(({ ssxq }) => ssxq.startsWith('3507'))).toEqual([]);
  });

  it.each([
    ['under 15', 2012, 2026, 0.11, 0.22],
    ['over 60', 1900, 1966, 0.14, 0.28],
  ] as const)('has a pyramid: %s', (_, from, to, low, high) => {
    const part = residents.filter(({ gmsfhm }) => birthYear(gmsfhm) >= from && birthYear(gmsfhm) <= to).length;
    expect(share(part, residents.length)).toBeGreaterThan(low);
    expect(share(part, residents.length)).toBeLessThan(high);
  });

  it('has households of one to six', () => {
    const sizes = new Map<string, number>();
    for (const { hh } of registered) sizes.set(hh, (sizes.get(hh) ?? 0) + 1);
    expect(new Set(sizes.values())).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('has grandchildren in grandparents’ households whose parents stand in fq and mq only', () => {
    const grandchildren = registered.filter(({ yhzgx }) => /^4[1-4]$/.test(yhzgx));
    const only = grandchildren.filter(({ jhrygmsfhm, fqgmsfhm }) => jhrygmsfhm === null && fqgmsfhm !== null);
    expect(share(grandchildren.length, residents.length)).toBeGreaterThan(0.03);
    expect(only.length).toBeGreaterThan(30);
  });

  it('has parents 16 to 60 years older than their children', () => {
    const years = residents.flatMap(({ gmsfhm, fqgmsfhm, mqgmsfhm }) =>
      [fqgmsfhm, mqgmsfhm].flatMap((parent) => (parent === null ? [] : [birthYear(gmsfhm) - birthYear(parent)])),
    );
    expect(years.length).toBeGreaterThan(1000);
    expect(years.filter((difference) => difference < 16 || difference > 60)).toEqual([]);
  });

  it('has about 35 % of adults in employment, some with interruptions', () => {
    const adults = residents.filter(({ gmsfhm }) => birthYear(gmsfhm) <= 2008).length;
    const months = new Map<string, number>();
    for (const row of city.AC43) if (row.aae140 === '110') months.set(row.aac001, (months.get(row.aac001) ?? 0) + 1);
    expect(share(months.size, adults)).toBeGreaterThan(0.31);
    expect(share(months.size, adults)).toBeLessThan(0.4);
    const interrupted = [...months.values()].filter((count) => count < 18).length;
    expect(share(interrupted, months.size)).toBeGreaterThan(0.15);
    expect(share(interrupted, months.size)).toBeLessThan(0.35);
  });

  it('has sole, joint and by-shares ownership, mortgages, seizures, former owners', () => {
    const owned = city.BDC_QL.filter(({ qszt, qllx }) => qszt === '1' && qllx !== '23');
    for (const manner of ['0', '1', '2']) {
      expect(share(owned.filter(({ gyfs }) => gyfs === manner).length, owned.length)).toBeGreaterThan(0.02);
    }
    const mortgaged = city.BDC_BDCDY.filter(({ sfdy }) => sfdy === '1');
    expect(mortgaged.length).toBe(city.BDC_QL.filter(({ qllx }) => qllx === '23').length);
    expect(share(mortgaged.length, city.BDC_BDCDY.length)).toBeGreaterThan(0.08);
    expect(city.BDC_BDCDY.some(({ sfcf }) => sfcf === '1')).toBe(true);
    expect(city.BDC_BDCDY.some(({ sfyy }) => sfyy === '1')).toBe(true);
    const former = city.BDC_QL.filter(({ qszt }) => qszt === '2').length;
    expect(share(former, owned.length)).toBeGreaterThan(0.15);
    expect(share(former, owned.length)).toBeLessThan(0.3);
  });

  it('has shares that come to a whole', () => {
    const rights = new Set(city.BDC_QL.filter(({ gyfs }) => gyfs === '2').map(({ ywh }) => ywh));
    const sums = new Map<string, number>();
    for (const { ywh, qlbl } of city.BDC_QLR) {
      if (!rights.has(ywh) || qlbl === '') continue;
      const [top = 0, bottom = 1] = qlbl.replace('%', '/100').split('/').map(Number);
      sums.set(ywh, (sums.get(ywh) ?? 0) + top / bottom);
    }
    expect(sums.size).toBeGreaterThan(10);
    for (const sum of sums.values()) expect(sum).toBeCloseTo(1, 6);
  });

  it('has permits endorsed in time and late, leases for some, licences of every fate', () => {
    const permits = city.DZZZ_ZZXX.filter(
      ({ zzlxdm, scbz }) => zzlxdm === LICENCE_TYPES.RESIDENCE_PERMIT.code && scbz === '0',
    );
    const chains = new Map<string, string[]>();
    for (const { zzbh, zzyxqqsrq } of permits) chains.set(zzbh, [...(chains.get(zzbh) ?? []), zzyxqqsrq]);
    const steps = [...chains.values()].flatMap((days) => days.slice(1).map((day, i) => [days[i] ?? '', day] as const));
    const late = steps.filter(([before, after]) => after.slice(4) !== before.slice(4)).length;
    expect(steps.length).toBeGreaterThan(100);
    expect(share(late, steps.length)).toBeGreaterThan(0.02);
    expect(share(late, steps.length)).toBeLessThan(0.2);
    expect(city.DZZZ_ZZXX.some(({ zzlxdm }) => zzlxdm === LICENCE_TYPES.LEASE.code)).toBe(true);
    const statuses = new Set(city.DZZZ_ZZXX.map(({ zzzt }) => zzzt));
    expect(statuses).toEqual(new Set(['01', '02', '03', '04', '05']));
  });

  it('has children with missing and late doses', () => {
    const sevenMonthsOld = city.YMJZ_ETDA.filter(({ csrq }) => csrq < '20251101');
    const third = new Set(
      city.YMJZ_JZJL.filter(({ ym, jc }) => ym === '02' && jc === '3').map(({ fchildno }) => fchildno),
    );
    const given = sevenMonthsOld.filter(({ fchildno }) => third.has(fchildno)).length;
    expect(share(given, sevenMonthsOld.length)).toBeGreaterThan(0.9);
    expect(share(given, sevenMonthsOld.length)).toBeLessThan(1);
  });
});

describe('dirty rows occur', () => {
  it.each([
    ['15-digit numbers in property', city.BDC_QLR.some(({ qlrzjh }) => /^\d{15}$/.test(qlrzjh))],
    ['15-digit numbers in social security', city.AC01.some(({ aac002 }) => /^\d{15}$/.test(aac002))],
    ['15-digit numbers in licences', city.DZZZ_ZZXX.some(({ czztdm }) => /^\d{15}$/.test(czztdm))],
    ['lowercase x', city.HJXX_CZRKJBXXB.some(({ gmsfhm }) => gmsfhm.endsWith('x'))],
    ['zero dates', city.HJXX_CZRKJBXXB.some(({ hslbz }) => hslbz === '00000000')],
    ['blank dates', city.HJXX_CZRKJBXXB.some(({ hslbz }) => hslbz.trim() === '')],
    ['superseded rows never closed', current.length > residents.length],
    ['closed rows', city.HJXX_CZRKJBXXB.some(({ jssj }) => jssj !== '00000000')],
    ['cancelled rows', city.HJXX_CZRKJBXXB.some(({ cxbz }) => cxbz === '1')],
    ['trailing blanks', city.HJXX_CZRKJBXXB.some(({ xm }) => xm.endsWith(' '))],
    ['passports', city.BDC_QLR.some(({ qlrzjzl }) => qlrzjzl === '414')],
    [
      'shares not recorded',
      city.BDC_QL.some(
        ({ ywh, gyfs }) => gyfs === '2' && city.BDC_QLR.some((row) => row.ywh === ywh && row.qlbl === ''),
      ),
    ],
    ['payments not received', city.AC43.some(({ aae111 }) => aae111 === '0')],
    ['void insured', city.AC01.some(({ aae100 }) => aae100 === '0')],
    ['deleted doses', city.YMJZ_JZJL.some(({ scbz }) => scbz === '1')],
    ['deleted licences', city.DZZZ_ZZXX.some(({ scbz }) => scbz === '1')],
    [
      'licences without end in two forms',
      ['00000000', '99991231'].every((end) => city.DZZZ_ZZXX.some(({ zzyxqjzrq }) => zzyxqjzrq === end)),
    ],
    ['older certificate numbers', city.BDC_QLR.some(({ bdcqzh }) => bdcqzh.includes('房权证'))],
  ])('%s', (_, occurs) => {
    expect(occurs).toBe(true);
  });

  it('a household is told from its superseded row by a later qysj only', () => {
    const rows = new Map<string, string[]>();
    for (const { hh, qysj } of city.HJXX_HXXB) rows.set(hh, [...(rows.get(hh) ?? []), qysj]);
    const twice = [...rows.values()].filter((days) => days.length === 2);
    expect(twice.length).toBeGreaterThan(3);
  });
});
