/**
 * What was done with minors' data in a period, for the yearly audit (未成年人网络保护条例 art. 36 and 37). Who was a minor is what
 * the record says, by the citizen ID on the day of the request: see `src/domain/age-class.ts` for what that does not see.
 */
import type { Database } from 'better-sqlite3';
import type { Shapes } from './shapes.js';

/** Distinct minors of one operator in one day beyond which the day is listed. */
export const MANY_MINORS_A_DAY = 100;

/** Hours of the night, where the gateway stands: from the first to before the second. */
export const NIGHT = { from: 22, to: 6 } as const;

/** Days of many minors listed at most, those with the most first. */
const MOST_DAYS = 1000;

/** What one operator of one application did for one matter on one legal basis. */
export interface MinorsLine {
  readonly client: string | null;
  /** As the application names the person; null: it named nobody. */
  readonly operator: string | null;
  readonly matter: string | null;
  /** Bases of the grants used: what approved the access. */
  readonly legalBases: readonly string[];
  /** Requests that were answered and concerned a minor. */
  readonly requests: number;
  /** Distinct minors, of them under 14. */
  readonly minors: number;
  readonly under14: number;
  /** Requests in the hours of {@link NIGHT}. */
  readonly atNight: number;
  /** Requests that gave a field of a minor: full, masked or to a rule. The most frequent first. */
  readonly fields: readonly { readonly coordinate: string; readonly requests: number }[];
}

/** Something an auditor should look at, by a rule that is written beside it. */
export type MinorsAnomaly =
  /** Requests for which the application named no person. */
  | { readonly kind: 'NO_OPERATOR'; readonly client: string | null; readonly requests: number }
  /** Fields of a minor were given and the entry has no legal basis. */
  | { readonly kind: 'NO_BASIS'; readonly client: string | null; readonly requests: number }
  /** Requests from 22:00 to 6:00. */
  | {
      readonly kind: 'AT_NIGHT';
      readonly client: string | null;
      readonly operator: string | null;
      readonly requests: number;
    }
  /** More than {@link MANY_MINORS_A_DAY} distinct minors in one day. */
  | {
      readonly kind: 'MANY_MINORS';
      readonly client: string | null;
      readonly operator: string | null;
      /** `YYYY-MM-DD`. */
      readonly day: string;
      readonly minors: number;
    }
  /** An alarm was raised about an application that asked for minors. */
  | { readonly kind: 'ALARM'; readonly client: string | null; readonly alarm: string; readonly count: number };

/** The report. */
export interface MinorsReport {
  /** Requests that were answered and concerned a minor. */
  readonly requests: number;
  /** Distinct minors, of them under 14. */
  readonly minors: number;
  readonly under14: number;
  /** Requests about a minor that were refused or failed. */
  readonly refused: number;
  /** Answered requests with a subject whose age the record does not know: what this report may lack. */
  readonly ageNotKnown: number;
  /** By application, operator, matter and legal basis, the most requests first. */
  readonly lines: readonly MinorsLine[];
  readonly anomalies: readonly MinorsAnomaly[];
}

interface Period {
  /** ms since the epoch. */
  readonly from: number;
  /** Excluded. */
  readonly to: number;
  readonly utcOffsetMinutes: number;
}

interface UseRow {
  readonly shape: number;
  readonly who: string | null;
  /** Numbers of the sets, with a comma between; null: nothing was given. */
  readonly sets: string | null;
  readonly night: 0 | 1;
  readonly requests: number;
}

interface PeopleRow {
  readonly client: string | null;
  readonly who: string | null;
  readonly matter: string | null;
  readonly bases: string;
  readonly minors: number;
  readonly under14: number;
}

interface Line {
  readonly client: string | null;
  readonly operator: string | null;
  readonly matter: string | null;
  readonly bases: string;
  requests: number;
  atNight: number;
  minors: number;
  under14: number;
  readonly fields: Map<string, number>;
}

/** Makes the report. Grows with the period's entries about minors; no more than their counts are in memory. */
export function minorsReportOf(db: Database, shapes: Shapes, period: Period): MinorsReport {
  const values = { ...period, shift: period.utcOffsetMinutes * 60_000, many: MANY_MINORS_A_DAY, most: MOST_DAYS };
  const of = new Map(shapes.all().map((shape) => [shape.id, shape]));
  const lines = new Map<string, Line>();
  const line = (client: string | null, operator: string | null, matter: string | null, bases: string): Line => {
    const key = JSON.stringify([client, operator, matter, bases]);
    let known = lines.get(key);
    if (known === undefined) {
      known = { client, operator, matter, bases, requests: 0, atNight: 0, minors: 0, under14: 0, fields: new Map() };
      lines.set(key, known);
    }
    return known;
  };
  let refused = 0;
  for (const row of db.prepare(USES).all(values) as UseRow[]) {
    const shape = of.get(row.shape);
    if (shape === undefined || shape.kind !== 'request') continue;
    if (shape.outcome !== 'ANSWERED') {
      refused += row.requests;
      continue;
    }
    const one = line(shape.client, row.who, shape.matter, shape.bases);
    one.requests += row.requests;
    one.atNight += row.night * row.requests;
    const given = new Set(
      (row.sets ?? '').split(',').flatMap((set) => (set === '' ? [] : shapes.members(Number(set)))),
    );
    for (const coordinate of given) one.fields.set(coordinate, (one.fields.get(coordinate) ?? 0) + row.requests);
  }
  for (const row of db.prepare(PEOPLE).all(values) as PeopleRow[]) {
    const one = line(row.client, row.who, row.matter, row.bases);
    one.minors = row.minors;
    one.under14 = row.under14;
  }
  const people = db.prepare(ALL_PEOPLE).get(values) as { readonly minors: number; readonly under14: number };
  const sorted = [...lines.values()].sort((a, b) => b.requests - a.requests || (textOf(a) < textOf(b) ? -1 : 1));
  return {
    requests: sorted.reduce((sum, one) => sum + one.requests, 0),
    minors: people.minors,
    under14: people.under14,
    refused,
    ageNotKnown: Number(db.prepare(NOT_KNOWN).pluck().get(values)),
    lines: sorted.map(({ bases, fields, ...rest }) => ({
      ...rest,
      legalBases: JSON.parse(bases) as string[],
      fields: [...fields]
        .map(([coordinate, requests]) => ({ coordinate, requests }))
        .sort((a, b) => b.requests - a.requests || (a.coordinate < b.coordinate ? -1 : 1)),
    })),
    anomalies: anomaliesOf(db, sorted, values),
  };
}

