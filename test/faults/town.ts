/**
 * What the faults are tried on: the demonstration city on a database server, the vaccination API before it, a
 * fault-injecting proxy in front of every department and the control store, and gateways that know only the proxies.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { stringify } from 'yaml';
import { connectMysql } from '../../connectors/transports/mysql.js';
import { startVaccinationSimulator, type VaccinationSimulator } from '../../connectors/vaccination/simulator.js';
import { seedCity } from '../../seeds/load.js';
import { exportRecord } from '../../src/audit/export.js';
import { loadOrCreateSigningKey } from '../../src/audit/signing-key.js';
import { verifyRecord } from '../../src/audit/verify.js';
import { loadConfig } from '../../src/config.js';
import { openIssuer } from '../../src/open-issuer.js';
import { keyFolder } from '../../src/places.js';
import type { DatabaseServer } from '../support/services.js';
import { FaultProxy } from './proxy.js';
import { Volume } from './volume.js';

/** Residents beside the stories'. */
const RESIDENTS = 60;
/** Longest wait for one fetch, ms: shorter than the product's, so that a suite of many faults stays short. */
export const SOURCE_TIMEOUT_MS = 600;

const SQL_DEPARTMENTS = ['household', 'property', 'social-security', 'licences'] as const;

/** A department by the name of its folder. */
export type Department = (typeof SQL_DEPARTMENTS)[number] | 'vaccination';

/** All of them. */
export const DEPARTMENTS: readonly Department[] = [...SQL_DEPARTMENTS, 'vaccination'];

/** As in the schema's enum. */
export function codeOf(department: Department): string {
  return department.replace('-', '_').toUpperCase();
}

/** A request's entry, as the record has it. */
export interface Recorded {
  readonly requestId: string;
  /** `chain/seq` */
  readonly position: string;
  readonly outcome: string;
  readonly code: string | null;
}

/** The town, running. */
export class Town {
  private constructor(
    readonly folder: string,
    private readonly server: DatabaseServer,
    private readonly prefix: string,
    /** In front of each department. */
    readonly departments: Readonly<Record<Department, FaultProxy>>,
    /** In front of the control store. */
    readonly control: FaultProxy,
    /** Behind the proxy of `vaccination`. */
    readonly simulator: VaccinationSimulator,
    /** Where the record is. */
    readonly volume: Volume,
    private readonly closers: readonly (() => Promise<void>)[],
  ) {}

  /** Builds it: databases with names of its own, and a folder for gateways. */
  static async build(server: DatabaseServer): Promise<Town> {
    const prefix = `mz_faults_${process.pid}_${Math.random().toString(36).slice(2, 8)}_`;
    await seedCity({ residents: RESIDENTS, target: { kind: 'MYSQL', url: server.url, databasePrefix: prefix } });
    const admin = await createConnection({ uri: server.url });
    await admin.query(`CREATE DATABASE \`${prefix}control\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await admin.end();
    const { hostname, port } = new URL(server.url);
    const database = { host: hostname, port: Number(port || 3306) };
    const children = connectMysql({ url: `${server.url}/${prefix}vaccination` });
    const simulator = await startVaccinationSimulator({ database: children });
    const proxies = new Map<string, FaultProxy>();
    for (const name of [...SQL_DEPARTMENTS, 'control']) proxies.set(name, await FaultProxy.start(database));
    const api = { host: '127.0.0.1', port: Number(new URL(simulator.url).port) };
    proxies.set('vaccination', await FaultProxy.start(api));
    const of = (name: string): FaultProxy => proxies.get(name) as FaultProxy;
    const folder = mkdtempSync(join(tmpdir(), 'mianzheng-faults-'));
    const town = new Town(
      folder,
      server,
      prefix,
      Object.fromEntries(DEPARTMENTS.map((name) => [name, of(name)])) as Record<Department, FaultProxy>,
      of('control'),
      simulator,
      Volume.mount(join(folder, 'record')),
      [...[...proxies.values()].map((proxy) => () => proxy.close()), () => simulator.close(), () => children.close()],
    );
    town.#configure(join(folder, 'mianzheng.yaml'), {});
    return town;
  }

  /** Writes the configuration of a further gateway on the same data. @returns its file */
  secondConfiguration(instance: string): string {
    const file = join(this.folder, `${instance}.yaml`);
    this.#configure(file, { instance });
    return file;
  }

  /** Writes a gateway's configuration. @param more keys beside the town's own */
  #configure(file: string, more: Readonly<Record<string, unknown>>): void {
    const via = (proxy: FaultProxy, database: string): string => {
      const url = new URL(this.server.url);
      url.hostname = '127.0.0.1';
      url.port = String(proxy.port);
      url.pathname = `/${this.prefix}${database.replace('-', '_')}`;
      return url.href;
    };
    const sql = SQL_DEPARTMENTS.map((name) => [name, { transport: 'sql', url: via(this.departments[name], name) }]);
    const vaccination = {
      transport: 'http',
      url: `http://127.0.0.1:${this.departments.vaccination.port}`,
      tokenFile: 'vaccination.token',
    };
    const config = {
      control: via(this.control, 'control'),
      departments: { ...Object.fromEntries(sql), vaccination },
      limits: { sourceTimeoutMs: SOURCE_TIMEOUT_MS, sourceConcurrency: 8 },
      ...more,
    };
    writeFileSync(join(this.folder, 'vaccination.token'), 'simulator');
    writeFileSync(file, stringify(config));
  }

  /** Development tokens of the applications, by the folder's own issuer. */
  async tokens(clients: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const config = loadConfig({ MIANZHENG_DATA: this.folder }, this.folder);
    const issuer = await openIssuer(config, Date.now);
    return new Map(await Promise.all(clients.map(async (name) => [name, (await issuer.mint(name)).token] as const)));
  }

  /** A connection straight to one of the town's databases, past every proxy; whoever asks for it ends it. */
  connect(database: Department | 'control'): Promise<Connection> {
    return createConnection({ uri: `${this.server.url}/${this.prefix}${database.replace('-', '_')}` });
  }

  /** Runs statements straight on one of the town's databases, past every proxy. */
  async sql<T>(database: Department | 'control', work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connect(database);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  /** Every request the record has. */
  async recorded(): Promise<readonly Recorded[]> {
    const found: Recorded[] = [];
    for await (const { kind, position, record } of exportRecord(join(this.folder, 'record'))) {
      if (kind !== 'request') continue;
      const { requestId, outcome, code } = record;
      found.push({ requestId, position: `${position.chain}/${position.seq}`, outcome, code });
    }
    return found;
  }

  /** Verifies the record as an auditor does; empty where it is intact. */
  async recordFaults(): Promise<readonly string[]> {
    const config = loadConfig({ MIANZHENG_DATA: this.folder }, this.folder);
    const key = await loadOrCreateSigningKey(keyFolder(config));
    const verified = await verifyRecord(join(this.folder, 'record'), [key.publicJwk]);
    return verified.state === 'INTACT'
      ? []
      : verified.faults.map(({ fault, explanation }) => `${fault}: ${explanation}`);
  }

  /** Tears it down, databases and folder too. */
  async remove(): Promise<void> {
    for (const close of this.closers) await close();
    const admin = await createConnection({ uri: this.server.url });
    for (const name of [...DEPARTMENTS, 'control']) {
      await admin.query(`DROP DATABASE IF EXISTS \`${this.prefix}${name.replace('-', '_')}\``);
    }
    await admin.end();
    this.volume.unmount();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
