/** Settings of the control plane and its console. */

/** Working days (工作日) that the law gives for an answer, 《政务数据共享条例》. */
export interface StatutoryDays {
  /** For an application that names fields shared unconditionally only. */
  readonly unconditional: number;
  /** For any other. */
  readonly conditional: number;
  /** For data to flow after an approval. */
  readonly data: number;
}

/** The settings. */
export interface ControlSettings {
  /** A session of the console that is not used for so long ends, ms. */
  readonly idleMs: number;
  /** A session ends after so long however much it is used, ms. */
  readonly sessionMs: number;
  readonly statutoryDays: StatutoryDays;
  /** Whether this gateway runs in production, without invented people. */
  readonly production: boolean;
}

/** As the configuration's default. */
export const CONTROL_SETTINGS: ControlSettings = {
  idleMs: 30 * 60_000,
  sessionMs: 8 * 3_600_000,
  statutoryDays: { unconditional: 1, conditional: 10, data: 20 },
  production: false,
};
