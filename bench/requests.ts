/** Whole HTTP requests as bytes. */
import type { Asked, Running } from './contestant.js';

/** The bytes of a request to a contestant. */
export function encode(running: Running, { path, headers, body }: Asked): Uint8Array {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(running.url).host}`,
    'connection: keep-alive',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
