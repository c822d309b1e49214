import { constants, fdatasync, statSync, write } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { RecordError } from './errors.js';

/** An open file, as the record writes it. Every method rejects with the error of the file system. */
export interface RecordFile {
  /**
   * Writes at a position; resolves with how many bytes were taken, possibly fewer than given, once they and the size
   * are on stable storage.
   */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Resolves once what others wrote to it before is on stable storage too (fdatasync). */
  datasync(): Promise<void>;
  size(): Promise<number>;
  /** Whether its path still names this file, so that whoever looks there finds what was written. */
  named(): boolean;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** What the record asks of a file system to write. Reading goes past it. */
export interface RecordFiles {
  /** Opens for writing, created with mode 0600 where missing, contents kept. */
  open(path: string): Promise<RecordFile>;
  /** Removes a file where there is one; resolves with the bytes it held. */
  remove(path: string): Promise<number>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

/**
 * Whether a write can be told to last when it returns (`O_DSYNC`), which spares each group of entries a second call.
 * Elsewhere than on Linux that does not empty the cache of the disk, or is not there.
 */
const WRITES_LAST = process.platform === 'linux';

/**
 * The file system of this machine.
 * @param lasting false: what is written is left to the operating system; for trials of what does not depend on it
 */
export const fileSystem = (lasting: boolean): RecordFiles => ({
  async open(path) {
    const flags = constants.O_RDWR | (lasting && WRITES_LAST ? constants.O_DSYNC : 0);
    // 'r+' does not create and 'a' ignores positions.
    const handle = await open(path, flags).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return await open(path, flags | constants.O_CREAT | constants.O_EXCL, 0o600);
    });
    const { dev, ino } = await handle.stat();
    // By callbacks: the promises of file handles cost more, for each group of entries, than what they do.
    const datasync = () =>
      new Promise<void>((resolve, reject) => {
        if (!lasting) resolve();
        else fdatasync(handle.fd, (error) => (error === null ? resolve() : reject(error)));
      });
    const taken = (bytes: Uint8Array, position: number) =>
      new Promise<number>((resolve, reject) => {
        write(handle.fd, bytes, 0, bytes.length, position, (error, written) =>
          error === null ? resolve(written) : reject(error),
        );
      });
    return {
      write: WRITES_LAST
        ? taken
        : async (bytes, position) => {
            const written = await taken(bytes, position);
            await datasync();
            return written;
          },
      datasync,
      size: async () => (await handle.stat()).size,
      named() {
        // Not in a thread of its own: the name was just written under, and the way there and back costs ten times more.
        const found = statSync(path, { throwIfNoEntry: false });
        return found !== undefined && found.ino === ino && found.dev === dev;
      },
      truncate: (size) => handle.truncate(size),
      close: () => handle.close(),
    };
  },
  async remove(path) {
    const size = await stat(path).then(
      (found) => found.size,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return null;
      },
    );
    if (size !== null) await rm(path);
    return size ?? 0;
  },
  async syncFolder(path) {
    // Windows cannot open a folder; NTFS journals names itself.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
});

/** What the record is written with. */
export const nodeFiles: RecordFiles = fileSystem(true);

/** A file that only grows, and knows how much of it is durable. Calls must not overlap. */
export class AppendedFile {
  #handle: RecordFile | null = null;
  #size: number;

  private constructor(
    readonly path: string,
    private readonly files: RecordFiles,
    size: number,
  ) {
    this.#size = size;
  }

  /**
   * Opens a file of which `size` bytes are good and cuts off what is beyond.
   * @throws RecordError TAIL_MISSING where the file is shorter
   */
  static async open(files: RecordFiles, path: string, size: number): Promise<{ file: AppendedFile; cut: number }> {
    const file = new AppendedFile(path, files, size);
    return { file, cut: await file.reopen() };
  }

  /** Durable bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether the handle is good: false after a failed append until {@link reopen}. */
  get usable(): boolean {
    return this.#handle !== null;
  }

  /** Writes bytes behind the last durable one; resolves once they are durable too. */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#handle === null) throw new RecordError('UNFIT', `${this.path} is not open`);
    const handle = this.#handle;
    try {
      let written = 0;
      while (written < bytes.length) {
        const taken = await handle.write(bytes.subarray(written), this.#size + written);
        if (taken === 0) throw new RecordError('UNFIT', `${this.path} takes no more bytes`);
        written += taken;
      }
      // A folder that was moved or removed takes the file with it: what is written there nobody will find.
      if (!handle.named()) throw new RecordError('UNFIT', `${this.path} is no longer the file that is written`);
    } catch (error) {
      this.#handle = null;
      // What is wrong is in `error`; that closing fails as well adds nothing.
      await handle.close().catch(() => undefined);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Opens the file anew and cuts off what is beyond the durable bytes; resolves with how many bytes that was. */
  async reopen(): Promise<number> {
    await this.close();
    const handle = await this.files.open(this.path);
    try {
      const found = await handle.size();
      if (found < this.#size) throw new RecordError('TAIL_MISSING', `${this.path} has lost durable bytes`);
      if (found > this.#size) await handle.truncate(this.#size);
      // Good bytes of a killed process may still be in memory only, and must not be sealed before they are durable.
      await handle.datasync();
      this.#handle = handle;
      return found - this.#size;
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}
