/**
 * Vaccine codes (疫苗代码, column `ym`) of the provincial vaccination system. Each province sets its
 * own, no national standard does: these are the demonstration's. Check them before connecting a
 * real source.
 */

/** A vaccine as the source codes it. */
export interface Vaccine {
  /** Code in column `ym`, two or four digits. */
  readonly code: string;
  /** Short name of the national schedule (国家免疫规划疫苗儿童免疫程序), such as `MMR`. */
  readonly name: string;
  /** Chinese name. */
  readonly zh: string;
  /** Vaccines of `schedule.yaml` that one dose of it counts as. Empty: none. */
  readonly countsAs: readonly string[];
}

/** All vaccines known. A code that is not here is an unknown vaccine and counts as nothing. */
export const VACCINES: readonly Vaccine[] = [
  { code: '01', name: 'BCG', zh: '卡介苗', countsAs: ['BCG'] },
  { code: '02', name: 'HepB', zh: '乙肝疫苗', countsAs: ['HepB'] },
  { code: '03', name: 'bOPV', zh: '二价脊髓灰质炎减毒活疫苗', countsAs: ['Polio'] },
  { code: '0301', name: 'IPV', zh: '脊髓灰质炎灭活疫苗', countsAs: ['Polio'] },
  { code: '04', name: 'DTaP', zh: '百白破疫苗', countsAs: ['DTaP'] },
  { code: '0402', name: 'DT', zh: '白破疫苗', countsAs: ['DT'] },
  { code: '0403', name: 'DTaP-IPV/Hib', zh: '百白破-脊灰-Hib联合疫苗', countsAs: ['DTaP', 'Polio'] },
  { code: '0404', name: 'DTaP-Hib', zh: '百白破-Hib联合疫苗', countsAs: ['DTaP'] },
  { code: '05', name: 'MMR', zh: '麻腮风疫苗', countsAs: ['MMR'] },
  // Until June 2020 the first dose against measles was MR; it stands for the first of MMR.
  { code: '0502', name: 'MR', zh: '麻风疫苗', countsAs: ['MMR'] },
  { code: '06', name: 'JE-L', zh: '乙脑减毒活疫苗', countsAs: ['JE-L'] },
  { code: '0602', name: 'JE-I', zh: '乙脑灭活疫苗', countsAs: ['JE-I'] },
  { code: '07', name: 'MPSV-A', zh: 'A群流脑多糖疫苗', countsAs: ['MPSV-A'] },
  { code: '0702', name: 'MPSV-AC', zh: 'A群C群流脑多糖疫苗', countsAs: ['MPSV-AC'] },
  { code: '08', name: 'HepA-L', zh: '甲肝减毒活疫苗', countsAs: ['HepA-L'] },
  { code: '0802', name: 'HepA-I', zh: '甲肝灭活疫苗', countsAs: ['HepA-I'] },
  { code: '09', name: 'Var', zh: '水痘减毒活疫苗', countsAs: [] },
  { code: '10', name: 'Hib', zh: 'b型流感嗜血杆菌疫苗', countsAs: [] },
];

const byCode = new Map(VACCINES.map((vaccine) => [vaccine.code, vaccine]));

/** The vaccine of a code; null where the code is not known. */
export function vaccineOf(code: string): Vaccine | null {
  return byCode.get(code) ?? null;
}
