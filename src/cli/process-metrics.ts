/**
 * The metrics of several gateway processes as one. Whoever is asked passes the question to the first process,
 * which asks all. What an ended process had counted when it last told stays in the sums, so that they never
 * fall; what it counted after that is lost.
 */
import { type MetricsSnapshot, sumOf, textOf } from '../metrics.js';

/** How long a process may take to tell its metrics, ms; then its last ones stand. */
const ANSWER_MS = 2000;

/** A gateway process, as far as its metrics go. */
export interface Counting {
  /** Asks it for its metrics; it answers by {@link GatheredMetrics.told}. Must not throw. */
  ask(id: number): void;
}

/** Gathers, in the first process. */
export class GatheredMetrics {
  readonly #last = new Map<Counting, MetricsSnapshot>();
  readonly #asked = new Map<number, { readonly of: Counting; readonly done: () => void }>();
  #ended: Promise<MetricsSnapshot> = Promise.resolve([]);
  #ids = 0;

  /** A process has begun. */
  joined(process: Counting): void {
    this.#last.set(process, []);
  }

  /** A process has ended. */
  left(process: Counting): void {
    const last = this.#last.get(process) ?? [];
    this.#last.delete(process);
    const counted = last.filter(({ type }) => String(type) === 'counter' || String(type) === 'histogram');
    this.#ended = this.#ended.then((ended) => sumOf([ended, counted]));
    for (const { of, done } of this.#asked.values()) if (of === process) done();
  }

  /** A process tells its metrics. */
  told(id: number, metrics: MetricsSnapshot): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    if (this.#last.has(asked.of)) this.#last.set(asked.of, metrics);
    asked.done();
  }

  /** The metrics of all, as Prometheus text. */
  async text(): Promise<string> {
    await Promise.all([...this.#last.keys()].map((process) => this.#ask(process)));
    // One that ends between the two is counted in neither: look again.
    for (;;) {
      const promised = this.#ended;
      const ended = await promised;
      if (promised === this.#ended) return textOf([ended, ...this.#last.values()]);
    }
  }

  #ask(process: Counting): Promise<void> {
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(late);
        this.#asked.delete(id);
        resolve();
      };
      const late = setTimeout(done, ANSWER_MS);
      this.#asked.set(id, { of: process, done });
      process.ask(id);
    });
  }
}
