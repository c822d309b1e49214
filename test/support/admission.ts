/** An admission as the configuration's defaults make it, without a folder of documents. */
import { type Admission, type AdmissionOptions, openAdmission } from '../../src/admit/admission.js';
import { DEFAULT_RATE } from '../../src/admit/rates.js';
import { FAILURE_LIMITS } from '../../src/admit/refusal-flood.js';
import type { RecordChain } from '../../src/audit/chain.js';
import type { Metrics } from '../../src/metrics.js';

/** Opens one. @param others what is other than by default, and the clock */
export function openTestAdmission(
  record: Pick<RecordChain, 'append'>,
  metrics: Pick<Metrics, 'untrustedDocument'>,
  others: Partial<AdmissionOptions> & Pick<AdmissionOptions, 'now'>,
): Promise<Admission> {
  const { now } = others;
  return openAdmission({
    rates: { default: DEFAULT_RATE, clients: new Map(), now },
    failures: FAILURE_LIMITS,
    proxies: new Set(),
    documents: { mode: 'open', clients: new Map(), folder: '/nonexistent' },
    introspectionClients: new Set(),
    shared: null,
    instance: 'test',
    append: (entry) => record.append(entry),
    onUnknownDocument: () => undefined,
    countDocument: (result) => metrics.untrustedDocument(result),
    onFault: (error) => {
      throw error;
    },
    ...others,
  });
}
