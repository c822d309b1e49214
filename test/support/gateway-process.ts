/** A gateway in a process of its own, and clients that ask it until it is gone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { collectOutput } from './collected.js';

/** A gateway that listens. */
export interface StartedGateway {
  readonly child: ChildProcess;
  readonly url: string;
}

/**
 * Starts a gateway over a data folder on a free port.
 * @param environment beside our own
 * @param written told of all it writes
 */
export async function start(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
  written: (text: string) => void = () => undefined,
): Promise<StartedGateway> {
  const main = join(PACKAGE_ROOT, 'src/cli/main.ts');
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, 'serve', '--json', '--log-level', 'debug'],
    {
      cwd: folder,
      env: { ...process.env, MIANZHENG_DATA: folder, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => written(piece.toString()));
  collectOutput(child.stdout, 'child-log');
  collectOutput(child.stderr, 'child-error', true);
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line) as { readonly url?: string };
    // A gateway that has something to report may write before it listens.
    if (url === undefined) continue;
    // Whoever stops reading lines pauses the stream, and a child whose pipe is full waits.
    child.stdout.resume();
    return { child, url };
  }
  throw new Error('the gateway did not start');
}

/** Asks until the gateway is gone; the identifiers of the answers that arrived whole. */
export async function load(url: string, token: string, received: Set<string>): Promise<void> {
  const query = '{ resident(id: "350702202003059021") { name guardians { relation } } }';
  for (let i = 0; i < 100_000; i += 1) {
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'mianzheng-matter': 'school-enrolment-primary',
          'mianzheng-case': 'NP-2026-0001',
        },
        body: JSON.stringify({ query }),
      });
      const body = (await response.json()) as { extensions: { mianzheng: { requestId: string; record?: string } } };
      if (body.extensions.mianzheng.record !== undefined) received.add(body.extensions.mianzheng.requestId);
    } catch {
      // The connection broke: the gateway was killed, and this answer was not received.
      return;
    }
  }
}
