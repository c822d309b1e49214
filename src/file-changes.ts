/** Tells of files that changed, by looking: it works on every file system and through links that a deployment swaps. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** How often is looked, ms. */
export const LOOK_MS = 2000;

/** What is watched, and who is told. */
export interface FileChangesOptions {
  /** Files, and folders with the files in them. */
  readonly paths: readonly string[];
  /** Called when anything of them is not as it was. What it throws goes to `onFault`, and it is called again the next time. */
  readonly onChange: () => void | Promise<void>;
  /** Told of what `onChange` threw, once for each state of the files. */
  readonly onFault: (error: unknown) => void;
  /** Default: {@link LOOK_MS}. */
  readonly everyMs?: number;
}

function stateOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return `${path} missing`;
  if (found.isDirectory())
    return readdirSync(path)
      .sort()
      .map((name) => fileState(join(path, name)))
      .join('\n');
  return fileState(path);
}

function fileState(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? `${path} missing` : `${path} ${found.mtimeMs} ${found.size} ${found.ino} ${found.mode}`;
}

/** Watches until it is closed. It holds no process open. */
export function watchFiles({ paths, onChange, onFault, everyMs = LOOK_MS }: FileChangesOptions): { close(): void } {
  const look = () => paths.map(stateOf).join('\n');
  let settled = look();
  let faulty = '';
  let busy = false;

  async function compare(): Promise<void> {
    if (busy) return;
    busy = true;
    let state = '';
    try {
      state = look();
      if (state === settled) return;
      await onChange();
      settled = state;
    } catch (error) {
      if (state !== faulty) onFault(error);
      faulty = state;
    } finally {
      busy = false;
    }
  }

  const timer = setInterval(() => void compare(), everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
