/** The configuration: every fault at once, unknown keys refused, nothing guessed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigFaults, loadConfig } from '../src/config.js';
import { matterFolder } from '../src/open-gateway.js';
import { PACKAGE_ROOT } from '../src/package-root.js';

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

  it('refuses an instance whose processes would have names too long', () => {
    expect(faultsOf(`processes: 2\ninstance: ${'g'.repeat(62)}\n`)).toEqual([
      'instance: with several processes at most 61 characters',
    ]);
    expect(faultsOf(`instance: ${'g'.repeat(62)}\n`)).toEqual([]);
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

  it('refuses a port of the environment that is none', () => {
    expect(faultsOf('', { PORT: 'http' })).toEqual(['PORT: not a port number']);
  });

  it('refuses a file that was named and is not there', () => {
    expect(() => loadConfig({ MIANZHENG_CONFIG: 'missing.yaml' }, folder)).toThrow(ConfigFaults);
  });
});
