/** Writes docs/benchmarks.md with its chart: a page that no hand edits. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barChart } from './chart.js';
import { boundOf, HEADINGS, markOf, sectionsOf, shown } from './report.js';
import type { Results } from './results.js';
import { medianOf } from './runs.js';
import type { Verdict } from './targets.js';

const CHART = 'benchmarks.svg';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function chartOf(results: Results): string {
  const rounds = results.workloads.enrolment?.closed[64] ?? {};
  const bars = Object.keys(rounds).map((name) => ({
    label: name,
    value: medianOf(rounds[name], ({ perSecond }) => perSecond),
    own: name === 'ours',
  }));
  return barChart('Enrolment reads, 64 connections', 'requests per second', bars);
}

function pageOf(results: Results, verdicts: readonly Verdict[]): string {
  const workloads = Object.entries(results.workloads).flatMap(([name, workload]) => sectionsOf(name, workload));
  const sections = [...workloads, ...(results.sqlite === null ? [] : sectionsOf('SQLite', results.sqlite))];
  return `# Benchmarks

Written by \`${results.command}\` on ${results.time.slice(0, 10)}; do not edit. The figures hold for one machine and one
run; what carries over is the ratios.

- Machine: ${results.machine}; the load generator, the contestant and the database share it.
- Database: ${results.database}, commits flushed to the disk, ${results.residents} residents in five databases; SQLite:
  ${results.sqliteResidents} residents.
- Each contestant is a process of its own with at most ${results.connections} connections to each department. Before
  anything is timed, the answers of all are compared and must be equal; while it is timed, every answer's status and
  length are checked, and the content of a sample. Of a receipt, of which no two are alike, it is compared what it
  states of case and verdict.
- ${results.rounds} rounds of ${results.seconds} s, contestants in turn; a ratio is the median of the ratios within rounds. Latencies of
  the open loop (Poisson arrivals) count from the time a request should have left. Capacity is the highest rate with a
  p99 under 50 ms.
- CPU is that of the server and of the database per answer; SELECTs and INSERTs are those of the whole database server
  (\`Com_select\`, \`Com_insert\`) per answer.

![requests per second](${CHART})

## Contestants

${table(
  ['name', 'what it is'],
  results.contestants.map(({ name, title }) => [name, title]),
)}

## Targets

${table(
  ['target', 'bound', 'measured', ''],
  verdicts.map((verdict) => [verdict.what, boundOf(verdict), shown(verdict.measured, 2), markOf(verdict)]),
)}

## Figures

${sections.map(({ title, rows }) => `### ${title}\n\n${table(['', ...HEADINGS], rows)}`).join('\n\n')}
`;
}

/** Writes page and chart into a folder, such as docs/. */
export function writePage(folder: string, results: Results, verdicts: readonly Verdict[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'benchmarks.md'), pageOf(results, verdicts));
  writeFileSync(join(folder, CHART), chartOf(results));
}
