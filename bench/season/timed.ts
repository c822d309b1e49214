/** Runs a process to its end with its time, memory and the statements it caused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DatabaseServer } from '../database.js';
import { memoryOfAll } from '../processes.js';

/** A process's work. */
export interface Timed {
  readonly seconds: number;
  /** SELECTs the database server ran meanwhile. */
  readonly selects: number;
  /** Peak resident memory, MiB: of the process, and of the server it asks where there is one. */
  readonly memory: number;
  readonly serverMemory: number | null;
  readonly exitCode: number | null;
  /** What it printed. */
  readonly out: string;
}

const SAMPLE_MS = 100;

function memoryOf(pid: number): number {
  try {
    return memoryOfAll([pid]);
  } catch {
    // It has ended between two samples.
    return 0;
  }
}

/** @param serverPid the server it asks, whose memory is looked at, too */
export async function timed(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  database: DatabaseServer,
  serverPid: number | null,
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
  let [memory, serverMemory] = [0, 0];
  const sampling = setInterval(() => {
    memory = Math.max(memory, memoryOf(child.pid ?? 0));
    if (serverPid !== null) serverMemory = Math.max(serverMemory, memoryOf(serverPid));
  }, SAMPLE_MS);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(sampling);
  const seconds = (performance.now() - began) / 1000;
  const after = await database.statements();
  const selects = after.selects - before.selects;
  return { seconds, selects, memory, serverMemory: serverPid === null ? null : serverMemory, exitCode, out };
}
