import { fdatasync, stat as status, write } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { RecordError } from './errors.js';

/** An open file, as the record writes it. Every method rejects with the error of the file system. */
export interface RecordFile {
  /** Writes at a position; resolves with how many bytes were taken, possibly fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Resolves once contents and size are on stable storage (fdatasync). */
  datasync(): Promise<void>;
  size(): Promise<number>;
  /** Whether its path still names this file, so that whoever looks there finds what was written. */
  named(): Promise<boolean>;
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

/** The file system of this machine. */
export const nodeFiles: RecordFiles = {
  async open(path) {
    // 'r+' does not create and 'a' ignores positions.
    const handle = await open(path, 'r+').catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return await open(path, 'wx+', 0o600);
    });
    const { dev, ino } = await handle.stat();
    return {
      // By callbacks: the promises of file handles cost more, for each group of entries, than what they do.
      write: (bytes, position) =>
        new Promise((resolve, reject) => {
          write(handle.fd, bytes, 0, bytes.length, position, (error, written) =>
            error === null ? resolve(written) : reject(error),
          );
        }),
      datasync: () =>
        new Promise((resolve, reject) => {
          fdatasync(handle.fd, (error) => (error === null ? resolve() : reject(error)));
        }),
      size: async () => (await handle.stat()).size,
      named: () =>
        new Promise((resolve, reject) => {
          status(path, (error, found) => {
            if (error === null) resolve(found.ino === ino && found.dev === dev);
            else if (error.code === 'ENOENT' || error.code === 'ENOTDIR') resolve(false);
            else reject(error);
          });
        }),
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
};

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
      const [named] = await Promise.all([handle.named(), handle.datasync()]);
      // A folder that was moved or removed takes the file with it: what is written there nobody will find.
      if (!named) throw new RecordError('UNFIT', `${this.path} is no longer the file that is written`);
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
