/** What a token is bound to: the confirmation (`cnf`) of RFC 7800. */
import { unauthenticated } from './refusal.js';

/** What its sender must show to hold, beside the token. Thumbprints are SHA-256, base64url, 43 characters. */
export type Binding =
  /** Nothing: whoever has the token may use it. */
  | { readonly kind: 'NONE' }
  /** A key, shown by a proof with each request (DPoP, RFC 9449 §6): thumbprint of the JWK (RFC 7638). */
  | { readonly kind: 'KEY'; readonly thumbprint: string }
  /** A certificate, shown by the TLS connection (RFC 8705 §3): hash of its DER. */
  | { readonly kind: 'CERTIFICATE'; readonly thumbprint: string };

const UNBOUND: Binding = Object.freeze({ kind: 'NONE' });

const KINDS: Readonly<Record<string, 'KEY' | 'CERTIFICATE'>> = { jkt: 'KEY', 'x5t#S256': 'CERTIFICATE' };

const THUMBPRINT = /^[\w-]{43}$/;

/**
 * Reads the claim `cnf` of a verified token. A confirmation that is not understood, or more than one, is
 * refused: it must not be taken for none.
 *
 * @param claims all claims
 * @throws TokenRefusal
 */
export function bindingIn(claims: Readonly<Record<string, unknown>>): Binding {
  if (!Object.hasOwn(claims, 'cnf')) return UNBOUND;
  const { cnf } = claims;
  const members = typeof cnf === 'object' && cnf !== null ? Object.entries(cnf) : [];
  const [name = '', thumbprint] = members[0] ?? [];
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (members.length !== 1 || kind === undefined || typeof thumbprint !== 'string' || !THUMBPRINT.test(thumbprint)) {
    throw unauthenticated(
      'the access token is bound (cnf) to something else than one key (jkt) or one certificate (x5t#S256)',
    );
  }
  return Object.freeze({ kind, thumbprint });
}
