/** A gateway in a process of its own, as an operator starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** Which program is started: `bin/mianzheng.js` as built, or the sources it is built from. */
export type Program = 'BUILT' | 'SOURCE';

/** Longest a gateway may take to start or to end, ms. */
const PATIENCE_MS = 30_000;
/** Lines of its log and errors that are kept to explain a failure. */
const LINES_KEPT = 40;

function command(program: Program): readonly string[] {
  if (program === 'BUILT') return [join(PACKAGE_ROOT, 'bin/mianzheng.js')];
  return ['--import', import.meta.resolve('tsx'), join(PACKAGE_ROOT, 'src/cli/main.ts')];
}

/** One running gateway. */
export class GatewayChild {
  readonly #said: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    /** Its address. */
    readonly url: string,
  ) {}

  /**
   * Starts one and waits until it listens.
   * @param folder its data folder
   * @param configuration default: `mianzheng.yaml` in that folder
   * @throws Error with what it said where it ends before it listens
   */
  static async start(
    folder: string,
    port: number,
    program: Program,
    configuration = join(folder, 'mianzheng.yaml'),
  ): Promise<GatewayChild> {
    const words = [...command(program), 'serve', '--json', '--log-level', 'error'];
    const child = spawn(process.execPath, words, {
      cwd: folder,
      env: { ...process.env, MIANZHENG_DATA: folder, MIANZHENG_CONFIG: configuration, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    const keep = (text: string) => {
      said.push(text);
      if (said.length > LINES_KEPT) said.shift();
    };
    if (child.stdout === null || child.stderr === null) throw new TypeError('its output is a pipe');
    createInterface({ input: child.stderr }).on('line', keep);
    const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    try {
      const url = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
          keep(line);
          const { url } = JSON.parse(line) as { readonly url?: string };
          if (url !== undefined) resolve(url);
        });
        child.once('exit', (code, signal) => reject(new StartFailed(code, signal, said)));
      });
      const running = new GatewayChild(child, url);
      running.#said.push(...said);
      return running;
    } finally {
      clearTimeout(late);
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Whether it has ended. */
  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Ends it; resolves with its exit code, null where the signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (!this.ended) {
      const exit = once(this.child, 'exit');
      const late = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
      this.child.kill(signal);
      await exit;
      clearTimeout(late);
    }
    return this.child.exitCode;
  }
}

/** A gateway ended before it listened. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  constructor(
    readonly code: number | null,
    readonly signal: string | null,
    /** What it wrote, line by line. */
    readonly said: readonly string[],
  ) {
    super(`the gateway did not start (${code ?? signal}): ${said.join(' / ')}`);
  }
}
