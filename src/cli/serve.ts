import { Command } from 'commander';
import { type Config, loadConfig } from '../config.js';
import { DEFAULT_RESIDENTS, ensureCity, needsEmbeddedCity, storeDemonstration } from '../demonstration.js';
import { findDepartments } from '../departments.js';
import { buildServer } from '../http/server.js';
import { openLog } from '../log.js';
import { type OpenGateway, openGateway, openStore } from '../open-gateway.js';
import { showProgress } from './progress.js';

/** Longest wait for requests under way when stopping, ms. */
const STOP_MS = 10_000;

/** In development, what a newcomer needs before the first request. */
async function prepare(config: Config): Promise<void> {
  if (config.mode !== 'development') return;
  const departments = await findDepartments();
  if (
    needsEmbeddedCity(
      config,
      departments.map((department) => department.name),
    )
  ) {
    const progress = showProgress(DEFAULT_RESIDENTS);
    await ensureCity(config, progress.update).finally(progress.stop);
  }
  const store = await openStore(config);
  try {
    if (await store.isEmpty()) await storeDemonstration(store);
  } finally {
    await store.close();
  }
}

function welcome(url: string, gateway: OpenGateway): string {
  if (gateway.developmentIssuer === null) return `Mianzheng (免证) at ${url}/graphql\n`;
  const curl = (client: string, query: string, headers: string) =>
    `curl -s ${url}/graphql -H "Authorization: Bearer $(npx mianzheng token ${client})" ${headers} -H 'Content-Type: application/json' -d '{"query":"${query}"}'`;
  const purpose = "-H 'Mianzheng-Matter: school-enrolment-primary' -H 'Mianzheng-Case: NP-2026-0001'";
  const query =
    '{ resident(id: \\"350702202003059021\\") { name idNumber guardians { relation name } vaccination { assessment { result } } } }';
  return `Mianzheng (免证) at ${url}/graphql   (development mode: anyone can mint a token; demonstration city)

  health   ${url}/healthz   ${url}/readyz   ${url}/metrics
  token    npx mianzheng token school-enrolment
  stories  npx mianzheng stories --run

allowed: the school sees what it was granted, masked where the grant says so
  ${curl('school-enrolment', query, purpose)}

refused: an application without grants gets nothing
  ${curl('no-grants', query, purpose)}
`;
}

async function stop(server: ReturnType<typeof buildServer>, gateway: OpenGateway): Promise<void> {
  // Requests under way finish and are recorded; a client that keeps its connection open does not hold us.
  const late = setTimeout(() => server.server.closeAllConnections(), STOP_MS);
  await server.close();
  clearTimeout(late);
  await gateway.close();
}

/** `mianzheng serve`: the gateway. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the gateway; the first start in development makes the demonstration city')
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .option('--json', 'print one line {url} instead of the welcome')
    .action(async (options: { readonly logLevel: string; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      await prepare(config);
      const log = openLog(options.logLevel);
      const gateway = await openGateway(config, log, Date.now);
      const server = buildServer(gateway, { bodyBytes: config.limits.bodyBytes });
      let stopping = false;
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          if (stopping) return;
          stopping = true;
          log.info({ signal }, 'stopping');
          stop(server, gateway).catch((error: unknown) => {
            log.error({ err: error }, 'stopping failed');
            process.exitCode = 1;
          });
        });
      }
      try {
        const url = await server.listen({ host: config.host, port: config.port });
        process.stdout.write(options.json ? `${JSON.stringify({ url })}\n` : welcome(url, gateway));
      } catch (error) {
        await gateway.close();
        throw error;
      }
    });
}
