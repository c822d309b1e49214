import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config.js';
import { CHINA_STANDARD_TIME } from '../domain/calendar.js';
import { type DayWindow, parseDayWindow } from '../domain/day-window.js';
import { SYSTEM_CLOCK } from '../season/clock.js';
import { openSeasonGateway, type SeasonGateway } from '../season/gateway.js';
import { isResultName, VERDICTS_ZH } from '../season/result-file.js';
import { judgeList, SEASON_DEFAULTS, type SeasonTold } from '../season/run.js';
import type { SeasonSummary } from '../season/summary.js';
import { developmentToken, gatewayUrl } from './client.js';
import { CommandError, NO, print, table } from './output.js';
import { type SeasonProgress, showSeason } from './season-progress.js';

interface Options {
  readonly matter: string;
  readonly out: string;
  readonly client: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly url?: string;
  readonly chunk: number;
  readonly inFlight: number;
  readonly rate?: number;
  readonly between?: DayWindow;
  readonly rounds: number;
  readonly roundWait: number;
  readonly tries: number;
  readonly column: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

/** What the command prints. */
interface Told extends SeasonSummary {
  readonly end: 'DONE' | 'PAUSED';
  /** Rows of the list that hold something. */
  readonly of: number;
  readonly seconds: number;
  /** The result and the picture; null after a pause. */
  readonly out: string | null;
  readonly picture: string | null;
  readonly journal: string;
}

function within(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`takes a whole number, ${min} to ${max}`);
    }
    return value;
  };
}

