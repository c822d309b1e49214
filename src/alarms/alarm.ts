/** What the gateway raises an alarm about. */

/** Why an alarm is raised. */
export type AlarmKind =
  /** More subjects were asked for than the application's budget allows. Refusing is enough: it holds nobody. */
  | 'SUBJECT_BUDGET'
  /** Too many of the identifiers looked up belong to nobody. */
  | 'UNKNOWN_IDENTIFIERS'
  /** Citizen IDs were tried one after the other. */
  | 'SEQUENTIAL_IDENTIFIERS'
  /** Too many different values were tried as claims about a person. It holds nobody. */
  | 'CLAIM_GUESSING';

/** What was counted when it was raised. Never an identifier. */
export interface AlarmCounts {
  /** Distinct subjects asked about in the hour. */
  readonly subjects: number;
  /** Distinct identifiers looked up in the hour. */
  readonly lookedUp: number;
  /** Those among them that nobody has. */
  readonly unknown: number;
  /** Citizen IDs in the longest run of sequence numbers. */
  readonly longestRun: number;
}

/** An alarm. */
export interface Alarm {
  readonly kind: AlarmKind;
  /** The application. */
  readonly client: string;
  /** Whether the application is to be put on hold (挂起). */
  readonly hold: boolean;
  /** Window that was counted in, ms since the epoch: its begin, and its end, which is not in it. */
  readonly from: number;
  readonly to: number;
  /** When it was raised, ms since the epoch. */
  readonly at: number;
  readonly counts: AlarmCounts;
  /** Of alarms with the same key one is kept, whichever process raised it. At most 150 characters. */
  readonly key: string;
}

/** Where alarms are raised. */
export interface Alarms {
  /** Takes an alarm, at once and without waiting; what is done about it follows. */
  raise(alarm: Alarm): void;
  /** Whether the application is on hold here, although the policy may not say so yet. */
  holds(client: string): boolean;
}
