import type { HashName } from './line.js';

/** State of one department's answer when a request was recorded. */
export interface RecordedSource {
  /** As in the schema's enum, such as `HOUSEHOLD`. */
  readonly department: string;
  /** ISO 8601 instant of the fetch. */
  readonly fetchedAt: string;
  readonly state: 'UP' | 'DOWN';
  /** Gateways of other cities (异地网关) that were asked too, in the order they answered; missing where none was. */
  readonly peers?: readonly RecordedPeer[];
}

/** How another city's gateway answered, and where that stands in its own record. */
export interface RecordedPeer {
  /** Its name in our configuration. */
  readonly peer: string;
  readonly state: 'UP' | 'DOWN';
  /** Number of the case that was registered there; null where none was. */
  readonly caseNumber: string | null;
  /** Place in its record, `chain/seq`; null where it named none. */
  readonly record: string | null;
}

/** One claim of the citizen that was compared with a fact. */
export interface RecordedClaim {
  /** Coordinate of the fact. */
  readonly coordinate: string;
  readonly outcome: 'MATCH' | 'MISMATCH' | 'ABSENT' | 'UNKNOWN';
}

/**
 * What is recorded of one request, answered or not. It holds field coordinates such as
 * `Resident.name`, never values; whoever fills it pseudonymises the subjects.
 */
export interface RequestRecord {
  /** ISO 8601 instant. */
  readonly time: string;
  readonly requestId: string;
  /** Client application; null where it was not established. */
  readonly client: string | null;
  /** Person at the client, as the client names them. */
  readonly operator: string | null;
  /** Code of the matter (事项). */
  readonly matter: string | null;
  /** Number of the case (办件编号). */
  readonly caseNumber: string | null;
  /** Legal bases of the grants used. */
  readonly legalBases: readonly string[];
  /** Pseudonyms of the subjects, see {@link createPseudonymiser}. */
  readonly subjects: readonly string[];
  /**
   * For each subject, in the order of `subjects`: the coordinates of `disclosed`, `masked` and `used` that are about it, or may
   * be: of two subjects met at one place of the document each counts as having been given what one was. Missing where the
   * request gave nothing of anyone, and from entries written before this was recorded.
   */
  readonly about?: readonly (readonly string[])[];
  /**
   * A letter for each subject, in the order of `subjects`: C under 14, M 14 to 17, A of age, E an enterprise, `-` not known. By the date of
   * birth in the citizen ID on the day of the request. Missing where there are no subjects, and from earlier entries.
   */
  readonly ages?: string;
  /** Hash of the access plan; null where none was made. */
  readonly plan: string | null;
  /** Version of the grants the plan was made from. */
  readonly policyVersion: number | null;
  /** Coordinates returned in full. A set: order and repetition are not kept, here and in the next three. */
  readonly disclosed: readonly string[];
  /** Coordinates returned masked. */
  readonly masked: readonly string[];
  /** Coordinates used inside a matter's rule and not returned. */
  readonly used: readonly string[];
  /** Coordinates asked for and denied. */
  readonly withheld: readonly string[];
  readonly sources: readonly RecordedSource[];
  /** Verdict of the matter, such as `APPROVED`; null where none was asked for. */
  readonly verdict: string | null;
  /**
   * Digest of what the verdict's receipt (核验回执) states: SHA-256, base64url, of its claims' text
   * without the place of this entry. Null where no verdict left; where several did, all their
   * digests in the order judged, with a blank between. Recorded whether or not the receipt was asked for.
   */
  readonly receipt: string | null;
  /** Claims compared and told, in the order given; missing where none were. Never a value. */
  readonly claims?: readonly RecordedClaim[];
  readonly outcome: 'ANSWERED' | 'REFUSED' | 'FAILED';
  /** Code of the closed list in errors.ts; null where the request was answered. */
  readonly code: string | null;
  /** HTTP status of the answer. */
  readonly status: number;
}

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What is recorded of one act of administration. */
export interface AdministrationRecord {
  /** ISO 8601 instant. */
  readonly time: string;
  /** Who acted. */
  readonly actor: string;
  /** What was done, such as `grant.approve`. */
  readonly action: string;
  /** What it was done to, such as the grant's id. */
  readonly subject: string;
  /** State before; null where there was none. */
  readonly before: Json;
  /** State after; null where there is none. */
  readonly after: Json;
}

