/** Floor B's record: lines chained by SHA-256 in a file; a group of them is one write and one fdatasync. */
import { hash } from 'node:crypto';
import { fdatasync, write } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from './endpoint.js';
import type { Place } from './receipt.js';

interface Waiting {
  readonly entry: Entry;
  readonly resolve: (place: Place) => void;
  readonly reject: (error: unknown) => void;
}

/** A record that is open. */
export interface ChainedRecord {
  /** Resolves when the entry is durable. */
  append(entry: Entry): Promise<Place>;
  close(): Promise<void>;
}

/** Opens a new record in a folder. */
export async function openChainedRecord(folder: string): Promise<ChainedRecord> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, 'record.jsonl'), 'a');
  let head = '0'.repeat(64);
  let seq = 0;
  let queue: Waiting[] = [];
  let writing = false;

  const durable = (bytes: Buffer) =>
    new Promise<void>((resolve, reject) => {
      write(file.fd, bytes, 0, bytes.length, null, (error, written) => {
        if (error !== null) reject(error);
        else if (written < bytes.length) reject(new Error('the record was written in part'));
        else fdatasync(file.fd, (fault) => (fault === null ? resolve() : reject(fault)));
      });
    });

  function depart(): void {
    const group = queue;
    queue = [];
    let lines = '';
    const places: Place[] = [];
    for (const { entry } of group) {
      seq += 1;
      const text = JSON.stringify({ seq, ...entry });
      head = hash('sha256', `${head}\n${text}`, 'hex');
      lines += `${head} ${text}\n`;
      places.push({ chain: 'floor-b', seq, hash: head });
    }
    const settle = (tell: (waiting: Waiting, place: Place) => void) => {
      places.forEach((place, i) => {
        const waiting = group[i];
        if (waiting !== undefined) tell(waiting, place);
      });
      if (queue.length > 0) depart();
      else writing = false;
    };
    durable(Buffer.from(lines)).then(
      () => settle(({ resolve }, place) => resolve(place)),
      (error: unknown) => settle(({ reject }) => reject(error)),
    );
  }

  return {
    append: (entry) =>
      new Promise((resolve, reject) => {
        queue.push({ entry, resolve, reject });
        if (writing) return;
        writing = true;
        setImmediate(depart);
      }),
    close: () => file.close(),
  };
}
