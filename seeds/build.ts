/** Clean rows from people and their world. Random city and named stories go through the same builders. */
import { licenceIdCheckCharacter } from '../src/domain/identifiers.js';
import { compactDay, type Day, yearOf } from './days.js';
import { issuerCode, LICENCE_TYPES, type LicenceKind } from './reference.js';
import type {
  ChildRow,
  DoseRow,
  EmployerRow,
  EnrolmentRow,
  HolderRow,
  HouseholdRow,
  InsuredRow,
  LicenceRow,
  ListingRow,
  PaymentRow,
  PlateRow,
  ResidentRow,
  RightRow,
  UnitRow,
} from './rows.js';
import { addressOf, type Dwelling, type Enterprise, type Guardian, type Holder, type Person } from './world.js';

/** End of a row's validity that is still open (jssj). */
export const OPEN_END = '00000000';

/** Sex, GB/T 2261.1. */
const sexOf = (person: Person): string => (person.male ? '1' : '2');

/** A resident's registration. */
export interface Registration {
  /** ryid. */
  readonly key: string;
  readonly person: Person;
  readonly formerName: string | null;
  /** GB/T 3304. */
  readonly ethnicity: string;
  readonly birthDivision: string;
  readonly phone: string | null;
  /** At most two; none where only the parents are recorded. */
  readonly guardians: readonly Guardian[];
  readonly father: Pick<Person, 'id' | 'name'> | null;
  readonly mother: Pick<Person, 'id' | 'name'> | null;
  /** hh; empty for a migrant. */
  readonly household: string;
  /** Relation to the head, GB/T 4761; empty for a migrant. */
  readonly relation: string;
  /** ryzt. */
  readonly status: string;
  readonly migrant: boolean;
  /** Division of the household registration. */
  readonly division: string;
  /** Registered address; of a migrant the present dwelling. */
  readonly dwelling: Dwelling;
  readonly movedIn: Day;
}

/** Current row of a resident. */
export function residentRow(r: Registration): ResidentRow {
  const [first, second] = r.guardians;
  return {
    ryid: r.key,
    gmsfhm: r.person.id,
    xm: r.person.name,
    cym: r.formerName,
    xb: sexOf(r.person),
    mz: r.ethnicity,
    csrq: compactDay(r.person.birth),
    csdssxq: r.birthDivision,
    jgssxq: r.division,
    lxdh: r.phone,
    jhryxm: first?.name ?? null,
    jhrygmsfhm: first?.id ?? null,
    jhryjhgx: first?.relation ?? null,
    jhrexm: second?.name ?? null,
    jhregmsfhm: second?.id ?? null,
    jhrejhgx: second?.relation ?? null,
    fqxm: r.father?.name ?? null,
    fqgmsfhm: r.father?.id ?? null,
    mqxm: r.mother?.name ?? null,
    mqgmsfhm: r.mother?.id ?? null,
    hh: r.household,
    yhzgx: r.relation,
    ryzt: r.status,
    hb: r.migrant ? '2' : '1',
    ssxq: r.division,
    mlph: r.dwelling.plate,
    hslbz: compactDay(r.movedIn),
    qysj: compactDay(r.movedIn),
    jssj: OPEN_END,
    cxbz: '0',
  };
}

/** Current row of a family household. */
export function householdRow(number: string, head: Person, dwelling: Dwelling, since: Day): HouseholdRow {
  return {
    hh: number,
    hlx: '1',
    hzxm: head.name,
    hzgmsfhm: head.id,
    ssxq: dwelling.division,
    mlph: dwelling.plate,
    pcs: `${dwelling.division}${dwelling.townCode}000`,
    qysj: compactDay(since),
    jssj: OPEN_END,
    cxbz: '0',
  };
}

/** Row of a door plate. */
export function plateRow(dwelling: Dwelling): PlateRow {
  return {
    mlph: dwelling.plate,
    ssxq: dwelling.division,
    jlx: dwelling.road,
    mlpxz: dwelling.detail,
    xzjd: dwelling.town,
    jcwh: dwelling.community,
    cxbz: '0',
  };
}

