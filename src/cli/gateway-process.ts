/** A gateway that listens in this process until a signal ends it. */
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { watchFiles } from '../file-changes.js';
import { hasEnrolmentExample } from '../http/enrolment-demonstration.js';
import { buildServer, type ServerOptions } from '../http/server.js';
import { openTlsListener, type TlsFiles, type TlsListener } from '../http/tls-listener.js';
import { type OpenGateway, openGateway } from '../open-gateway.js';

/** Longest wait for requests under way when stopping, ms. */
const STOP_MS = 10_000;

/** Exit code of a process whose second signal ended it at once. */
const INTERRUPTED = 1;

async function stop(server: ReturnType<typeof buildServer>, gateway: OpenGateway, drainMs: number): Promise<void> {
  // A balancer needs to see that we are not ready before we refuse what it sends.
  if (drainMs > 0) await sleep(drainMs);
  // Requests under way finish and are recorded; a client that keeps its connection open does not hold us.
  const late = setTimeout(() => server.server.closeAllConnections(), STOP_MS);
  await server.close();
  clearTimeout(late);
  await gateway.close();
}

/** How much later than the first a second signal must come to be meant, ms: one key press may reach a process twice. */
const REPEATED_MS = 500;

/** Whether a signal that comes now, after the one that began the stop, asks to stop at once. @param since `performance.now()` of the first */
export function meansAtOnce(since: number): boolean {
  return performance.now() - since >= REPEATED_MS;
}

/** How a gateway serves. */
export interface GatewayProcessOptions {
  readonly config: Config;
  readonly log: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Puts other parts in a gateway's place before it is served. Default: none. */
  readonly refit?: (gateway: OpenGateway) => OpenGateway;
  /** Begins work that goes on beside the requests while the gateway is open; it is told to stop when the gateway is. Default: none. */
  readonly beside?: (gateway: OpenGateway) => { stop(): void };
  /** Called when a signal has ended it and everything is closed. */
  readonly onStopped?: () => void;
}

function filesOf(tls: NonNullable<Config['tls']>, folder: string): TlsFiles {
  const { certFile, keyFile, clientCaFile, minVersion } = tls;
  return {
    certFile: resolve(folder, certFile),
    keyFile: resolve(folder, keyFile),
    clientCaFile: clientCaFile === undefined ? undefined : resolve(folder, clientCaFile),
    minVersion,
  };
}

/** The example application's place. Over TLS it would have to trust the port's own certificate, so there it is served apart. */
function demonstrationOf(config: Config): Pick<ServerOptions, 'demonstration'> {
  if (config.mode === 'production' || config.tls !== undefined || !hasEnrolmentExample()) return {};
  return { demonstration: { file: join(config.data, 'demonstration', 'enrolment.sqlite') } };
}

/** Keeps the port at the certificate that lies in its file, until the server closes. */
function followCertificate(tls: TlsListener, server: ReturnType<typeof buildServer>, log: Logger): void {
  const watch = watchFiles({
    paths: tls.paths,
    onChange: () => {
      tls.reload();
      log.info('certificate read again');
    },
    onFault: (error) => log.error({ err: error }, 'certificate cannot be read again'),
  });
  server.addHook('onClose', async () => watch.close());
}

/**
 * Opens a gateway and listens; SIGINT and SIGTERM end it, a second one at once.
 * @returns its address, without a slash at its end
 * @throws as openGateway, and where it cannot listen; nothing is left open
 */
export async function serveGateway(options: GatewayProcessOptions): Promise<string> {
  const { config, log, now, refit = (gateway) => gateway, beside, onStopped = () => undefined } = options;
  const tls = config.tls === undefined ? undefined : openTlsListener(filesOf(config.tls, config.data));
  const gateway = refit(await openGateway(config, log, now));
  const working = beside?.(gateway);
  const { clientCertificateHeader } = config;
  let stoppingSince: number | null = null;
  let listening: Promise<string> | null = null;
  const server = buildServer(gateway, {
    ...config.limits,
    draining: () => stoppingSince !== null,
    ...(tls === undefined ? {} : { tls }),
    ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    ...(clientCertificateHeader === undefined ? {} : { clientCertificateHeader }),
    ...demonstrationOf(config),
  });
  if (tls !== undefined) followCertificate(tls, server, log);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== null) {
        if (!meansAtOnce(stoppingSince)) return;
        // Nothing acknowledged is lost: an entry is durable before its answer leaves.
        log.info({ signal }, 'stopping at once');
        process.exit(INTERRUPTED);
      }
      stoppingSince = performance.now();
      log.info({ signal }, 'stopping');
      working?.stop();
      // A port that is being opened cannot be closed before it is open.
      Promise.allSettled([listening])
        .then(() => stop(server, gateway, config.limits.drainMs))
        .catch((error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exitCode = 1;
        })
        .finally(onStopped);
    });
  }
  try {
    listening = server.listen({ host: config.host, port: config.port });
    return await listening;
  } catch (error) {
    working?.stop();
    await gateway.close();
    throw error;
  }
}
