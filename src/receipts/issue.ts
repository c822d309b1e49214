/** What was given in hand: a verdict's claims, signed by the gateway. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { ReceiptClaims } from './claims.js';
import type { ReceiptKey } from './keys.js';
import { PendingReceipt } from './pending.js';
import { type HolderKey, packReceipt, signPacked } from './sd-jwt.js';

/** A verdict with what it rests on. */
export interface Judged {
  /** Names this verdict and no other. */
  readonly id: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly client: string;
  readonly matter: string;
  readonly caseNumber: string;
  readonly verdict: Pick<ReceiptClaims, 'verdict' | 'tier' | 'ruleSet' | 'asOf' | 'requirements'>;
  readonly sources: ReceiptClaims['sources'];
  /** People and enterprises whose facts were used, as `KIND:identifier`. */
  readonly subjects: Iterable<string>;
  /** `data` of the facts document's response. */
  readonly facts: unknown;
}

/** Issues receipts. */
export interface ReceiptIssuer {
  /** A receipt to be sealed once the record has its digest. It does not check what it is told. */
  issue(judged: Judged): PendingReceipt;
  /**
   * The same as SD-JWT, of which the holder may leave parts out; see `sd-jwt.ts`.
   * @param holder the holder's public key; null: whoever has the receipt may show it
   */
  issueSelective(judged: Judged, holder: HolderKey | null): Promise<PendingReceipt>;
  /**
   * Digest of the facts behind a receipt: HMAC-SHA-256 of its `jti`, a newline and the facts' JSON
   * text, base64url. Only whoever has the key can confirm that some facts are the same; nobody else
   * can test a guess, and equal facts of two receipts do not show.
   */
  factsDigest(jti: string, facts: unknown): string;
}

/** How receipts are issued. */
export interface ReceiptIssuerOptions {
  /** `iss` of every receipt. */
  readonly issuer: string;
  /** The key that signs now. */
  readonly key: () => ReceiptKey;
  /** Names subjects as the record does. */
  readonly pseudonym: (kind: string, id: string) => string;
  /** Secret that the key of the facts' digests is derived from, by HKDF-SHA-256 (RFC 5869). */
  readonly secret: Uint8Array;
}

const FACTS_KEY = 'mianzheng receipt facts 1';

/** Opens an issuer. */
export function openReceiptIssuer({ issuer, key, pseudonym, secret }: ReceiptIssuerOptions): ReceiptIssuer {
  const factsKey = Buffer.from(hkdfSync('sha256', secret, '', FACTS_KEY, 32));

  const nameOf = (subject: string): string => {
    const colon = subject.indexOf(':');
    return pseudonym(subject.slice(0, colon), subject.slice(colon + 1));
  };

  function factsDigest(jti: string, facts: unknown): string {
    return createHmac('sha256', factsKey)
      .update(`${jti}\n${JSON.stringify(facts)}`)
      .digest('base64url');
  }

  function claimsOf({ id, at, client, matter, caseNumber, verdict, sources, subjects, facts }: Judged): ReceiptClaims {
    return {
      iss: issuer,
      iat: Math.floor(at / 1000),
      jti: id,
      client,
      matter,
      case: caseNumber,
      ruleSet: verdict.ruleSet,
      asOf: verdict.asOf,
      verdict: verdict.verdict,
      tier: verdict.tier,
      requirements: verdict.requirements.map((requirement) => ({ id: requirement.id, outcome: requirement.outcome })),
      sources: sources.map(({ department, fetchedAt, state, peers }) => ({
        department,
        fetchedAt,
        state,
        ...(peers && { peers }),
      })),
      subjects: Array.from(subjects, nameOf).sort(),
      facts: factsDigest(id, facts),
    };
  }

  return {
    factsDigest,
    issue: (judged) => new PendingReceipt(JSON.stringify(claimsOf(judged)), key()),
    async issueSelective(judged, holder) {
      const { text, disclosures } = await packReceipt(claimsOf(judged), holder);
      return new PendingReceipt(text, key(), (by, payload) => signPacked(by, payload, disclosures));
    },
  };
}