/** Row of a unit. `area` in square metres; `usage` is ghyt. */
export function unitRow(
  dwelling: Dwelling,
  unit: { area: number; usage: string; mortgaged: boolean; seized: boolean; objection: boolean },
): UnitRow {
  const own = Math.round(unit.area * (dwelling.rural ? 100 : 82)) / 100;
  return {
    bdcdyh: dwelling.unit,
    zl: `福建省南平市${addressOf(dwelling)}`,
    jzmj: unit.area,
    zyjzmj: own,
    ftjzmj: Math.round((unit.area - own) * 100) / 100,
    ghyt: unit.usage,
    fwxz: dwelling.rural ? '6' : '0',
    szc: dwelling.floor,
    zcs: dwelling.floors,
    sfdy: unit.mortgaged ? '1' : '0',
    sfcf: unit.seized ? '1' : '0',
    sfyy: unit.objection ? '1' : '0',
    zt: '1',
  };
}

/** A right in a unit with its holders. */
export interface RegisteredRight {
  /** ywh. */
  readonly key: string;
  readonly dwelling: Dwelling;
  /** gyfs: 0 sole, 1 joint, 2 by shares. */
  readonly manner: string;
  readonly registered: Day;
  readonly current: boolean;
  /** A mortgage of the holder in the unit, no ownership. Default: false. */
  readonly mortgage?: boolean;
}

/** Row of a right: state land and house (4), homestead and house (6) or mortgage (23). */
export function rightRow(right: RegisteredRight): RightRow {
  const { dwelling } = right;
  return {
    ywh: right.key,
    bdcdyh: dwelling.unit,
    qllx: right.mortgage === true ? '23' : dwelling.rural ? '6' : '4',
    gyfs: right.manner,
    djjg: `${dwelling.divisionName}不动产登记中心`,
    djsj: compactDay(right.registered),
    tdsyqssj: dwelling.rural ? '' : `${yearOf(right.registered) - 2}0101`,
    tdsyjssj: dwelling.rural ? '' : `${yearOf(right.registered) + 67}1231`,
    qszt: right.current ? '1' : '2',
  };
}

/** Number of the proof of a mortgage (不动产登记证明). */
export function mortgageProofNumber(dwelling: Dwelling, registered: Day, serial: string): string {
  return `闽(${yearOf(registered)})${dwelling.divisionName}不动产证明第${serial}号`;
}

/** Certificate number of the unified form, since 2016; before, a 房权证 of the county. */
export function certificateNumber(dwelling: Dwelling, registered: Day, serial: string): string {
  const year = yearOf(registered);
  return year >= 2016
    ? `闽(${year})${dwelling.divisionName}不动产权第${serial}号`
    : `${dwelling.divisionName.charAt(0)}房权证${dwelling.town.replace(/(街道|镇|乡)$/, '')}字第${serial}号`;
}

/** Row of one holder of a right. */
export function holderRow(key: string, right: RegisteredRight, holder: Holder, certificate: string): HolderRow {
  return {
    qlrid: key,
    ywh: right.key,
    bdcdyh: right.dwelling.unit,
    bdcqzh: certificate,
    qlrmc: holder.name,
    qlrzjzl: holder.document,
    qlrzjh: holder.number,
    qlbl: holder.share,
    qlrlx: holder.document === '001' ? '2' : '1',
    qszt: right.current ? '1' : '2',
  };
}

/** Vaccination unit of the town's health centre: 6 + 4 digits; 12 in 政和县, as some counties have. */
export function stationOf(dwelling: Dwelling): string {
  return `${dwelling.division}0${dwelling.townCode}${dwelling.division === '350725' ? '00' : ''}`;
}

/** Row of a child's vaccination record, in use. */
export function childRow(number: string, child: Person, station: string): ChildRow {
  return {
    fchildno: number,
    sfzh: child.id,
    etxm: child.name,
    csrq: compactDay(child.birth),
    xb: sexOf(child),
    stationCode: station,
    zt: '1',
  };
}

/** Row of a free dose. `lot` is any number, it becomes lot and trace code. */
export function doseRow(
  key: string,
  child: ChildRow,
  dose: { vaccine: string; number: number; day: Day; lot: number },
): DoseRow {
  return {
    jlid: key,
    fchildno: child.fchildno,
    ym: dose.vaccine,
    jc: String(dose.number),
    jzrq: compactDay(dose.day),
    ymph: `${yearOf(dose.day) - 1}${String(dose.lot % 10_000).padStart(4, '0')}`,
    fmonitorCode: `8${dose.vaccine.padStart(4, '0')}${String(dose.lot).padStart(15, '0')}`,
    stationCode: child.stationCode,
    ismf: '1',
    scbz: '0',
  };
}

