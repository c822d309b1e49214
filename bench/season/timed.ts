/** Runs a process to its end with its time, memory and the statements it caused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DatabaseServer } from '../database.js';
import { cpuOf, memoryOfAll } from '../processes.js';

/** A process's work. */
export interface Timed {
  readonly seconds: number;
  /** SELECTs the database server ran meanwhile. */
  readonly selects: number;
  /** Peak resident memory, MiB: of the process, and of the server it asks where there is one. */
  readonly memory: number;
  readonly serverMemory: number | null;
  /** CPU time, s: of the process, and of the server; sampled, so up to a tenth of a second short. */
  readonly cpu: number;
  readonly serverCpu: number | null;
  readonly exitCode: number | null;
  /** What it printed. */
  readonly out: string;
}

const SAMPLE_MS = 100;

/** A figure of processes, 0 where one has ended between two samples. */
function sumOf(pids: readonly number[], figure: (pid: number) => number): number {
  try {
    return pids.reduce((sum, pid) => sum + figure(pid), 0);
  } catch {
    return 0;
  }
}

/** What processes use together while they are looked at. */
export interface Usage {
  /** Ends the look. Peak resident memory, MiB, and CPU time since the begin, s; up to a tenth of a second short. */
  end(): { readonly memory: number; readonly cpu: number };
}

/** Looks at processes from now on. */
export function sampled(pids: readonly number[]): Usage {
  const before = sumOf(pids, cpuOf);
  let [memory, cpu] = [0, 0];
  const sampling = setInterval(() => {
    memory = Math.max(
      memory,
      sumOf(pids, (pid) => memoryOfAll([pid])),
    );
    cpu = Math.max(cpu, (sumOf(pids, cpuOf) - before) / 1000);
  }, SAMPLE_MS);
  return {
    end() {
      clearInterval(sampling);
      return { memory, cpu };
    },
  };
}

/** @param serverPids the processes of the server it asks, whose memory is looked at together; none: it asks none */
export async function timed(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  database: DatabaseServer,
  serverPids: readonly number[],
): Promise<Timed> {
  const before = await database.statements();
  const began = performance.now();
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  const own = sampled(child.pid === undefined ? [] : [child.pid]);
  const server = sampled(serverPids);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const { memory, cpu } = own.end();
  const { memory: serverMemory, cpu: serverCpu } = server.end();
  const seconds = (performance.now() - began) / 1000;
  const after = await database.statements();
  const selects = after.selects - before.selects;
  const ofServer = serverPids.length === 0 ? { serverMemory: null, serverCpu: null } : { serverMemory, serverCpu };
  return { seconds, selects, memory, cpu, ...ofServer, exitCode, out };
}
