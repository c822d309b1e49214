/** What the first process and those that it started tell each other. */
import type { MetricsSnapshot } from '../metrics.js';

/** Environment variable with the number of a process, 1 and up. */
export const PROCESS_VARIABLE = 'MIANZHENG_PROCESS';

/** From a gateway process. */
export type FromGateway =
  | { readonly kind: 'LISTENING'; readonly url: string }
  /** Somebody asked this process for the metrics of all. */
  | { readonly kind: 'METRICS_ASKED'; readonly id: number }
  /** Its own metrics, in answer to METRICS_WANTED. */
  | { readonly kind: 'METRICS'; readonly id: number; readonly metrics: MetricsSnapshot };

/** To a gateway process. */
export type ToGateway =
  | { readonly kind: 'METRICS_WANTED'; readonly id: number }
  /** The metrics of all, in answer to METRICS_ASKED. */
  | { readonly kind: 'METRICS_TEXT'; readonly id: number; readonly text: string };

type Message = FromGateway | ToGateway;

/** Whether what came is a message of ours: both ends run the same program, so its kind is proof enough. */
export function isMessage<K extends Message['kind']>(
  message: unknown,
  kind: K,
): message is Extract<Message, { readonly kind: K }> {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}
