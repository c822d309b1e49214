/** Options of `npm run bench:growth`. */
import { Command, InvalidArgumentError } from 'commander';

/** What is made larger, in the order in which it is measured; then what one request costs another. */
export const SERIES = ['residents', 'clients', 'grants', 'fields', 'matters', 'waiting', 'fairness'] as const;
/** One of them. */
export type SeriesName = (typeof SERIES)[number];

/** How the measurement is run. */
export interface GrowthOptions {
  /** Print the results as JSON. */
  readonly json: boolean;
  /** What is measured; {@link SERIES} itself where all is: then docs/growth.md is written. */
  readonly only: readonly SeriesName[];
  /** Measured seconds of one run. */
  readonly seconds: number;
  /** MariaDB or MySQL server. */
  readonly target: string;
  /** City of 10,000,000 too. */
  readonly tenMillion: boolean;
}

function seriesIn(text: string): readonly SeriesName[] {
  return text.split(',').map((name) => {
    const series = SERIES.find((known) => known === name);
    if (series === undefined) throw new InvalidArgumentError(`there are ${SERIES.join(', ')}`);
    return series;
  });
}

/** Reads the command line. */
export function readGrowthOptions(): GrowthOptions {
  return new Command('bench:growth')
    .description('what one enrolment read costs while city, applications, grants, document and matters grow')
    .option('--json', 'print the results as JSON', false)
    .option('--only <names>', `what is measured, comma-separated: ${SERIES.join(', ')}`, seriesIn, SERIES)
    .option('--seconds <n>', 'measured seconds of one run', Number, 2)
    .option('--target <url>', 'database server, a user who may create databases', 'mysql://root@127.0.0.1:3306')
    .option('--ten-million', 'also a city of 10,000,000: half an hour and tens of GB where it is not there yet', false)
    .parse()
    .opts<GrowthOptions>();
}
