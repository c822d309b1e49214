/** Rows of the departments' tables, column by column (connectors/<department>/tables.ts), and batches of them. */
import type { TableDefinition } from '../connectors/contract.js';
import { tables as household } from '../connectors/household/tables.js';
import { tables as licences } from '../connectors/licences/tables.js';
import { tables as property } from '../connectors/property/tables.js';
import { tables as socialSecurity } from '../connectors/social-security/tables.js';
import { tables as vaccination } from '../connectors/vaccination/tables.js';

/** A stored value: text, a number for the decimal columns, or null. */
export type Stored = string | number | null;

/** One department's database of the demonstration city. */
export interface CityDatabase {
  /** File name of the SQLite database, without `.sqlite`; with `_` for `-` the end of the MySQL database's name. */
  readonly name: 'household' | 'property' | 'vaccination' | 'social-security' | 'licences';
  readonly tables: readonly TableDefinition[];
}

/** The five departments' databases. */
export const CITY_DATABASES: readonly CityDatabase[] = [
  { name: 'household', tables: household },
  { name: 'property', tables: property },
  { name: 'vaccination', tables: vaccination },
  { name: 'social-security', tables: socialSecurity },
  { name: 'licences', tables: licences },
];

/** `HJXX_CZRKJBXXB`: one state of one resident. */
export interface ResidentRow {
  ryid: string;
  gmsfhm: string;
  xm: string;
  cym: string | null;
  xb: string;
  mz: string;
  csrq: string;
  csdssxq: string;
  jgssxq: string;
  lxdh: string | null;
  jhryxm: string | null;
  jhrygmsfhm: string | null;
  jhryjhgx: string | null;
  jhrexm: string | null;
  jhregmsfhm: string | null;
  jhrejhgx: string | null;
  fqxm: string | null;
  fqgmsfhm: string | null;
  mqxm: string | null;
  mqgmsfhm: string | null;
  hh: string;
  yhzgx: string;
  ryzt: string;
  hb: string;
  ssxq: string;
  mlph: string;
  hslbz: string;
  qysj: string;
  jssj: string;
  cxbz: string;
}

/** `HJXX_HXXB`: one state of one household. */
export interface HouseholdRow {
  hh: string;
  hlx: string;
  hzxm: string;
  hzgmsfhm: string;
  ssxq: string;
  mlph: string;
  pcs: string;
  qysj: string;
  jssj: string;
  cxbz: string;
}

/** `HJXX_MLPXXXXB`: one door plate. */
export interface PlateRow {
  mlph: string;
  ssxq: string;
  jlx: string;
  mlpxz: string;
  xzjd: string;
  jcwh: string;
  cxbz: string;
}

/** `BDC_BDCDY`: one real-estate unit. */
export interface UnitRow {
  bdcdyh: string;
  zl: string;
  jzmj: number;
  zyjzmj: number;
  ftjzmj: number;
  ghyt: string;
  fwxz: string;
  szc: string;
  zcs: string;
  sfdy: string;
  sfcf: string;
  sfyy: string;
  zt: string;
}

/** `BDC_QL`: one right in a unit. */
export interface RightRow {
  ywh: string;
  bdcdyh: string;
  qllx: string;
  gyfs: string;
  djjg: string;
  djsj: string;
  tdsyqssj: string;
  tdsyjssj: string;
  qszt: string;
}

/** `BDC_QLR`: one holder of a right. */
export interface HolderRow {
  qlrid: string;
  ywh: string;
  bdcdyh: string;
  bdcqzh: string;
  qlrmc: string;
  qlrzjzl: string;
  qlrzjh: string;
  qlbl: string;
  qlrlx: string;
  qszt: string;
}

/** `YMJZ_ETDA`: one child's record. */
export interface ChildRow {
  fchildno: string;
  sfzh: string;
  etxm: string;
  csrq: string;
  xb: string;
  stationCode: string;
  zt: string;
}

/** `YMJZ_JZJL`: one dose. */
export interface DoseRow {
  jlid: string;
  fchildno: string;
  ym: string;
  jc: string;
  jzrq: string;
  ymph: string;
  fmonitorCode: string;
  stationCode: string;
  ismf: string;
  scbz: string;
}

/** `AC01`: one insured person. */
export interface InsuredRow {
  aac001: string;
  aac002: string;
  aac003: string;
  aac004: string;
  aac006: string;
  aac008: string;
  aab301: string;
  aae100: string;
}

/** `AB01`: one employer. */
export interface EmployerRow {
  aab001: string;
  aab003: string;
  aab004: string;
  aab301: string;
  aae100: string;
}

/** `AC02`: one enrolment. */
export interface EnrolmentRow {
  aac001: string;
  aae140: string;
  aac031: string;
  aac030: string;
  aac049: string;
  aab001: string;
  aab301: string;
}

/** `AC43`: one month's payment. */
export interface PaymentRow {
  aac001: string;
  aae003: string;
  aae140: string;
  aab001: string;
  aae020: number;
  aae111: string;
}

/** `LD_SXCJMD`: one entry in a list of bad records. */
export interface ListingRow {
  mdbh: string;
  aab003: string;
  mdlx: string;
  lrjg: string;
  lrrq: string;
  ycrq: string;
  aab301: string;
  aae100: string;
}

/** `DZZZ_ZZXX`: one licence. */
export interface LicenceRow {
  zzbs: string;
  zzmc: string;
  zzlxdm: string;
  zzbh: string;
  zzbfjg: string;
  zzbfjgdm: string;
  zzbfjgxzqh: string;
  zzbfrq: string;
  czzt: string;
  czztdm: string;
  czztdmlxdm: string;
  zzyxqqsrq: string;
  zzyxqjzrq: string;
  zmdz: string;
  zzzt: string;
  scbz: string;
}

/** `DZZZ_MLXX`: one type of licence. */
export interface CatalogueRow {
  zzlxdm: string;
  zzmc: string;
  zzbfjglx: string;
}

/** Rows of all tables, by the table's name. */
export interface CityRows {
  HJXX_CZRKJBXXB: ResidentRow[];
  HJXX_HXXB: HouseholdRow[];
  HJXX_MLPXXXXB: PlateRow[];
  BDC_BDCDY: UnitRow[];
  BDC_QL: RightRow[];
  BDC_QLR: HolderRow[];
  YMJZ_ETDA: ChildRow[];
  YMJZ_JZJL: DoseRow[];
  AC01: InsuredRow[];
  AB01: EmployerRow[];
  AC02: EnrolmentRow[];
  AC43: PaymentRow[];
  LD_SXCJMD: ListingRow[];
  DZZZ_ZZXX: LicenceRow[];
  DZZZ_MLXX: CatalogueRow[];
}

/** Name of a table of the city. */
export type TableName = keyof CityRows;

/** Batch without rows. */
export function noRows(): CityRows {
  return {
    HJXX_CZRKJBXXB: [],
    HJXX_HXXB: [],
    HJXX_MLPXXXXB: [],
    BDC_BDCDY: [],
    BDC_QL: [],
    BDC_QLR: [],
    YMJZ_ETDA: [],
    YMJZ_JZJL: [],
    AC01: [],
    AB01: [],
    AC02: [],
    AC43: [],
    LD_SXCJMD: [],
    DZZZ_ZZXX: [],
    DZZZ_MLXX: [],
  };
}

/** The rows of one table, as columns by name. Empty where the name is no table of the city. */
export function rowsOf(rows: CityRows, table: string): readonly Readonly<Record<string, Stored>>[] {
  return table in rows ? (rows[table as TableName] as unknown as Readonly<Record<string, Stored>>[]) : [];
}
