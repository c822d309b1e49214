/** The log: JSON lines, without tokens, whole identifiers or disclosed values. */
import { type DestinationStream, type Logger, pino } from 'pino';

/** Longest text kept, characters. */
const MAX_TEXT = 10_000;

/** What is taken out of a text and what stands in its place, in order. */
const REDACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|DPoP)\s+[\w.~+/=-]+/gi, '$1 [token]'],
  [/:\/\/([^\s:/@]*):[^\s/@]+@/g, '://$1:[password]@'],
  [/eyJ[\w-]*\.[\w-]*\.[\w-]*/g, '[token]'],
  [/-----BEGIN [^-]+-----[^-]*(-----END [^-]+-----)?/g, '[key]'],
  // A member of a JWK (RFC 7517), as JSON or as Node.js prints objects.
  [/\b(d|p|q|dp|dq|qi|k|n|x|y|x5c|x5t)(["']?\s*:\s*\[?\s*)["'][\w+/=-]{16,}["']/g, '$1$2[key]'],
  // Electronic-licence identifiers have dots.
  [/1\.2\.156\.3005\.2\.[0-9A-Z.]+/gi, '[identifier]'],
  // Anything that long is a key, a signature, a hash or an identifier; in a path slashes and dots come sooner.
  [/[\w-]{40,}/g, '[long]'],
  // Runs of digits as long as an identity, credit-code or unit number, with what follows them.
  [/[0-9A-Za-z]{0,6}\d{6}[0-9A-Za-z]{9,}/g, '[identifier]'],
  // Household numbers, telephones, days without hyphens.
  [/[0-9A-Za-z]*\d{7,}[0-9A-Za-z]*/g, '[number]'],
];

/**
 * Takes identifiers, tokens and keys out of a text that others wrote, such as a driver's message.
 * Does NOT know people's names, addresses or short numbers: errors must not be given those.
 */
export function redact(text: string): string {
  return REDACTIONS.reduce(
    (left, [pattern, replacement]) => left.replace(pattern, replacement),
    text.slice(0, MAX_TEXT),
  );
}

/** Causes followed at most; an error may be its own cause. */
const MAX_CAUSES = 8;

/** What is logged of an error. Other properties are left out: a driver puts statement and values there. */
function safeError(error: unknown, causes = MAX_CAUSES): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { readonly code?: unknown };
  return {
    type: redact(error.name),
    message: redact(error.message),
    ...(typeof code === 'string' ? { code: redact(code) } : {}),
    stack: redact(error.stack ?? ''),
    ...(error.cause === undefined || causes === 0 ? {} : { cause: safeError(error.cause, causes - 1) }),
  };
}

/** Opens the log. @param level `debug`, `info`, `warn`, `error` or `silent` */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: null, serializers: { err: (error: unknown) => safeError(error) } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
