/**
 * What one department is asked to list: whose rows may fulfil a condition (筛查). A scan yields identifiers and nothing
 * else; what is known of the people is then fetched as for any case.
 */
export interface ScanTemplate {
  /** Owner of the rows, as in the schema's enum, such as `SOCIAL_SECURITY`. */
  readonly department: string;
  /** Type of the schema the rows stand for, such as `InsuranceEnrolment`. */
  readonly type: string;
  /**
   * Attribute → value. A row is passed over only where the attribute is known to be something else: what cannot be read
   * may fulfil the condition and stays.
   */
  readonly where: Readonly<Record<string, string>>;
  /** GB/T 2260 prefixes the row must lie in; null: no predicate. */
  readonly regions: readonly string[] | null;
}

/** A page of a scan. */
export interface ScanPage {
  /** Canonical identifiers, each once in the page; who is stored under two forms may stand in two pages. */
  readonly keys: readonly string[];
  /** Stored identifiers that are none: nobody can be found by them. */
  readonly unreadable: number;
  /** Where the next page begins; null: this was the last. Means nothing to anybody but the connector. */
  readonly next: string | null;
}

/** A right to scan, as the schema's type `Scan` has it. */
export interface ScanField {
  /** Such as `Scan.insuranceEnrolments`; what grants name. */
  readonly coordinate: string;
  /** The department that is scanned and signs for it. */
  readonly department: string;
  /** Type whose rows are listed. */
  readonly type: string;
  /** Attribute that holds the identifiers. */
  readonly by: string;
  /** Attributes a condition may name, and the values each can have. */
  readonly where: ReadonlyMap<string, readonly string[]>;
}
