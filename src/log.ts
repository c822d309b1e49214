/** The log: JSON lines, without tokens, whole identifiers or disclosed values. */
import { type DestinationStream, type Logger, pino } from 'pino';

/** Runs of digits as long as an identity, credit-code or unit number, with what follows them. */
const IDENTIFIER = /[0-9A-Za-z]{0,6}\d{6}[0-9A-Za-z]{9,}/g;
const TOKEN = /eyJ[\w-]*\.[\w-]*\.[\w-]*/g;

/** Takes identifiers and tokens out of a text that others wrote, such as a driver's message. */
export function redact(text: string): string {
  return text.replace(TOKEN, '[token]').replace(IDENTIFIER, '[identifier]');
}

/** What is logged of an error. Other properties are left out: a driver puts statement and values there. */
function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { readonly code?: unknown };
  return {
    type: error.name,
    message: redact(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: redact(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: safeError(error.cause) }),
  };
}

/** Opens the log. @param level `debug`, `info`, `warn`, `error` or `silent` */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, serializers: { err: safeError } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
