/** One keep-alive connection that asks one request at a time and reads no more of HTTP than it must. */
import { connect, type Socket } from 'node:net';

/** Bytes read at once; an answer longer than this arrives in pieces. */
const READ_BYTES = 65_536;
const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/** An answer; `bytes` is only valid during the call. */
export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** Told of an answer, or of a fault that ends the connection. */
export interface Asker {
  answered(connection: Connection, answer: Answer): void;
  failed(connection: Connection, why: string): void;
}

interface Head {
  readonly status: number;
  /** Where the body begins. */
  readonly body: number;
  /** Length of the body; null: chunked. */
  readonly length: number | null;
}

/** A connection to 127.0.0.1. */
export class Connection {
  readonly #socket: Socket;
  readonly #asker: Asker;
  #pending: Buffer | null = null;
  #head: Head | null = null;
  #closed = false;
  /** The question under way and when it should have left; the asker's own. */
  question = -1;
  intended = 0;

  private constructor(socket: Socket, asker: Asker) {
    this.#socket = socket;
    this.#asker = asker;
  }

  /** Opens a connection. @throws the system's error */
  static open(port: number, asker: Asker): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let connection: Connection | null = null;
      const socket = connect({
        host: '127.0.0.1',
        port,
        noDelay: true,
        onread: {
          buffer: Buffer.allocUnsafe(READ_BYTES),
          callback: (read, buffer) => {
            connection?.received(Buffer.from(buffer.buffer, buffer.byteOffset, read));
            return true;
          },
        },
      });
      socket.once('error', reject);
      socket.once('connect', () => {
        const opened = new Connection(socket, asker);
        connection = opened;
        socket.off('error', reject);
        socket.on('error', (error) => opened.#fail(error.message));
        socket.on('close', () => opened.#fail('the server closed the connection'));
        resolve(opened);
      });
    });
  }

  /** Asks. The answer to the last question must have come. */
  ask(request: Uint8Array): void {
    this.#socket.write(request);
  }

  /** Ends it; nothing is told any more. */
  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  received(piece: Buffer): void {
    const bytes = this.#pending === null ? piece : Buffer.concat([this.#pending, piece]);
    this.#head ??= headOf(bytes);
    const head = this.#head;
    const body = head === null ? null : bodyOf(bytes, head);
    if (head === null || body === null) {
      this.#pending = this.#pending === null ? Buffer.from(piece) : bytes;
      return;
    }
    this.#pending = null;
    this.#head = null;
    this.#asker.answered(this, { status: head.status, bytes: body });
  }

  #fail(why: string): void {
    if (this.#closed) return;
    this.close();
    this.#asker.failed(this, why);
  }
}

function headOf(bytes: Buffer): Head | null {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return null;
  const head = bytes.toString('latin1', 0, end);
  const length = LENGTH.exec(head)?.[1];
  if (length === undefined && !CHUNKED.test(head)) throw new Error('an answer without length');
  return { status: Number(head.slice(9, 12)), body: end + 4, length: length === undefined ? null : Number(length) };
}

/** The whole body; null where some of it is still to come. */
function bodyOf(bytes: Buffer, { body, length }: Head): Buffer | null {
  if (length !== null) return bytes.length < body + length ? null : bytes.subarray(body, body + length);
  const parts: Buffer[] = [];
  for (let at = body; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line === -1) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
