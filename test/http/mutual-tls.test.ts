/** Tokens bound to certificates (RFC 8705): by the connection's own certificate, or by the word of a trusted proxy. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTlsListener, type TlsFiles } from '../../src/http/tls-listener.js';
import {
  ANY_QUERY,
  type AttackedServer,
  type ClientTls,
  startAttackedServer,
} from '../authenticate/attacked-server.js';
import { forge } from '../authenticate/forge.js';
import { NOW } from '../support/memory-gateway.js';
import { type Certificate, makeCertificate } from './certificates.js';

const NAMES = ['client', 'other', 'stranger'] as const;
type Name = (typeof NAMES)[number];

let folder: string;
let authority: Certificate;
let server: Certificate;
let certificates: Record<Name, Certificate>;
let anyCertificate: AttackedServer;
let trustedOnly: AttackedServer;

const files = (more: Partial<TlsFiles> = {}): TlsFiles => ({
  certFile: server.certFile,
  keyFile: server.keyFile,
  minVersion: 'TLSv1.3',
  ...more,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-tls-'));
  authority = makeCertificate(folder, 'authority');
  server = makeCertificate(folder, 'server', authority);
  certificates = {
    client: makeCertificate(folder, 'client', authority),
    other: makeCertificate(folder, 'other', authority),
    // Its own authority.
    stranger: makeCertificate(folder, 'stranger'),
  };
  anyCertificate = await startAttackedServer({}, { tls: openTlsListener(files()) });
  trustedOnly = await startAttackedServer({}, { tls: openTlsListener(files({ clientCaFile: authority.certFile })) });
});

afterAll(async () => {
  await anyCertificate.close();
  await trustedOnly.close();
  rmSync(folder, { recursive: true });
});

const token = (bound: Name | null) =>
  forge({ now: NOW, claims: bound === null ? {} : { cnf: { 'x5t#S256': certificates[bound].thumbprint } } });

function showing(name: Name | null): NonNullable<ClientTls> {
  const ca = authority.cert;
  return name === null ? { ca } : { ca, cert: certificates[name].cert, key: certificates[name].key };
}

const RECORDED = { client: null, outcome: 'REFUSED', code: 'UNAUTHENTICATED', status: 401, disclosed: [] };

interface Case {
  readonly bound: Name | null;
  readonly shown: Name | null;
  /** Whether the listener counts only certificates of its authorities. */
  readonly trusted: boolean;
  readonly status: number;
}

describe('a token bound to a certificate', () => {
  it.each<Case>([
    { bound: 'client', shown: 'client', trusted: false, status: 200 },
    { bound: 'client', shown: 'client', trusted: true, status: 200 },
    { bound: 'client', shown: null, trusted: false, status: 401 },
    { bound: 'client', shown: null, trusted: true, status: 401 },
    { bound: 'client', shown: 'other', trusted: false, status: 401 },
    { bound: 'client', shown: 'other', trusted: true, status: 401 },
    { bound: 'stranger', shown: 'stranger', trusted: false, status: 200 },
    { bound: 'stranger', shown: 'stranger', trusted: true, status: 401 },
    { bound: null, shown: null, trusted: true, status: 200 },
    { bound: null, shown: 'client', trusted: true, status: 200 },
    { bound: null, shown: 'stranger', trusted: true, status: 200 },
  ])(
    'bound to $bound, shown $shown, authorities required $trusted: $status',
    async ({ bound, shown, trusted, status }) => {
      const gateway = trusted ? trustedOnly : anyCertificate;
      const authorization = `Bearer ${token(bound)}`;
      const received = await gateway.send({ authorization }, ANY_QUERY, '', showing(shown));
      expect(received.status).toBe(status);
      const expected = status === 200 ? { client: 'school-enrolment', outcome: 'ANSWERED' } : RECORDED;
      expect(gateway.entries.at(-1)).toMatchObject(expected);
    },
  );

  it('is refused over plain HTTP', async () => {
    const plain = await startAttackedServer();
    try {
      expect((await plain.send({ authorization: `Bearer ${token('client')}` })).status).toBe(401);
      expect(plain.entries.at(-1)).toMatchObject(RECORDED);
    } finally {
      await plain.close();
    }
  });

  it('is refused with the certificate in a header, where no proxy is trusted', async () => {
    const header = { 'client-cert': `:${certificates.client.der.toString('base64')}:` };
    const headers = { authorization: `Bearer ${token('client')}`, ...header };
    expect((await anyCertificate.send(headers, ANY_QUERY, '', showing(null))).status).toBe(401);
  });
});

