/** A gateway of the demonstration city, for as long as the check runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A gateway that answers. */
export interface RunningGateway {
  readonly url: string;
  /** Its data folder. */
  readonly data: string;
  readonly stop: () => Promise<void>;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Starts one over a new data folder on a free port. @throws Error where it does not start */
export async function startGateway(folder: string): Promise<RunningGateway> {
  const data = mkdtempSync(join(tmpdir(), 'mianzheng-console-'));
  const child = spawn(process.execPath, [join(folder, 'bin/mianzheng.js'), 'serve', '--json'], {
    env: { ...process.env, MIANZHENG_DATA: data, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended(child);
    rmSync(data, { recursive: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    const { url } = JSON.parse(line) as { readonly url?: string };
    if (url !== undefined) return { url, data, stop };
  }
  await stop();
  throw new Error('the gateway did not start');
}