function textOf({ client, operator, matter, bases }: Line): string {
  return JSON.stringify([client, operator, matter, bases]);
}

const IN_PERIOD = 'entry.minors > 0 AND entry.time >= @from AND entry.time < @to';
const NIGHT_HOUR = `CAST((entry.time + @shift) / 3600000 AS INTEGER) % 24`;

/** Each request once, with the sets that were given about its minors. */
const USES = `
  SELECT shape, who, sets, night, count(*) AS requests FROM (
    SELECT entry.shape, entry.who, group_concat(DISTINCT nullif(subject.about, 0)) AS sets,
      (${NIGHT_HOUR} >= ${NIGHT.from} OR ${NIGHT_HOUR} < ${NIGHT.to}) AS night
    FROM entry JOIN subject ON subject.entry = entry.id AND subject.age IN ('C', 'M')
    WHERE ${IN_PERIOD} GROUP BY entry.id
  ) GROUP BY 1, 2, 3, 4`;

const ANSWERED = `shape.kind = 'request' AND shape.outcome = 'ANSWERED'`;
const MINORS = `count(DISTINCT person) AS minors, count(DISTINCT CASE WHEN age = 'C' THEN person END) AS under14`;
const FROM_MINORS = `
  FROM entry JOIN subject ON subject.entry = entry.id AND subject.age IN ('C', 'M') JOIN shape ON shape.id = entry.shape
  WHERE ${IN_PERIOD} AND ${ANSWERED}`;

const PEOPLE = `SELECT client, who, matter, bases, ${MINORS} ${FROM_MINORS} GROUP BY 1, 2, 3, 4`;
const ALL_PEOPLE = `SELECT ${MINORS} ${FROM_MINORS}`;

const NOT_KNOWN = `
  SELECT count(DISTINCT entry.id) FROM entry JOIN shape ON shape.id = entry.shape JOIN subject ON subject.entry = entry.id
  WHERE entry.time >= @from AND entry.time < @to AND ${ANSWERED} AND subject.age = '-'`;

const MANY = `
  SELECT client, who AS operator, date((entry.time + @shift) / 1000, 'unixepoch') AS day, count(DISTINCT person) AS minors
  ${FROM_MINORS} GROUP BY 1, 2, 3 HAVING count(DISTINCT person) > @many ORDER BY minors DESC, day LIMIT @most`;

const ALARMS = `
  SELECT client, action AS alarm, sum(n) AS count FROM by_hour JOIN shape ON shape.id = by_hour.shape
  WHERE at >= @from AND at < @to AND kind = 'alarm' GROUP BY 1, 2`;

function anomaliesOf(db: Database, lines: readonly Line[], values: object): MinorsAnomaly[] {
  const anomalies: MinorsAnomaly[] = [];
  const summed = (kind: 'NO_OPERATOR' | 'NO_BASIS', chosen: readonly Line[]) => {
    const byClient = new Map<string | null, number>();
    for (const { client, requests } of chosen) byClient.set(client, (byClient.get(client) ?? 0) + requests);
    for (const [client, requests] of byClient) anomalies.push({ kind, client, requests });
  };
  summed(
    'NO_OPERATOR',
    lines.filter(({ operator }) => operator === null),
  );
  summed(
    'NO_BASIS',
    lines.filter(({ bases, fields }) => bases === '[]' && fields.size > 0),
  );
  const nights = new Map<string, { client: string | null; operator: string | null; requests: number }>();
  for (const { client, operator, atNight } of lines) {
    if (atNight === 0) continue;
    const key = JSON.stringify([client, operator]);
    const known = nights.get(key);
    if (known) known.requests += atNight;
    else nights.set(key, { client, operator, requests: atNight });
  }
  for (const night of nights.values()) anomalies.push({ kind: 'AT_NIGHT', ...night });
  for (const day of db.prepare(MANY).all(values) as Omit<Extract<MinorsAnomaly, { kind: 'MANY_MINORS' }>, 'kind'>[]) {
    anomalies.push({ kind: 'MANY_MINORS', ...day });
  }
  const clients = new Set(lines.map(({ client }) => client));
  for (const alarm of db.prepare(ALARMS).all(values) as Omit<Extract<MinorsAnomaly, { kind: 'ALARM' }>, 'kind'>[]) {
    if (clients.has(alarm.client)) anomalies.push({ kind: 'ALARM', ...alarm });
  }
  return anomalies;
}
