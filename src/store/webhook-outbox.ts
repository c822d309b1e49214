/** Messages on their way to webhooks, kept until they arrive. */
import type { Knex } from 'knex';

/** A message to one webhook. */
export interface WebhookMessage {
  /** The same for every try and every webhook: who receives it twice can tell. */
  readonly id: string;
  readonly url: string;
  /** JSON text, sent as it is. */
  readonly body: string;
  /** When it was made, ms since the epoch. */
  readonly at: number;
  /** Tries that failed. */
  readonly attempts: number;
}

interface MessageRow extends WebhookMessage {
  /** Not to be sent before, ms since the epoch. */
  readonly due: number;
}

/** Adds messages; one that is there already stays as it is. @param db a transaction */
export async function addMessages(
  db: Knex,
  messages: readonly Omit<WebhookMessage, 'attempts'>[],
  due: number,
): Promise<void> {
  if (messages.length === 0) return;
  const rows: MessageRow[] = messages.map((message) => ({ ...message, attempts: 0, due }));
  await db('webhook_message').insert(rows).onConflict(['id', 'url']).ignore();
}

/** Messages not delivered yet. */
export async function countMessages(db: Knex): Promise<number> {
  const [row] = (await db('webhook_message').count({ n: '*' })) as { readonly n: number }[];
  return Number(row?.n ?? 0);
}

/**
 * Takes up messages that are due for these webhooks, oldest first. Whoever does not report what became of one
 * leaves it to others.
 * @param now ms since the epoch
 * @param until when others may take them up
 */
export async function claimMessages(
  db: Knex,
  urls: readonly string[],
  { now, until, most }: { readonly now: number; readonly until: number; readonly most: number },
): Promise<readonly WebhookMessage[]> {
  const rows = await db<MessageRow>('webhook_message')
    .whereIn('url', [...urls])
    .where('due', '<=', now)
    .orderBy('at')
    .limit(most);
  const claimed: WebhookMessage[] = [];
  for (const { id, url, body, at, attempts, due } of rows) {
    const taken = await db('webhook_message').where({ id, url, due }).update({ due: until });
    if (taken > 0) claimed.push({ id, url, body, at: Number(at), attempts: Number(attempts) });
  }
  return claimed;
}

/** It arrived, or is given up. */
export async function removeMessage(db: Knex, { id, url }: WebhookMessage): Promise<void> {
  await db('webhook_message').where({ id, url }).delete();
}

/** It is to be tried again. @param due ms since the epoch */
export async function postponeMessage(db: Knex, { id, url, attempts }: WebhookMessage, due: number): Promise<void> {
  await db('webhook_message')
    .where({ id, url })
    .update({ attempts: attempts + 1, due });
}
