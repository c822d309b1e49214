/** Puts budgets, alarms and webhooks together, and keeps them going in the background. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { type AlarmDesk, type AlarmWebhook, openAlarmDesk } from './alarms/alarm-desk.js';
import type { RecordChain } from './audit/chain.js';
import type { Pseudonymiser } from './audit/subject-pseudonym.js';
import { type Budgets, openBudgets } from './budgets/budgets.js';
import { openCountExchange } from './budgets/exchange.js';
import type { BudgetLimits } from './budgets/limits.js';
import { type Config, ConfigFaults } from './config.js';
import { keepingUp } from './keeping-up.js';
import { openCourier } from './messages/courier.js';
import { type WebhookAddress, webhookReceiver } from './messages/receivers.js';
import { readWebhookSecrets } from './messages/webhook-signature.js';
import type { Metrics } from './metrics.js';
import type { ControlStore } from './store/control-store.js';
import type { PolicyWatch } from './store/policy-watch.js';

/** Between two exchanges of counts, and two looks for alarms to write down, ms. */
const TURN_MS = 250;
/** Between two looks for messages that are due, ms. */
const COURIER_MS = 500;

/** Parts of the gateway that budgets and alarms work on. */
export interface BudgetSurroundings {
  readonly config: Pick<Config, 'budgets' | 'webhooks' | 'data' | 'utcOffsetMinutes'>;
  readonly store: ControlStore;
  readonly policy: PolicyWatch;
  readonly record: Pick<RecordChain, 'append'>;
  readonly pseudonym: Pseudonymiser;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** Budgets and alarms at work. */
export interface RunningBudgets {
  readonly budgets: Budgets;
  readonly alarms: AlarmDesk;
  /** Tells and takes over counts, writes down and records alarms, now. @throws as the store and the record do */
  turn(): Promise<void>;
  /** Does what can still be done, and ends. */
  close(): Promise<void>;
}

/**
 * Webhooks with their files found, read once to see that they can be.
 * @param list name of the list in the configuration
 * @param folder that the files' names are relative to
 * @throws ConfigFaults with all that cannot
 */
export async function checkedWebhooks<Webhook extends WebhookAddress>(
  webhooks: readonly Webhook[],
  list: string,
  folder: string,
): Promise<readonly Webhook[]> {
  const faults: string[] = [];
  const found = webhooks.map((webhook) => ({ ...webhook, secretFile: resolve(folder, webhook.secretFile) }));
  for (const [i, { secretFile }] of found.entries()) {
    try {
      readWebhookSecrets(await readFile(secretFile, 'utf8'));
    } catch (error) {
      faults.push(`${list}.${i}.secretFile: ${error instanceof Error ? error.message : 'it cannot be read'}`);
    }
  }
  if (faults.length > 0) throw new ConfigFaults(list, faults);
  return found;
}

function limitsIn({ default: all, clients }: Config['budgets']): (client: string) => BudgetLimits {
  const own = new Map(
    Object.entries(clients).map(([client, given]) => [client, { ...all, ...given } as BudgetLimits] as const),
  );
  return (client) => own.get(client) ?? all;
}

/**
 * Opens budgets, alarms and webhooks.
 * @throws ConfigFaults where the secret of a webhook cannot be read
 */
export async function runBudgets(surroundings: BudgetSurroundings): Promise<RunningBudgets> {
  const { config, store, policy, record, pseudonym, metrics, log, now } = surroundings;
  const webhooks = await checkedWebhooks<WebhookAddress & AlarmWebhook>(config.webhooks, 'webhooks', config.data);
  const alarms = openAlarmDesk({
    events: store.events,
    outbox: store.outbox,
    webhooks,
    append: (entry) => record.append(entry),
    refreshPolicy: () => policy.refresh(),
    now,
    onAlarm({ kind, client, hold, counts }) {
      log.warn({ alarm: kind, client, hold, counts }, 'alarm');
      metrics.alarm(kind, client);
    },
    onFull: ({ id, kind }) => log.error({ event: id, kind }, 'too many messages wait for webhooks, this is not sent'),
  });
  const budgets = openBudgets({
    limitsOf: limitsIn(config.budgets),
    evidence: config.budgets.evidence,
    hold: config.budgets.hold,
    alarms,
    pseudonym,
    utcOffsetMinutes: config.utcOffsetMinutes,
    releasesOf: (client) => policy.client(client)?.releases ?? 0,
    now,
  });
  const courier = openCourier({
    receivers: webhooks.map((webhook) => webhookReceiver(webhook)),
    outbox: store.outbox,
    now,
    onTry(delivery, { id, url, attempts }, why) {
      metrics.webhook(delivery);
      // The path of a webhook is often its password.
      const to = new URL(url).origin;
      if (delivery === 'FAILED') log.warn({ event: id, to, attempts, why }, 'webhook not reached');
      if (delivery === 'EXPIRED') log.error({ event: id, to, attempts, why }, 'webhook given up');
    },
  });
  metrics.watch('names of subjects', () => budgets.sizes().names);
  metrics.watch('cases in budgets', () => budgets.sizes().cases);
  metrics.watch('alarms waiting', () => alarms.waiting);

  const exchange = openCountExchange(budgets, store.counts, now);
  const keeping = keepingUp(log, 'budgets');
  const exchanging = keeping('COUNTS', () => exchange.turn(), TURN_MS);
  const alarming = keeping('ALARMS', () => alarms.turn(), TURN_MS);
  const delivering = keeping('WEBHOOKS', () => courier.turn(), COURIER_MS);
  async function turn(): Promise<void> {
    await exchanging.now();
    await alarming.now();
  }
  return {
    budgets,
    alarms,
    turn,
    async close() {
      await turn().catch((err: unknown) => log.error({ err, what: 'CLOSE' }, 'budgets not up to date'));
      for (const repeating of [exchanging, alarming, delivering]) await repeating.stop();
    },
  };
}
