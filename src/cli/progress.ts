/** Shows how far a load is: a bar on a terminal, a line now and then elsewhere. Writes to standard error. */
import { Presets, SingleBar } from 'cli-progress';
import type { LoadProgress } from '../../seeds/load.js';

/** A progress display; call `stop` when done. */
export interface Progress {
  readonly update: (progress: LoadProgress) => void;
  readonly stop: () => void;
}

/** @param residents how many there will be */
export function showProgress(residents: number): Progress {
  if (!process.stderr.isTTY) {
    let told = 0;
    return {
      update({ phase, residents: done, rows }) {
        const tenth = Math.floor((10 * done) / Math.max(1, residents));
        if (tenth <= told && phase === 'ROWS') return;
        told = tenth;
        process.stderr.write(
          phase === 'ROWS' ? `demo city: ${done} of ${residents} residents, ${rows} rows\n` : 'demo city: indexes\n',
        );
      },
      stop: () => undefined,
    };
  }
  const bar = new SingleBar(
    {
      format: 'demo city {bar} {percentage}% | {value}/{total} residents | {rows} rows | {eta_formatted} left',
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  bar.start(residents, 0, { rows: 0 });
  return {
    update: ({ residents: done, rows }) => bar.update(done, { rows }),
    stop: () => bar.stop(),
  };
}

/** Shows how far work of unknown length is: a number on a terminal, nothing elsewhere. @param what is counted */
export function showCount(what: string): { readonly update: (count: number) => void; readonly stop: () => void } {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  return {
    update: (count) => void process.stderr.write(`\r${count} ${what}`),
    stop: () => void process.stderr.write('\n'),
  };
}