describe('a proxy that ends TLS', () => {
  const byteSequence = (name: Name) => `:${certificates[name].der.toString('base64')}:`;

  async function asked(from: string, value: string | readonly string[] | null): Promise<number> {
    const gateway = await startAttackedServer({}, { clientCertificateHeader: { name: 'Client-Cert', from: [from] } });
    try {
      const header = value === null ? {} : { 'client-cert': value };
      const { status } = await gateway.send({ authorization: `Bearer ${token('client')}`, ...header });
      if (status === 401) expect(gateway.entries.at(-1)).toMatchObject(RECORDED);
      return status;
    } finally {
      await gateway.close();
    }
  }

  it('is believed from its address, alone or in its network', async () => {
    expect(await asked('127.0.0.1', byteSequence('client'))).toBe(200);
    expect(await asked('127.0.0.0/8', byteSequence('client'))).toBe(200);
  });

  it('is not believed from elsewhere', async () => {
    expect(await asked('10.0.0.5', byteSequence('client'))).toBe(401);
    expect(await asked('126.0.0.0/8', byteSequence('client'))).toBe(401);
    expect(await asked('::1', byteSequence('client'))).toBe(401);
  });

  it.each([
    ['no certificate', () => null],
    ['another certificate', () => byteSequence('other')],
    ['an empty one', () => ''],
    ['two of them', () => [byteSequence('client'), byteSequence('client')]],
    ['PEM', () => encodeURIComponent(certificates.client.cert)],
    ['base64 without colons', () => certificates.client.der.toString('base64')],
    ['parameters behind it', () => `${byteSequence('client')};a=1`],
    ['the thumbprint itself', () => `:${certificates.client.thumbprint}:`],
  ])('that sends %s lets nobody in', async (_, value) => {
    expect(await asked('127.0.0.1', value())).toBe(401);
  });
});

describe('the listener', () => {
  const portOf = (gateway: AttackedServer) => gateway.port;

  function protocol(port: number, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', ca: authority.cert, maxVersion });
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.once('error', () => resolve(null));
    });
  }

  it('speaks TLS 1.3 alone, and 1.2 where that is allowed', async () => {
    expect(await protocol(portOf(anyCertificate), 'TLSv1.3')).toBe('TLSv1.3');
    expect(await protocol(portOf(anyCertificate), 'TLSv1.2')).toBeNull();
    const older = await startAttackedServer({}, { tls: openTlsListener(files({ minVersion: 'TLSv1.2' })) });
    try {
      expect(await protocol(older.port, 'TLSv1.2')).toBe('TLSv1.2');
    } finally {
      await older.close();
    }
  });

  it('knows the certificate of a session that is taken up again', async () => {
    const session = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect({ port: portOf(trustedOnly), host: '127.0.0.1', ...showing('client') });
      socket.once('session', (taken: Buffer) => {
        socket.destroy();
        resolve(taken);
      });
      socket.once('error', reject);
    });
    const ask = async (bound: Name) => {
      const headers = { authorization: `Bearer ${token(bound)}` };
      return (await trustedOnly.send(headers, ANY_QUERY, '', { ca: authority.cert, session })).status;
    };
    expect(await ask('other')).toBe(401);
    expect(await ask('client')).toBe(200);
  });

  it('gives a new certificate to new connections when it is read again, and keeps the old one where the new does not fit', async () => {
    const [certFile, keyFile] = [join(folder, 'current.crt'), join(folder, 'current.key')];
    const put = (one: Certificate, key = one) => {
      copyFileSync(one.certFile, certFile);
      copyFileSync(key.keyFile, keyFile);
    };
    put(server);
    const listener = openTlsListener({ certFile, keyFile, minVersion: 'TLSv1.3' });
    const gateway = await startAttackedServer({}, { tls: listener });
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port: gateway.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.once('error', reject);
      });
    try {
      expect(await shown()).toBe('server');
      put(certificates.other);
      expect(await shown()).toBe('server');
      listener.reload();
      expect(await shown()).toBe('other');
      put(server, certificates.other);
      expect(() => listener.reload()).toThrow();
      expect(await shown()).toBe('other');
    } finally {
      await gateway.close();
    }
  });

  it('does not open with a certificate that is not its key’s, or that is not there', () => {
    expect(() => openTlsListener(files({ keyFile: certificates.other.keyFile }))).toThrow();
    expect(() => openTlsListener(files({ certFile: join(folder, 'missing') }))).toThrow('ENOENT');
  });
});
