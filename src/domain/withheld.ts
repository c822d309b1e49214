/** Why a field is withheld: the closed list, and its words for people. */
export const WITHHELD_REASONS = {
  /** No grant in force names the coordinate for this application and matter. */
  NO_GRANT: 'no grant in force names this field for this application and matter',
  /** Granted for use inside a rule only. */
  PREDICATE_ONLY: "granted for use inside the matter's rules only, not to be returned",
  /** Granted only masked, which a rule cannot use. */
  MASKED_ONLY: 'granted only masked, which a rule cannot use',
  /** The class of the field is NOT_SHARED. */
  NOT_SHARED: 'the department has listed this field as not shared',
  /** Selected on an interface or union, and not granted on every possible type. */
  NOT_ON_EVERY_TYPE: 'selected on an interface, and not granted on every type it can be',
  /** Introspection is not open to this application. */
  INTROSPECTION: 'introspection is not open to this application',
  /** The subject is neither in the case nor within the grant's hops of one. */
  SUBJECT_OUTSIDE_CASE: 'the subject is neither in the case nor related to it as the grant demands',
  /** The grant covers some regions; whether rows exist elsewhere is not disclosed. */
  REGION_SCOPE: 'the grant covers some regions only; what lies elsewhere is not told',
} as const;

/** Why a field is withheld. */
export type WithheldReason = keyof typeof WITHHELD_REASONS;
