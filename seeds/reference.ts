/** Reference data of the demonstration city: licence types, vaccines and issuing authorities. Demo values where no national one is known. */
import { creditCodeCheckCharacter } from '../src/domain/identifiers.js';
import type { Enterprise } from './world.js';

/** A type of electronic licence (证照类型). */
export interface LicenceType {
  /** 证照类型代码, 21 characters, GB/T 36902. */
  readonly code: string;
  /** 证照名称. */
  readonly name: string;
  /** Kind of authority that issues it (颁发机构类型). */
  readonly issuerKind: string;
}

/** The catalogue (证照目录) of the city's licence library. */
export const LICENCE_TYPES = {
  /** Residence permit, one row for each yearly endorsement (签注). */
  RESIDENCE_PERMIT: { code: '11100000000013338W032', name: '居住证', issuerKind: '公安局' },
  /** Lease record. */
  LEASE: { code: '113507000040000165901', name: '房屋租赁登记备案证明', issuerKind: '住房和城乡建设局' },
  /** Public-venue hygiene licence. */
  HYGIENE: { code: '113507000040000165902', name: '公共场所卫生许可证', issuerKind: '卫生健康局' },
  /** Business licence. */
  BUSINESS: { code: '113507000040000165903', name: '营业执照', issuerKind: '市场监督管理局' },
  /** Real-estate title, GB/T 36904's own example. */
  TITLE: { code: '11100000MB03271699001', name: '不动产权证书', issuerKind: '自然资源局' },
} as const satisfies Readonly<Record<string, LicenceType>>;

/** Name of a licence type in the program. */
export type LicenceKind = keyof typeof LICENCE_TYPES;

/** Status codes of `DZZZ_ZZXX.zzzt`. */
export const LICENCE_STATUS = {
  VALID: '01',
  SUSPENDED: '02',
  REVOKED: '03',
  CANCELLED: '04',
  EXPIRED: '05',
} as const;

const ISSUER_SERIAL: Readonly<Record<LicenceKind, string>> = {
  RESIDENCE_PERMIT: '004000016',
  LEASE: '004000024',
  HYGIENE: '004000032',
  BUSINESS: '004000040',
  TITLE: '004000059',
};

const issuerCodes = new Map<string, string>();

/** Credit code (GB 32100) of the division's authority that issues the kind; synthetic, with a valid check character. */
export function issuerCode(kind: LicenceKind, division: string): string {
  const key = kind + division;
  const found = issuerCodes.get(key);
  if (found !== undefined) return found;
  const first17 = `11${division}${ISSUER_SERIAL[kind]}`;
  const made = first17 + creditCodeCheckCharacter(first17);
  issuerCodes.set(key, made);
  return made;
}

/** Vaccine codes (ym) of the provincial system, as connectors/vaccination/vaccines.yaml maps them. */
export const VACCINE = {
  BCG: '01',
  HEP_B: '02',
  BOPV: '03',
  IPV: '0301',
  DTAP: '04',
  DT: '0402',
  MMR: '05',
  JE_L: '06',
  JE_I: '0602',
  MPSV_A: '07',
  MPSV_AC: '0702',
  HEP_A_L: '08',
  HEP_A_I: '0802',
} as const;

/** One dose of the national schedule (国家免疫规划): vaccine code, number of the dose, age in months when it is due. */
export type ScheduledDose = readonly [vaccine: string, dose: number, months: number];

const COMMON: readonly ScheduledDose[] = [
  [VACCINE.BCG, 1, 0],
  [VACCINE.HEP_B, 1, 0],
  [VACCINE.HEP_B, 2, 1],
  [VACCINE.HEP_B, 3, 6],
  [VACCINE.IPV, 1, 2],
  [VACCINE.IPV, 2, 3],
  [VACCINE.BOPV, 3, 4],
  [VACCINE.BOPV, 4, 48],
  [VACCINE.MMR, 1, 8],
  [VACCINE.MMR, 2, 18],
  [VACCINE.MPSV_A, 1, 6],
  [VACCINE.MPSV_A, 2, 9],
  [VACCINE.MPSV_AC, 1, 36],
  [VACCINE.MPSV_AC, 2, 72],
];

const dtap = (...months: readonly number[]): readonly ScheduledDose[] =>
  months.map((month, i): ScheduledDose => [VACCINE.DTAP, i + 1, month]);

/** DTaP for children born before 2025-01-01, with DT at six years. */
const DTAP_BEFORE_2025: readonly ScheduledDose[] = [...dtap(3, 4, 5, 18), [VACCINE.DT, 1, 72]];
/** DTaP for children born from 2025-01-01. */
const DTAP_FROM_2025: readonly ScheduledDose[] = dtap(2, 4, 6, 18, 72);

const LIVE: readonly ScheduledDose[] = [
  [VACCINE.JE_L, 1, 8],
  [VACCINE.JE_L, 2, 24],
  [VACCINE.HEP_A_L, 1, 18],
];
const INACTIVATED: readonly ScheduledDose[] = [
  [VACCINE.JE_I, 1, 8],
  [VACCINE.JE_I, 2, 8],
  [VACCINE.JE_I, 3, 24],
  [VACCINE.JE_I, 4, 72],
  [VACCINE.HEP_A_I, 1, 18],
  [VACCINE.HEP_A_I, 2, 24],
];

const byAge = (a: ScheduledDose, b: ScheduledDose): number => a[2] - b[2];
const SCHEDULES = [false, true].map((from2025) =>
  [LIVE, INACTIVATED].map((alternative) =>
    [...COMMON, ...(from2025 ? DTAP_FROM_2025 : DTAP_BEFORE_2025), ...alternative].sort(byAge),
  ),
);

/** The doses a child should get by the schedule in force at birth, by age. `inactivated`: JE-I and HepA-I instead of the live vaccines. */
export function scheduleFor(bornFrom2025: boolean, inactivated: boolean): readonly ScheduledDose[] {
  return SCHEDULES[bornFrom2025 ? 1 : 0]?.[inactivated ? 1 : 0] ?? [];
}

/** The bank that holds the random city's mortgages; also an employer. */
export const MORTGAGE_BANK = {
  number: '3507800000001',
  creditCode: '91350702MB2A1003XD',
  name: '延平区闽江农村商业银行股份有限公司',
  division: '350702',
} as const satisfies Enterprise;
