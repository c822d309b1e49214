import { signCheckpoint } from './checkpoint.js';
import type { Head } from './entries.js';
import type { AppendedFile } from './files.js';
import type { SigningKey } from './signing-key.js';

/** What sealing needs. */
export interface SealOptions {
  readonly chain: string;
  /** The checkpoint file, at its last finished line. */
  readonly file: AppendedFile;
  /** The key that signs now. */
  readonly key: () => SigningKey;
  /** The chain's last durable entry. */
  readonly head: () => Head;
  /** Number and entry of the last checkpoint; 0 and 0 where there is none. */
  readonly last: { readonly number: number; readonly seq: number };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Entries after which a checkpoint is due. */
  readonly entries: number;
  /** Milliseconds after which an unsealed entry is sealed. */
  readonly milliseconds: number;
  /** Told of every checkpoint that could not be written; the next one covers the same entries. */
  readonly onFault: (cause: unknown) => void;
}

/** Seals a chain with checkpoints beside the appends, which never wait for it. */
export class Seal {
  readonly #options: SealOptions;
  #number: number;
  #sealed: number;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: SealOptions) {
    this.#options = options;
    this.#number = options.last.number;
    this.#sealed = options.last.seq;
  }

  /** To be called when entries became durable. */
  notice(): void {
    const unsealed = this.#options.head().seq - this.#sealed;
    if (unsealed === 0 || this.#closed) return;
    if (unsealed >= this.#options.entries && this.#running === null) {
      this.#start();
    } else if (this.#timer === null) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        if (this.#running === null) this.#start();
      }, this.#options.milliseconds);
      this.#timer.unref();
    }
  }

  /** Seals the head now, if it is not sealed; resolves also where that failed and was reported. */
  async seal(): Promise<void> {
    await this.#running;
    await this.#write();
  }

  /** Seals the head a last time and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.seal();
    await this.#options.file.close();
  }

  #start(): void {
    this.#running = this.#write().then((written) => {
      this.#running = null;
      // After a failure only the timer tries again: a full disk is not hammered.
      if (written) this.notice();
      else this.#later();
    });
  }

  #later(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.notice();
    }, this.#options.milliseconds);
    this.#timer.unref();
  }

  async #write(): Promise<boolean> {
    const { chain, file, key, now, onFault } = this.#options;
    const { seq, hash } = this.#options.head();
    if (seq === this.#sealed) return true;
    const number = this.#number + 1;
    try {
      const time = new Date(now()).toISOString();
      const jws = await signCheckpoint({ chain, number, seq, hash, time }, key());
      if (!file.usable) await file.reopen();
      await file.append(Buffer.from(`${jws}\n`));
      this.#number = number;
      this.#sealed = seq;
      return true;
    } catch (cause) {
      onFault(cause);
      return false;
    }
  }
}
