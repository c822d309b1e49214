/** The configuration: every fault at once, unknown keys refused, nothing guessed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFaults, loadConfig } from '../src/config.js';
import { proofOptions } from '../src/open-gateway.js';
import { PACKAGE_ROOT } from '../src/package-root.js';
import { matterFolder } from '../src/places.js';

describe('the configuration', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mianzheng-config-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function faultsOf(yaml: string, environment: Record<string, string> = {}): readonly string[] {
    writeFileSync(join(folder, 'mianzheng.yaml'), yaml);
    try {
      loadConfig(environment, folder);
      return [];
    } catch (error) {
      if (error instanceof ConfigFaults) return error.faults;
      throw error;
    }
  }

  it('has a default for everything in development', () => {
    const config = loadConfig({}, folder);
    expect(config).toMatchObject({ mode: 'development', host: '127.0.0.1', port: 4000, data: join(folder, '.data') });
  });

  it('takes a variable without a value as not set', () => {
    const empty = { MIANZHENG_CONFIG: '', MIANZHENG_DATA: '', HOST: '', PORT: '' };
    expect(loadConfig(empty, folder)).toEqual(loadConfig({}, folder));
  });

  it('takes HOST, PORT and MIANZHENG_DATA from the environment', () => {
    expect(loadConfig({ HOST: '0.0.0.0', PORT: '0', MIANZHENG_DATA: 'there' }, folder)).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      data: join(folder, 'there'),
    });
  });

  it('takes the number of processes from the command line rather than the file, within the same bounds', () => {
    writeFileSync(join(folder, 'mianzheng.yaml'), 'processes: 3\n');
    expect(loadConfig({}, folder).processes).toBe(3);
    expect(loadConfig({}, folder, { processes: 2 }).processes).toBe(2);
    expect(() => loadConfig({}, folder, { processes: 65 })).toThrow('processes');
  });

  it('takes an instance to whose name processes and jobs can add theirs', () => {
    expect(faultsOf(`instance: ${'g'.repeat(60)}\n`)).toHaveLength(1);
    expect(faultsOf(`processes: 64\ninstance: ${'g'.repeat(59)}\n`)).toEqual([]);
  });

  it('takes the holidays of years that the program does not know, each once and with its own days only', () => {
    const year = '  - { year: 2027, holidays: [2027-01-01], workdays: [2027-01-03] }\n';
    expect(faultsOf(`workingDays:\n${year}`)).toEqual([]);
    expect(faultsOf(`workingDays:\n${year}${year}`)).toEqual(['workingDays: states a year twice']);
    expect(faultsOf('workingDays:\n  - { year: 2027, holidays: [2026-01-01], workdays: [2027-02-30] }\n')).toEqual([
      'workingDays.0.workdays.0: takes dates YYYY-MM-DD',
      'workingDays.0: takes days of its own year only',
    ]);
  });

  it('keeps in production what the law wants kept, in development what one likes', () => {
    const short = 'record: { keepDays: 1095 }\nlog: { keepDays: 183 }\n';
    expect(faultsOf(short)).toEqual([]);
    expect(faultsOf(`mode: production\n${short}`)).toEqual(
      expect.arrayContaining([
        'record.keepDays: production keeps at least 1096 days',
        'log.keepDays: production keeps at least 184 days',
      ]),
    );
    expect(loadConfig({}, mkdtempSync(join(folder, 'empty-')))).toMatchObject({
      record: { keepDays: 1096 },
      cases: { keepDays: 1096 },
      log: { keepDays: 184 },
    });
  });

  it('takes the matters of the program, or those of a folder beside the data', () => {
    expect(matterFolder({ data: '/data', matters: undefined })).toBe(join(PACKAGE_ROOT, 'matters'));
    expect(matterFolder({ data: '/data', matters: 'own' })).toBe('/data/own');
    expect(matterFolder({ data: '/data', matters: '/srv/matters' })).toBe('/srv/matters');
  });

  it('reports every fault at once', () => {
    const faults = faultsOf('port: 99999\nmode: staging\nlimits: { bodyBytes: 1 }\nmasks: { idNumberHead: 11 }\n');
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'mode',
      'port',
      'masks.idNumberHead',
      'limits.bodyBytes',
    ]);
  });

  it('reports every fault of rates, documents and proxies at once', () => {
    const faults = faultsOf(`
redis: http://127.0.0.1:6379
proxies: [ 10.0.0.0/8 ]
rates: { default: { requestsPerSecond: 0 }, clients: { school: { burts: 1 } }, failures: { inAll: 0 } }
documents: { mode: closed, clients: { school: maybe } }
limits: { documentAliases: -1, documentCost: 1, headersMs: 1, connections: 0 }
`);
    expect(new Set(faults.map((fault) => fault.split(':')[0]))).toEqual(
      new Set([
        'documents.clients.school',
        'documents.mode',
        'limits.connections',
        'limits.documentAliases',
        'limits.documentCost',
        'limits.headersMs',
        'proxies.0',
        'rates.clients.school',
        'rates.default.requestsPerSecond',
        'rates.failures.inAll',
        'redis',
      ]),
    );
    expect(faults).toHaveLength(11);
  });

  it('lets an application have a rate of its own, and a document mode', () => {
    writeFileSync(
      join(folder, 'mianzheng.yaml'),
      'rates: { clients: { school: { documentCost: 500 } } }\ndocuments: { clients: { school: enforce } }\nredis: rediss://cache:6379/1\nproxies: [ 10.0.0.2, "2001:db8::1" ]\n',
    );
    expect(loadConfig({}, folder)).toMatchObject({
      rates: { default: { requestsPerSecond: 10_000 }, clients: { school: { documentCost: 500 } } },
      documents: { mode: 'open', clients: { school: 'enforce' } },
      introspection: false,
    });
  });

  it.each([
    ['an unknown key', 'prot: 4000\n', 'prot'],
    ['an unknown key further in', 'limits: { bodyBites: 4000 }\n', 'bodyBites'],
    ['a transport that is none', 'departments: { household: { transport: carrier-pigeon } }\n', 'transport'],
    ['production without an issuer', 'mode: production\n', 'issuers: production needs at least one'],
    ['YAML that is none', 'port: [4000\n', ''],
  ])('refuses %s', (_name, yaml, fault) => {
    const faults = faultsOf(yaml);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).toContain(fault);
  });

  const production = 'mode: production\nissuers: [{ issuer: https://i.example, jwksUrl: https://i.example/keys }]\n';

  it('takes passwords from files in production, and names every one that stands in the configuration', () => {
    const departments = `departments:
  household: { transport: sql, url: "mysql://gateway:secret@household-db/h" }
  property: { transport: sql, url: "mysql://gateway@property-db/p?password=secret" }
  licences: { transport: sql, url: "mysql://gateway@licences-db/l", passwordFile: licences.password }
`;
    const faults = faultsOf(`${production}control: "mysql://gateway:secret@control-db/c"\n${departments}`);
    const why = 'holds a password, which production takes only from a file (passwordFile)';
    expect(faults).toEqual([
      `control: ${why}`,
      `departments.household.url: ${why}`,
      `departments.property.url: ${why}`,
    ]);
    expect(faults.join()).not.toContain('secret');
    expect(faultsOf(departments)).toEqual([]);
  });

  it('reaches other cities by https and with a credential of its own in production', () => {
    const peers = (peer: string) => `departments: { licences: { transport: gateway, peers: [{ ${peer} }] } }\n`;
    const common = "name: t, divisions: ['33'], matters: { m: { LICENCE: licence } }";
    const development = peers(`${common}, url: http://t.example, tokenFile: t.token`);
    expect(faultsOf(development)).toEqual([]);
    expect(faultsOf(production + development)).toEqual([
      'departments.licences.peers.0.url: production reaches it by https',
      'departments.licences.peers.0.tokenFile: production needs credential',
    ]);
    const credential = 'credential: { issuer: https://i.example, clientId: c, keyFile: k, audience: a }';
    expect(faultsOf(production + peers(`${common}, url: https://t.example, ${credential}`))).toEqual([]);
    const both = faultsOf(peers(`${common}, url: https://t.example, tokenFile: f, ${credential}`));
    expect(both.join()).toContain('tokenFile or credential, one of them');
    expect(faultsOf('departments: { licences: { transport: gateway, peers: [] } }\n').join()).toContain('peers');
    const none = faultsOf(peers("name: t, divisions: ['33'], matters: {}, url: https://t.example, tokenFile: f"));
    expect(none.join()).toContain('no matter');
  });

  it('needs its public address in production, where tokens must be bound', () => {
    const fault = ['publicUrl: production needs it where tokens must be bound'];
    expect(faultsOf(`${production}tokens: { senderConstrained: required }\n`)).toEqual(fault);
    expect(faultsOf(`${production}tokens: { senderConstrainedClients: [school] }\n`)).toEqual(fault);
    expect(faultsOf(`${production}tokens: { senderConstrained: required }\npublicUrl: https://c.example\n`)).toEqual(
      [],
    );
    expect(faultsOf('tokens: { senderConstrained: required }\n')).toEqual([]);
  });

  it('takes no URL of another kind for the name of a file', () => {
    const departments = 'departments: { household: { transport: sql, url: "mariadb://g@h/d" } }\n';
    const why = 'takes mysql://…, for MariaDB too, or a SQLite file';
    expect(faultsOf(`control: "postgres://g@h/c"\n${departments}`)).toEqual([
      `control: ${why}`,
      `departments.household.url: ${why}`,
    ]);
  });

  it('refuses a password that stands twice, or belongs to a file', () => {
    expect(faultsOf('control: "mysql://g:secret@h/c"\ncontrolPasswordFile: f\n')).toEqual([
      'control: has a password already, beside the one in the file',
    ]);
    expect(faultsOf('controlPasswordFile: f\n')).toEqual(['control: a file has no password']);
  });

  it.each([
    ['a proxy that is no address', 'clientCertificateHeader: { from: [proxy.example] }\n', 'not an address or network'],
    ['a proxy that is any', 'clientCertificateHeader: { from: [] }\n', 'clientCertificateHeader.from'],
    ['a network too small', 'clientCertificateHeader: { from: [10.0.0.0/33] }\n', 'not an address or network'],
    ['an old TLS', 'tls: { certFile: c, keyFile: k, minVersion: TLSv1.1 }\n', 'tls.minVersion'],
    ['a public address that is none', 'publicUrl: gateway.example\n', 'publicUrl'],
    ['an option of tokens that is none', 'tokens: { senderConstrained: sometimes }\n', 'tokens.senderConstrained'],
  ])('refuses %s', (_name, yaml, fault) => {
    expect(faultsOf(yaml).join('\n')).toContain(fault);
  });

  it.each([
    ['', { url: 'http://127.0.0.1:4000/graphql', nonces: false }],
    ['host: "::1"\nport: 80\n', { url: 'http://[::1]:80/graphql', nonces: false }],
    ['tls: { certFile: c, keyFile: k }\n', { url: 'https://127.0.0.1:4000/graphql', nonces: false }],
    ['publicUrl: https://city.example/data/\n', { url: 'https://city.example/data/graphql', nonces: false }],
    ['processes: 2\n', { url: 'http://127.0.0.1:4000/graphql', nonces: true }],
    ['processes: 2\ntokens: { dpopNonces: false }\n', { url: 'http://127.0.0.1:4000/graphql', nonces: false }],
    ['tokens: { dpopNonces: true }\n', { url: 'http://127.0.0.1:4000/graphql', nonces: true }],
  ])('asks proofs for its own address, and for nonces where several processes share it: %j', (yaml, expected) => {
    writeFileSync(join(folder, 'mianzheng.yaml'), yaml);
    expect(proofOptions(loadConfig({}, folder))).toEqual(expected);
  });

  it('refuses a port of the environment that is none', () => {
    expect(faultsOf('', { PORT: 'http' })).toEqual(['PORT: not a port number']);
  });

  it('refuses a file that was named and is not there', () => {
    expect(() => loadConfig({ MIANZHENG_CONFIG: 'missing.yaml' }, folder)).toThrow(ConfigFaults);
  });

  it('has budgets for every application, of its own where it is named', () => {
    writeFileSync(
      join(folder, 'mianzheng.yaml'),
      'budgets: { default: { subjectsPerHour: 10 }, clients: { school: { unknownPerHour: 3 } } }\n',
    );
    const { budgets, webhooks } = loadConfig({}, folder);
    expect(budgets.default).toMatchObject({ subjectsPerHour: 10, subjectsPerCase: 500 });
    // What it leaves out is not filled in here: it is the default's.
    expect(budgets.clients).toEqual({ school: { unknownPerHour: 3 } });
    expect(budgets).toMatchObject({ hold: true, evidence: { unknownShare: 0.5, unknownMinimum: 50, runLength: 8 } });
    expect(webhooks).toEqual([]);
  });

  it.each([
    ['a budget beyond its bound', 'budgets: { clients: { school: { subjectsPerHour: 0 } } }', 'budgets.clients.school'],
    ['an unknown budget', 'budgets: { default: { peoplePerHour: 1 } }', 'budgets.default'],
    ['a webhook in clear', 'webhooks: [{ url: "http://example.org/", secretFile: s }]', 'webhooks.0.url'],
    ['a webhook with a password', 'webhooks: [{ url: "https://a:b@example.org/", secretFile: s }]', 'webhooks.0.url'],
    ['a webhook without a secret', 'webhooks: [{ url: "https://example.org/" }]', 'webhooks.0.secretFile'],
    [
      'one webhook twice',
      'webhooks: [{ url: "https://example.org/", secretFile: s }, { url: "https://example.org/", secretFile: t }]',
      'webhooks: two have the same url',
    ],
    [
      'an unknown event',
      'webhooks: [{ url: "https://example.org/", secretFile: s, events: [ALL] }]',
      'webhooks.0.events',
    ],
  ])('refuses %s', (_, yaml, fault) => {
    const faults = faultsOf(`${yaml}\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});
