/** Puts the admission of a gateway together from its configuration. */
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { type Admission, openAdmission } from './admit/admission.js';
import { openSharedCounts } from './admit/shared-counts.js';
import type { RecordChain } from './audit/chain.js';
import type { Config } from './config.js';
import type { Metrics } from './metrics.js';

/** Folder of the documents registered for applications. */
export function documentFolder({ documents, data }: Pick<Config, 'documents' | 'data'>): string {
  return resolve(data, documents.folder);
}

/** What the admission needs of a gateway that is being opened. */
export interface AdmissionParts {
  readonly record: Pick<RecordChain, 'append'>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** Opens it: what it counts goes to the record, the metrics and the log. @throws DocumentFolderError */
export function admissionOf(config: Config, { record, metrics, log, now }: AdmissionParts): Promise<Admission> {
  const { rates, documents, limits, redis, proxies, introspectionClients } = config;
  return openAdmission({
    rates: {
      default: { ...rates.default, documentCost: limits.documentCost },
      clients: new Map(Object.entries(rates.clients)),
      now,
    },
    failures: rates.failures,
    proxies: new Set(proxies),
    documents: {
      mode: documents.mode,
      clients: new Map(Object.entries(documents.clients)),
      folder: documentFolder(config),
    },
    introspectionClients: new Set(introspectionClients),
    shared:
      redis === undefined
        ? null
        : openSharedCounts({
            url: redis,
            now,
            onChange: (state, error) =>
              state === 'AWAY'
                ? log.error({ err: error }, 'redis is away, rates are counted by this process alone')
                : log.info('redis is back, rates are counted together'),
          }),
    now,
    instance: config.instance,
    append: (entry) => record.append(entry),
    onUnknownDocument: (unknown) => log.warn(unknown, 'document is not registered'),
    countDocument: (result) => metrics.untrustedDocument(result),
    onFault: (error, what) => log.error({ err: error }, what),
  });
}
