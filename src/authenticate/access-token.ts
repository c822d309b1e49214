/** The checks of one JWT access token: RFC 9068 §4 over RFC 7519 and RFC 7515, with the advice of RFC 8725. */
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { MianzhengError } from '../errors.js';
import { type Binding, bindingIn } from './binding.js';
import type { Algorithm } from './options.js';
import { unauthenticated } from './refusal.js';

/** What the checks compare a token with. */
export interface TokenExpectations {
  /** Issuer → our audience there and its keys. */
  readonly issuers: ReadonlyMap<string, { readonly audience: string; readonly keySet: JWTVerifyGetKey }>;
  /** Signature algorithms accepted. */
  readonly algorithms: readonly Algorithm[];
  /** Seconds by which clocks may differ. */
  readonly clockToleranceSeconds: number;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

/** The claims of a token that passed every check. */
export interface AccessTokenClaims {
  readonly issuer: string;
  /** `sub`. */
  readonly subject: string;
  /** `client_id`. */
  readonly clientId: string;
  /** `exp`, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** `roles` (RFC 9068 §2.2.3.1); empty where there is none. */
  readonly roles: readonly string[];
  /** `citizen_id`, as the issuer wrote it; null where there is none. */
  readonly citizenId: string | null;
  /** `cnf`: what the sender must show to hold. */
  readonly binding: Binding;
}

/** RFC 9068 §2.2: what every access token must hold. */
const REQUIRED_CLAIMS = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'];

/** Header parameters by which a token would bring its own key (RFC 7515 §4.1), or demand what we do not know, or be read otherwise (RFC 7797 §7). */
const REFUSED_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'];

const FAILED_CLAIM: Readonly<Record<string, string>> = {
  typ: 'the type (typ) of the token is not at+jwt',
  iss: 'the issuer (iss) is not the one whose key signed',
  aud: 'the access token is for another audience (aud)',
  nbf: 'the access token is not valid yet (nbf)',
  exp: 'the expiry (exp) is not a number',
  iat: 'the time of issue (iat) is not a number',
};

function withoutVerification<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // jose raises TypeError and JWTInvalid here, both for text that is no JWT; neither is passed on, they may quote it.
    if (error instanceof TypeError || error instanceof errors.JOSEError) throw malformed();
    throw error;
  }
}

function malformed(): MianzhengError {
  return unauthenticated('the access token is not a well-formed signed JWT');
}

/** Turns jose's refusal into ours. jose's error holds the claims, so it never becomes a cause. */
function refusalOf(error: unknown): unknown {
  if (error instanceof MianzhengError) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated('the access token has expired (exp)');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return unauthenticated(`the access token lacks the claim ${error.claim}`);
    return unauthenticated(FAILED_CLAIM[error.claim] ?? 'a claim of the access token does not hold');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return unauthenticated('the signature of the access token does not match');
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return unauthenticated('the key set of the issuer has not exactly one key for this token (kid, alg)');
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return malformed();
  if (error instanceof errors.JOSEError) return unauthenticated('the access token cannot be verified');
  return new MianzhengError('INTERNAL', 'a key of the issuer cannot be used', { cause: error });
}

function checkHeader(header: ProtectedHeaderParameters, algorithms: readonly Algorithm[]): void {
  for (const parameter of REFUSED_HEADERS) {
    if (Object.hasOwn(header, parameter)) {
      throw unauthenticated(`the access token has the header parameter ${parameter}, which is not accepted`);
    }
  }
  if (!algorithms.some((algorithm) => algorithm === header.alg)) {
    throw unauthenticated('the signature algorithm (alg) of the access token is not accepted');
  }
  if (typeof header.kid !== 'string' || header.kid === '') {
    throw unauthenticated('the access token names no key (kid)');
  }
}

function text(claims: JWTPayload, claim: string): string {
  const value = claims[claim];
  if (typeof value !== 'string' || value === '') {
    throw unauthenticated(`the claim ${claim} of the access token is not a text`);
  }
  return value;
}

function rolesOf(claims: JWTPayload): readonly string[] {
  const roles = claims.roles ?? [];
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string')) {
    throw unauthenticated('the claim roles of the access token is not a list of texts');
  }
  return Object.freeze([...roles]);
}

/**
 * Checks a token's form, key, signature and claims, and reads the claims we use. The unverified
 * `iss` only selects among the configured issuers; everything returned stood under the signature.
 *
 * Does NOT check: revocation, of the client or of the single token (`jti` is required, never
 * looked up); that the sender holds what the token is bound to (`binding`); scopes; and whether
 * the subject may do anything at all.
 *
 * @throws MianzhengError UNAUTHENTICATED for a token that does not hold, OVERLOADED where the
 *   issuer's keys cannot be had, INTERNAL where a configured key is unusable
 */
export async function readAccessToken(token: string, expected: TokenExpectations): Promise<AccessTokenClaims> {
  checkHeader(
    withoutVerification(() => decodeProtectedHeader(token)),
    expected.algorithms,
  );
  const claimed = withoutVerification(() => decodeJwt(token)).iss;
  const issuer = typeof claimed === 'string' ? claimed : '';
  const trusted = expected.issuers.get(issuer);
  if (trusted === undefined) throw unauthenticated('the issuer (iss) of the access token is not trusted here');

  const { payload } = await jwtVerify(token, trusted.keySet, {
    algorithms: [...expected.algorithms],
    issuer,
    audience: trusted.audience,
    typ: 'at+jwt',
    requiredClaims: REQUIRED_CLAIMS,
    clockTolerance: expected.clockToleranceSeconds,
    currentDate: new Date(expected.now),
  }).catch((error: unknown) => {
    throw refusalOf(error);
  });

  const { iat, exp } = payload;
  if (exp === undefined || iat === undefined) throw unauthenticated('the access token lacks the claim exp or iat');
  // JSON can spell a number beyond all numbers (1e999).
  if (!Number.isFinite(exp)) throw unauthenticated('the expiry (exp) is not a number');
  // jose looks at iat only together with a greatest age, which RFC 9068 does not have.
  if (iat > Math.floor(expected.now / 1000) + expected.clockToleranceSeconds) {
    throw unauthenticated('the access token was issued in the future (iat)');
  }
  text(payload, 'jti');
  return {
    issuer,
    subject: text(payload, 'sub'),
    clientId: text(payload, 'client_id'),
    expiresAt: exp * 1000,
    roles: rolesOf(payload),
    citizenId: Object.hasOwn(payload, 'citizen_id') ? text(payload, 'citizen_id') : null,
    binding: bindingIn(payload),
  };
}
