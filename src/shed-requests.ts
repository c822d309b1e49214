/**
 * What the record says of requests that were shed: how many, second by second. Nothing was read of them and nothing
 * disclosed, and an entry for each would cost what shedding is to save.
 */
import type { NewEntry } from './audit/entries.js';

/** How often they are recorded, ms. */
const EVERY_MS = 1000;

/** Where and how they are recorded. */
export interface ShedRequestsOptions {
  /** Name of this gateway's chain. */
  readonly instance: string;
  /** Resolves when the entry is durable. */
  readonly append: (entry: NewEntry) => Promise<unknown>;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told when an entry could not be made durable: what it counted goes into the next. */
  readonly onFault: (error: unknown) => void;
}

/** Counts requests that were shed, and has the record know. */
export class ShedRequests {
  readonly #options: ShedRequestsOptions;
  readonly #recording: NodeJS.Timeout;
  #count = 0;
  #since = 0;
  #total = 0;
  #underWay: Promise<void> | null = null;

  constructor(options: ShedRequestsOptions) {
    this.#options = options;
    this.#recording = setInterval(() => void this.record(), EVERY_MS);
    this.#recording.unref();
  }

  /** Requests shed since the start. */
  get total(): number {
    return this.#total;
  }

  /** A request was shed. */
  note(): void {
    if (this.#count === 0) this.#since = this.#options.now();
    this.#count += 1;
    this.#total += 1;
  }

  /** Records what was counted; one entry at a time. Never rejects. */
  record(): Promise<void> {
    if (this.#underWay === null && this.#count > 0) {
      this.#underWay = this.#append().finally(() => {
        this.#underWay = null;
      });
    }
    return this.#underWay ?? Promise.resolve();
  }

  async #append(): Promise<void> {
    const { instance, append, now, onFault } = this.#options;
    const count = this.#count;
    const [from, to] = [this.#since, now()].map((at) => new Date(at).toISOString());
    this.#count = 0;
    try {
      await append({
        kind: 'administration',
        time: to ?? '',
        actor: 'gateway',
        action: 'requests.shed',
        subject: instance,
        before: null,
        after: { count, from: from ?? '' },
      });
    } catch (error) {
      this.#since = Date.parse(from ?? '');
      this.#count += count;
      onFault(error);
    }
  }

  /** Records what is left. */
  async close(): Promise<void> {
    clearInterval(this.#recording);
    await this.record();
    await this.record();
  }
}
