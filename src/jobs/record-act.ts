/** An act of a person at the command line, put into the record. */
import { type ChainFault, openChain } from '../audit/chain.js';
import type { AdministrationRecord, NewEntry } from '../audit/entries.js';
import { loadSigningKeys } from '../audit/signing-key.js';
import type { Config } from '../config.js';
import { keyFolder, recordFolder } from '../places.js';
import { jobChainOf } from './retention.js';

/** Writes an act into the record; resolves when it is durable. */
export type RecordAct = (act: Omit<AdministrationRecord, 'time'>) => Promise<string>;

/** How acts are recorded. */
export interface ActRecording {
  readonly config: Config;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told of faults of the chain. */
  readonly onFault: (fault: ChainFault) => void;
}

/**
 * Opens the chain that an installation's jobs are recorded in, lets the work record what it does, and closes it.
 * The work makes a change only after its act is recorded.
 * @throws RecordError LOCKED while a job or another command writes that chain
 */
export async function recordingActs<T>(
  { config, now, onFault }: ActRecording,
  work: (record: RecordAct) => Promise<T>,
): Promise<T> {
  const { current: signingKey } = await loadSigningKeys(keyFolder(config));
  const { hash } = config.record;
  const chain = jobChainOf(config);
  const record = await openChain({ folder: recordFolder(config), chain, hash, signingKey, now, onFault });
  try {
    return await work(async (act) => {
      const entry: NewEntry = { kind: 'administration', time: new Date(now()).toISOString(), ...act };
      const { chain, seq } = await record.append(entry);
      return `${chain}/${seq}`;
    });
  } finally {
    await record.close();
  }
}
