/**
 * Several gateway processes behind one port. The first process accepts connections and hands them round
 * (node:cluster); it starts another where one ends, and hands signals on.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Logger } from 'pino';
import { meansAtOnce } from './gateway-process.js';
import { FAILED, NO } from './output.js';
import { isMessage, PROCESS_VARIABLE, type ToGateway } from './process-messages.js';
import { type Counting, GatheredMetrics } from './process-metrics.js';
import { RestartBound } from './restarts.js';

/** Longest wait for the processes to stop after they have drained before they are killed, ms: longer than they give their requests. */
const STOP_MS = 20_000;

/**
 * Young generation of a gateway process, MiB. What a request makes lives as long as its fetches; in V8's default
 * of 16 much of it is copied into the old generation.
 */
const SEMI_SPACE = '--max-semi-space-size=64';

/** How the processes are run. */
export interface ProcessesOptions {
  /** How many, 2 and up. */
  readonly count: number;
  readonly host: string;
  /** Port, 0 for any free one. */
  readonly port: number;
  /** How long each goes on answering once it is told to stop, ms. */
  readonly drainMs: number;
  readonly log: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Called once, when all listen. */
  readonly onListening: (url: string) => void;
}

/** A gateway process. */
class GatewayProcess implements Counting {
  listening = false;

  constructor(
    readonly number: number,
    readonly worker: Worker,
  ) {}

  ask(id: number): void {
    this.tell({ kind: 'METRICS_WANTED', id });
  }

  tell(message: ToGateway): void {
    // Where it cannot be told it has ended, and its end is heard of otherwise.
    if (this.worker.isConnected()) this.worker.send(message, () => undefined);
  }
}

class ProcessGroup {
  readonly #options: ProcessesOptions;
  readonly #running = new Set<GatewayProcess>();
  readonly #metrics = new GatheredMetrics();
  readonly #bound: RestartBound;
  #state: 'STARTING' | 'UP' | 'STOPPING' = 'STARTING';
  #code = 0;
  #stoppingSince = 0;
  #end: (code: number) => void = () => undefined;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#bound = new RestartBound(options.now);
  }

  run(): Promise<number> {
    const inherited = process.execArgv.filter((arg) => !arg.startsWith('--max-semi-space-size'));
    cluster.setupPrimary({ execArgv: [...inherited, SEMI_SPACE] });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#stop(signal, 0));
    return new Promise((resolve) => {
      this.#end = resolve;
      for (let number = 1; number <= this.#options.count; number += 1) this.#start(number);
    });
  }

  #start(number: number): void {
    const { log } = this.#options;
    const worker = cluster.fork({ [PROCESS_VARIABLE]: String(number), PORT: String(this.#options.port) });
    const one = new GatewayProcess(number, worker);
    this.#running.add(one);
    this.#metrics.joined(one);
    worker.on('message', (message: unknown) => this.#read(one, message));
    worker.on('error', (error) => log.error({ err: error, process: number }, 'process cannot be reached'));
    worker.once('exit', (code, signal) => this.#left(one, code, signal));
  }

  #read(from: GatewayProcess, message: unknown): void {
    if (isMessage(message, 'LISTENING')) {
      from.listening = true;
      if (this.#state !== 'STARTING' || ![...this.#running].every(({ listening }) => listening)) return;
      this.#state = 'UP';
      this.#options.onListening(message.url);
    } else if (isMessage(message, 'METRICS')) {
      this.#metrics.told(message.id, message.metrics);
    } else if (isMessage(message, 'METRICS_ASKED')) {
      const { id } = message;
      this.#metrics.text().then(
        (text) => from.tell({ kind: 'METRICS_TEXT', id, text }),
        (error: unknown) => this.#options.log.error({ err: error }, 'metrics cannot be gathered'),
      );
    }
  }

  #left(one: GatewayProcess, code: number | null, signal: string | null): void {
    const { log } = this.#options;
    const { number } = one;
    this.#running.delete(one);
    this.#metrics.left(one);
    if (this.#state === 'STOPPING') {
      // One that had not begun to listen for signals ends by ours.
      if (code !== 0 && signal !== 'SIGTERM') this.#code = Math.max(this.#code, NO);
      if (this.#running.size === 0) this.#end(this.#code);
    } else if (this.#state === 'STARTING') {
      // It has said why on standard error; started again it would say the same.
      this.#stop('a process that did not start', FAILED);
    } else if (this.#bound.take()) {
      log.error({ process: number, code, signal }, 'process ended, another is started');
      this.#start(number);
    } else {
      log.error({ process: number, code, signal }, 'processes keep ending');
      this.#stop('processes that keep ending', NO);
    }
  }

  /** Ends every process; each finishes what it has begun. */
  #stop(why: string, code: number): void {
    if (this.#state === 'STOPPING') {
      if (meansAtOnce(this.#stoppingSince)) for (const { worker } of this.#running) worker.process.kill('SIGTERM');
      return;
    }
    this.#state = 'STOPPING';
    this.#stoppingSince = performance.now();
    this.#code = code;
    this.#options.log.info({ why }, 'stopping all processes');
    if (this.#running.size === 0) this.#end(code);
    for (const { worker } of this.#running) worker.process.kill('SIGTERM');
    const late = setTimeout(() => {
      for (const { worker } of this.#running) worker.process.kill('SIGKILL');
    }, this.#options.drainMs + STOP_MS);
    late.unref();
  }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

/**
 * Runs several gateway processes until a signal ends them.
 * @returns how to end: 0 after a signal; 1 where one did not end well or more than five ended by themselves within a
 *   minute; 2 where one did not start
 */
export async function runProcesses(options: ProcessesOptions): Promise<number> {
  // Each must ask for the same port, one that is started later too.
  const port = options.port === 0 ? await freePort(options.host) : options.port;
  return new ProcessGroup({ ...options, port }).run();
}
