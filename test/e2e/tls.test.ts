/** A gateway that ends TLS itself, as a process: its commands reach it, and certificate and keys change while it runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { sendTo } from '../authenticate/attacked-server.js';
import { mianzheng } from '../cli/mianzheng.js';
import { type Certificate, makeCertificate } from '../http/certificates.js';
import { embeddedCityFolder } from '../support/city.js';

/** Longest wait for something that happens within seconds, ms. */
const SECONDS = { timeout: 30_000, interval: 200 };

let folder: string;
let city: Awaited<ReturnType<typeof embeddedCityFolder>>;
let authority: Certificate;
let gateway: ChildProcess;
let port: number;
let environment: Record<string, string>;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const found = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return found;
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new TypeError('its standard output is a pipe');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the gateway did not start');
}

beforeAll(async () => {
  city = await embeddedCityFolder();
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-serve-tls-'));
  authority = makeCertificate(folder, 'authority');
  const first = makeCertificate(folder, 'first', authority);
  copyFileSync(first.certFile, join(folder, 'server.crt'));
  copyFileSync(first.keyFile, join(folder, 'server.key'));
  port = await freePort();
  const config = {
    port,
    publicUrl: `https://localhost:${port}`,
    tls: { certFile: join(folder, 'server.crt'), keyFile: join(folder, 'server.key') },
  };
  writeFileSync(join(folder, 'mianzheng.yaml'), JSON.stringify(config));
  environment = {
    MIANZHENG_DATA: city.folder,
    MIANZHENG_CONFIG: join(folder, 'mianzheng.yaml'),
    NODE_EXTRA_CA_CERTS: authority.certFile,
  };
  const main = join(PACKAGE_ROOT, 'src/cli/main.ts');
  gateway = spawn(process.execPath, ['--import', 'tsx', main, 'serve', '--json', '--log-level', 'silent'], {
    cwd: PACKAGE_ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(JSON.parse(await firstLine(gateway))).toEqual({ url: `https://127.0.0.1:${port}` });
}, 60_000);

afterAll(async () => {
  gateway.kill('SIGTERM');
  const [code] = (await once(gateway, 'exit')) as [number | null];
  city.remove();
  rmSync(folder, { recursive: true });
  expect(code).toBe(0);
}, 30_000);

const run = (...args: readonly string[]) => mianzheng(args, environment);

async function verdict(name = 'verdict'): Promise<string> {
  const file = join(folder, `${name}.jws`);
  const purpose = ['--matter', 'school-enrolment-primary', '--case', 'NP-2026-0001'];
  const { code, err } = await run('verify', ...purpose, '--receipt', file);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return file;
}

/** What the gateway publishes, over TLS. */
async function published(): Promise<readonly string[]> {
  const { out, code } = await fetched('/.well-known/jwks.json');
  expect(code).toBe(200);
  return (JSON.parse(out) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

function fetched(path: string): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert }, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', reject);
    socket.on('end', () => {
      const text = Buffer.concat(parts).toString();
      resolve({ code: Number(text.split(' ')[1]), out: text.slice(text.indexOf('\r\n\r\n') + 4) });
    });
  });
}

describe('a gateway with TLS', () => {
  it('answers over TLS and not without it', async () => {
    expect((await fetched('/healthz')).code).toBe(200);
    const plain = sendTo(port, {}, '{}').catch((error: unknown) => error);
    expect(await plain).toBeInstanceOf(Error);
  });

  it('is reached by its commands, and signs a receipt that they verify', async () => {
    const { code, out } = await run('receipt', 'verify', await verdict());
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('VALID') });
  }, 60_000);

  it('takes up new keys within seconds, and what the former signed stays verifiable', async () => {
    const old = await verdict('old');
    const before = await published();
    const rotated = async (...command: readonly string[]) =>
      (JSON.parse((await run(...command, 'rotate', '--json')).out) as { kid: string }).kid;
    const next = [await rotated('audit'), await rotated('receipt')];
    await vi.waitFor(
      async () => expect(await published()).toEqual(expect.arrayContaining([...next, ...before])),
      SECONDS,
    );
    const signedBy = (file: string) => decodeProtectedHeader(readFileSync(file, 'utf8').trim()).kid;
    await vi.waitFor(async () => expect(signedBy(await verdict('new'))).toBe(next[1]), SECONDS);
    expect((await run('receipt', 'verify', join(folder, 'new.jws'))).code).toBe(0);
    expect(signedBy(old)).not.toBe(next[1]);
    expect((await run('receipt', 'verify', old)).code).toBe(0);
    const audit = await run('audit', 'verify');
    expect({ code: audit.code, out: audit.out }).toMatchObject({ code: 0, out: expect.stringContaining('INTACT') });
  }, 90_000);

  it('takes up a new certificate within seconds', async () => {
    const second = makeCertificate(folder, 'second', authority);
    copyFileSync(second.certFile, join(folder, 'server.crt'));
    copyFileSync(second.keyFile, join(folder, 'server.key'));
    const name = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', ca: authority.cert }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.once('error', reject);
      });
    await vi.waitFor(async () => expect(await name()).toBe('second'), SECONDS);
  }, 30_000);
});
