/** What `doctor` must not let pass: a department's account that can write, secrets that others can read, an unencrypted way. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseServers, examineAccount } from '../../src/cli/database-accounts.js';
import { examineSecretFiles } from '../../src/cli/secret-files.js';
import { loadConfig } from '../../src/config.js';
import { keyFolder } from '../../src/places.js';
import { mariadb } from '../support/services.js';
import { mianzheng } from './mianzheng.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mianzheng-doctor-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function configOf(yaml: string) {
  writeFileSync(join(folder, 'mianzheng.yaml'), yaml);
  return loadConfig({ MIANZHENG_DATA: folder }, folder);
}

/** The licence library answered by another city's gateway, where nobody listens. */
function peerWith(credential: string): string {
  const peer = `name: tongxiang, url: "http://127.0.0.1:1", divisions: ["33"], matters: { m: { LICENCE: l } }, ${credential}`;
  return `departments: { licences: { transport: gateway, peers: [{ ${peer} }] } }\n`;
}

describe('secret files', () => {
  it('are well where only their owner can read them', () => {
    const config = configOf('controlPasswordFile: control.password\ncontrol: mysql://g@127.0.0.1/c\n');
    writeFileSync(join(folder, 'control.password'), 'secret', { mode: 0o600 });
    expect(examineSecretFiles(config)).toBe('1 files, each for its owner only');
  });

  it.each([
    [
      'the password of a department',
      'departments: { household: { transport: sql, url: mysql://g@h/d, passwordFile: f } }\n',
    ],
    [
      'the token of an API',
      'departments: { vaccination: { transport: http, url: "https://a.example", tokenFile: f } }\n',
    ],
    ['the password of the control store', 'control: mysql://g@h/c\ncontrolPasswordFile: f\n'],
    ['our token at another city', peerWith('tokenFile: f')],
    ['our key at another city', peerWith('credential: { issuer: "https://i", clientId: c, keyFile: f, audience: a }')],
    ['the key of TLS', 'tls: { certFile: c, keyFile: f }\n'],
    ['the secret of a webhook', 'webhooks: [{ url: "https://a.example", secretFile: f }]\n'],
    ['the secret of a channel of notices', 'notices: [{ url: "https://a.example", secretFile: f }]\n'],
    [
      'the secret of a channel of reminders',
      'reminders: { channels: [{ url: "https://a.example", secretFile: f }] }\n',
    ],
    ['the secret of a listener', 'events: [{ url: "https://a.example", secretFile: f }]\n'],
    ['the token of a season', 'console: { seasons: [{ client: c, tokenFile: f, operators: [o] }] }\n'],
    [
      'the secret of the console',
      'console: { signIn: { issuer: "https://i", clientSecretFile: f } }\nissuers: [{ issuer: "https://i", jwksUrl: "https://i/j" }]\n',
    ],
  ])('are not where others can read %s', (_, yaml) => {
    const config = configOf(yaml);
    writeFileSync(join(folder, 'f'), 'secret');
    chmodSync(join(folder, 'f'), 0o640);
    expect(() => examineSecretFiles(config)).toThrow(`open to others than their owner: ${join(folder, 'f')}`);
  });

  it('are not where one is missing without which the gateway does not start', () => {
    const config = configOf('webhooks: [{ url: "https://a.example", secretFile: f }]\n');
    expect(() => examineSecretFiles(config)).toThrow(`no such file or directory, stat '${join(folder, 'f')}'`);
  });

  it('are not where others can read a key, however deep', () => {
    const config = configOf('');
    const deep = join(keyFolder(config), 'development-issuer');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'key.json'), '{}');
    chmodSync(join(deep, 'key.json'), 0o604);
    expect(() => examineSecretFiles(config)).toThrow('key.json');
  });
});

