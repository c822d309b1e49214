/** The SELECTs of the workloads, as an engineer of the five departments would write them. */

/** A statement up to its list of keys. */
export interface Lookup {
  /** SQL with `(?)` in place of the keys. */
  readonly sql: string;
  /** Column of a row that holds the key. */
  readonly key: string;
}

const GUARDIANS = `r.jhryxm, r.jhrygmsfhm, r.jhryjhgx, r.jhrexm, r.jhregmsfhm, r.jhrejhgx,
      r.fqxm, r.fqgmsfhm, r.mqxm, r.mqgmsfhm`;
const PLATE = 'p.mlph AS plate, p.ssxq AS plate_ssxq, p.xzjd, p.jlx, p.mlpxz';
const CURRENT = `r.cxbz = '0' AND r.jssj = '00000000' AND (r.ryzt IS NULL OR r.ryzt <> '7')`;

function residents(columns: string): Lookup {
  return {
    key: 'gmsfhm',
    sql: `SELECT r.gmsfhm, r.qysj, ${columns}, ${PLATE}, ${GUARDIANS}
      FROM HJXX_CZRKJBXXB r LEFT JOIN HJXX_MLPXXXXB p ON p.mlph = r.mlph AND p.cxbz = '0'
      WHERE r.gmsfhm IN (?) AND ${CURRENT}`,
  };
}

function ownerships(columns: string): Lookup {
  return {
    key: 'qlrzjh',
    sql: `SELECT o.qlrzjh, o.qlrid, o.bdcdyh, o.qlbl, ${columns}
      FROM BDC_QLR o JOIN BDC_QL q ON q.ywh = o.ywh
      WHERE o.qlrzjh IN (?) AND o.qszt = '1' AND q.qszt = '1' AND (q.qllx IS NULL OR q.qllx <> '23')`,
  };
}

function licences(columns: string): Lookup {
  return {
    key: 'czztdm',
    sql: `SELECT czztdm, ${columns}, zzzt, zzyxqqsrq, zzyxqjzrq FROM DZZZ_ZZXX WHERE czztdm IN (?) AND scbz = '0'`,
  };
}

const LOOKUP_LIST = {
  // Of the enrolment read.
  residents: residents('r.xm, r.csrq, r.ryzt, r.hslbz'),
  vaccinations: {
    key: 'sfzh',
    sql: `SELECT c.sfzh, c.fchildno, c.zt, c.csrq, d.jlid, d.ym, d.jc, d.jzrq
      FROM YMJZ_ETDA c LEFT JOIN YMJZ_JZJL d ON d.fchildno = c.fchildno AND d.scbz = '0'
      WHERE c.sfzh IN (?) AND (c.zt IS NULL OR c.zt <> '9')`,
  },
  ownerships: ownerships('q.gyfs'),
  units: {
    key: 'bdcdyh',
    sql: `SELECT bdcdyh, zl, jzmj, ghyt FROM BDC_BDCDY WHERE bdcdyh IN (?) AND zt = '1'`,
  },
  licences: licences('zzlxdm'),
  months: {
    key: 'aac002',
    sql: `SELECT p.aac002, m.aae003, m.aae140 FROM AC01 p JOIN AC43 m ON m.aac001 = p.aac001
      WHERE p.aac002 IN (?) AND p.aae100 = '1' AND m.aae111 = '1'`,
  },
  // Of the wide read.
  wideResidents: residents('r.xm, r.xb, r.csrq, r.ryzt, r.hb, r.hslbz, r.hh'),
  phones: {
    key: 'gmsfhm',
    sql: `SELECT r.gmsfhm, r.qysj, r.lxdh FROM HJXX_CZRKJBXXB r WHERE r.gmsfhm IN (?) AND ${CURRENT}`,
  },
  households: {
    key: 'hh',
    sql: `SELECT hh, qysj, hlx FROM HJXX_HXXB WHERE hh IN (?) AND cxbz = '0' AND jssj = '00000000'`,
  },
  datedOwnerships: ownerships('q.gyfs, q.djsj'),
  namedLicences: licences('zzmc'),
  enrolments: {
    key: 'aac002',
    sql: `SELECT p.aac002, e.aae140, e.aac031, b.aab003 FROM AC01 p JOIN AC02 e ON e.aac001 = p.aac001
      LEFT JOIN AB01 b ON b.aab001 = e.aab001 AND b.aae100 = '1' WHERE p.aac002 IN (?) AND p.aae100 = '1'`,
  },
  employers: { key: 'aab003', sql: `SELECT aab003, aab001, aab004 FROM AB01 WHERE aab003 IN (?) AND aae100 = '1'` },
  // Of the verification.
  judgedResidents: residents('r.csrq, r.ryzt, r.hb, r.ssxq, r.hslbz'),
  judgedLicences: licences('zzlxdm, zmdz'),
} as const satisfies Readonly<Record<string, Lookup>>;

/** Name of a read. */
export type LookupName = keyof typeof LOOKUP_LIST;

/** The reads by what they are called. */
export const LOOKUPS: Readonly<Record<LookupName, Lookup>> = LOOKUP_LIST;

/** Which department answers a read. */
export const DEPARTMENT_OF = {
  residents: 'household',
  vaccinations: 'vaccination',
  ownerships: 'property',
  units: 'property',
  licences: 'licences',
  months: 'social-security',
  wideResidents: 'household',
  phones: 'household',
  households: 'household',
  datedOwnerships: 'property',
  namedLicences: 'licences',
  enrolments: 'social-security',
  employers: 'social-security',
  judgedResidents: 'household',
  judgedLicences: 'licences',
} as const satisfies Readonly<Record<LookupName, string>>;

/** The statement for a number of keys. */
export function statementFor(name: LookupName, keys: number): string {
  return LOOKUPS[name].sql.replace('(?)', `(${'?,'.repeat(keys - 1)}?)`);
}
