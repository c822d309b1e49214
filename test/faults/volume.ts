import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';

/** Room for a run's record, KiB. */
const ROOM_KIB = 512 * 1024;

/** A file system of its own for one folder, which can be filled to the last byte. */
export class Volume {
  private constructor(
    private readonly folder: string,
    /** Why there is none here; null where there is. */
    readonly refused: string | null,
  ) {}

  /** Mounts one. Where that is not permitted the folder is an ordinary one, and {@link refused} says why. */
  static mount(folder: string): Volume {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM_KIB}k,mode=0700`, 'tmpfs', folder], { stdio: 'pipe' });
      return new Volume(folder, null);
    } catch (error) {
      return new Volume(folder, `no file system can be mounted here (${String(error).split('\n')[0]})`);
    }
  }

  /** Takes no more changes; not while a file on it is open for writing. */
  makeReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.folder], { stdio: 'pipe' });
  }

  /** Leaves not a page. */
  fill(): void {
    const { blocks, bfree, bsize } = statfsSync(this.folder);
    this.#resize(((blocks - bfree) * bsize) / 1024);
  }

  /** Makes room again. */
  free(): void {
    this.#resize(ROOM_KIB);
  }

  /** Takes it away with all that is on it. */
  unmount(): void {
    if (this.refused === null) execFileSync('umount', [this.folder], { stdio: 'pipe' });
  }

  #resize(kib: number): void {
    execFileSync('mount', ['-o', `remount,size=${Math.max(4, Math.ceil(kib))}k`, this.folder], { stdio: 'pipe' });
  }
}
