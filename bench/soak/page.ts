/** Writes docs/soak.md: a page that no hand edits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../measure.js';
import { shown } from '../report.js';
import { type Drift, flat, type Minute } from './window.js';

/** What a soak gives. */
export interface SoakResults {
  /** RFC 3339. */
  readonly time: string;
  readonly command: string;
  readonly machine: string;
  /** Version of the database. */
  readonly database: string;
  /** Share of the capacity that was asked for. */
  readonly share: number;
  /** Measured before, by workload, req/s. */
  readonly capacity: Readonly<Record<string, number>>;
  readonly minutes: readonly Minute[];
  readonly answers: number;
  /** Wrong in status, length or content, or never come: a soak ends at the first. */
  readonly errors: number;
  /** The first in words; null where there was none. */
  readonly fault: string | null;
  readonly drifts: readonly Drift[];
  /** What the record says of itself afterwards. */
  readonly record: { readonly state: string; readonly requests: number };
}

/** Minutes that stand in one row of the page. */
const ROW_MINUTES = 5;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rowOf(minutes: readonly Minute[]): readonly string[] {
  const reads = minutes.filter(({ workload }) => workload === 'enrolment');
  const verdicts = minutes.filter(({ workload }) => workload === 'verify');
  const over = (all: readonly Minute[], figure: (minute: Minute) => number) => shown(median(all.map(figure)), 1);
  return [
    `${minutes[0]?.at}–${minutes.at(-1)?.at}`,
    minutes.reduce((sum, { answers }) => sum + answers, 0).toLocaleString('en'),
    `${over(reads, ({ p50 }) => p50)} / ${over(reads, ({ p99 }) => p99)}`,
    `${over(verdicts, ({ p50 }) => p50)} / ${over(verdicts, ({ p99 }) => p99)}`,
    over(minutes, ({ memory }) => memory),
    over(minutes, ({ heap }) => heap),
    over(minutes, ({ handles }) => handles),
  ];
}

/** Whether the soak shows what it should: no error, everything flat, the record whole. */
export function soundOf({ errors, drifts, record, answers }: SoakResults): boolean {
  return errors === 0 && drifts.every(flat) && record.state === 'INTACT' && record.requests >= answers;
}

/** The page's text, for a terminal too. */
export function soakText(results: SoakResults): string {
  const { time, command, machine, database, share, capacity, minutes, answers, errors, fault, drifts, record } =
    results;
  const rows: (readonly string[])[] = [];
  for (let from = 0; from < minutes.length; from += ROW_MINUTES)
    rows.push(rowOf(minutes.slice(from, from + ROW_MINUTES)));
  const rates = Object.entries(capacity).map(
    ([workload, rate]) => `${workload} ${shown(rate, 0)} req/s, asked for ${shown(rate * share, 0)}`,
  );
  return `# Soak

Written by \`${command}\` on ${time.slice(0, 10)}; do not edit. The gateway under a steady Poisson load, ${minutes.length} minutes
at ${shown(share, 2)} of the capacity measured just before; of five minutes four are enrolment reads and one is verdicts with receipts.

- Machine: ${machine}; the load generator, the gateway and the database share it.
- Database: ${database}.
- Capacity (highest rate with a p99 under 50 ms): ${rates.join('; ')}.
- ${answers.toLocaleString('en')} answers, ${errors} errors${fault === null ? '' : ` (${fault})`}: every answer's status and length is checked,
  and the content of a sample.
- The record afterwards: ${record.state}, ${record.requests.toLocaleString('en')} requests.

${table(
  ['last quarter against the second', 'ratio', 'bound', ''],
  drifts.map((drift) => [drift.what, shown(drift.ratio, 3), shown(drift.bound, 2), flat(drift) ? 'flat' : 'not flat']),
)}

Medians of each five minutes; latencies p50 / p99 in ms, memory in MiB.

${table(['minutes', 'answers', 'reads', 'verdicts', 'resident', 'heap', 'handles'], rows)}
`;
}

/** Writes the page into a folder, such as docs/. */
export function writeSoakPage(folder: string, results: SoakResults): void {
  writeFileSync(join(folder, 'soak.md'), soakText(results));
}
