/**
 * Bounds guessing: a comparison says whether a value is right, so whoever may try often enough reads the fact. Each
 * different wrong value counts, in the control store, whichever process, application or case it came through.
 */
import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import type { Alarms } from '../alarms/alarm.js';
import { MianzhengError } from '../errors.js';
import type { StatedClaim } from '../matters/index.js';
import { answering } from '../store/answering.js';
import type { Attempt, AttemptLimits } from '../store/claim-attempts.js';
import type { CaseFile, ControlStore } from '../store/control-store.js';

/** What holds where the configuration says nothing else. */
export const ATTEMPT_DEFAULTS: AttemptLimits = { perCase: 5, perSubject: 20, subjectDays: 30 };

/** Longest that a value tried is kept, days: a case is decided by then. */
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const KEY = 'mianzheng claim attempts 1';

/** Values of one request that were counted. */
export interface CountedClaims {
  /** Takes back what told nothing of a wrong value. @param which indices of the claims */
  release(which: readonly number[]): Promise<void>;
}

/** Counts values tried as claims. */
export interface ClaimAttempts {
  /**
   * Counts the values before they are compared. To be awaited before any fact is asked for.
   * @param subjects identifier of each role's subject
   * @throws MianzhengError CLAIM_ATTEMPTS_EXCEEDED, whatever the facts are: the alarm is raised then;
   *   OVERLOADED where the store does not answer
   */
  count(
    file: CaseFile,
    subjects: Readonly<Record<string, string>>,
    stated: readonly StatedClaim[],
  ): Promise<CountedClaims>;
}

/** How attempts are counted. */
export interface ClaimAttemptsOptions {
  readonly limits: AttemptLimits;
  readonly store: Pick<ControlStore, 'claims'>;
  readonly alarms: Alarms;
  /** Secret that the key of the digests is derived from, by HKDF-SHA-256; the same on every machine. */
  readonly secret: Uint8Array;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** Opens the count. */
export function openClaimAttempts({ limits, store, alarms, secret, now }: ClaimAttemptsOptions): ClaimAttempts {
  const key = Buffer.from(hkdfSync('sha256', secret, '', KEY, 32));
  const digest = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  let pruned = Number.NEGATIVE_INFINITY;

  function refuse(file: CaseFile, { index, scope }: { readonly index: number; readonly scope: string }): never {
    const at = now();
    const hour = Math.floor(at / HOUR_MS);
    alarms.raise({
      kind: 'CLAIM_GUESSING',
      client: file.client,
      // A citizen who mistypes all day is no reason to stop an office.
      hold: false,
      from: hour * HOUR_MS,
      to: (hour + 1) * HOUR_MS,
      at,
      counts: { subjects: 1, lookedUp: 0, unknown: 0, longestRun: 0 },
      key: `CLAIM_GUESSING ${file.client} ${digest('CASE', file.number)} ${hour}`,
    });
    const where = scope === 'CASE' ? 'in this case' : 'of this person, in whatever case';
    throw new MianzhengError(
      'CLAIM_ATTEMPTS_EXCEEDED',
      `claims.${index}.value: as many different values were tried ${where} as are allowed; a person decides`,
      { field: `claims.${index}.value` },
    );
  }

  return {
    async count(file, subjects, stated) {
      const attempts = stated.map(({ claim, value }): Attempt => {
        const subject = subjects[claim.role] ?? '';
        return {
          inCase: digest('CASE', file.client, file.number, subject, claim.coordinate),
          ofSubject: digest('SUBJECT', subject),
          name: digest('VALUE', claim.coordinate, value),
        };
      });
      const token = randomUUID();
      const day = Math.floor(now() / DAY_MS);
      if (day !== pruned) {
        await answering(store.claims.prune(day - KEPT_DAYS));
        pruned = day;
      }
      const excess = await answering(store.claims.reserve(attempts, { token, day, limits }));
      if (excess !== null) refuse(file, excess);
      return {
        release: (which) =>
          answering(
            store.claims.release(
              which.flatMap((index) => attempts[index] ?? []),
              token,
            ),
          ),
      };
    },
  };
}
