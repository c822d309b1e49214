/** The results as text for a terminal. */
import Table from 'cli-table3';
import type { Measured } from './measure.js';
import type { Results, WorkloadResults } from './results.js';
import { medianOf, type Rounds } from './runs.js';
import type { Verdict } from './targets.js';

const FIGURES: readonly (readonly [heading: string, figure: (m: Measured) => number, digits: number])[] = [
  ['req/s', ({ perSecond }) => perSecond, 0],
  ['p50 ms', ({ p50 }) => p50, 2],
  ['p99 ms', ({ p99 }) => p99, 2],
  ['CPU ms server', ({ serverCpu }) => serverCpu, 3],
  ['CPU ms database', ({ databaseCpu }) => databaseCpu ?? Number.NaN, 3],
  ['SELECTs', ({ selects }) => selects, 2],
  ['INSERTs', ({ inserts }) => inserts, 2],
  ['MiB', ({ memory }) => memory, 0],
];

/** A figure with so many digits; a dash where there is none. */
export function shown(value: number | null, digits: number): string {
  return value === null || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** Headings of {@link rowOf}. */
export const HEADINGS: readonly string[] = FIGURES.map(([heading]) => heading);

/** Medians over rounds as texts, in the order of {@link HEADINGS}. */
export function rowOf(rounds: readonly Measured[] | undefined): readonly string[] {
  return FIGURES.map(([, figure, digits]) => shown(medianOf(rounds, figure), digits));
}

/** One table of runs: its title and lines of contestant and figures. */
export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

function section(title: string, rounds: Rounds): Section {
  const rows = Object.entries(rounds).filter(([, measured]) => measured.length > 0);
  return { title, rows: rows.map(([name, measured]) => [name, ...rowOf(measured)]) };
}

/** All tables of a workload. */
export function sectionsOf(name: string, { closed, open, capacity, half }: WorkloadResults): readonly Section[] {
  const ends = Object.entries(capacity ?? {}).map(([contestant, { rates }]) => `${contestant} ${rates.join(', ')}`);
  return [
    ...Object.entries(closed).map(([n, rounds]) => section(`${name}: closed loop, ${n} connections`, rounds)),
    ...Object.entries(open).map(([rate, rounds]) => section(`${name}: open loop, ${rate} req/s`, rounds)),
    ...(half === null
      ? []
      : [section(`${name}: open loop at half of each one's capacity (req/s: ${ends.join('; ')})`, half)]),
  ];
}

/** A ratio against its bound, in words. */
export function boundOf({ sense, bound }: Pick<Verdict, 'sense' | 'bound'>): string {
  return `${sense === 'AT_LEAST' ? '≥' : '≤'} ${bound}`;
}

/** The mark of a verdict. */
export function markOf({ met }: Verdict): string {
  return met === null ? 'not measured' : met ? 'met' : 'MISSED';
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** Everything, for a terminal. */
export function reportOf(results: Results, verdicts: readonly Verdict[]): string {
  const sections = [
    ...Object.entries(results.workloads).flatMap(([name, workload]) => sectionsOf(name, workload)),
    ...(results.sqlite === null ? [] : sectionsOf('SQLite', results.sqlite)),
  ];
  return [
    `${results.machine}; ${results.database}; ${results.residents} residents`,
    ...sections.map(({ title, rows }) => `${title}\n${tableOf(['', ...HEADINGS], rows)}`),
    tableOf(
      ['target', 'bound', 'measured', ''],
      verdicts.map((verdict) => [verdict.what, boundOf(verdict), shown(verdict.measured, 2), markOf(verdict)]),
    ),
  ].join('\n\n');
}
