/** What happened in a period, counted from the index by the hour or minute, never entry by entry. */
import type { Database } from 'better-sqlite3';
import { type RecordFilter, shapesFor } from './search.js';
import type { NumberedShape, Shapes } from './shapes.js';

/** Length of a step, ms. A day begins where the gateway stands. */
export const STEP_MS = { MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;

const TABLES = { MINUTE: 'by_minute', HOUR: 'by_hour', DAY: 'by_day' } as const;

/** Most steps of a series. */
export const MOST_STEPS = 1000;

/** Which entries are counted, and by what. */
export interface ActivityAsked {
  /** ms since the epoch, included; the step that it falls into counts whole. */
  readonly from: number;
  /** ms since the epoch, excluded. */
  readonly to: number;
  readonly step: keyof typeof STEP_MS;
  /** Which requests. Default: all. */
  readonly filter?: Pick<RecordFilter, 'client' | 'matter' | 'coordinates'>;
  /** Fields that are counted in `fields`; default: all. */
  readonly fields?: readonly string[];
}

/** Something with its count, the most frequent first; at most 20, of verdicts and codes all. */
export interface Counted {
  readonly name: string;
  readonly count: number;
}

/** One step of a series. */
export interface ActivityStep {
  /** ms since the epoch. */
  readonly at: number;
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  /** Verdicts given in it. */
  readonly verdicts: Readonly<Record<string, number>>;
}

/** What happened in a period. */
export interface Activity {
  readonly requests: number;
  readonly series: readonly ActivityStep[];
  readonly outcomes: readonly Counted[];
  readonly verdicts: readonly Counted[];
  /** Verdicts by matter. */
  readonly matterVerdicts: readonly { readonly matter: string; readonly verdicts: readonly Counted[] }[];
  /** Refusals and failures by code. */
  readonly codes: readonly Counted[];
  readonly clients: readonly Counted[];
  readonly matters: readonly Counted[];
  /** Requests that gave a field, full, masked or to a rule. */
  readonly fields: readonly Counted[];
  /** Requests for which a department did not answer. */
  readonly down: readonly Counted[];
  /** Alarms by kind. */
  readonly alarms: readonly Counted[];
}

const MOST_NAMED = 20;

class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string | null, n: number): void {
    if (name !== null) this.#counts.set(name, (this.#counts.get(name) ?? 0) + n);
  }

  all(): readonly Counted[] {
    return [...this.#counts]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }

  most(): readonly Counted[] {
    return this.all().slice(0, MOST_NAMED);
  }
}

interface Row {
  readonly at: number;
  readonly shape: number;
  readonly n: number;
}

/** Counts a period. @param utcOffsetMinutes minutes from UTC that the index reckons days in @throws RangeError for more than {@link MOST_STEPS} steps */
export function activityOf(db: Database, shapes: Shapes, asked: ActivityAsked, utcOffsetMinutes: number): Activity {
  const { from, to, step, filter = {} } = asked;
  const stepMs = STEP_MS[step];
  // Days begin where the gateway stands; hours and minutes are the same everywhere that is offset by whole ones.
  const shift = step === 'DAY' ? utcOffsetMinutes * STEP_MS.MINUTE : 0;
  const begin = (at: number) => Math.floor((at + shift) / stepMs) * stepMs - shift;
  if ((to - begin(from)) / stepMs > MOST_STEPS) throw new RangeError(`a series has at most ${MOST_STEPS} steps`);
  const wanted = new Map(shapesFor(db, shapes, { ...filter, kinds: ['request', 'alarm'] }).map((s) => [s.id, s]));
  const rows = db
    .prepare(`SELECT at, shape, n FROM ${TABLES[step]} WHERE at >= ? AND at < ?`)
    .all(begin(from), to) as Row[];
  const fields = asked.fields === undefined ? null : new Set(asked.fields);
  const steps = new Map<
    number,
    { answered: number; refused: number; failed: number; verdicts: Record<string, number> }
  >();
  for (let at = begin(from); at < to; at += stepMs) steps.set(at, { answered: 0, refused: 0, failed: 0, verdicts: {} });
  const counts = new Map<number, number>();
  for (const { at, shape, n } of rows) {
    const one = wanted.get(shape);
    if (one === undefined) continue;
    counts.set(shape, (counts.get(shape) ?? 0) + n);
    const counted = steps.get(at);
    if (counted === undefined || one.kind !== 'request') continue;
    if (one.outcome === 'ANSWERED') counted.answered += n;
    else if (one.outcome === 'REFUSED') counted.refused += n;
    else counted.failed += n;
    if (one.verdict !== null) counted.verdicts[one.verdict] = (counted.verdicts[one.verdict] ?? 0) + n;
  }
  return {
    series: [...steps].map(([at, counted]) => ({ at, ...counted })),
    ...tallied(wanted, counts, shapes, fields),
  };
}

function tallied(
  wanted: ReadonlyMap<number, NumberedShape>,
  counts: ReadonlyMap<number, number>,
  shapes: Shapes,
  only: ReadonlySet<string> | null,
): Omit<Activity, 'series'> {
  const [outcomes, verdicts, codes, clients, matters, fields, down, alarms] = Array.from(
    { length: 8 },
    () => new Tally(),
  ) as [Tally, Tally, Tally, Tally, Tally, Tally, Tally, Tally];
  const byMatter = new Map<string, Tally>();
  let requests = 0;
  for (const [id, n] of counts) {
    const shape = wanted.get(id);
    if (shape === undefined) continue;
    if (shape.kind === 'alarm') {
      alarms.add(shape.action, n);
      continue;
    }
    requests += n;
    outcomes.add(shape.outcome, n);
    verdicts.add(shape.verdict, n);
    codes.add(shape.code, n);
    clients.add(shape.client, n);
    matters.add(shape.matter, n);
    for (const department of shape.down.split(' ')) down.add(department === '' ? null : department, n);
    const given = [shape.disclosed, shape.masked, shape.used].flatMap((set) => shapes.members(set));
    for (const coordinate of new Set(given)) if (only === null || only.has(coordinate)) fields.add(coordinate, n);
    if (shape.verdict !== null && shape.matter !== null) {
      const tally = byMatter.get(shape.matter) ?? new Tally();
      tally.add(shape.verdict, n);
      byMatter.set(shape.matter, tally);
    }
  }
  return {
    requests,
    outcomes: outcomes.all(),
    verdicts: verdicts.all(),
    matterVerdicts: [...byMatter].map(([matter, tally]) => ({ matter, verdicts: tally.all() })),
    codes: codes.all(),
    clients: clients.most(),
    matters: matters.most(),
    fields: fields.most(),
    down: down.all(),
    alarms: alarms.all(),
  };
}