/** Row of an insured person. `state`: aac008. */
export function insuredRow(number: string, person: Person, division: string, state: string): InsuredRow {
  return {
    aac001: number,
    aac002: person.id,
    aac003: person.name,
    aac004: sexOf(person),
    aac006: compactDay(person.birth),
    aac008: state,
    aab301: division,
    aae100: '1',
  };
}

/** Row of an employer. */
export function employerRow(enterprise: Enterprise): EmployerRow {
  return {
    aab001: enterprise.number,
    aab003: enterprise.creditCode,
    aab004: enterprise.name,
    aab301: enterprise.division,
    aae100: '1',
  };
}

/** Row of an entry in a list of bad records; `to` is the day of removal, null where it stands. */
export function listingRow(enterprise: Enterprise, list: '01' | '02', from: Day, to: Day | null): ListingRow {
  return {
    mdbh: `${list}${enterprise.number}${compactDay(from)}`,
    aab003: enterprise.creditCode,
    mdlx: list,
    lrjg: '人力资源和社会保障局',
    lrrq: compactDay(from),
    ycrq: to === null ? '00000000' : compactDay(to),
    aab301: enterprise.division,
    aae100: '1',
  };
}

/** Row of an enrolment in one kind of insurance. `employer` is empty for residents' insurance. */
export function enrolmentRow(
  insured: InsuredRow,
  enrolment: { kind: string; state: string; since: Day; employer: string },
): EnrolmentRow {
  const since = compactDay(enrolment.since);
  return {
    aac001: insured.aac001,
    aae140: enrolment.kind,
    aac031: enrolment.state,
    aac030: since,
    aac049: since.slice(0, 6),
    aab001: enrolment.employer,
    aab301: insured.aab301,
  };
}

/** Row of one month paid. `month` is yyyyMM, `amount` in yuan. */
export function paymentRow(
  insured: InsuredRow,
  payment: { month: string; kind: string; employer: string; amount: number },
): PaymentRow {
  return {
    aac001: insured.aac001,
    aae003: payment.month,
    aae140: payment.kind,
    aab001: payment.employer,
    aae020: payment.amount,
    aae111: '1',
  };
}

/** A licence as issued. */
export interface IssuedLicence {
  readonly kind: LicenceKind;
  /** Serial of the identifier: the same for all endorsements of one permit. */
  readonly serial: string;
  /** Which endorsement or version, from 1. */
  readonly version: number;
  /** Division of the issuing authority. */
  readonly division: string;
  readonly divisionName: string;
  readonly holder: Holder;
  /** Number on the licence (zzbh). */
  readonly number: string;
  readonly from: Day;
  /** Last day; null: without end. */
  readonly to: Day | null;
  /** The address it names; empty where none. */
  readonly address: string;
  /** zzzt, such as `LICENCE_STATUS.VALID`. */
  readonly status: string;
}

/** Row of a licence, identified by GB/T 36904. */
export function licenceRow(licence: IssuedLicence): LicenceRow {
  const type = LICENCE_TYPES[licence.kind];
  const issuer = issuerCode(licence.kind, licence.division);
  const version = String(licence.version).padStart(3, '0');
  const check = licenceIdCheckCharacter(type.code, issuer, licence.serial, version);
  return {
    zzbs: `1.2.156.3005.2.${type.code}.${issuer}.${licence.serial}.${version}.${check}`,
    zzmc: type.name,
    zzlxdm: type.code,
    zzbh: licence.number,
    zzbfjg: `${licence.divisionName}${type.issuerKind}`,
    zzbfjgdm: issuer,
    zzbfjgxzqh: licence.division,
    zzbfrq: compactDay(licence.from),
    czzt: licence.holder.name,
    czztdm: licence.holder.number,
    czztdmlxdm: licence.holder.document,
    zzyxqqsrq: compactDay(licence.from),
    zzyxqjzrq: licence.to === null ? '99991231' : compactDay(licence.to),
    zmdz: licence.address,
    zzzt: licence.status,
    scbz: '0',
  };
}
