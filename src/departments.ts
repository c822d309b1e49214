/** Finds the departments, one folder each under connectors/, and connects those of the configuration. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getNamedType } from 'graphql';
import { describeSources } from '../connectors/assemble.js';
import type { Connector } from '../connectors/contract.js';
import type { DepartmentDefinition } from '../connectors/definition.js';
import { connectGateway } from '../connectors/transports/gateway.js';
import { connectMysql } from '../connectors/transports/mysql.js';
import { connectSql } from '../connectors/transports/sql.js';
import { openSqlite } from '../connectors/transports/sqlite.js';
import type { Catalogue, CatalogueField } from './authorize/catalogue.js';
import type { PeerConfig } from './config/departments.js';
import { type Config, ConfigFaults } from './config.js';
import { databaseUrl, isServer } from './database-url.js';
import type { FetchTemplate } from './domain/fetch.js';
import { nothingHere, type Peer } from './execute/across.js';
import { openFileText } from './file-text.js';
import { scanFields } from './matters/index.js';
import { opening } from './open-store.js';
import type { SeasonLimit } from './operations/season-limits.js';
import { PACKAGE_ROOT } from './package-root.js';
import { peerTokens } from './peers/credential.js';
import { isSingle, peerDocuments } from './peers/documents.js';

/** A department's folder. */
export interface DepartmentFolder {
  /** Name of the folder, and of the department in the configuration. */
  readonly name: string;
  readonly definition: DepartmentDefinition;
}

/** Where departments lie, compiled or as sources: this module's own place tells which. */
const CONNECTORS = join(PACKAGE_ROOT, import.meta.url.endsWith('.js') ? 'dist/connectors' : 'connectors');
const ENDING = import.meta.url.endsWith('.js') ? '.js' : '.ts';

/** A module of a department's folder; null where it has none of the name. */
async function moduleOf<T>(department: string, name: string): Promise<T | null> {
  const file = join(CONNECTORS, department, name + ENDING);
  return existsSync(file) ? ((await import(pathToFileURL(file).href)) as T) : null;
}

/** Every folder under connectors/ that exports a `department`, by name. */
export async function findDepartments(): Promise<readonly DepartmentFolder[]> {
  const folders: DepartmentFolder[] = [];
  for (const name of readdirSync(CONNECTORS).sort()) {
    const module = await moduleOf<{ readonly department: DepartmentDefinition }>(name, 'index');
    if (module !== null) folders.push({ name, definition: module.department });
  }
  return folders;
}

/** What the `api` module of a department's folder exports, where it can be reached by HTTP. */
interface ApiModule {
  readonly connectApi: (options: {
    readonly url: string;
    readonly token: () => string;
    readonly pageSize: number;
  }) => Connector;
}

/** SQLite file of the demonstration city's department. */
export function demonstrationFile(config: Config, name: string): string {
  return join(config.data, 'departments', `${name}.sqlite`);
}

/** What a department is, for connectors that read it from no tables. */
function described({ code, coverage, derivations, ...definition }: DepartmentDefinition) {
  const sources = describeSources({ code, coverage, derivations, ...definition });
  return { department: code, coverage, sources, derivations };
}

function connectFile(definition: DepartmentDefinition, file: string): Promise<Connector> {
  return opening(`department ${definition.code}, ${file},`, async () => connectSql(definition, openSqlite(file)));
}

async function connect({ name, definition }: DepartmentFolder, config: Config, now: () => number): Promise<Connector> {
  const configured = config.departments[name];
  if (configured === undefined) return connectFile(definition, demonstrationFile(config, name));
  if (configured.transport === 'http') {
    const api = await moduleOf<ApiModule>(name, 'api');
    if (api === null) throw new ConfigFaults('departments', [`${name}: has no HTTP transport`]);
    const token = openFileText(resolve(config.data, configured.tokenFile), now);
    return api.connectApi({ url: configured.url, token, pageSize: configured.pageSize });
  }
  if (configured.transport === 'gateway') return nothingHere({ ...described(definition), transport: 'gateway' });
  if (isServer(configured.url)) {
    const { sourceConcurrency: connections, sourceTimeoutMs: statementTimeout } = config.limits;
    const url = databaseUrl(configured, config.data);
    return connectSql(definition, connectMysql({ url, connections, statementTimeout }));
  }
  return connectFile(definition, resolve(config.data, configured.url));
}

