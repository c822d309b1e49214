/** The six SELECTs of the enrolment read, as an engineer of the five departments would write them. */

/** A statement up to its list of keys. */
export interface Lookup {
  /** SQL with `(?)` in place of the keys. */
  readonly sql: string;
  /** Column of a row that holds the key. */
  readonly key: string;
}

/** The reads by what they are called. */
export const LOOKUPS = {
  residents: {
    key: 'gmsfhm',
    sql: `SELECT r.gmsfhm, r.qysj, r.xm, r.csrq, r.ryzt, r.hslbz,
      p.mlph AS plate, p.ssxq AS plate_ssxq, p.xzjd, p.jlx, p.mlpxz,
      r.jhryxm, r.jhrygmsfhm, r.jhryjhgx, r.jhrexm, r.jhregmsfhm, r.jhrejhgx, r.fqxm, r.fqgmsfhm, r.mqxm, r.mqgmsfhm
      FROM HJXX_CZRKJBXXB r LEFT JOIN HJXX_MLPXXXXB p ON p.mlph = r.mlph AND p.cxbz = '0'
      WHERE r.gmsfhm IN (?) AND r.cxbz = '0' AND r.jssj = '00000000' AND (r.ryzt IS NULL OR r.ryzt <> '7')`,
  },
  vaccinations: {
    key: 'sfzh',
    sql: `SELECT c.sfzh, c.fchildno, c.zt, c.csrq, d.jlid, d.ym, d.jc, d.jzrq
      FROM YMJZ_ETDA c LEFT JOIN YMJZ_JZJL d ON d.fchildno = c.fchildno AND d.scbz = '0'
      WHERE c.sfzh IN (?) AND (c.zt IS NULL OR c.zt <> '9')`,
  },
  ownerships: {
    key: 'qlrzjh',
    sql: `SELECT o.qlrzjh, o.qlrid, o.bdcdyh, o.qlbl, q.gyfs
      FROM BDC_QLR o JOIN BDC_QL q ON q.ywh = o.ywh
      WHERE o.qlrzjh IN (?) AND o.qszt = '1' AND q.qszt = '1' AND (q.qllx IS NULL OR q.qllx <> '23')`,
  },
  units: {
    key: 'bdcdyh',
    sql: `SELECT bdcdyh, zl, jzmj, ghyt FROM BDC_BDCDY WHERE bdcdyh IN (?) AND zt = '1'`,
  },
  licences: {
    key: 'czztdm',
    sql: `SELECT czztdm, zzlxdm, zzzt, zzyxqqsrq, zzyxqjzrq FROM DZZZ_ZZXX WHERE czztdm IN (?) AND scbz = '0'`,
  },
  months: {
    key: 'aac002',
    sql: `SELECT p.aac002, m.aae003, m.aae140 FROM AC01 p JOIN AC43 m ON m.aac001 = p.aac001
      WHERE p.aac002 IN (?) AND p.aae100 = '1' AND m.aae111 = '1'`,
  },
} as const satisfies Readonly<Record<string, Lookup>>;

/** Name of a read. */
export type LookupName = keyof typeof LOOKUPS;

/** Which department answers a read. */
export const DEPARTMENT_OF = {
  residents: 'household',
  vaccinations: 'vaccination',
  ownerships: 'property',
  units: 'property',
  licences: 'licences',
  months: 'social-security',
} as const satisfies Readonly<Record<LookupName, string>>;

/** The statement for a number of keys. */
export function statementFor(name: LookupName, keys: number): string {
  return LOOKUPS[name].sql.replace('(?)', `(${'?,'.repeat(keys - 1)}?)`);
}
