/** Writes docs/growth.md with a chart per series: a page that no hand edits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barChart } from '../chart.js';
import { shown } from '../report.js';
import { BOUND_MS, type Fairness } from './fairness.js';
import { costOf, exponentOf, type GrowthPoint, type GrowthSeries } from './point.js';
import { BASE_RESIDENTS } from './series.js';
import type { Waiting } from './waiting.js';

/** What a whole run gives. */
export interface GrowthResults {
  /** RFC 3339. */
  readonly time: string;
  readonly command: string;
  readonly machine: string;
  /** Version of the database. */
  readonly database: string;
  readonly seconds: number;
  readonly series: readonly GrowthSeries[];
  /** Null where it was not measured. */
  readonly waiting: readonly Waiting[] | null;
  /** Null where it was not measured. */
  readonly fairness: Fairness | null;
}

const HEADINGS = [
  '',
  'CPU ms server',
  'CPU ms database',
  'req/s, 16 connections',
  'p50 ms, 1 connection',
  'MiB',
  'start s',
];

function rowOf({ at, serverCpu, databaseCpu, perSecond, p50, memory, startSeconds }: GrowthPoint): readonly string[] {
  return [
    at.toLocaleString('en'),
    shown(serverCpu, 3),
    shown(databaseCpu, 3),
    shown(perSecond, 0),
    shown(p50, 2),
    shown(memory, 0),
    shown(startSeconds, 1),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The cost at the end against that at the beginning, in words. */
function verdictOf({ points }: GrowthSeries): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  const size = last.at / first.at;
  const cost = costOf(last) / costOf(first);
  return `From the first to the last, ${Math.round(size).toLocaleString('en')} times the size costs ${cost.toFixed(2)} times the CPU (exponent ${exponentOf(points).toFixed(2)}).`;
}

function sectionOf(series: GrowthSeries): string {
  return `## ${series.title[0]?.toUpperCase()}${series.title.slice(1)}

${table(HEADINGS, series.points.map(rowOf))}

${verdictOf(series)}

![CPU per answer by ${series.title}](growth-${series.name}.svg)`;
}

function waitingSection(waiting: readonly Waiting[]): string {
  return `## The wait of a fetch

Concurrent fetches of one template travel in one statement. What a fetch waits for the others, measured inside the gateway with a department
that takes 1 ms; a fetch that comes while a statement of its template is in the air waits for it to land, which is the department's time, not ours.

${table(
  ['askers', 'wait p50 ms', 'wait p99 ms', 'fetches a statement'],
  waiting.map(({ at, p50, p99, together }) => [String(at), shown(p50, 3), shown(p99, 3), shown(together, 1)]),
)}`;
}

function fairnessSection({ alone, beside, lists, met }: Fairness): string {
  const row = (name: string, { p50, p99, answers }: Fairness['alone']) => {
    return [name, shown(p50, 1), shown(p99, 1), String(answers)];
  };
  return `## One application beside another

One connection's enrolment reads, alone and while another application asks on four connections for lists of 100 residents without a pause
(${shown(lists, 0)} lists/s).

${table(['', 'p50 ms', 'p99 ms', 'answers'], [row('alone', alone), row('beside the lists', beside)])}

Bound: p99 beside the lists at most ${BOUND_MS} ms; ${met ? 'met' : 'not met'}.`;
}

function pageOf(results: GrowthResults): string {
  const { time, command, machine, database, seconds, series, waiting, fairness } = results;
  return `# Growth

Written by \`${command}\` on ${time.slice(0, 10)}; do not edit. What one enrolment read costs while one thing grows and the rest
stays; the figures hold for one machine and one run.

- Machine: ${machine}; the load generator, the gateway and the database share it.
- Database: ${database}. City: ${BASE_RESIDENTS.toLocaleString('en')} residents, where residents are not what grows; 10,000,000 are
  measured with \`--ten-million\` (half an hour and tens of GB to make).
- CPU is that of the gateway and of the database per answer, 16 connections in a closed loop, ${seconds} s after 1.5 s of warming; p50 is
  that of one connection. Every answer's length is checked, and the content of a sample.
- Memory is the gateway's resident memory at the end, of which V8's young generation takes up to 192 MiB. The start counts from the begin of
  the process until \`/readyz\` says yes.

${series.map(sectionOf).join('\n\n')}
${waiting === null ? '' : `\n${waitingSection(waiting)}\n`}${fairness === null ? '' : `\n${fairnessSection(fairness)}\n`}`;
}

function chartOf({ title, points }: GrowthSeries): string {
  const bars = points.map((point) => ({
    label: point.at.toLocaleString('en'),
    value: 1000 * costOf(point),
    own: true,
  }));
  return barChart(`CPU per answer by ${title}`, 'µs, server and database', bars, 'AS_GIVEN');
}

/** The page's text, for a terminal too. */
export function growthText(results: GrowthResults): string {
  return pageOf(results);
}

/** Writes page and charts into a folder, such as docs/. */
export function writeGrowthPage(folder: string, results: GrowthResults): void {
  writeFileSync(join(folder, 'growth.md'), pageOf(results));
  for (const series of results.series) {
    writeFileSync(join(folder, `growth-${series.name}.svg`), chartOf(series));
  }
}
