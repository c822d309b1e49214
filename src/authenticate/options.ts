/** What the verifier of access tokens is told, and the check of it at start. */
import type { JWK } from 'jose';

/**
 * Signature algorithms an operator may allow: asymmetric only. There is no `none`, no HMAC (a public
 * key could then be used as the secret, RFC 8725 §2.1) and nothing on SHA-1. RS256 and its
 * longer sisters are accepted where named, because many issuers know nothing else (RFC 9068 §2.1),
 * but they are not in the default.
 */
export const ALLOWED_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

/** One of `ALLOWED_ALGORITHMS`. */
export type Algorithm = (typeof ALLOWED_ALGORITHMS)[number];

/** Signature algorithms of DPoP proofs (RFC 9449 §11.6: asymmetric, never `none`). EdDSA and Ed25519 are two names of one. */
export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256'] as const;

/** How proofs of possession are examined (DPoP, RFC 9449). */
export interface ProofOptions {
  /** Where clients see this gateway: `htu` of their proofs, an absolute URL. Query and fragment do not count. */
  readonly url: string;
  /**
   * Whether every proof must hold a nonce of this process, so that none can be used at another process or machine that
   * answers for the same URL. Default false: only for proofs that a process before this one may have seen.
   */
  readonly nonces?: boolean;
}

/** Where an issuer's public keys come from. */
export type KeySource =
  /** Public JWKs known at start (RFC 7517), each with a `kid`, unique. They change only with a restart. */
  | { readonly kind: 'LOCAL'; readonly keys: readonly JWK[] }
  /**
   * The issuer's `jwks_uri`: https, or http on the loopback interface. Redirects are not followed.
   * Fetched at first use, see `key-sets.ts` for its ages.
   */
  | { readonly kind: 'REMOTE'; readonly url: string };

/**
 * An issuer whose tokens are accepted. Trusting one means trusting it with every claim read from its
 * tokens: the subject, the client, `roles` and `citizen_id`.
 */
export interface TrustedIssuer {
  /** Compared with `iss` character by character. */
  readonly issuer: string;
  /** Our identifier at this issuer; `aud` must contain it. */
  readonly audience: string;
  /** Its public keys. */
  readonly jwks: KeySource;
}

/** What `createVerifier` takes. */
export interface VerifierOptions {
  /** At least one; no two with the same `issuer`. */
  readonly issuers: readonly TrustedIssuer[];
  /** Signature algorithms accepted, of `ALLOWED_ALGORITHMS`, at least one. Default: ES256, EdDSA, PS256. */
  readonly algorithms?: readonly string[];
  /** Seconds by which clocks may differ, for `exp`, `nbf` and `iat`. Integer, default 5, 0 to 60. */
  readonly clockToleranceSeconds?: number;
  /** Longest token accepted, in bytes. Integer, default 8192, 256 to 65536. */
  readonly maxTokenBytes?: number;
  /** How many verified tokens are kept; the least recently used goes first. Integer, default 10000, 1 to 100000. */
  readonly cacheEntries?: number;
  /**
   * Seconds a verified token is taken as verified without looking at its signature again, and never
   * beyond its `exp`. Integer, default 30, 0 (not at all) to 60. A key that the issuer removed is
   * honoured for at most this long and, for a REMOTE set, the set's own age (30 s) on top.
   */
  readonly cacheSeconds?: number;
  /**
   * Whether this client's tokens are no longer accepted. Asked on every call, also where the token
   * was verified before, so it must be quick. Default: none is.
   */
  readonly revoked?: (clientId: string) => boolean;
  /**
   * Whether this client's tokens are accepted only where they are bound to a key or certificate. Asked on
   * every call with a token that is not. Default: none is.
   */
  readonly mustBeBound?: (clientId: string) => boolean;
  /** How proofs are examined. Default: not at all; a token bound to a key is then refused. */
  readonly proofs?: ProofOptions;
  /** The time, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number;
}

/** The verifier's options with defaults filled in and every bound checked. */
export interface VerifierSettings extends Required<Omit<VerifierOptions, 'algorithms' | 'proofs'>> {
  readonly algorithms: readonly Algorithm[];
  readonly proofs: ProofOptions | null;
}

/** The verifier cannot be built from these options. Raised at start, with every fault at once. */
export class VerifierOptionsError extends Error {
  override readonly name = 'VerifierOptionsError';

