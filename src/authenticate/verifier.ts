/**
 * Who is it: OAuth 2.0 access tokens that are JWTs (RFC 9068), sent alone (RFC 6750) or bound to their
 * sender's key (DPoP, RFC 9449) or certificate (mutual TLS, RFC 8705); verified against the
 * configured issuers and remembered for a short while.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type AccessTokenClaims, readAccessToken, type TokenExpectations } from './access-token.js';
import type { Binding } from './binding.js';
import { credentialsIn, type Scheme } from './credentials.js';
import { openProofExaminer } from './dpop-proof.js';
import { keySetOf } from './key-sets.js';
import { type VerifierOptions, verifierSettings } from './options.js';
import { challenge, TokenRefusal, unauthenticated } from './refusal.js';
import { type Sender, UNKNOWN_SENDER } from './sender.js';

/** What is known of every caller. */
interface Caller {
  /** The OAuth client the token was issued to. */
  readonly clientId: string;
  /** The issuer that vouches for it. */
  readonly issuer: string;
  /**
   * SHA-256 of the token's text, base64url, 43 characters: names it in records and logs without being
   * usable. Its holder can write one token in several ways that all verify (the other root of an ECDSA
   * signature, the unused bits of its last character), so it does not serve to revoke a token or to count its uses.
   */
  readonly tokenHash: string;
  /** When the token expires, in milliseconds since 1970; the clock tolerance is not in it. */
  readonly expiresAt: number;
  /** What the sender has shown to hold beside the token. */
  readonly binding: Binding;
}

/** An application in its own name: `sub` is the `client_id` (RFC 9068 §2.2). */
export interface AuthenticatedClient extends Caller {
  readonly kind: 'CLIENT';
}

/** A person, through a client: `sub` is not the `client_id`. */
export interface AuthenticatedPerson extends Caller {
  readonly kind: 'PERSON';
  /** `sub`: who it is, at this issuer only. */
  readonly subject: string;
  /** `roles`, in the issuer's order; may be empty. */
  readonly roles: readonly string[];
  /** `citizen_id`: the citizen ID the issuer vouches for, not parsed here; null where it says none. Never to be logged. */
  readonly citizenId: string | null;
}

/** Who is calling. Frozen. */
export type Authenticated = AuthenticatedClient | AuthenticatedPerson;

/** Verifies access tokens. */
export interface Verifier {
  /**
   * Tells who is calling.
   *
   * Checks: one token of bounded length; no key or `crit` brought along in the header; `alg`
   * in the list; `kid` in the key set of the issuer that `iss` selects among the configured;
   * signature; `typ` at+jwt; `iss`, `aud`, `exp`, `nbf`, `iat`; `sub`, `client_id` and `jti`
   * present; the client not revoked; and what `cnf` binds the token to: a key by the proof in the DPoP
   * header (see `ProofExaminer`), a certificate by the connection's, and neither where the client must be bound.
   *
   * Does NOT check: grants, matter, case or region; scopes; whether a client or role is known
   * here; revocation of a single token or of a person; that a token is used only once; how long a token
   * lives; the transport it came over; the chain of a certificate, which is the listener's. It does not limit how often a caller may fail: failures are not remembered.
   *
   * A client is told from a person only by `sub` = `client_id`, so an issuer must never give a
   * person a client's identifier (RFC 9068 §5).
   *
   * A refusal sets `WWW-Authenticate` of the answer, and a proof may set `DPoP-Nonce`.
   *
   * @param authorizationHeader value of the Authorization header, undefined where there is none
   * @param sender who sends it; without one, no bound token is accepted
   * @throws MianzhengError UNAUTHENTICATED: the token does not hold; which check failed is said in
   *   words without token or claim values. OVERLOADED with `retryAfter`: the issuer's keys cannot be
   *   fetched, or more proofs are used than can be remembered, which is not the caller's fault. INTERNAL: a configured key is unusable.
   */
  verify(authorizationHeader: string | undefined, sender?: Sender): Promise<Authenticated>;
  /** Verified tokens remembered. */
  remembered(): number;
}

interface Remembered {
  readonly authenticated: Authenticated;
  /** Until when the token need not be verified again, in milliseconds since 1970. */
  readonly freshUntil: number;
}

