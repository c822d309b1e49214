/** Shows how far a season is: a bar on a terminal, a line now and then elsewhere. Writes to standard error. */
import { Presets, SingleBar } from 'cli-progress';
import type { Clock } from '../season/clock.js';

/** A display; call `stop` when done. */
export interface SeasonProgress {
  /** @param counts results so far by verdict, and `REFUSED` */
  readonly update: (counts: ReadonlyMap<string, number>) => void;
  /** A line for the person at the terminal. */
  readonly say: (line: string) => void;
  readonly stop: () => void;
}

const MARKS: readonly (readonly [verdict: string, mark: string])[] = [
  ['APPROVED', '通过'],
  ['NEEDS_COMMITMENT', '承诺'],
  ['NEEDS_REVIEW', '复核'],
  ['NOT_MET', '不符'],
  ['PENDING', '待恢复'],
  ['REFUSED', '未核验'],
];

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, n) => all + n, 0);

function inWords(counts: ReadonlyMap<string, number>): string {
  return MARKS.flatMap(([verdict, mark]) => {
    const count = counts.get(verdict) ?? 0;
    return count === 0 ? [] : [`${mark} ${count}`];
  }).join(' ');
}

/** Time between two lines where there is no terminal, ms. */
const LINE_MS = 10_000;

/**
 * @param total rows there are
 * @param done results known before this run
 */
export function showSeason(total: number, done: number, clock: Pick<Clock, 'now'>): SeasonProgress {
  const began = clock.now();
  const rate = (count: number): number => Math.round((count - done) / Math.max(0.001, (clock.now() - began) / 1000));
  if (!process.stderr.isTTY) return lines(total, rate, clock);
  const format = '{bar} {value}/{total} | {rate}/s | {eta_formatted} left | {verdicts}';
  const bar = new SingleBar({ format, stream: process.stderr, etaBuffer: 50 }, Presets.shades_classic);
  bar.start(total, done, { rate: 0, verdicts: '' });
  return {
    update(counts) {
      const count = sum(counts);
      bar.update(count, { rate: rate(count), verdicts: inWords(counts) });
    },
    // The bar takes the last line of the terminal.
    say: (line) => process.stderr.write(`\r\u001b[K${line}\n`),
    stop: () => bar.stop(),
  };
}

function lines(total: number, rate: (count: number) => number, clock: Pick<Clock, 'now'>): SeasonProgress {
  let next = clock.now() + LINE_MS;
  let last = '';
  let unsaid = false;
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
    unsaid = false;
  };
  return {
    update(counts) {
      const count = sum(counts);
      const perSecond = rate(count);
      const left = perSecond === 0 ? '' : `, ${Math.ceil((total - count) / perSecond)} s left`;
      last = `${count} of ${total}, ${perSecond}/s${left}: ${inWords(counts)}`;
      unsaid = true;
      if (clock.now() < next) return;
      next = clock.now() + LINE_MS;
      say(last);
    },
    say,
    stop() {
      if (unsaid) say(last);
    },
  };
}
