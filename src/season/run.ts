/** A season from its list to its result: what the command line and the console both run. */
import { writeFile } from 'node:fs/promises';
import { type Breakdown, breakDown } from './breakdown.js';
import { runSeason, type Season, type SeasonEnd } from './drive.js';
import { openInput, type SeasonInput } from './input.js';
import { type Journal, openJournal, type SeasonIdentity } from './journal.js';
import { openPace, type PaceLimits } from './pace.js';
import { pictureOf } from './picture.js';
import { writeResult, writeWhole } from './result-file.js';
import { openStanding, type Standing } from './standing.js';
import { type SeasonSummary, summarise } from './summary.js';

/** Where a season's files are. */
export interface SeasonFiles {
  /** The list, `.csv` or `.xlsx`. */
  readonly list: string;
  /** What is known so far. */
  readonly journal: string;
  /** Results, each CSV or XLSX by its ending. */
  readonly results: readonly string[];
  /** The summary as an SVG. */
  readonly picture: string;
}

/** What a season is told of while it runs. */
export interface SeasonTold {
  /** The list is open and the journal read. */
  readonly onOpen: (standing: Standing) => void;
  /** Results were written down. */
  readonly onProgress: (standing: Standing) => void;
  /** Its hours are over until then, ms since the epoch. */
  readonly onClosed: (until: number) => void;
  /** So many rows that wait for a department are asked again then, ms since the epoch. */
  readonly onRound: (pending: number, at: number) => void;
}

/** How a list is judged. */
export interface ListSeason extends SeasonTold, Omit<Season, 'input' | 'journal' | 'pace' | keyof SeasonTold> {
  /** Code of the matter. */
  readonly matter: string;
  readonly files: SeasonFiles;
  /** Headings the user names, as {@link columnsOf} takes them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly limits: PaceLimits;
}

/** A season in numbers, and by what the list says of its rows. */
export type SeasonReport = SeasonSummary & Breakdown;

/** How a list is judged where nobody says otherwise. */
export const SEASON_DEFAULTS = {
  /** Cases of one request. */
  chunk: 250,
  /** Requests at once. */
  inFlight: 2,
  /** Times that rows left PENDING are asked again. */
  rounds: 3,
  /** Wait before each such round, ms. */
  roundMs: 30_000,
  /** Tries of a request that meets trouble. */
  tries: 10,
} as const;

/** How a list was judged. */
export interface ListEnd {
  readonly end: SeasonEnd;
  /** Rows of the list that hold something. */
  readonly of: number;
  readonly report: SeasonReport;
}

/** An open list and its journal. Close the journal when done. */
interface OpenList {
  readonly input: SeasonInput;
  readonly journal: Journal;
}

async function open(
  season: Pick<ListSeason, 'files' | 'columns' | 'matter' | 'gateway' | 'signal'>,
): Promise<OpenList> {
  const { files, columns, matter, gateway, signal } = season;
  const input = await openInput(files.list, await gateway.roles(signal), columns);
  return { input, journal: await openJournal(files.journal, { input: input.sha256, matter }) };
}

async function reportOf({ input, journal }: OpenList): Promise<SeasonReport> {
  return { ...(await summarise(journal)), ...(await breakDown(input, journal)) };
}

async function write({ results, picture }: SeasonFiles, journal: Journal, summary: SeasonSummary, matter: string) {
  for (const file of results) await writeResult(file, journal);
  await writeWhole(picture, (temporary) => writeFile(temporary, pictureOf(summary, matter)));
}

async function drive(season: ListSeason, { input, journal }: OpenList): Promise<SeasonEnd> {
  const { clock, limits, onOpen, onProgress, onClosed } = season;
  const standing = openStanding(input.count, journal.counts, clock);
  onOpen(standing(journal.counts));
  return runSeason({
    ...season,
    input,
    journal,
    pace: openPace(limits, clock, onClosed),
    onProgress: () => onProgress(standing(journal.counts)),
  });
}

/**
 * Judges a list, from where its journal says it is; results are written when every row has one.
 * @throws SeasonFault where it cannot go on; what was answered stays in the journal
 */
export async function judgeList(season: ListSeason): Promise<ListEnd> {
  const list = await open(season);
  try {
    const end = await drive(season, list);
    const report = await reportOf(list);
    if (end === 'DONE') await write(season.files, list.journal, report, season.matter);
    return { end, of: list.input.count, report };
  } finally {
    await list.journal.close();
  }
}

/**
 * Writes the results of a season that is not gone on with, from its journal alone.
 * @throws SeasonFault JOURNAL, IN_USE, OUTPUT
 */
export async function concludeList(files: SeasonFiles, identity: SeasonIdentity): Promise<SeasonSummary> {
  const journal = await openJournal(files.journal, identity);
  try {
    const summary = await summarise(journal);
    await write(files, journal, summary, identity.matter);
    return summary;
  } finally {
    await journal.close();
  }
}
