/** A gateway that listens in this process until a signal ends it. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { watchFiles } from '../file-changes.js';
import { buildServer } from '../http/server.js';
import { openTlsListener, type TlsFiles, type TlsListener } from '../http/tls-listener.js';
import { type OpenGateway, openGateway } from '../open-gateway.js';

/** Longest wait for requests under way when stopping, ms. */
const STOP_MS = 10_000;

async function stop(server: ReturnType<typeof buildServer>, gateway: OpenGateway): Promise<void> {
  // Requests under way finish and are recorded; a client that keeps its connection open does not hold us.
  const late = setTimeout(() => server.server.closeAllConnections(), STOP_MS);
  await server.close();
  clearTimeout(late);
  await gateway.close();
}

/** How a gateway serves. */
export interface GatewayProcessOptions {
  readonly config: Config;
  readonly log: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Puts other parts in a gateway's place before it is served. Default: none. */
  readonly refit?: (gateway: OpenGateway) => OpenGateway;
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
 * Opens a gateway and listens; SIGINT and SIGTERM end it.
 * @returns its address, without a slash at its end
 * @throws as openGateway, and where it cannot listen; nothing is left open
 */
export async function serveGateway(options: GatewayProcessOptions): Promise<string> {
  const { config, log, now, refit = (gateway) => gateway, onStopped = () => undefined } = options;
  const tls = config.tls === undefined ? undefined : openTlsListener(filesOf(config.tls, config.data));
  const gateway = refit(await openGateway(config, log, now));
  const { clientCertificateHeader } = config;
  const server = buildServer(gateway, {
    bodyBytes: config.limits.bodyBytes,
    ...(tls === undefined ? {} : { tls }),
    ...(clientCertificateHeader === undefined ? {} : { clientCertificateHeader }),
  });
  if (tls !== undefined) followCertificate(tls, server, log);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      stop(server, gateway)
        .catch((error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exitCode = 1;
        })
        .finally(onStopped);
    });
  }
  try {
    return await server.listen({ host: config.host, port: config.port });
  } catch (error) {
    await gateway.close();
    throw error;
  }
}
