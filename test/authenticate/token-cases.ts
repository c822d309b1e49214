/** The cases of test/cases/tokens.yaml, and the Authorization header that each sends. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Forgery, forge, STRANGER_JWK } from './forge.js';

/** A token that is sent. */
export interface TokenCase extends Omit<Forgery, 'now' | 'key'> {
  readonly name: string;
  /** Bytes that make the token longer. */
  readonly padding?: number;
  /** The header's value; `{token}`, `{header}` and `{claims}` stand for the token and its parts, `{nested}` for one around it. */
  readonly authorization?: string;
  /** Algorithms that the operator allows. */
  readonly algorithms?: readonly string[];
}

/** A right token, or one with other claims, sent in a way of its own. */
export interface SentToken extends Omit<TokenCase, 'authorization'> {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly refused: string;
}

/** What the record says of a refused request, laid over an entry. */
export type RecordedRefusal = Readonly<Record<string, unknown>>;

const file = parse(readFileSync(new URL('../cases/tokens.yaml', import.meta.url), 'utf8')) as {
  readonly recorded: RecordedRefusal;
  readonly accepted: readonly (TokenCase & { readonly is: Readonly<Record<string, unknown>> })[];
  readonly refused: readonly (TokenCase & { readonly refused: string })[];
  readonly sent: readonly SentToken[];
};

/** The entry that every refusal of a token leaves. */
export const RECORDED = file.recorded;

/** Tokens that hold, with what is known of the caller then. */
export const ACCEPTED = file.accepted;

/** Tokens that do not, with why. */
export const REFUSED = file.refused;

/** Ways to send one, with why it is refused. */
export const SENT = file.sent;

/** The header's value. @param now ms since the epoch */
export function authorizationOf(given: TokenCase, now: number): string {
  const { authorization = 'Bearer {token}', padding, ...forgery } = given;
  const header = forgery.header?.jwk === 'STRANGER' ? { ...forgery.header, jwk: STRANGER_JWK } : forgery.header;
  const token = forge({
    ...forgery,
    now,
    ...(header === undefined ? {} : { header }),
    claims: { ...forgery.claims, ...(padding === undefined ? {} : { padding: 'x'.repeat(padding) }) },
  });
  const [head = '', claims = ''] = token.split('.');
  const nested = () => `${head}.${Buffer.from(token).toString('base64url')}.${token.split('.')[2]}`;
  return authorization
    .replaceAll('{token}', token)
    .replaceAll('{header}', head)
    .replaceAll('{claims}', claims)
    .replaceAll('{nested}', nested());
}
