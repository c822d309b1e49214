/** What a receipt (核验回执) states. */
import { z } from 'zod';

/** Another city's gateway (异地网关) that was asked too. */
const PEER = z.strictObject({
  /** Its name in the configuration of the gateway that judged. */
  peer: z.string(),
  state: z.enum(['UP', 'DOWN']),
  /** Number of the case registered there; null where none was. */
  caseNumber: z.string().nullable(),
  /** Place in its record, `chain/seq`; null where it named none. */
  record: z.string().nullable(),
});

const SOURCE = z.strictObject({
  /** As in the schema's enum, such as `HOUSEHOLD`. */
  department: z.string(),
  /** When its rows were read, or the attempt ended: RFC 3339, UTC. */
  fetchedAt: z.string(),
  /** DOWN: it did not answer, and what it knows counted as unknown. */
  state: z.enum(['UP', 'DOWN']),
  /** Missing where no other city was asked. */
  peers: z.array(PEER).readonly().optional(),
});

const REQUIREMENT = z.strictObject({ id: z.string(), outcome: z.enum(['TRUE', 'FALSE', 'UNKNOWN']) });

const BASE64URL_SHA256 = /^[\w-]{43}$/;

const STATED = {
  /** The gateway's own identifier: `audience` of its configuration, which several gateways of one city share. */
  iss: z.string(),
  /** When it was judged, seconds since the epoch. */
  iat: z.int(),
  /** `<request id>.<n>`: the n-th verdict of that request, from 1. */
  jti: z.string(),
  /** The application that asked. */
  client: z.string(),
  /** Code of the matter (事项). */
  matter: z.string(),
  /** Number of the case (办件编号). */
  case: z.string(),
  /** Rule set applied, with its version. */
  ruleSet: z.string(),
  /** The day judged by, `YYYY-MM-DD`. */
  asOf: z.string(),
  verdict: z.enum(['APPROVED', 'NOT_MET', 'NEEDS_COMMITMENT', 'NEEDS_REVIEW', 'PENDING']),
  /** The tier (顺位) as in the schema's `Verdict.tier`. */
  tier: z.string().nullable(),
  /** In the matter's order. */
  requirements: z.array(REQUIREMENT).readonly(),
  sources: z.array(SOURCE).readonly(),
  /** Pseudonyms of the people and enterprises whose facts were used, as in the record; sorted. */
  subjects: z.array(z.string()).readonly(),
  /** Keyed digest of the facts, see {@link ReceiptIssuer.factsDigest}. */
  facts: z.string().regex(BASE64URL_SHA256),
};

/** What is stated of the verdict, known before its entry is in the record. The entry holds the digest of this text. */
export const CLAIMS = z.strictObject(STATED);

/** Place of the entry in the record. */
export const RECORD = z.strictObject({
  chain: z.string(),
  seq: z.int().positive(),
  /** Hash of the entry's line, lower-case hex. */
  hash: z.string(),
});

/** See {@link CLAIMS}. */
export type ReceiptClaims = Readonly<z.infer<typeof CLAIMS>>;

/** See {@link RECORD}. */
export type ReceiptRecord = Readonly<z.infer<typeof RECORD>>;
