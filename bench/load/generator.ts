/**
 * The load generator, in a process of its own: closed loop, or an open loop with Poisson arrivals
 * whose latency counts from the time a request should have left. Checks the status and length of
 * every answer and the whole content of a sample.
 */
import { Worker } from 'node:worker_threads';
import { canonical } from '../canonical.js';
import { Histogram } from '../histogram.js';
import { clock } from './clock.js';
import { type Answer, type Asker, Connection } from './connection.js';
import type { Observed, Order, Plan, Report, Target } from './plan.js';
import { exponential, randomFrom } from './random.js';

/** One of so many answers is compared with what is expected. */
const SAMPLE = 128;
/** Bytes by which what stands beyond `data` may differ from what was seen before. */
const SLACK = 64;
/** Seconds' worth of arrivals that may wait for a connection before the run is cut short. */
const BEHIND_SECONDS = 1;
/** Longest wait for the last answers, ms. */
const DRAIN_MS = 3000;

function tell(report: Report): void {
  process.send?.(report);
}

/** One run against one target. */
class Run implements Asker {
  readonly #latencies = new Histogram();
  readonly #random: () => number;
  readonly #expectedBytes: readonly number[];
  #connections: Connection[] = [];
  /** Connections without a request, the one that has rested longest first: none rests so long that the server ends it. */
  readonly #free: Connection[] = [];
  /** Intended times of arrivals that no connection is free for; `#head` is the first still waiting. */
  #queue: number[] = [];
  #head = 0;
  #asked = 0;
  #answers = 0;
  #faults = 0;
  #fault: string | null = null;
  #saturated = false;
  #from = 0;
  #to = 0;
  #over = false;
  #drained: (() => void) | null = null;

  constructor(
    private readonly target: Target,
    private readonly plan: Plan,
  ) {
    this.#random = randomFrom(plan.seed);
    this.#expectedBytes = target.expected.map((text) => Buffer.byteLength(text));
  }

