/** One open stream of events: in order, ended in words, and never more of it in memory than its bound. */
import { MianzhengError } from '../errors.js';
import type { CaseEvent } from '../store/case-events.js';
import type { ToldEvent } from '../store/told-events.js';
import { COMPLETE, HEARTBEAT, nextEvent } from './frames.js';

/** The connection that a stream is written to. */
export interface Sink {
  /** Puts text on its way; what the client does not read waits in memory. */
  send(text: string): void;
  /** Bytes that wait. */
  readonly waiting: number;
  /** Whether the server is about to stop. */
  readonly stopping: boolean;
  /** Nothing follows; what waits is still sent. */
  end(): void;
  /** Ends the connection at once, with all that waits. */
  cut(): void;
}

/** A message that is durable in the record and may leave. */
export interface Message {
  /** Identifier of its event. */
  readonly id: string;
  /** JSON text. */
  readonly body: string;
}

/** What a stream is of: an authorized request, and how it looks at that anew. */
export interface Subscription {
  /** The application. */
  readonly client: string;
  /** Why nothing may be told any more, now; null: it may. */
  ended(): MianzhengError | null;
  /** Whether an event is for it. */
  takes(event: CaseEvent): boolean;
  /**
   * Makes the message of an event. When it resolves the message is durable in the record.
   * @returns null where the event is beyond what is granted
   * @throws MianzhengError EVIDENCE_UNAVAILABLE, or OVERLOADED where the store does not answer
   */
  message(told: ToldEvent): Promise<Message | null>;
  /** Records that the stream was ended, and why. Never rejects. @returns JSON text of the last message */
  close(why: MianzhengError): Promise<string>;
}

/** Bounds of one stream. */
export interface StreamLimits {
  /** Bytes that may wait for a client that reads slowly, 16,384 to 16,777,216; default 262,144. Beyond it the stream is cut. */
  readonly waitingBytes: number;
}

/** How often something is sent where nothing happens, ms: proxies end what is silent for longer. */
const HEARTBEAT_MS = 15_000;
/** How long anything may wait for a client that reads nothing, ms. */
const STALLED_MS = 60_000;

/** A stream. Its feed calls `check` and `deliver` one after the other, never two at once. */
export class EventStream {
  readonly #of: Subscription;
  readonly #sink: Sink;
  readonly #limits: StreamLimits;
  readonly #now: () => number;
  #open = true;
  #sentAt: number;
  #clearAt: number;

  /** @param position number of the last event that it need not be told of */
  constructor(
    of: Subscription,
    sink: Sink,
    limits: StreamLimits,
    now: () => number,
    public position: number,
  ) {
    this.#of = of;
    this.#sink = sink;
    this.#limits = limits;
    this.#now = now;
    this.#sentAt = now();
    this.#clearAt = this.#sentAt;
  }

  /** The application. */
  get client(): string {
    return this.#of.client;
  }

  /** Whether anything may still be sent. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether its client has read enough of what was sent to be given a page of what it missed. */
  get reads(): boolean {
    return this.#sink.waiting <= this.#limits.waitingBytes / 4;
  }

  /** The client has left. */
  left(): void {
    this.#open = false;
  }

  /** Ends the stream where its time is over, and keeps it alive where it is not. */
  async check(): Promise<void> {
    const now = this.#now();
    if (!this.#open) {
      // It was ended in words that nobody reads.
      if (now - this.#sentAt > STALLED_MS) this.#sink.cut();
      return;
    }
    const why = this.#sink.stopping ? stopping() : this.#of.ended();
    if (why !== null) return this.#end(why);
    if (this.#sink.waiting === 0) this.#clearAt = now;
    if (this.#sink.waiting > this.#limits.waitingBytes || now - this.#clearAt > STALLED_MS) return this.#cut();
    if (now - this.#sentAt >= HEARTBEAT_MS) this.#send(HEARTBEAT);
  }

  /** Tells the events that are for it and after its position, in order. */
  async deliver(events: readonly ToldEvent[]): Promise<void> {
    const fit = events.filter(({ no, event }) => no > this.position && this.#of.takes(event));
    if (!this.#open || fit.length === 0) return;
    // All at once: the record commits in groups.
    const made = await Promise.allSettled(fit.map((told) => this.#of.message(told)));
    const why = this.#of.ended();
    if (why !== null) return this.#end(why);
    for (const one of made) {
      if (!this.#open) return;
      if (one.status === 'rejected') return this.#end(one.reason);
      if (one.value !== null) this.#send(nextEvent(one.value.body, one.value.id));
      if (this.#sink.waiting > this.#limits.waitingBytes) return this.#cut();
    }
  }

  /** Ends it from here. */
  stop(): Promise<void> {
    return this.#end(stopping());
  }

  #send(text: string): void {
    this.#sentAt = this.#now();
    this.#sink.send(text);
  }

  async #end(reason: unknown): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    const why = reason instanceof MianzhengError ? reason : new MianzhengError('INTERNAL', 'the gateway failed');
    this.#send(nextEvent(await this.#of.close(why)) + COMPLETE);
    this.#sink.end();
  }

  async #cut(): Promise<void> {
    this.#open = false;
    this.#sink.cut();
    await this.#of.close(new MianzhengError('CLIENT_GONE', 'the client does not read what it is sent'));
  }
}

function stopping(): MianzhengError {
  return new MianzhengError('OVERLOADED', 'this gateway is about to stop; another goes on', { retryAfter: 1 });
}
