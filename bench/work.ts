/** The work of the benchmark: the enrolment read, and for whom it is asked. */
import { createHash } from 'node:crypto';
import BetterSqlite3 from 'better-sqlite3';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { parseCitizenId } from '../src/domain/identifiers.js';
import type { Applicant, Ground } from './ground.js';

/** Matter in whose name everything is asked. */
export const MATTER = 'school-enrolment-primary';
/** Day the cases were filed. */
export const FILED_ON = '2026-07-01';

/** What the enrolment read asks of a child. */
export const ENROLMENT_FIELDS = `{
    name
    birthDate
    status
    movedInDate
    address { text }
    guardians {
      relation
      resident {
        properties { manner share unit { address area usage } }
        licences { typeCode status validFrom validTo }
        insuredMonths { month kind }
      }
    }
    vaccination { assessment { result } }
  }`;

/**
 * The enrolment read: one child with guardians, their homes, licences and insured months, and the
 * child's vaccination. Six SELECTs over five departments.
 */
export const ENROLMENT = `query Enrolment($id: CitizenId!) {
  resident(id: $id) ${ENROLMENT_FIELDS}
}`;

/** Born in these days, both included: the primary-school children of 2026. */
const BORN = { from: '20190901', to: '20200831' };
/** Keys of one statement. */
const CHUNK = 500;

interface Child {
  readonly child: string;
  readonly guardians: readonly string[];
}

type RawRow = Readonly<Record<string, unknown>>;
/** Runs a SELECT on one department's database. */
type Select = (sql: string, binds: readonly string[]) => Promise<readonly RawRow[]>;

function canonical(raw: unknown): string | null {
  const parsed = parseCitizenId(typeof raw === 'string' ? raw : '');
  return parsed.ok ? parsed.value : null;
}

/** Children of the season whose record is current and names a guardian. */
async function childrenOf(household: Select): Promise<readonly Child[]> {
  const rows = await household(
    `SELECT gmsfhm, jhryxm, jhrygmsfhm, jhrexm, jhregmsfhm, fqgmsfhm, mqgmsfhm FROM HJXX_CZRKJBXXB
     WHERE csrq BETWEEN ? AND ? AND cxbz = '0' AND jssj = '00000000' AND ryzt = '0'`,
    [BORN.from, BORN.to],
  );
  return rows.flatMap((row) => {
    const child = canonical(row.gmsfhm);
    const recorded = [row.jhryxm, row.jhrygmsfhm, row.jhrexm, row.jhregmsfhm].some((name) => (name ?? '') !== '');
    const named = recorded ? [row.jhrygmsfhm, row.jhregmsfhm] : [row.fqgmsfhm, row.mqgmsfhm];
    const guardians = named.map(canonical).filter((id) => id !== null);
    return child === null || guardians.length === 0 ? [] : [{ child, guardians }];
  });
}

/** Those of `people` who hold a current right in a unit. */
async function ownersAmong(property: Select, people: readonly string[]): Promise<ReadonlySet<string>> {
  const owners = new Set<string>();
  for (let from = 0; from < people.length; from += CHUNK) {
    const chunk = people.slice(from, from + CHUNK);
    const places = chunk.map(() => '?').join(',');
    const sql = `SELECT DISTINCT qlrzjh FROM BDC_QLR WHERE qszt = '1' AND qlrzjh IN (${places})`;
    for (const row of await property(sql, chunk)) owners.add(String(row.qlrzjh));
  }
  return owners;
}

/**
 * Chooses applicants, always the same of one city: first those whose guardians own something, in the
 * order of a hash, so that they lie all over the tables. A small city may have fewer than `count`.
 */
async function choose(household: Select, property: Select, count: number): Promise<Applicant[]> {
  const children = await childrenOf(household);
  const owners = await ownersAmong(property, [...new Set(children.flatMap(({ guardians }) => guardians))]);
  const place = ({ child, guardians }: Child) =>
    `${guardians.some((id) => owners.has(id)) ? 0 : 1}${createHash('sha256').update(child).digest('hex')}`;
  const unique = new Map(children.map((child) => [child.child, child]));
  const ordered = [...unique.values()].map((child) => ({ ...child, place: place(child) }));
  ordered.sort((a, b) => (a.place < b.place ? -1 : 1));
  const chosen = ordered.slice(0, count);
  if (chosen.length === 0) throw new Error('the city has no children of the season');
  return chosen.map(({ child, guardians: [guardian = ''] }, i) => ({ child, guardian, caseNumber: `BENCH-${i}` }));
}

/** Applicants of the city in MySQL databases. @throws Error where it has no children of the season */
export async function applicantsOfMysql(departments: Ground['departments'], count: number): Promise<Applicant[]> {
  const household = await createConnection(departments.household);
  const property = await createConnection(departments.property);
  const select = (connection: Connection): Select => {
    return async (sql, binds) => (await connection.execute<RowDataPacket[]>(sql, [...binds]))[0];
  };
  try {
    return await choose(select(household), select(property), count);
  } finally {
    await household.end();
    await property.end();
  }
}

/** Applicants of the city in SQLite files. @throws Error where it has no children of the season */
export async function applicantsOfSqlite(departments: Ground['departments'], count: number): Promise<Applicant[]> {
  const household = new BetterSqlite3(departments.household, { readonly: true });
  const property = new BetterSqlite3(departments.property, { readonly: true });
  const select = (file: BetterSqlite3.Database): Select => {
    return async (sql, binds) => file.prepare<unknown[], RawRow>(sql).all(...binds);
  };
  try {
    return await choose(select(household), select(property), count);
  } finally {
    household.close();
    property.close();
  }
}