  async go(): Promise<Observed> {
    const { connections, rate, warmSeconds, seconds } = this.plan;
    const opening = Array.from({ length: connections }, () => Connection.open(this.target.port, this));
    this.#connections = await Promise.all(opening);
    const begin = clock();
    this.#from = begin + warmSeconds * 1000;
    this.#to = this.#from + seconds * 1000;
    let cpu = process.cpuUsage();
    setTimeout(() => {
      cpu = process.cpuUsage();
      tell({ kind: 'MEASURING' });
    }, warmSeconds * 1000);
    if (rate === null) {
      for (const connection of this.#connections) this.#ask(connection, clock());
      await sleep(this.#to - clock());
    } else {
      this.#free.push(...this.#connections);
      await this.#arrivals(rate, begin);
    }
    const ended = clock();
    const used = process.cpuUsage(cpu);
    tell({ kind: 'MEASURED' });
    this.#over = true;
    await this.#drain();
    for (const connection of this.#connections) connection.close();
    const elapsed = (Math.min(ended, this.#to) - this.#from) / 1000;
    const answers = this.#answers;
    return {
      answers,
      faults: this.#faults,
      fault: this.#fault,
      seconds: elapsed,
      perSecond: answers / elapsed,
      p50: this.#latencies.quantile(0.5),
      p90: this.#latencies.quantile(0.9),
      p99: this.#latencies.quantile(0.99),
      max: this.#latencies.quantile(1),
      saturated: this.#saturated,
      ownCpu: (used.user + used.system) / 1000 / Math.max(1, answers),
    };
  }

  /** Poisson arrivals until the measured time is over, or the server is hopelessly behind. */
  #arrivals(rate: number, begin: number): Promise<void> {
    const { seed } = this.plan;
    const random = randomFrom(seed + 1);
    let next = begin + exponential(random, rate);
    const woken = new Int32Array(new SharedArrayBuffer(4));
    const pace = { rate, seed: seed + 1, from: begin, to: this.#to, woken };
    const pacer = new Worker(new URL('./pacer.js', import.meta.url), { workerData: pace });
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(end);
        pacer.off('message', due);
        pacer.terminate().then(() => resolve(), reject);
      };
      const end = setTimeout(finish, this.#to - clock());
      const due = () => {
        Atomics.store(woken, 0, 0);
        for (const now = clock(); next <= now; next += exponential(random, rate)) this.#arrive(next);
        if (this.#queue.length - this.#head > rate * BEHIND_SECONDS) {
          this.#saturated = true;
          finish();
        }
      };
      pacer.on('message', due);
      pacer.once('error', reject);
    });
  }

  #arrive(intended: number): void {
    if (intended > this.#to) return;
    const connection = this.#free.shift();
    if (connection === undefined) this.#queue.push(intended);
    else this.#ask(connection, intended);
  }

  #ask(connection: Connection, intended: number): void {
    const question = Math.floor(this.#random() * this.target.requests.length);
    const request = this.target.requests[question];
    if (request === undefined) throw new RangeError(`no question ${question}`);
    connection.question = question;
    connection.intended = intended;
    this.#asked += 1;
    connection.ask(request);
  }

  answered(connection: Connection, answer: Answer): void {
    const now = clock();
    const { question, intended } = connection;
    connection.question = -1;
    this.#asked -= 1;
    const open = this.plan.rate !== null;
    // Closed loop: answered within the time; open loop: due within it.
    const counts = open ? intended >= this.#from && intended <= this.#to : now >= this.#from && now <= this.#to;
    this.#check(question, answer);
    if (counts) {
      this.#answers += 1;
      this.#latencies.add(now - intended);
    }
    if (this.#over) {
      if (this.#asked === 0) this.#drained?.();
    } else if (!open) {
      this.#ask(connection, now);
    } else if (this.#head < this.#queue.length) {
      const waiting = this.#queue[this.#head] ?? now;
      this.#head += 1;
      if (this.#head > 10_000) {
        this.#queue = this.#queue.slice(this.#head);
        this.#head = 0;
      }
      this.#ask(connection, waiting);
    } else {
      this.#free.push(connection);
    }
  }

  failed(connection: Connection, why: string): void {
    if (connection.question >= 0) this.#asked -= 1;
    connection.question = -1;
    this.#wrong(why);
  }

  #check(question: number, { status, bytes }: Answer): void {
    const beyond = bytes.length - (this.#expectedBytes[question] ?? 0);
    const { min, max } = this.target.beyond;
    if (status !== 200) {
      this.#wrong(`status ${status}: ${bytes.toString().slice(0, 300)}`);
    } else if (beyond < min - SLACK || beyond > max + SLACK) {
      this.#wrong(`question ${question}: ${beyond} bytes beyond its data, ${min} to ${max} were expected`);
    } else if ((this.#answers + question) % SAMPLE === 0) {
      const { data } = JSON.parse(bytes.toString()) as { readonly data: unknown };
      if (JSON.stringify(canonical(data)) !== this.target.expected[question]) {
        this.#wrong(`question ${question}: other data than expected`);
      }
    }
  }

  #wrong(why: string): void {
    this.#faults += 1;
    this.#fault ??= why;
  }

  /** Waits for the answers under way; arrivals that never left count as unanswered. */
  async #drain(): Promise<void> {
    for (const intended of this.#queue.slice(this.#head)) if (intended >= this.#from) this.#latencies.add(Infinity);
    if (this.#asked === 0) return;
    await Promise.race([
      new Promise<void>((resolve) => {
        this.#drained = resolve;
      }),
      sleep(DRAIN_MS),
    ]);
    if (this.#asked > 0) this.#wrong(`${this.#asked} requests were not answered`);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}

const targets = new Map<string, Target>();

process.on('message', (order: Order) => {
  if (order.kind === 'TARGET') {
    targets.set(order.name, order.target);
    tell({ kind: 'READY' });
    return;
  }
  const target = targets.get(order.name);
  if (target === undefined) throw new RangeError(`no target ${order.name}`);
  new Run(target, order.plan).go().then(
    (observed) => tell({ kind: 'DONE', observed }),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit(0));
