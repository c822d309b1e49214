/**
 * What takes part in the benchmark: a server in its own process (or processes) on 127.0.0.1, asked
 * over HTTP/1.1 with keep-alive. Its answers are JSON with the member `data`, and `data` is deeply
 * equal between all contestants; further members are the contestant's own affair.
 *
 * A contestant with duties verifies the bearer token (it may remember a verified token by its hash)
 * and makes a record of each request durable before it answers. Each opens at most
 * `ground.connections` connections to each department.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { GROUND_VARIABLE, type Ground } from './ground.js';

/** What is asked for; see workloads.ts. */
export type Workload = 'enrolment' | 'wide' | 'list' | 'verify' | 'mix';

/** One HTTP request, without Host, Connection and Content-Length, which the load generator adds. */
export interface Asked {
  /** Path with query, such as `/graphql`. */
  readonly path: string;
  /** Further headers: authorization, content-type and the like. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body of the POST. */
  readonly body: string;
}

/** A contestant that is up. */
export interface Running {
  /** Origin, `http://127.0.0.1:port`. */
  readonly url: string;
  /** Its processes, whose CPU time and memory are counted together; the one that answers stands first. */
  readonly pids: readonly number[];
  /** From its begin until it answered, s; not told by everyone. */
  readonly startSeconds?: number;
  /** The i-th request of a workload; `i` counts from 0 to below the workload's number of questions. */
  request(workload: Workload, i: number): Asked;
}

/** Takes part. */
export interface Contestant {
  /** As it is named in `--only` and in the results, such as `floorA`. */
  readonly name: string;
  /** What it is, in one line, for the reader of the results. */
  readonly title: string;
  /**
   * What of it a quick run measures: `MAIN` everything, `COMPARED` the closed loop with 64 connections, `ASIDE`
   * nothing. A full run measures everything of everybody. A peer is `COMPARED`.
   */
  readonly part: 'MAIN' | 'COMPARED' | 'ASIDE';
  /** What it can be asked. */
  readonly workloads: readonly Workload[];
  /**
   * Starts it; resolves when it answers.
   * @param groundFile JSON of `ground`, for {@link GROUND_VARIABLE}
   */
  start(ground: Ground, groundFile: string): Promise<Running>;
  /** Ends its processes; resolves when they have ended. Safe to call when it was never started. */
  stop(): Promise<void>;
}

/** How long a process may take until it says its address, ms. */
const START_MS = 60_000;

/** Young generation of every process in V8, as `npm start` and the first line of `bin/mianzheng.js` have it. */
export const YOUNG_GENERATION = '--max-semi-space-size=64';

/** A server process that says `{"url": "http://127.0.0.1:…"}` on the first line of its standard output. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM, then SIGKILL after ten seconds. */
  stop(): Promise<void>;
}

/**
 * Starts a server process with node; its standard error is ours.
 * @param args what node is given, such as `['--import', 'tsx', 'bench/floors/a.ts']`
 * @param environment added to ours
 * @throws Error where it ends, or says nothing, before it has said its address
 */
export async function startServer(
  args: readonly string[],
  groundFile: string,
  environment: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [YOUNG_GENERATION, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [GROUND_VARIABLE]: groundFile, ...environment },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const stop = () => end(child);
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, 'error');
    throw error;
  }
  try {
    const { url } = JSON.parse(await firstLine(child, args)) as { readonly url: string };
    return { url, pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function firstLine(child: ChildProcess, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdout } = child;
    if (stdout === null) throw new TypeError('its standard output is a pipe');
    const late = setTimeout(() => reject(new Error(`${args.join(' ')}: said no address within a minute`)), START_MS);
    child.once('exit', (code) => reject(new Error(`${args.join(' ')}: ended with ${code} before it answered`)));
    createInterface(stdout).once('line', (line) => {
      clearTimeout(late);
      resolve(line);
      stdout.resume();
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}