  /** @param faults each names the option at fault */
  constructor(readonly faults: readonly string[]) {
    super(`access tokens cannot be verified with these options: ${faults.join('; ')}`);
  }
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Types (`kty`) of public keys that can verify a signature here. */
export const PUBLIC_KEY_TYPES: ReadonlySet<string> = new Set(['EC', 'OKP', 'RSA']);

/** Members of a JWK that only a private or secret key has. */
export const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const;

function isAllowed(algorithm: string): algorithm is Algorithm {
  return (ALLOWED_ALGORITHMS as readonly string[]).includes(algorithm);
}

function keySourceFaults(source: KeySource, at: string): string[] {
  if (source.kind === 'REMOTE') {
    if (!URL.canParse(source.url)) return [`${at}.url is not a URL`];
    const { protocol, hostname } = new URL(source.url);
    const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
    return safe ? [] : [`${at}.url must be https, or http on the loopback interface`];
  }
  const faults: string[] = [];
  if (source.keys.length === 0) faults.push(`${at}.keys is empty`);
  const kids = new Set<string>();
  for (const [index, key] of source.keys.entries()) {
    const here = `${at}.keys[${index}]`;
    if (!PUBLIC_KEY_TYPES.has(key.kty ?? '')) faults.push(`${here} is not an EC, OKP or RSA key`);
    if (PRIVATE_PARTS.some((part) => Object.hasOwn(key, part))) faults.push(`${here} holds a private or secret key`);
    if (typeof key.kid !== 'string' || key.kid === '') faults.push(`${here} has no kid`);
    else if (kids.has(key.kid)) faults.push(`${here} has the kid of another key`);
    else kids.add(key.kid);
  }
  return faults;
}

function issuerFaults(issuers: readonly TrustedIssuer[]): string[] {
  const faults: string[] = [];
  if (issuers.length === 0) faults.push('issuers is empty');
  const names = new Set<string>();
  for (const [index, { issuer, audience, jwks }] of issuers.entries()) {
    const at = `issuers[${index}]`;
    if (issuer === '') faults.push(`${at}.issuer is empty`);
    if (audience === '') faults.push(`${at}.audience is empty`);
    if (names.has(issuer)) faults.push(`${at}.issuer is named twice`);
    names.add(issuer);
    faults.push(...keySourceFaults(jwks, `${at}.jwks`));
  }
  return faults;
}

function boundFaults(name: string, value: number, min: number, max: number): string[] {
  return Number.isInteger(value) && value >= min && value <= max
    ? []
    : [`${name} must be an integer from ${min} to ${max}`];
}

/**
 * Fills in the defaults and checks every option.
 *
 * @throws VerifierOptionsError with every fault at once
 */
export function verifierSettings(options: VerifierOptions): VerifierSettings {
  const {
    issuers,
    algorithms = ['ES256', 'EdDSA', 'PS256'],
    clockToleranceSeconds = 5,
    maxTokenBytes = 8192,
    cacheEntries = 10_000,
    cacheSeconds = 30,
    revoked = () => false,
    mustBeBound = () => false,
    proofs = null,
    now,
  } = options;
  const allowed = algorithms.filter(isAllowed);
  const faults = [
    ...issuerFaults(issuers),
    ...(algorithms.length === 0 ? ['algorithms is empty'] : []),
    ...(allowed.length < algorithms.length ? [`algorithms may name only ${ALLOWED_ALGORITHMS.join(', ')}`] : []),
    ...boundFaults('clockToleranceSeconds', clockToleranceSeconds, 0, 60),
    ...boundFaults('maxTokenBytes', maxTokenBytes, 256, 65_536),
    ...boundFaults('cacheEntries', cacheEntries, 1, 100_000),
    ...boundFaults('cacheSeconds', cacheSeconds, 0, 60),
    ...(proofs === null || /^https?:/.test(proofs.url) ? [] : ['proofs.url must be an http or https URL']),
  ];
  if (faults.length > 0) throw new VerifierOptionsError(faults);
  return {
    issuers,
    algorithms: allowed,
    clockToleranceSeconds,
    maxTokenBytes,
    cacheEntries,
    cacheSeconds,
    revoked,
    mustBeBound,
    proofs,
    now,
  };
}
