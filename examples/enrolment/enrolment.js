/**
 * What happens to an application: register → confirm → verify → fill the form. Each step is one request to the gateway;
 * a step that got no answer is asked again later and is never taken for a no.
 */
import { randomBytes } from 'node:crypto';
import { CONFIRM, FORM, REGISTER, VERIFY } from './documents.js';
import { GatewayRefusal } from './gateway.js';

/** @typedef {import('./applications.js').Application} Application */
/** @typedef {import('./applications.js').Progress} Progress */
/** @typedef {import('./page/input.js').Typed} Typed */

/** Wait before the first retry, and the longest, ms. Each is twice the one before. */
const FIRST_RETRY_MS = 4_000;
const LONGEST_RETRY_MS = 600_000;

/** How long one process may take for an application before another may ask again, ms. */
const CLAIM_MS = 60_000;

/** @param {number} tries those already made @param {number | null | undefined} retryAfter seconds */
function wait(tries, retryAfter) {
  return Math.min(Math.max(FIRST_RETRY_MS * 2 ** tries, (retryAfter ?? 0) * 1000), LONGEST_RETRY_MS);
}

/** A household number that no household has: who is registered in another city has none here, which this finds out. */
const NO_HOUSEHOLD = '0';

/** One office's enrolment in one season. */
export class Enrolment {
  /**
   * @param {object} parts
   * @param {import('./gateway.js').Gateway} parts.gateway
   * @param {import('./applications.js').Applications} parts.applications
   * @param {string} parts.matter code of the matter (事项)
   * @param {string | null} parts.filedOn the day that every application of the season counts as filed; null: the day it comes
   * @param {() => number} parts.now ms since the epoch
   * @param {(error: unknown, what: string) => void} parts.fault told of what the operator should see
   */
  constructor({ gateway, applications, matter, filedOn, now, fault }) {
    this.gateway = gateway;
    this.applications = applications;
    this.matter = matter;
    this.filedOn = filedOn;
    this.now = now;
    this.fault = fault;
  }

