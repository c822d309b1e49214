import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { Connector } from '../../connectors/contract.js';
import { readDocumentFolder } from '../admit/document-folder.js';
import { pingRedis } from '../admit/shared-counts.js';
import { signingPublicKeys } from '../audit/signing-key.js';
import { verifyRecord } from '../audit/verify.js';
import { type Config, loadConfig } from '../config.js';
import { connectDepartments, connectPeers, unsourcedFields } from '../departments.js';
import { documentFolder } from '../open-admission.js';
import { openAuthorization } from '../open-authorization.js';
import { openStore } from '../open-store.js';
import { keyFolder, recordFolder } from '../places.js';
import { databaseServers, examineAccount } from './database-accounts.js';
import { NO, print, table } from './output.js';
import { examineSecretFiles } from './secret-files.js';

interface Finding {
  readonly check: string;
  readonly state: 'OK' | 'WRONG';
  readonly detail: string;
}

async function finding(check: string, examine: () => Promise<string>): Promise<Finding> {
  try {
    return { check, state: 'OK', detail: await examine() };
  } catch (error) {
    return { check, state: 'WRONG', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function examineDepartments(config: Config, connectors: readonly Connector[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  try {
    findings.push(
      await finding('schema and connectors', async () => {
        const { catalogue } = openAuthorization(config, connectors);
        const faults = unsourcedFields(catalogue, connectors);
        if (faults.length > 0) throw new Error(faults.join('; '));
        return `${catalogue.fields.size} fields, every one classified and sourced`;
      }),
    );
    for (const connector of connectors) {
      findings.push(
        await finding(`department ${connector.department}`, async () => {
          const health = await connector.health(AbortSignal.timeout(3000));
          if (health.state === 'DOWN') throw new Error(`${connector.transport}: ${health.fault}`);
          return `${connector.transport}, ${health.latencyMs.toFixed(1)} ms`;
        }),
      );
    }
  } finally {
    for (const connector of connectors) await connector.close();
  }
  return findings;
}

/** Every gateway of another city, once for each department. Does not examine whether it takes our credential. */
async function examinePeers(config: Config): Promise<readonly Finding[]> {
  const { catalogue } = openAuthorization(config, []);
  const peers = await connectPeers(config, catalogue, Date.now);
  const once = new Map(peers.map((peer) => [`city ${peer.name}, ${peer.connector.department}`, peer]));
  return Promise.all(
    [...once].map(([check, { connector }]) =>
      finding(check, async () => {
        const health = await connector.health(AbortSignal.timeout(3000));
        if (health.state === 'DOWN') throw new Error(`${connector.transport}: ${health.fault}`);
        return `${connector.transport}, ${health.latencyMs.toFixed(1)} ms`;
      }),
    ),
  );
}

async function examine(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  findings.push(
    await finding('Node.js', async () => {
      const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
      if (major < 20 || (major === 20 && minor < 19)) throw new Error(`${process.versions.node}; needs 20.19 or newer`);
      return process.versions.node;
    }),
  );
  let connectors: readonly Connector[] = [];
  const connected = await finding('departments', async () => {
    connectors = await connectDepartments(config);
    return `${connectors.length} configured`;
  });
  findings.push(connected);
  if (connected.state === 'OK') findings.push(...(await examineDepartments(config, connectors)));
  const cities = await finding('other cities', async () => {
    const found = await examinePeers(config);
    findings.push(...found);
    return `${found.length} configured`;
  });
  findings.push(cities);
  for (const database of databaseServers(config)) {
    findings.push(await finding(`account of ${database.name}`, () => examineAccount(database, config.data)));
  }
  findings.push(
    await finding('control store', async () => {
      const store = await openStore(config);
      try {
        const { clients, grants, version } = await store.readPolicy();
        return `${clients.size} applications, ${grants.length} grants, version ${version}`;
      } finally {
        await store.close();
      }
    }),
    await finding('issuers', async () => {
      for (const { jwksUrl } of config.issuers) {
        const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(3000) }).catch((cause: unknown) => {
          throw new Error(`${jwksUrl} does not answer`, { cause });
        });
        if (!response.ok) throw new Error(`${jwksUrl} answers ${response.status}`);
      }
      return config.mode === 'development'
        ? 'development issuer (any token for anyone)'
        : `${config.issuers.length} reachable`;
    }),
    await finding('secret files', async () => examineSecretFiles(config)),
    await finding('registered documents', async () => {
      const all = [...(await readDocumentFolder(documentFolder(config))).values()];
      return `${all.reduce((sum, own) => sum + own.length, 0)} of ${all.length} applications`;
    }),
    await finding('rates', async () => {
      if (config.redis === undefined) return 'counted by each process alone';
      await pingRedis(config.redis);
      return 'counted together through Redis';
    }),
    await finding('record', async () => {
      if (!existsSync(recordFolder(config))) return 'none yet: it begins with the first start';
      const result = await verifyRecord(recordFolder(config), await signingPublicKeys(keyFolder(config)));
      if (result.state === 'BROKEN') throw new Error(result.faults.map((fault) => fault.explanation).join('; '));
      return `intact, ${result.chains.reduce((sum, chain) => sum + chain.requests, 0)} requests`;
    }),
  );
  return findings;
}

/** `mianzheng doctor`: examines an installation. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'examine this installation: configuration, departments, stores, record; exit 1 where something is wrong',
    )
    .option('--json', 'print the findings as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const findings = await examine(loadConfig(process.env, process.cwd()));
      print(findings, options.json, (all) =>
        table(
          ['', 'check', ''],
          all.map(({ check, state, detail }) => [state === 'OK' ? '✓' : '✗', check, detail]),
        ),
      );
      if (findings.some(({ state }) => state === 'WRONG')) process.exitCode = NO;
    });
}
