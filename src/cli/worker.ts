/** One gateway process of several: an instance of its own, with its own chain of the record. */
import cluster from 'node:cluster';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Metrics } from '../metrics.js';
import { serveGateway } from './gateway-process.js';
import { type FromGateway, isMessage, PROCESS_VARIABLE } from './process-messages.js';

/** How long the first process may take to gather the metrics of all, ms. */
const GATHER_MS = 5000;

/** The number of this process among several; null where it is the first or the only one. */
export function processNumber(environment: Readonly<Record<string, string | undefined>>): number | null {
  return cluster.isWorker ? Number(environment[PROCESS_VARIABLE]) : null;
}

function tell(message: FromGateway): void {
  // A failure means that the first process is gone, and then this one ends too.
  process.send?.(message, undefined, undefined, () => undefined);
}

/** The metrics of all processes, asked of the first; its own are told to it. */
function metricsOfAll(own: Metrics, log: Logger): Metrics {
  const waiting = new Map<number, (text: string) => void>();
  let ids = 0;
  process.on('message', (message: unknown) => {
    if (isMessage(message, 'METRICS_TEXT')) {
      waiting.get(message.id)?.(message.text);
    }
    if (isMessage(message, 'METRICS_WANTED')) {
      const { id } = message;
      own.snapshot().then(
        (metrics) => tell({ kind: 'METRICS', id, metrics }),
        (error: unknown) => log.error({ err: error }, 'metrics cannot be told'),
      );
    }
  });
  return {
    ...own,
    text() {
      ids += 1;
      const id = ids;
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(id);
          reject(new Error('the metrics of all processes did not come'));
        }, GATHER_MS);
        waiting.set(id, (text) => {
          clearTimeout(late);
          waiting.delete(id);
          resolve(text);
        });
        tell({ kind: 'METRICS_ASKED', id });
      });
    },
  };
}

/** Serves as process `number` of several. @throws as serveGateway; the process then ends */
export async function serveAsOneOfSeveral(
  config: Config,
  number: number,
  log: Logger,
  now: () => number,
): Promise<void> {
  const leave = () => cluster.worker?.disconnect();
  try {
    const url = await serveGateway({
      config: { ...config, instance: `${config.instance}.${number}` },
      log: log.child({ process: number }),
      now,
      refit: (gateway) => ({ ...gateway, metrics: metricsOfAll(gateway.metrics, log) }),
      onStopped: leave,
    });
    tell({ kind: 'LISTENING', url });
  } catch (error) {
    leave();
    throw error;
  }
}
