/** The five departments through the tables that Mesh serves: what is joined in SQL elsewhere is joined here. */
import { pageOfMonths } from '../../floors/insurance.js';
import { typedLicences } from '../../floors/licences.js';
import { formsOfAll } from '../../floors/people.js';
import { unitOf } from '../../floors/property.js';
import { byKey, NOTHING, type Raw, type RowsByKey, rowsOf } from '../../floors/raw.js';
import { vaccinationOf } from '../../floors/vaccination.js';
import { type City, ownershipsOf, residentFrom } from '../shared/city.js';

/** Conditions by column: `= value`, or one of a list. */
export type Where = Readonly<Record<string, string | readonly string[]>>;

/** Reads rows of a table that meet all conditions. */
export type Select = (table: string, where: Where, columns: string) => Promise<readonly Raw[]>;

const PERSON = `gmsfhm qysj xm csrq ryzt hslbz mlph
  jhryxm jhrygmsfhm jhryjhgx jhrexm jhregmsfhm jhrejhgx fqxm fqgmsfhm mqxm mqgmsfhm`;

function valuesOf(rows: readonly Raw[], column: string): string[] {
  const values = new Set<string>();
  for (const row of rows) if (typeof row[column] === 'string') values.add(row[column]);
  return [...values];
}

/** Rows of a table whose column holds one of the values, by that column. */
async function lookup(
  select: Select,
  table: string,
  column: string,
  values: readonly string[],
  where: Where,
  columns: string,
) {
  return values.length === 0 ? NOTHING : byKey(await select(table, { ...where, [column]: values }, columns), column);
}

/** Each row with each of its counterparts, as a JOIN has them. */
function joined(rows: readonly Raw[], column: string, counterparts: RowsByKey): Raw[] {
  return rows.flatMap((row) => (counterparts.get(String(row[column])) ?? []).map((other) => ({ ...other, ...row })));
}

async function residentRows(select: Select, ids: readonly string[]): Promise<RowsByKey> {
  const where = { gmsfhm: formsOfAll(ids), cxbz: '0', jssj: '00000000' };
  const people = (await select('HJXX_CZRKJBXXB', where, PERSON)).filter(({ ryzt }) => ryzt !== '7');
  const plates = await lookup(
    select,
    'HJXX_MLPXXXXB',
    'mlph',
    valuesOf(people, 'mlph'),
    { cxbz: '0' },
    'mlph ssxq xzjd jlx mlpxz',
  );
  const rows = people.map((person) => {
    const plate = plates.get(String(person.mlph))?.[0];
    return { ...plate, ...person, plate: plate?.mlph ?? null, plate_ssxq: plate?.ssxq };
  });
  return byKey(rows, 'gmsfhm');
}

async function ownershipRows(select: Select, ids: readonly string[]): Promise<RowsByKey> {
  const holders = await select('BDC_QLR', { qlrzjh: formsOfAll(ids), qszt: '1' }, 'qlrzjh qlrid bdcdyh qlbl ywh');
  const rights = await lookup(select, 'BDC_QL', 'ywh', valuesOf(holders, 'ywh'), { qszt: '1' }, 'ywh gyfs qllx');
  return byKey(
    joined(holders, 'ywh', rights).filter(({ qllx }) => qllx !== '23'),
    'qlrzjh',
  );
}

async function vaccinationRows(select: Select, ids: readonly string[]): Promise<RowsByKey> {
  const children = (await select('YMJZ_ETDA', { sfzh: formsOfAll(ids) }, 'sfzh fchildno zt csrq')).filter(
    ({ zt }) => zt !== '9',
  );
  const numbers = valuesOf(children, 'fchildno');
  const doses = await lookup(select, 'YMJZ_JZJL', 'fchildno', numbers, { scbz: '0' }, 'fchildno jlid ym jc jzrq');
  const rows = children.flatMap((child) => {
    const given = joined([child], 'fchildno', doses);
    return given.length > 0 ? given : [{ ...child, jlid: null }];
  });
  return byKey(rows, 'sfzh');
}

async function monthRows(select: Select, ids: readonly string[]): Promise<RowsByKey> {
  const people = await select('AC01', { aac002: formsOfAll(ids), aae100: '1' }, 'aac001 aac002');
  const numbers = valuesOf(people, 'aac001');
  const months = await lookup(select, 'AC43', 'aac001', numbers, { aae111: '1' }, 'aac001 aae003 aae140');
  return byKey(joined(people, 'aac001', months), 'aac002');
}

/** @param day a vaccination is judged by, `YYYY-MM-DD` */
export function cityOfTables(select: Select, day: string): Omit<City, 'close'> {
  return {
    async residents(ids) {
      const rows = await residentRows(select, ids);
      return ids.map((id) => residentFrom(rows, id));
    },
    async properties(ids) {
      const rows = await ownershipRows(select, ids);
      return ids.map((id) => ownershipsOf(id, rows));
    },
    async units(numbers) {
      const rows = await lookup(
        select,
        'BDC_BDCDY',
        'bdcdyh',
        [...new Set(numbers)],
        { zt: '1' },
        'bdcdyh zl jzmj ghyt',
      );
      return numbers.map((number) => unitOf(rows, number));
    },
    async licences(ids) {
      const columns = 'czztdm zzlxdm zzzt zzyxqqsrq zzyxqjzrq';
      const rows = await lookup(select, 'DZZZ_ZZXX', 'czztdm', formsOfAll(ids), { scbz: '0' }, columns);
      return ids.map((id) => typedLicences(id, rows));
    },
    async insuredMonths(ids) {
      const rows = await monthRows(select, ids);
      return ids.map((id) => pageOfMonths(id, rows));
    },
    async vaccinations(ids) {
      const rows = await vaccinationRows(select, ids);
      return ids.map((id) => vaccinationOf(rowsOf(rows, id), day));
    },
  };
}
