/** Shows how far a season is: a bar on a terminal, a line now and then elsewhere. Writes to standard error. */
import { Presets, SingleBar } from 'cli-progress';
import type { Clock } from '../season/clock.js';
import type { Standing } from '../season/standing.js';

/** A display; call `stop` when done. */
export interface SeasonProgress {
  readonly update: (standing: Standing) => void;
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

function inWords(counts: Standing['counts']): string {
  return MARKS.flatMap(([verdict, mark]) => {
    const count = counts[verdict] ?? 0;
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
  if (!process.stderr.isTTY) return lines(clock);
  const format = '{bar} {value}/{total} | {rate}/s | {eta_formatted} left | {verdicts}';
  const bar = new SingleBar({ format, stream: process.stderr, etaBuffer: 50 }, Presets.shades_classic);
  bar.start(total, done, { rate: 0, verdicts: '' });
  return {
    update: ({ done: count, perSecond, counts }) =>
      bar.update(count, { rate: Math.round(perSecond), verdicts: inWords(counts) }),
    // The bar takes the last line of the terminal.
    say: (line) => process.stderr.write(`\r\u001b[K${line}\n`),
    stop: () => bar.stop(),
  };
}

function lines(clock: Pick<Clock, 'now'>): SeasonProgress {
  let next = clock.now() + LINE_MS;
  let last = '';
  let unsaid = false;
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
    unsaid = false;
  };
  return {
    update({ done, of, perSecond, secondsLeft, counts }) {
      const left = secondsLeft === null ? '' : `, ${secondsLeft} s left`;
      last = `${done} of ${of}, ${Math.round(perSecond)}/s${left}: ${inWords(counts)}`;
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
