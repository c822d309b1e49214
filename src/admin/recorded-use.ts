/** What the record says of the use of fields: by application system and matter, without any person. */
import { exportRecord } from '../audit/export.js';
import { MianzhengError } from '../errors.js';

/** A recorded request, as far as fields go. */
export interface RecordedUse {
  readonly client: string;
  readonly matter: string | null;
  /** ISO 8601 instant. */
  readonly time: string;
  readonly disclosed: readonly string[];
  readonly masked: readonly string[];
  readonly used: readonly string[];
  readonly withheld: readonly string[];
  /** Keyed pseudonyms of whom it concerned. */
  readonly subjects: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * Requests of the last days that were planned. The whole record is read through, a segment at a time.
 * @param days 1 to `most`
 * @throws MianzhengError BAD_USER_INPUT beyond that
 */
export async function* recordedUse(
  folder: string,
  now: number,
  days: number,
  most: number,
): AsyncGenerator<RecordedUse, void> {
  if (days < 1 || days > most) throw new MianzhengError('BAD_USER_INPUT', `takes 1 to ${most}`, { field: 'days' });
  for await (const entry of exportRecord(folder, { from: sinceOf(now, days) })) {
    if (entry.kind !== 'request' || entry.record.client === null) continue;
    const { client, matter, time, disclosed, masked, used, withheld, subjects } = entry.record;
    yield { client, matter, time, disclosed, masked, used, withheld, subjects };
  }
}

/** First instant of the last days. */
export function sinceOf(now: number, days: number): string {
  return new Date(now - days * DAY_MS).toISOString();
}