/** What is recorded of an alarm: an application's requests taken together, no person and no identifier. */
export interface AlarmRecord {
  /** ISO 8601 instant at which it was raised. */
  readonly time: string;
  /** Names the alarm wherever it is told; an entry that repeats it is the same alarm, recorded again after a crash. */
  readonly id: string;
  /** What it is about, such as `UNKNOWN_IDENTIFIERS`. */
  readonly alarm: string;
  /** The application. */
  readonly client: string;
  /** Whether the application was put on hold for it. */
  readonly held: boolean;
  /** Period counted: ISO 8601 instants, the second not in it. */
  readonly from: string;
  readonly to: string;
  /** What was counted, by name. */
  readonly counts: Readonly<Record<string, number>>;
}

/** One change made through the control plane. Holds no identifier of a person. */
export interface ChangeRecord {
  /** What was done, such as `grant.revoke`. */
  readonly action: string;
  /** What it was done to, such as the grant's id. */
  readonly subject: string;
  /** State before; null where there was none. */
  readonly before: Json;
  /** State after; null where there is none. */
  readonly after: Json;
}

/** What is recorded of one request of the control plane, answered or not: names of fields asked for, no answer. */
export interface ControlRecord {
  /** ISO 8601 instant. */
  readonly time: string;
  /** An entry with the identifier of an earlier one tells again of changes whose entry was not known to be durable. */
  readonly requestId: string;
  /** Who asked, as the issuer names them; a citizen by a pseudonym. Null where it was not established. */
  readonly actor: string | null;
  /** As the issuer gives them. */
  readonly roles: readonly string[];
  /** By an access token or by a session of the console; null where it was not established. */
  readonly by: 'TOKEN' | 'SESSION' | null;
  /** Null where there was none to run. */
  readonly operation: 'query' | 'mutation' | null;
  /** Fields of Query or Mutation asked for, sorted. */
  readonly fields: readonly string[];
  /** Pseudonyms of people who were looked for or told about. */
  readonly subjects: readonly string[];
  /** What was changed, in order; also where the answer failed afterwards. */
  readonly changes: readonly ChangeRecord[];
  readonly outcome: 'ANSWERED' | 'REFUSED' | 'FAILED';
  /** Code of the closed list in errors.ts; null where the request was answered. */
  readonly code: string | null;
  /** HTTP status of the answer. */
  readonly status: number;
}

/** An entry the gateway hands to the record. */
export type NewEntry =
  | ({ readonly kind: 'request' } & RequestRecord)
  | ({ readonly kind: 'administration' } & AdministrationRecord)
  | ({ readonly kind: 'control' } & ControlRecord)
  | ({ readonly kind: 'alarm' } & AlarmRecord);

/**
 * A request as stored: each set of coordinates is the `seq` of the `coordinates` entry that lists
 * it, in the same segment and before this entry; 0 is the empty set.
 */
export type StoredRequest = Omit<RequestRecord, 'disclosed' | 'masked' | 'used' | 'withheld' | 'receipt' | 'about'> & {
  readonly disclosed: number;
  readonly masked: number;
  readonly used: number;
  readonly withheld: number;
  readonly about?: readonly number[];
  /** Missing from entries written before verdicts had receipts. */
  readonly receipt?: string | null;
};

/** An entry as stored: the JSON of one line. `seq` counts a chain's entries from 1. */
export type RecordEntry = { readonly seq: number } & (
  | ({ readonly kind: 'request' } & StoredRequest)
  | ({ readonly kind: 'administration' } & AdministrationRecord)
  | ({ readonly kind: 'control' } & ControlRecord)
  | ({ readonly kind: 'alarm' } & AlarmRecord)
  /** A set of coordinates, sorted, unique, not empty. Its id is its `seq`. */
  | { readonly kind: 'coordinates'; readonly coordinates: readonly string[] }
  /** First entry of a chain. */
  | ({ readonly kind: 'chain'; readonly version: 1 } & SegmentOpening)
  /** First entry of every further segment; its line's previous hash is the last of the segment before. */
  | ({ readonly kind: 'segment' } & SegmentOpening)
  /** Bytes never acknowledged that were cut off before this entry, after a kill or a failed write. */
  | { readonly kind: 'recovered'; readonly time: string; readonly cut: number }
);

/** What the first entry of a segment says of itself. */
export interface SegmentOpening {
  readonly chain: string;
  /** Number of the segment, from 1. */
  readonly segment: number;
  /** Algorithm of every hash in the chain. */
  readonly hash: HashName;
  /** ISO 8601 instant. */
  readonly time: string;
}

/** The last entry of a chain or of a part of it. */
export interface Head {
  /** 0 before the first entry. */
  readonly seq: number;
  /** Lower-case hex. */
  readonly hash: string;
}

/** Where a durable entry stands. */
export interface Position extends Head {
  readonly chain: string;
  /** Number of the segment, from 1. */
  readonly segment: number;
}