  /**
   * Takes an application in and brings it as far as it goes.
   * @param {Typed} typed
   * @returns {Promise<{ ok: true, application: Application } | { ok: false, faults: Record<string, string> }>} faults by field
   */
  async apply(typed) {
    const day = this.#today();
    const number = `RX-${day.replaceAll('-', '')}-${randomBytes(6).toString('hex').toUpperCase()}`;
    const application = await this.#advance({
      number,
      receivedAt: this.now(),
      filedOn: this.filedOn ?? day,
      typed,
      confirmed: false,
      progress: { state: 'WAITING', for: [], nextAt: this.now(), tries: 0 },
      form: null,
      details: null,
    });
    // Nothing is kept of an application that is not the child's.
    if (application.progress.state === 'UNCONFIRMED') return { ok: false, faults: application.progress.faults };
    this.applications.save(application);
    return { ok: true, application };
  }

  /**
   * An application as it stands now: asks again where somebody did not answer and the time for it has come.
   * @param {string} number
   * @param {{ now?: boolean }} [options] `now`: whether a person asked for it, so that only the shortest wait is kept
   * @returns {Promise<Application | null>}
   */
  async current(number, { now: atOnce = false } = {}) {
    const known = this.applications.find(number);
    if (known === null) return null;
    const { progress } = known;
    const nextAt = 'nextAt' in progress ? progress.nextAt : null;
    if (nextAt === null || (!atOnce && this.now() < nextAt)) return known;
    const due = atOnce ? Number.MAX_SAFE_INTEGER : this.now();
    if (!this.applications.claim(number, due, this.now() + CLAIM_MS)) return known;
    const application = await this.#advance(known);
    this.applications.save(application);
    return application;
  }

  /** @param {Application} application @returns {Promise<Application>} */
  async #advance(application) {
    const tries = 'tries' in application.progress ? application.progress.tries : 0;
    try {
      return await this.#steps(application, tries);
    } catch (error) {
      if (!(error instanceof GatewayRefusal)) throw error;
      this.fault(error, `case ${application.number}: ${error.code}`);
      return { ...application, progress: this.#stopped(error, tries) };
    }
  }

  /** @param {Application} application @param {number} tries @returns {Promise<Application>} */
  async #steps(application, tries) {
    const { number, filedOn, typed } = application;
    const purpose = { matter: this.matter, caseNumber: number };
    const subjects = [
      { role: 'child', kind: 'CITIZEN', id: typed.childId },
      { role: 'guardian', kind: 'CITIZEN', id: typed.guardianId },
    ];
    // Repeating a registration changes nothing, so a retry needs not know how far the first try came.
    await this.#field(purpose, REGISTER, 'registerCase', { input: { number, matter: this.matter, filedOn, subjects } });

    if (!application.confirmed) {
      const found = await this.#confirm(purpose, typed);
      if (found.state === 'DOWN')
        return { ...application, progress: this.#waiting(found.for, tries, found.retryAfter) };
      if (found.state === 'MISMATCH') {
        return { ...application, progress: { state: 'UNCONFIRMED', faults: found.faults } };
      }
    }

    const { value: verdict, record } = await this.#field(purpose, VERIFY, 'verify', {});
    const pending = verdict.verdict === 'PENDING';
    return {
      ...application,
      confirmed: true,
      progress: {
        state: 'JUDGED',
        at: this.now(),
        verdict,
        record,
        nextAt: pending ? this.now() + wait(tries, null) : null,
        tries: tries + 1,
      },
      form: pending ? null : await this.#form(purpose),
    };
  }

  /**
   * Whether the child is registered under the name and household that were typed. The gateway answers whether they are
   * the same, and bounds how often somebody may be wrong about one child.
   * @param {import('./gateway.js').Purpose} purpose
   * @param {Typed} typed
   * @returns {Promise<{ state: 'MATCH' } | { state: 'MISMATCH', faults: Record<string, string> }
   *   | { state: 'DOWN', for: string[], retryAfter: number | null }>}
   * @throws {GatewayRefusal} also where a person has to look at it: with the reason as code
   */
  async #confirm(purpose, { childName, household }) {
    const claims = [
      { claim: 'childName', value: childName },
      { claim: 'householdNumber', value: household ?? NO_HOUSEHOLD },
    ];
    /** @type {{ claim: string, outcome: string, unknown: string | null, department: string }[]} */
    const compared = (await this.#field(purpose, CONFIRM, 'compareClaims', { claims })).value;
    const unknown = compared.filter(({ outcome }) => outcome === 'UNKNOWN');
    if (unknown.some((one) => one.unknown === 'SOURCE_DOWN')) {
      return { state: 'DOWN', for: [...new Set(unknown.map(({ department }) => department))], retryAfter: null };
    }
    const [first] = unknown;
    if (first !== undefined) throw new GatewayRefusal(`CONFIRM_${first.unknown}`, 'cannot be confirmed by machine');
    const outcomeOf = (/** @type {string} */ claim) => compared.find((one) => one.claim === claim)?.outcome;
    if (outcomeOf('childName') === 'ABSENT') return { state: 'MISMATCH', faults: { childId: 'UNKNOWN' } };
    /** @type {Record<string, string>} */
    const faults = {};
    if (outcomeOf('childName') !== 'MATCH') faults.childName = 'MISMATCH';
    const right = household === null ? 'ABSENT' : 'MATCH';
    if (outcomeOf('householdNumber') !== right) faults.household = 'MISMATCH';
    return Object.keys(faults).length === 0 ? { state: 'MATCH' } : { state: 'MISMATCH', faults };
  }

  /** What the form still asks; null where that cannot be had now: the clerk asks then. @param {import('./gateway.js').Purpose} purpose */
  async #form(purpose) {
    try {
      const { data } = await this.gateway.ask(purpose, FORM);
      return data.prefill?.fields ?? null;
    } catch (error) {
      if (!(error instanceof GatewayRefusal)) throw error;
      this.fault(error, `form of case ${purpose.caseNumber}: ${error.code}`);
      return null;
    }
  }

  /**
   * Asks for one root field that must be there.
   * @param {import('./gateway.js').Purpose} purpose
   * @param {string} document
   * @param {string} field
   * @param {Record<string, unknown>} variables
   * @returns {Promise<{ value: any, record: string | null }>}
   * @throws {GatewayRefusal} where it is null: with the code of its error
   */
  async #field(purpose, document, field, variables) {
    const { data, errors, record } = await this.gateway.ask(purpose, document, variables);
    const value = data[field];
    if (value !== null && value !== undefined) return { value, record };
    const { code = 'INTERNAL', retryAfter = null, field: at } = errors[0] ?? {};
    throw new GatewayRefusal(code, `no ${field}`, { field: at, retryAfter: retryAfter ?? undefined });
  }

  /** @param {GatewayRefusal} refusal @param {number} tries @returns {Progress} */
  #stopped(refusal, tries) {
    const subject = { 'input.subjects.0.id': 'childId', 'input.subjects.1.id': 'guardianId' }[refusal.field ?? ''];
    if (subject !== undefined) return { state: 'UNCONFIRMED', faults: { [subject]: 'CHECK' } };
    if (refusal.code === 'CLAIM_ATTEMPTS_EXCEEDED') return { state: 'UNCONFIRMED', faults: { childId: 'ATTEMPTS' } };
    const claim = { 'claims.0.value': 'childName', 'claims.1.value': 'household' }[refusal.field ?? ''];
    if (claim !== undefined) return { state: 'UNCONFIRMED', faults: { [claim]: 'CHARACTERS' } };
    if (refusal.passes) return this.#waiting(['GATEWAY'], tries, refusal.retryAfter);
    return { state: 'BLOCKED', code: refusal.code };
  }

  /** @param {string[]} departments @param {number} tries @param {number | null | undefined} retryAfter seconds @returns {Progress} */
  #waiting(departments, tries, retryAfter) {
    return { state: 'WAITING', for: departments, nextAt: this.now() + wait(tries, retryAfter), tries: tries + 1 };
  }

  /** `YYYY-MM-DD` in China. */
  #today() {
    return new Date(this.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  }
}
