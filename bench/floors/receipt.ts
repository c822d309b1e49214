/** Floor B's receipts: the claims of the gateway's own, signed with a key of the same kind, by hand. */
import { createHmac, generateKeyPairSync, hash, randomBytes, randomUUID, sign } from 'node:crypto';
import type { judge } from './rules.js';

/** A verdict as it is answered. */
export type Verdict = ReturnType<typeof judge>;

/** Where an entry stands in the record. */
export interface Place {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** What a receipt is made of. */
export interface Judged {
  readonly client: string;
  readonly matter: string;
  readonly caseNumber: string;
  readonly verdict: Verdict;
  /** Keyed hashes of the citizen IDs. */
  readonly subjects: readonly string[];
  readonly facts: unknown;
}

/** The claims of a receipt that waits for its place. */
export interface Issued {
  /** JSON text without the place. */
  readonly text: string;
  /** SHA-256 of the text, for the record. */
  readonly digest: string;
}

/** Makes receipts. */
export interface ReceiptSigner {
  issue(judged: Judged): Issued;
  /** The receipt as compact JWS, with the place as last claim. */
  sign(issued: Issued, place: Place): string;
}

const DEPARTMENTS = ['HOUSEHOLD', 'LICENCES', 'PROPERTY', 'SOCIAL_SECURITY', 'VACCINATION'];

/** Opens them with a new key. @param asOf day judged by, `YYYY-MM-DD` */
export function openReceipts(asOf: string): ReceiptSigner {
  const { privateKey } = generateKeyPairSync('ed25519');
  const factsKey = randomBytes(32);
  const kid = `receipt-${randomBytes(32).toString('base64url')}`;
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid, typ: 'mianzheng-receipt+jwt' })).toString('base64url');
  return {
    issue({ client, matter, caseNumber, verdict, subjects, facts }) {
      const now = new Date();
      const jti = `${randomUUID()}.1`;
      const fetchedAt = now.toISOString();
      const text = JSON.stringify({
        iss: 'urn:mianzheng:gateway',
        iat: Math.floor(now.getTime() / 1000),
        jti,
        client,
        matter,
        case: caseNumber,
        ruleSet: 'nanping-primary-2024.1',
        asOf,
        verdict: verdict.verdict,
        tier: verdict.tier,
        requirements: verdict.requirements,
        sources: DEPARTMENTS.map((department) => ({ department, fetchedAt, state: 'UP' })),
        subjects: [...new Set(subjects)].sort(),
        facts: createHmac('sha256', factsKey)
          .update(`${jti}\n${JSON.stringify(facts)}`)
          .digest('base64url'),
      });
      return { text, digest: hash('sha256', text, 'base64url') };
    },
    sign({ text }, place) {
      const payload = Buffer.from(`${text.slice(0, -1)},"record":${JSON.stringify(place)}}`).toString('base64url');
      const signed = `${header}.${payload}`;
      return `${signed}.${sign(null, Buffer.from(signed, 'latin1'), privateKey).toString('base64url')}`;
    },
  };
}
