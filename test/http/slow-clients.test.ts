/** What a client keeps of the server by sending slowly, much, or from many connections, ends; others are answered meanwhile. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TransportLimits } from '../../src/http/transport-limits.js';
import { type RunningServer, send, startServer, tokenOf } from './running-server.js';

let running: RunningServer | null = null;
const sockets: Socket[] = [];

async function start(limits: Partial<TransportLimits>): Promise<RunningServer> {
  running = await startServer({}, limits);
  return running;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await running?.close();
});

/** A connection, and what came back on it until it ended. */
async function open(port: number): Promise<{ readonly socket: Socket; readonly ended: Promise<string> }> {
  const parts: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('data', (part) => parts.push(part));
  // Ended by the other side in the middle of a write, as is to be seen.
  socket.on('error', () => undefined);
  const ended = once(socket, 'close').then(() => Buffer.concat(parts).toString());
  await once(socket, 'connect');
  return { socket, ended };
}

/** Goes on sending a byte now and then, for as long as it may. */
async function drip(port: number, head: string, byte: string): Promise<string> {
  const { socket, ended } = await open(port);
  socket.write(head);
  const timer = setInterval(() => socket.write(byte), 50);
  try {
    return await ended;
  } finally {
    clearInterval(timer);
  }
}

async function answered(port: number): Promise<number> {
  const headers = { authorization: `Bearer ${tokenOf('school')}`, 'content-type': 'application/json' };
  const body = Buffer.from('{"query":"{ divisions { code } }"}');
  return (await send(port, { method: 'POST', path: '/graphql', headers, body })).status;
}

const REQUEST = 'POST /graphql HTTP/1.1\r\nHost: gateway\r\n';

describe('a client that sends slowly', () => {
  it('loses its connection when the head takes too long', async () => {
    const { port, run } = await start({ headersMs: 300 });
    const [text, status] = await Promise.all([drip(port, `${REQUEST}X-Slow: `, 'a'), answered(port)]);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"BAD_REQUEST"');
    expect(status).toBe(200);
    expect(run.entries).toHaveLength(1);
  });

  it('loses its connection when the body takes too long', async () => {
    const { port, run } = await start({ headersMs: 300, receiveMs: 600 });
    const head = `${REQUEST}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n`;
    const [text, status] = await Promise.all([drip(port, head, ' '), answered(port)]);
    expect(text).not.toContain('"data"');
    expect(status).toBe(200);
    expect(run.entries).toHaveLength(1);
  });

  it('loses it as well when the body has no end', async () => {
    const { port } = await start({ headersMs: 300, receiveMs: 600 });
    const head = `${REQUEST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await drip(port, head, '1\r\n \r\n')).not.toContain('"data"');
  });
});

describe('a client that sends much', () => {
  it('is refused when the head is larger than the limit', async () => {
    const { port, run } = await start({ headerBytes: 4096 });
    const { socket, ended } = await open(port);
    socket.write(`${REQUEST}X-Large: ${'a'.repeat(5000)}\r\n\r\n`);
    expect(await ended).toMatch(/^HTTP\/1\.1 400 /);
    expect(run.entries).toHaveLength(0);
  });
});

describe('many connections', () => {
  it('are bounded: one more ends at once and is counted, and there is room again when one has ended', async () => {
    const { port, run } = await start({ connections: 3 });
    const held = [await open(port), await open(port), await open(port)];
    const more = await open(port);
    expect(await more.ended).toBe('');
    expect(await run.gateway.metrics.text()).toContain('mianzheng_connections_dropped_total 1');
    held[0]?.socket.destroy();
    await vi.waitFor(async () => expect(await answered(port)).toBe(200));
  });
});