describe('mianzheng doctor', () => {
  it('goes on where a department cannot be opened, and says which check failed', async () => {
    writeFileSync(join(folder, 'peer.token'), 'a token', { mode: 0o600 });
    const file = join(folder, 'mianzheng.yaml');
    const issuer = 'issuers: [{ issuer: "https://i", jwksUrl: "http://127.0.0.1:1/keys" }]\n';
    writeFileSync(file, peerWith('tokenFile: peer.token') + issuer);
    const { code, out, err } = await mianzheng(['doctor', '--json'], {
      MIANZHENG_DATA: folder,
      MIANZHENG_CONFIG: file,
    });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const findings = JSON.parse(out) as { check: string; state: string; detail: string }[];
    const wrong = findings.filter(({ state }) => state === 'WRONG');
    expect(wrong.map(({ check }) => check)).toEqual(['departments', 'city tongxiang, LICENCES', 'issuers']);
    expect(wrong[0]?.detail).toContain(
      `department HOUSEHOLD, ${join(folder, 'departments', 'household.sqlite')}, cannot`,
    );
    expect(wrong[2]?.detail).toBe('http://127.0.0.1:1/keys does not answer');
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['control store', 'secret files', 'record']),
    );
  }, 60_000);
});

describe.skipIf(mariadb === null)('an account on a real server', () => {
  const name = `mz_doctor_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const account = name.slice(0, 30);
  // Letters that a URL would read otherwise.
  const password = 'p@ss:w/rd%?#';
  const server = new URL(mariadb?.url ?? 'mysql://127.0.0.1');

  async function asRoot(...statements: readonly string[]): Promise<void> {
    const root = await createConnection({ uri: mariadb?.url ?? '' });
    try {
      for (const statement of statements) await root.query(statement);
    } finally {
      await root.end();
    }
  }

  beforeAll(() => asRoot(`CREATE DATABASE \`${name}\``, `CREATE USER '${account}'@'%' IDENTIFIED BY '${password}'`));

  afterAll(() => asRoot(`DROP USER IF EXISTS '${account}'@'%'`, `DROP DATABASE IF EXISTS \`${name}\``));

  function configAt(host: string) {
    writeFileSync(join(folder, 'password'), `${password}\n`, { mode: 0o600 });
    const database = { transport: 'sql', url: `mysql://${account}@${host}/${name}`, passwordFile: 'password' };
    const names = ['household', 'property', 'vaccination', 'social-security', 'licences'];
    return configOf(JSON.stringify({ departments: Object.fromEntries(names.map((each) => [each, database])) }));
  }

  async function found(host = server.host): Promise<string> {
    const [one] = databaseServers(configAt(host));
    if (one === undefined) throw new TypeError('the configuration names a server');
    return await examineAccount(one, folder).catch((error: unknown) => `✗ ${(error as Error).message}`);
  }

  it('passes where it may only SELECT, and fails as soon as it may do more', async () => {
    await asRoot(`GRANT SELECT ON \`${name}\`.* TO '${account}'@'%'`);
    expect(await found()).toBe('may only read, on this machine');
    await asRoot(`GRANT DELETE ON \`${name}\`.* TO '${account}'@'%'`);
    expect(await found()).toBe(`✗ may do more than SELECT: DELETE ON ${name}.*`);
    await asRoot(`REVOKE DELETE ON \`${name}\`.* FROM '${account}'@'%'`);
  });

  it('fails over a connection that leaves this machine and is not encrypted', async () => {
    // Another name of the loopback interface, which says nothing of being one.
    const elsewhere = `[::ffff:127.0.0.1]:${server.port || 3306}`;
    expect(await found(elsewhere)).toBe('✗ the connection is not encrypted, and leaves this machine');
  });

  it('fails the command, without its password', async () => {
    await asRoot(`GRANT INSERT ON \`${name}\`.* TO '${account}'@'%'`);
    configAt(server.host);
    const { code, out, err } = await mianzheng(['doctor', '--json'], {
      MIANZHENG_DATA: folder,
      MIANZHENG_CONFIG: join(folder, 'mianzheng.yaml'),
    });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toContainEqual({
      check: 'account of department household',
      state: 'WRONG',
      detail: `may do more than SELECT: INSERT ON ${name}.*`,
    });
    expect(out).not.toContain(password);
    expect(out).not.toContain(encodeURIComponent(password));
  }, 60_000);
});
