/** Puts the desk of cases together with its channels, and keeps it going in the background. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import type { RecordChain } from './audit/chain.js';
import { type CaseEventDesk, openCaseDesk } from './cases/case-desk.js';
import { channelsOf } from './cases/channels.js';
import { CLOUD_EVENT_TYPE } from './cases/cloud-event.js';
import type { Config } from './config.js';
import { keepingUp } from './keeping-up.js';
import { openCourier } from './messages/courier.js';
import { fileReceiver, type Receiver, unsealing, webhookReceiver } from './messages/receivers.js';
import { openSeal, type Seal } from './messages/seal.js';
import type { Metrics } from './metrics.js';
import { checkedWebhooks } from './open-budgets.js';
import type { ControlStore } from './store/control-store.js';

/** Between two looks for events to write down and to settle, ms. */
const TURN_MS = 250;
/** Between two looks for messages that are due, ms. */
const COURIER_MS = 500;

/** Parts of the gateway that cases work on. */
export interface CaseSurroundings {
  readonly config: Pick<Config, 'notices' | 'reminders' | 'events' | 'audience' | 'data'>;
  readonly store: Pick<ControlStore, 'cases' | 'reminders' | 'outbox'>;
  readonly record: Pick<RecordChain, 'append'>;
  /** 32 bytes that gateways on one control store share. */
  readonly secret: Uint8Array;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** Cases at work. */
export interface RunningCases {
  readonly cases: CaseEventDesk;
  readonly seal: Seal;
  /** Settles what waits, and sends what is due, now. @throws as store and record do */
  turn(): Promise<void>;
  /** Writes down what can still be written down, and ends. */
  close(): Promise<void>;
}

/** A channel as it is configured. */
type ConfiguredChannel = Config['notices'][number] | Config['reminders']['channels'][number];

/** The name of a channel's receiver in the outbox. @param data the data folder */
function addressOf(channel: ConfiguredChannel, data: string): string {
  return 'url' in channel ? channel.url : pathToFileURL(resolve(data, channel.file)).href;
}

/** Which channel has a department's reminders: its address, or null where none takes them. */
export function reminderChannels({
  reminders: { channels },
  data,
}: Pick<Config, 'reminders' | 'data'>): (department: string) => string | null {
  return (department) => {
    const channel = channels.find(({ departments }) => departments?.includes(department) ?? true);
    return channel === undefined ? null : addressOf(channel, data);
  };
}

/** The receivers behind channels. @param list name of the list in the configuration @throws ConfigFaults where a secret cannot be read */
async function receiversOf(channels: readonly ConfiguredChannel[], list: string, data: string): Promise<Receiver[]> {
  const webhooks = await checkedWebhooks(
    channels.flatMap((channel) => ('url' in channel ? [channel] : [])),
    list,
    data,
  );
  const files = channels.flatMap((channel) => ('url' in channel ? [] : [fileReceiver(addressOf(channel, data))]));
  return [...webhooks.map((webhook) => webhookReceiver(webhook)), ...files];
}

/**
 * Opens cases.
 * @throws ConfigFaults where the secret of a channel or listener cannot be read
 */
export async function runCases(surroundings: CaseSurroundings): Promise<RunningCases> {
  const { config, store, record, secret, metrics, log, now } = surroundings;
  const seal = openSeal(secret);
  const { notices, reminders, data } = config;
  const channels = [
    ...(await receiversOf(notices, 'notices', data)),
    ...(await receiversOf(reminders.channels, 'reminders.channels', data)),
  ];
  const listeners = await checkedWebhooks(config.events, 'events', config.data);
  const cases = openCaseDesk({
    journal: store.cases,
    outbox: store.outbox,
    channels: channelsOf(
      notices.map((channel) => ({ ...channel, address: addressOf(channel, data) })),
      listeners.map(({ url, clients, matters, kinds }) => ({ address: url, clients, matters, kinds })),
    ),
    append: (entry) => record.append(entry),
    seal: (text) => seal.seal(text),
    open: (sealed) => seal.open(sealed),
    source: config.audience,
    now,
    onFull: (what, { id, kind }) => log.error({ what, event: id, kind }, 'too many wait, this is not kept'),
  });
  const courier = openCourier({
    receivers: [
      ...channels.map((receiver) => unsealing(receiver, (sealed) => seal.open(sealed))),
      ...listeners.map((listener) => webhookReceiver(listener, CLOUD_EVENT_TYPE)),
    ],
    outbox: store.outbox,
    now,
    onTry(delivery, { id, url, attempts }, why) {
      metrics.webhook(delivery);
      // The path of a webhook is often its password.
      const to = URL.canParse(url) ? new URL(url).origin : '';
      if (delivery === 'FAILED') log.warn({ message: id, to, attempts, why }, 'message not delivered');
      if (delivery === 'EXPIRED') log.error({ message: id, to, attempts, why }, 'message given up');
    },
    async onEnd(end, id) {
      await store.cases.delivered(id, end);
      await store.reminders.delivered(id, end);
    },
  });
  metrics.watch('events of cases waiting', () => cases.waiting);
  const keeping = keepingUp(log, 'cases');
  const settling = keeping('EVENTS', () => cases.turn(), TURN_MS);
  const delivering = keeping('MESSAGES', () => courier.turn(), COURIER_MS);
  return {
    cases,
    seal,
    async turn() {
      await settling.now();
      await delivering.now();
    },
    async close() {
      await settling.now().catch((err: unknown) => log.error({ err, what: 'CLOSE' }, 'cases not up to date'));
      for (const repeating of [settling, delivering]) await repeating.stop();
    },
  };
}