function authenticatedBy(claims: AccessTokenClaims, tokenHash: string): Authenticated {
  const { subject, clientId, issuer, expiresAt, roles, citizenId, binding } = claims;
  const caller = { clientId, issuer, tokenHash, expiresAt, binding };
  if (subject === clientId) return Object.freeze({ kind: 'CLIENT', ...caller });
  return Object.freeze({ kind: 'PERSON', ...caller, subject, roles, citizenId });
}

/**
 * Builds a verifier. Verified tokens are remembered by their hash, never as text, in a bounded
 * cache; concurrent first uses of one token share one verification.
 *
 * @throws VerifierOptionsError with every fault of the options at once
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const settings = verifierSettings(options);
  const issuers: TokenExpectations['issuers'] = new Map(
    settings.issuers.map(({ issuer, audience, jwks }) => [issuer, { audience, keySet: keySetOf(jwks) }]),
  );
  const remembered = new LRUCache<string, Remembered>({ max: settings.cacheEntries });
  const verifying = new Map<string, Promise<Authenticated>>();
  const examiner =
    settings.proofs && openProofExaminer(settings.proofs, settings.clockToleranceSeconds, settings.now());

  async function verifyAnew(token: string, tokenHash: string): Promise<Authenticated> {
    const now = settings.now();
    const { algorithms, clockToleranceSeconds } = settings;
    const claims = await readAccessToken(token, { issuers, algorithms, clockToleranceSeconds, now });
    const authenticated = authenticatedBy(claims, tokenHash);
    const freshUntil = Math.min(now + settings.cacheSeconds * 1000, claims.expiresAt);
    remembered.set(tokenHash, { authenticated, freshUntil });
    return authenticated;
  }

  function verifyOnce(token: string, tokenHash: string): Promise<Authenticated> {
    const underWay = verifying.get(tokenHash);
    if (underWay !== undefined) return underWay;
    const verification = verifyAnew(token, tokenHash).finally(() => verifying.delete(tokenHash));
    verifying.set(tokenHash, verification);
    return verification;
  }

  /** Whether who sends the token is who it was given to. Asks nobody and waits for nothing where it is not bound. */
  function checkSender({ binding, clientId, tokenHash }: Authenticated, scheme: Scheme, sender: Sender) {
    if (scheme === 'DPoP' && binding.kind !== 'KEY') {
      throw unauthenticated('the access token is sent with the scheme DPoP but bound to no key (cnf.jkt)');
    }
    switch (binding.kind) {
      case 'NONE':
        if (!settings.mustBeBound(clientId)) return undefined;
        throw unauthenticated('the client must use access tokens bound to a key (DPoP) or a certificate (mutual TLS)');
      case 'CERTIFICATE':
        if (sender.certificate() === binding.thumbprint) return undefined;
        throw unauthenticated('the access token is bound to a certificate (cnf) that the connection does not show');
      case 'KEY':
        if (examiner === null)
          throw unauthenticated('the access token is bound to a key (cnf), and no proofs are taken');
        if (scheme === 'Bearer') {
          throw unauthenticated('the access token is bound to a key (cnf), so it must be sent with the scheme DPoP');
        }
        return examiner.examine(sender, { thumbprint: binding.thumbprint, tokenHash }, settings.now());
    }
  }

  return {
    async verify(authorizationHeader, sender = UNKNOWN_SENDER) {
      let scheme: Scheme | null = null;
      try {
        const credentials = credentialsIn(authorizationHeader, settings.maxTokenBytes);
        scheme = credentials.scheme;
        const tokenHash = hash('sha256', credentials.token, 'base64url');
        const known = remembered.get(tokenHash);
        const authenticated =
          known !== undefined && settings.now() < known.freshUntil
            ? known.authenticated
            : await verifyOnce(credentials.token, tokenHash);
        if (settings.revoked(authenticated.clientId)) throw unauthenticated('the client is revoked');
        const proven = checkSender(authenticated, scheme, sender);
        if (proven !== undefined) await proven;
        return authenticated;
      } catch (error) {
        if (error instanceof TokenRefusal) sender.answerWith('WWW-Authenticate', challenge(scheme, error.error));
        throw error;
      }
    },
    remembered: () => remembered.size,
  };
}