/**
 * Connects every department.
 * @param now ms since the epoch, default the system's clock
 * @throws ConfigFaults for a department in the configuration that has no folder, or a transport it lacks; StartFault for a
 * file that cannot be opened
 */
export async function connectDepartments(config: Config, now: () => number = Date.now): Promise<readonly Connector[]> {
  const folders = await findDepartments();
  const unknown = Object.keys(config.departments).filter((name) => !folders.some((folder) => folder.name === name));
  if (unknown.length > 0) {
    throw new ConfigFaults(
      'departments',
      unknown.map((name) => `${name}: no folder connectors/${name}`),
    );
  }
  const connectors: Connector[] = [];
  for (const folder of folders) connectors.push(await connect(folder, config, now));
  return connectors;
}

/** What gives an access token at another city's gateway. */
function tokenAt({ tokenFile, credential }: PeerConfig, data: string, now: () => number): () => Promise<string> {
  if (credential !== undefined) return peerTokens(credential, data, now);
  const text = openFileText(resolve(data, tokenFile ?? ''), now);
  return async () => text();
}

/**
 * Connects the gateways of other cities, one for each department and matter.
 * @param now ms since the epoch
 */
export async function connectPeers(config: Config, catalogue: Catalogue, now: () => number): Promise<readonly Peer[]> {
  const folders = await findDepartments();
  const document = peerDocuments(catalogue);
  return folders.flatMap(({ name: folder, definition }) =>
    (config.departments[folder]?.peers ?? []).flatMap((peer) => {
      const token = tokenAt(peer, config.data, now);
      const { name, url, divisions } = peer;
      return Object.entries(peer.matters).map(([matter, roles]) => ({
        name,
        matter,
        divisions,
        connector: connectGateway(described(definition), { name, url, token, matter, roles, document }),
        single: (template: FetchTemplate) => isSingle(catalogue, template),
      }));
    }),
  );
}

/** What the configured departments let through of a season, by department as in the schema's enum. */
export async function seasonLimitsOf(config: Config): Promise<ReadonlyMap<string, SeasonLimit>> {
  const folders = await findDepartments();
  return new Map(
    folders.flatMap(({ name, definition }) => {
      const season = config.departments[name]?.season;
      return season === undefined ? [] : [[definition.code, season]];
    }),
  );
}

/** Attributes that answering a field of a row may read. */
function attributesOf({ source, field, definition }: CatalogueField, catalogue: Catalogue): readonly string[] {
  switch (source.kind) {
    case 'VALUE':
      return [field];
    case 'DERIVED':
      return source.from;
    case 'LINK':
      return [source.from];
    case 'EMBEDDED': {
      const inner = [...catalogue.fields.values()].filter((f) => f.type === getNamedType(definition.type).name);
      return [field, ...inner.flatMap((f) => attributesOf(f, catalogue)).map((attribute) => `${field}.${attribute}`)];
    }
    case 'OPERATION':
      return [];
  }
}

/** Rights to scan that no connector honours: one line each, empty when all is well. */
export function unsourcedScans(catalogue: Catalogue, connectors: readonly Connector[]): string[] {
  return scanFields(catalogue.schema).flatMap(({ coordinate, department, type, by, where }) => {
    const offered = connectors.find((connector) => connector.department === department)?.sources[type]?.scan;
    if (offered?.by !== by) return [`${coordinate}: department ${department} does not list ${type} by ${by}`];
    return [...where.keys()]
      .filter((attribute) => !offered.where.includes(attribute))
      .map((attribute) => `${coordinate}: cannot be narrowed by ${attribute}`);
  });
}

/** What of the schema no connector can answer: one line each, empty when all is well. */
export function unsourcedFields(catalogue: Catalogue, connectors: readonly Connector[]): string[] {
  const faults: string[] = [];
  for (const [type, department] of catalogue.owners) {
    const connector = connectors.find((c) => c.department === department);
    const source = connector?.sources[type];
    if (connector === undefined || source === undefined) {
      faults.push(`${type}: department ${department} has no source for it`);
      continue;
    }
    for (const field of catalogue.fields.values()) {
      if (field.type !== type) continue;
      for (const attribute of attributesOf(field, catalogue)) {
        if (!source.attributes.includes(attribute)) faults.push(`${field.coordinate}: no attribute ${attribute}`);
      }
      if (field.source.kind === 'DERIVED' && connector.derivations[field.coordinate] === undefined) {
        faults.push(`${field.coordinate}: no derivation`);
      }
    }
  }
  return faults;
}