function addressOf(text: string): string {
  if (!/^https?:/.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('takes an address, http or https');
  return text.replace(/\/+$/, '');
}

function windowOf(text: string): DayWindow {
  const window = parseDayWindow(text);
  if (window === null) throw new InvalidArgumentError('takes hours of the day such as 19:00-07:00');
  return window;
}

function columnNamed(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('takes name=heading, such as child=学生证件');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function inWords(told: Told): string {
  const verdicts = Object.entries(told.verdicts).map(([verdict, count]) => [
    VERDICTS_ZH[verdict] ?? '',
    verdict,
    String(count),
  ]);
  const head = `${told.rows} of ${told.of} rows in ${told.seconds.toFixed(1)} s`;
  const end =
    told.end === 'PAUSED'
      ? `paused; the same command goes on from ${told.journal}`
      : `result ${told.out}, picture ${told.picture}, journal ${told.journal}`;
  return [head, table(['结论', 'verdict', 'rows'], verdicts), end].join('\n');
}

/** Where the token comes from; a file is read anew, since whoever renews it writes there. */
function tokensOf(options: Options): (renew: boolean) => Promise<string> {
  const { token, tokenFile, client } = options;
  if (token !== undefined) return async () => token;
  if (tokenFile !== undefined) return async () => readFileSync(tokenFile, 'utf8').trim();
  const mint = () => developmentToken(loadConfig(process.env, process.cwd()), client);
  let minted: Promise<string> | null = null;
  return (renew) => {
    if (renew || minted === null) minted = mint();
    return minted;
  };
}

/** The first Ctrl-C pauses, the second ends at once; the journal is whole either way. */
function pauseOnInterrupt(): { readonly signal: AbortSignal; readonly release: () => void } {
  const pause = new AbortController();
  const interrupted = (): void => {
    process.stderr.write('\npausing: what is under way is finished first; once more to end at once\n');
    pause.abort();
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const release = (): void => {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  };
  return { signal: pause.signal, release };
}

function localTime(at: number): string {
  return new Date(at + CHINA_STANDARD_TIME * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}

function connect(options: Options, url: string, say: (line: string) => void): SeasonGateway {
  return openSeasonGateway({
    url,
    matter: options.matter,
    token: tokensOf(options),
    tries: options.tries,
    clock: SYSTEM_CLOCK,
    random: Math.random,
    onWait: (why, ms) => say(`${why}; again in ${Math.ceil(ms / 1000)} s, at ${localTime(SYSTEM_CLOCK.now() + ms)}`),
  });
}

/** Says a line, above the progress where there is one by then. */
interface Teller {
  progress: SeasonProgress | null;
  say(line: string): void;
}

function openTeller(): Teller {
  return {
    progress: null,
    say(line) {
      if (this.progress === null) process.stderr.write(`${line}\n`);
      else this.progress.say(line);
    },
  };
}

/** What the season tells while it runs, put on the terminal. */
function tellOn(teller: Teller): SeasonTold {
  return {
    onOpen({ done, of, counts }) {
      if (done > 0) teller.say(`going on: ${done} of ${of} rows have a result`);
      teller.progress = showSeason(of, done, SYSTEM_CLOCK);
      teller.progress.update({ done, of, counts, perSecond: 0, secondsLeft: null });
    },
    onProgress: (standing) => teller.progress?.update(standing),
    onClosed: (until) => teller.say(`outside --between: waiting until ${localTime(until)}`),
    onRound: (pending, at) => teller.say(`${pending} rows wait for a department; asking again at ${localTime(at)}`),
  };
}

async function run(file: string, options: Options): Promise<Told> {
  const { matter, out } = options;
  if (!isResultName(out)) throw new CommandError('--out must end in .csv or .xlsx');
  const began = SYSTEM_CLOCK.now();
  const { signal, release } = pauseOnInterrupt();
  const teller = openTeller();
  const url = options.url ?? gatewayUrl(loadConfig(process.env, process.cwd()));
  const files = { list: file, journal: `${out}.journal`, results: [out], picture: `${out}.svg` };
  try {
    const { end, of, report } = await judgeList({
      ...tellOn(teller),
      matter,
      files,
      columns: options.column,
      gateway: connect(options, url, (line) => teller.say(line)),
      clock: SYSTEM_CLOCK,
      limits: {
        perSecond: options.rate ?? null,
        between: options.between ?? null,
        utcOffsetMinutes: CHINA_STANDARD_TIME,
      },
      chunk: options.chunk,
      inFlight: options.inFlight,
      rounds: options.rounds,
      roundMs: options.roundWait * 1000,
      signal,
    });
    const written = end === 'DONE' ? { out, picture: files.picture } : { out: null, picture: null };
    const seconds = (SYSTEM_CLOCK.now() - began) / 1000;
    const { rows, verdicts, reasons } = report;
    return { rows, verdicts, reasons, ...written, end, of, seconds, journal: files.journal };
  } finally {
    teller.progress?.stop();
    release();
  }
}

/** `mianzheng batch`: judges a whole list of applications through the running gateway. */
export function batchCommand(): Command {
  return new Command('batch')
    .description('judge a list of applications (招生季); exit 1 where a row has no final verdict, or after a pause')
    .argument('<file>', 'the list, .csv (UTF-8 or GB18030) or .xlsx: case number, day of filing, one column a role')
    .requiredOption('--matter <code>', 'code of the matter')
    .requiredOption('--out <file>', 'the result, .csv or .xlsx; its journal and picture are put beside it')
    .option('--client <name>', 'application to ask as, with a development token', 'school-enrolment')
    .option('--token <token>', 'bearer token to ask with instead')
    .option('--token-file <file>', 'file that holds the bearer token, read again whenever it is asked for')
    .option('--url <url>', 'the gateway; default: the configured one', addressOf)
    .option('--chunk <rows>', 'rows of one request, 1 to 500', within(1, 500), SEASON_DEFAULTS.chunk)
    .option('--in-flight <n>', 'requests at once, 1 to 16', within(1, 16), SEASON_DEFAULTS.inFlight)
    .option('--rate <cases>', 'cases a second at most', within(1, 1_000_000))
    .option('--between <hours>', 'hours of the day to ask in, such as 19:00-07:00 (China Standard Time)', windowOf)
    .option('--rounds <n>', 'times that rows left PENDING are asked again', within(0, 1000), SEASON_DEFAULTS.rounds)
    .option('--round-wait <seconds>', 'wait before each of them', within(0, 86_400), SEASON_DEFAULTS.roundMs / 1000)
    .option(
      '--tries <n>',
      'tries of a request that meets trouble before the season stops',
      within(1, 1000),
      SEASON_DEFAULTS.tries,
    )
    .option(
      '--column <name=heading>',
      'heading of the column of case, filedOn, division or a role; may be repeated',
      columnNamed,
      {},
    )
    .option('--json', 'print the summary {end, rows, of, verdicts, reasons, seconds, out, picture, journal}')
    .action(async (file: string, options: Options) => {
      const told = await run(file, options);
      print(told, options.json, inWords);
      const { PENDING = 0, REFUSED = 0 } = told.verdicts;
      if (told.end === 'PAUSED' || PENDING + REFUSED > 0) process.exitCode = NO;
    });
}
