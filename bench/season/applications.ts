/** The applications of a season in the benchmark's city, as a list that floor and gateway read. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { parseCitizenId } from '../../src/domain/identifiers.js';
import { FILED_ON } from '../work.js';

/** Children of the season first; then, where more are wanted, those of other years, who ask in vain for the most part. */
const COHORTS = [
  ['20190901', '20200831'],
  ['20120901', '20190831'],
  ['20200901', '20260630'],
] as const;

interface Application {
  readonly child: string;
  readonly guardian: string;
}

function canonical(raw: unknown): string | null {
  const parsed = parseCitizenId(typeof raw === 'string' ? raw : '');
  return parsed.ok ? parsed.value : null;
}

function applicationOf(row: RowDataPacket): Application | null {
  const child = canonical(row.gmsfhm);
  const recorded = [row.jhryxm, row.jhrygmsfhm, row.jhrexm, row.jhregmsfhm].some((name) => (name ?? '') !== '');
  const named = recorded ? [row.jhrygmsfhm, row.jhregmsfhm] : [row.fqgmsfhm, row.mqgmsfhm];
  const guardian = named.map(canonical).find((id) => id !== null);
  return child === null || guardian === undefined ? null : { child, guardian };
}

/**
 * Writes the list, always the same of one city, in an order that lies all over the tables.
 * @param count applications wanted; a small city has fewer
 * @returns how many there are
 */
export async function writeApplications(household: string, count: number, file: string): Promise<number> {
  const connection = await createConnection(household);
  const chosen = new Map<string, Application>();
  const place = ({ child }: Application) => createHash('sha256').update(child).digest('hex');
  try {
    for (const [from, to] of COHORTS) {
      const [rows] = await connection.execute<RowDataPacket[]>(
        `SELECT gmsfhm, jhryxm, jhrygmsfhm, jhrexm, jhregmsfhm, fqgmsfhm, mqgmsfhm FROM HJXX_CZRKJBXXB
         WHERE csrq BETWEEN ? AND ? AND cxbz = '0' AND jssj = '00000000' AND ryzt = '0'`,
        [from, to],
      );
      const cohort = rows.map(applicationOf).filter((application) => application !== null);
      const placed = cohort.map((application) => ({ application, place: place(application) }));
      placed.sort((a, b) => (a.place < b.place ? -1 : 1));
      for (const { application } of placed) if (chosen.size < count) chosen.set(application.child, application);
      if (chosen.size >= count) break;
    }
  } finally {
    await connection.end();
  }
  const ordered = [...chosen.values()];
  const lines = ordered.map(({ child, guardian }, i) => `SEASON-${i},${FILED_ON},${child},${guardian}\n`);
  writeFileSync(file, `办件编号,受理日期,儿童,监护人\n${lines.join('')}`);
  return ordered.length;
}
