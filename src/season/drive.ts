/**
 * Takes a list of applications to the gateway: in chunks, a few at a time, each answer written down
 * before it counts. What is in memory is bounded by the chunks under way.
 */
import type { Clock } from './clock.js';
import type { SeasonGateway } from './gateway.js';
import type { SeasonInput } from './input.js';
import type { Journal, RowState } from './journal.js';
import type { Pace } from './pace.js';
import { answeredResult, faultyResult } from './results.js';
import type { SeasonRow } from './rows.js';

/** A season to run. */
export interface Season {
  readonly input: SeasonInput;
  readonly journal: Journal;
  readonly gateway: SeasonGateway;
  readonly pace: Pace;
  readonly clock: Clock;
  /** Rows of one request, 1 to 500. */
  readonly chunk: number;
  /** Requests at once, 1 or more. */
  readonly inFlight: number;
  /** Times that rows left PENDING are asked again. */
  readonly rounds: number;
  /** Wait before each such round, ms. */
  readonly roundMs: number;
  /** Told whenever results were written down. */
  readonly onProgress: () => void;
  /** Told that a round begins: how many rows it will ask again, and when (ms since the epoch). */
  readonly onRound: (pending: number, at: number) => void;
  /** Pauses: what is under way is finished and written down, nothing more is begun. */
  readonly signal: AbortSignal;
}

/** How a run ended. */
export type SeasonEnd =
  /** Every row has its result; some may be PENDING, or AWAITING a department's answer. */
  | 'DONE'
  /** To be gone on with from the journal. */
  | 'PAUSED';

/** Runs the season to its end, or to a pause. @throws SeasonFault where it cannot go on; what was answered stays */
export async function runSeason(season: Season): Promise<SeasonEnd> {
  const { input, journal, clock, rounds, roundMs, signal, onRound } = season;
  const known = [...journal.counts.values()].reduce((all, n) => all + n, 0);
  // What an earlier run left to departments, once that has come to its end; what this one leaves to them it does not ask
  // again, however often it is paused.
  if (known >= input.count && (await pass(season, 'AWAITING')) === 'PAUSED') return 'PAUSED';
  if ((await pass(season, 'NONE')) === 'PAUSED') return 'PAUSED';
  for (let round = 0; round < rounds; round += 1) {
    const pending = journal.counts.get('PENDING') ?? 0;
    if (pending === 0) break;
    onRound(pending, clock.now() + roundMs);
    if (!(await unlessPaused(clock.sleep(roundMs, signal), signal))) return 'PAUSED';
    if ((await pass(season, 'PENDING')) === 'PAUSED') return 'PAUSED';
  }
  return 'DONE';
}

/** Whether the work ended by itself; false where it was cut short by a pause. */
async function unlessPaused(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  }
}

/** Asks about every row that is in `state` now. */
async function pass(season: Season, state: RowState): Promise<SeasonEnd> {
  const { inFlight, signal } = season;
  // Another worker's fault ends all: they would ask a gateway that is known not to answer.
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const chunks = chunksOf(season, state);
  const workers = Array.from({ length: inFlight }, async () => {
    try {
      while (!stop.aborted) {
        const next = await chunks.next();
        if (next.done === true || stop.aborted) return;
        await unlessPaused(ask(season, next.value, stop), stop);
      }
    } catch (error) {
      failed.abort();
      throw error;
    }
  });
  const ends = await Promise.allSettled(workers);
  await chunks.return(undefined);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return signal.aborted ? 'PAUSED' : 'DONE';
}

async function* chunksOf({ input, journal, chunk }: Season, state: RowState): AsyncGenerator<readonly SeasonRow[]> {
  let rows: SeasonRow[] = [];
  for await (const row of input.rows()) {
    if (journal.state(row.row) !== state) continue;
    rows.push(row);
    if (rows.length < chunk) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

async function ask(season: Season, rows: readonly SeasonRow[], signal: AbortSignal): Promise<void> {
  const { input, journal, gateway, pace, onProgress } = season;
  const applications = rows.filter((row) => row.is === 'APPLICATION');
  const results = rows.filter((row) => row.is === 'FAULTY').map(faultyResult);
  if (applications.length > 0) {
    await pace.turn(applications.length, signal);
    const asked = applications.map(({ number, filedOn, division, subjects }) => ({
      number,
      filedOn,
      ...(division === undefined ? {} : { division }),
      subjects,
    }));
    const answers = await gateway.verify(asked, signal);
    for (const [i, answer] of answers.entries()) {
      const application = applications[i];
      if (application !== undefined) results.push(answeredResult(application, answer, input.columns));
    }
  }
  await journal.append(results);
  onProgress();
}
