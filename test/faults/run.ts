/** Runs faults one after the other and counts what must never happen. */
import type { RowDataPacket } from 'mysql2/promise';
import type { DatabaseServer } from '../support/services.js';
import type { Fault } from './faults.js';
import type { Program } from './gateway-child.js';
import { type Row, Stage } from './stage.js';
import type { Recorded } from './town.js';

/** What a run found. All but `faults`, `skipped` and the table must be 0 or empty. */
export interface Findings {
  /** Faults tried. */
  readonly faults: number;
  /** Faults that could not be tried here, with the reason. */
  readonly skipped: readonly string[];
  /** Answers with a place in the record that the record does not have there; requests with neither answer nor error. */
  readonly lost: number;
  /** Verdicts and absences that deny what is so. */
  readonly wrongNo: number;
  /** Verdicts and values that state what is not so. */
  readonly wrongYes: number;
  /** Answers with data whose request the record does not have. */
  readonly unrecorded: number;
  /** Requests with two entries; cases registered twice, or answered as registered and not there. */
  readonly doubled: number;
  /** Faults after which, or during which, a client saw what it must not see. */
  readonly unexpected: number;
  /** What `audit verify` says; empty: INTACT. */
  readonly record: readonly string[];
  readonly table: readonly Row[];
}

/** Whether nothing was found that must not be. */
export function sound(found: Findings): boolean {
  const { lost, wrongNo, wrongYes, unrecorded, doubled, unexpected, record } = found;
  return [lost, wrongNo, wrongYes, unrecorded, doubled, unexpected, record.length].every((n) => n === 0);
}

/**
 * Tries the faults on a town of their own.
 * @param onRow told of each as it is done
 * @param stop ends the run after the fault under way; the rest count as not tried
 */
export async function run(
  server: DatabaseServer,
  program: Program,
  faults: readonly Fault[],
  onRow: (row: Row) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<Findings> {
  const stage = await Stage.open(server, program);
  const table: Row[] = [];
  const skipped: string[] = [];
  try {
    for (const fault of faults) {
      const why = fault.impossible?.(stage) ?? null;
      if (stop.aborted) break;
      if (why !== null) {
        skipped.push(`${fault.name}: ${why}`);
        continue;
      }
      const row = await stage.try(fault);
      table.push(row);
      onRow(row);
    }
    for (const gateway of stage.gateways) await gateway.end('SIGTERM');
    const recorded = await stage.town.recorded();
    return { ...(await reckon(stage, recorded)), ...standing(table), skipped, record: await stage.town.recordFaults() };
  } finally {
    await stage.close();
  }
}

function standing(table: readonly Row[]) {
  return { faults: table.length, unexpected: table.filter(({ unexpected }) => unexpected.length > 0).length, table };
}

/** Holds what clients received against record and store. */
async function reckon(stage: Stage, recorded: readonly Recorded[]) {
  const { seen, town } = stage;
  const places = new Map<string, string[]>();
  for (const { requestId, position } of recorded) {
    places.set(requestId, [...(places.get(requestId) ?? []), position]);
  }
  const received = seen.flatMap(({ disclosed, refusedAt }) => [...disclosed, ...refusedAt]);
  const misplaced = received.filter(([requestId, position]) => !places.get(requestId)?.includes(position));
  const disclosed = seen.flatMap((part) => [...part.disclosed.keys()]);
  const cases = await town.sql('control', async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT client, number FROM case_file');
    return rows.map((row) => `${row.client} ${row.number}`);
  });
  const stored = new Set(cases);
  const unstored = seen.flatMap(({ registered }) => registered).filter((one) => !stored.has(one));
  return {
    lost: misplaced.length + unstored.length + seen.reduce((n, { late }) => n + late, 0),
    wrongNo: seen.reduce((n, { wrongNo }) => n + wrongNo.length, 0),
    wrongYes: seen.reduce((n, { wrongYes }) => n + wrongYes.length, 0),
    unrecorded: disclosed.filter((requestId) => !places.has(requestId)).length,
    doubled: [...places.values()].filter(({ length }) => length > 1).length + (cases.length - stored.size),
  };
}
