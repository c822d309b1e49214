/**
 * Who may ask how often, for how much and with which documents. Every check is made in memory, at once; what is
 * shared with other processes or read from files comes in between requests.
 */
import type { NewEntry } from '../audit/entries.js';
import { repeat } from '../domain/repeating.js';
import { type ErrorCode, MianzhengError } from '../errors.js';
import { folderState, readDocumentFolder } from './document-folder.js';
import { type RateOptions, Rates } from './rates.js';
import { type CountedRefusals, type FailureLimits, FLOOD_WINDOW_MS, RefusalFlood } from './refusal-flood.js';
import { addressBlock, callerAddress } from './remote-address.js';
import type { SharedCounts } from './shared-counts.js';
import {
  type DocumentMode,
  type DocumentRequest,
  TrustedDocuments,
  type UntrustedDocument,
} from './trusted-documents.js';

/** How often the folder of documents is looked at, and the counts are exchanged, ms. */
const FOLDER_MS = 2000;
const EXCHANGE_MS = 250;

/** How an admission is made. */
export interface AdmissionOptions {
  readonly rates: RateOptions;
  readonly failures: FailureLimits;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly proxies: ReadonlySet<string>;
  readonly documents: {
    readonly mode: DocumentMode;
    readonly clients: ReadonlyMap<string, DocumentMode>;
    /** Folder of the registered documents, absolute; need not exist. */
    readonly folder: string;
  };
  /** Applications that may introspect the schema whatever the others may. */
  readonly introspectionClients: ReadonlySet<string>;
  /** Counts of several processes; null where this one counts alone. */
  readonly shared: SharedCounts | null;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Name of this gateway, under which it records what it counted. */
  readonly instance: string;
  /** Puts an entry on the record. */
  readonly append: (entry: NewEntry) => Promise<unknown>;
  readonly onUnknownDocument: (document: UntrustedDocument) => void;
  readonly countDocument: (result: 'LOGGED' | 'REFUSED') => void;
  /** Told of what could not be read or recorded, for the log. */
  readonly onFault: (error: unknown, what: string) => void;
}

/** A refused request, as far as it can be told. */
export interface RefusedCall {
  readonly error: unknown;
  /** The application; null where it is not known who asks. */
  readonly client: string | null;
  /** Address of the socket. */
  readonly remote: string;
  /** Value of X-Forwarded-For. */
  readonly forwarded: string | undefined;
}

/** What it comes to. */
export interface CountedCall {
  /** Whether it has an entry of its own in the record. */
  readonly recorded: boolean;
  /** What is answered. */
  readonly error: unknown;
}

/** Admits requests. */
export interface Admission {
  /** Counts a request of an application. @throws MianzhengError RATE_LIMITED */
  request(client: string): void;
  /** Counts what it may cost. @throws MianzhengError QUERY_TOO_COMPLEX, RATE_LIMITED */
  spend(client: string, cost: number): void;
  /** The text of its document. @throws MianzhengError BAD_REQUEST, DOCUMENT_NOT_TRUSTED */
  document(client: string, request: DocumentRequest): string;
  /** Whether it may introspect the schema though others may not; undefined: as the others. */
  introspects(client: string): true | undefined;
  /** Counts a request that was refused, where many such may come. */
  refused(call: RefusedCall): CountedCall;
  /** Records what was only counted so far, and stops. */
  close(): Promise<void>;
}

/** Refusals that an application may run into at any speed, whatever it asks. */
const REPEATED: ReadonlySet<ErrorCode> = new Set(['RATE_LIMITED', 'CLIENT_HELD']);

/** Opens the admission: reads the documents. @throws DocumentFolderError, and nothing is left open */
export async function openAdmission(options: AdmissionOptions): Promise<Admission> {
  try {
    return await opened(options);
  } catch (error) {
    await options.shared?.close();
    throw error;
  }
}

async function opened(options: AdmissionOptions): Promise<Admission> {
  const { documents, shared, proxies, introspectionClients, now, onFault } = options;
  const rates = new Rates(options.rates);
  const { perAddress, inAll, perApplication } = options.failures;
  const strangers = new RefusalFlood({ perCaller: perAddress, inAll }, now);
  const insistent = new RefusalFlood({ perCaller: perApplication, inAll: Number.POSITIVE_INFINITY }, now);
  const { mode, clients, folder } = documents;
  const trusted = new TrustedDocuments({
    mode,
    clients,
    onUnknown: options.onUnknownDocument,
    count: options.countDocument,
  });
  let state = await folderState(folder);
  trusted.replace(await readDocumentFolder(folder));

  async function reread(): Promise<void> {
    const seen = await folderState(folder);
    if (seen === state) return;
    trusted.replace(await readDocumentFolder(folder));
    state = seen;
  }

  async function recordCounted(): Promise<void> {
    const floods = [
      ['unauthenticated.counted', strangers.turn()],
      ['application.counted', insistent.turn()],
    ] as const;
    for (const [action, counted] of floods) {
      if (counted !== null) await options.append(entryOf(action, counted, options.instance));
    }
  }

  const onLost = (error: unknown): void => onFault(error, 'counted refusals not recorded');
  const jobs = [
    repeat(reread, FOLDER_MS, (error) => onFault(error, 'documents cannot be read, the last ones hold')),
    repeat(recordCounted, FLOOD_WINDOW_MS, onLost),
  ];
  // It tells of its own faults, once.
  if (shared !== null) {
    const exchange = () => shared.exchange(rates);
    jobs.push(repeat(exchange, EXCHANGE_MS, (error) => onFault(error, 'counts not shared')));
  }

  return {
    request: (client) => rates.request(client),
    spend: (client, cost) => rates.spend(client, cost),
    document: (client, request) => trusted.text(client, request),
    introspects: (client) => (introspectionClients.has(client) ? true : undefined),
    refused({ error, client, remote, forwarded }) {
      // A fault of ours is nobody's flood, and is told as it is.
      if (!(error instanceof MianzhengError) || error.status >= 500) return { recorded: true, error };
      if (client !== null) {
        return { recorded: !REPEATED.has(error.code) || insistent.count(client).recorded, error };
      }
      const { recorded, waitSeconds } = strangers.count(addressBlock(callerAddress(remote, forwarded, proxies)));
      if (waitSeconds === null) return { recorded, error };
      const why = 'too many requests from this address did not say who asks';
      return { recorded, error: new MianzhengError('RATE_LIMITED', why, { retryAfter: waitSeconds }) };
    },
    async close() {
      for (const job of jobs) await job.stop();
      await recordCounted().catch(onLost);
      await shared?.close();
    },
  };
}

/** One entry for all refusals of a minute that have none of their own: how many, and of how many callers. */
function entryOf(action: string, { from, to, refused, callers }: CountedRefusals, instance: string): NewEntry {
  return {
    kind: 'administration',
    time: new Date(to).toISOString(),
    actor: 'gateway',
    action,
    subject: instance,
    before: null,
    after: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), refused, callers },
  };
}
