/**
 * What the demonstration's citizen finds on the own page beside the stories: the enrolment of the first story is done and
 * can be rated, and a benefit waits for an answer, dated by the day it is made, so that it has not lapsed.
 */
import { randomBytes } from 'node:crypto';
import { namedId } from './cases/named-id.js';
import { addDays } from './domain/calendar.js';
import { newOfferNumber } from './operations/policy-run.js';
import type { CaseEvent, CaseHappening } from './store/case-events.js';
import type { ControlStore } from './store/control-store.js';

/** 陈建明, the father of the first story and guardian in its case. */
export const DEMONSTRATION_CITIZEN = '350702199003149014';

const CASE = { client: 'school-enrolment', number: 'NP-2026-0001', matter: 'school-enrolment-primary' } as const;
const FILED_ON = '2026-07-01';
const RECEIPT = namedId('demonstration', CASE.client, CASE.number);

/** Course of the case: when, RFC 3339, and what happened. It is invented, so it is not put into the record. */
const COURSE: readonly (readonly [at: string, happening: CaseHappening])[] = [
  ['2026-07-01T02:10:00Z', { kind: 'REGISTERED' }],
  [
    '2026-07-01T02:10:01Z',
    {
      kind: 'JUDGED',
      verdict: 'APPROVED',
      receipt: RECEIPT,
      ruleSet: 'nanping-primary-2024.1',
      asOf: FILED_ON,
      reasonsZh: [],
      reasonsEn: [],
      troubled: [],
      sources: [],
    },
  ],
  [
    '2026-07-01T02:11:00Z',
    { kind: 'DECIDED', outcome: 'GRANTED', verdict: 'APPROVED', receipt: RECEIPT, operator: null, reason: null },
  ],
];

const OFFICE = 'benefits-office';
const RUN = 'demonstration';
/** Days to answer, as the matter says. */
const ANSWER_DAYS = 30;

/**
 * Puts the course and the offer into the store, which holds the stories' cases. Repeating it changes nothing.
 * @param today `YYYY-MM-DD`
 */
export async function storeDemonstrationCitizen(store: ControlStore, today: string): Promise<void> {
  const events = COURSE.map(
    ([at, happening]): CaseEvent => ({
      id: namedId('demonstration', CASE.client, CASE.number, happening.kind),
      ...CASE,
      at: Date.parse(at),
      actor: `client:${CASE.client}`,
      requestId: null,
      record: null,
      ...happening,
    }),
  );
  await store.cases.note(events, true);
  const { policies } = store;
  if ((await policies.findRun(OFFICE, RUN)) !== null) return;
  const at = Date.parse(`${today}T00:00:00Z`);
  // Under a rule set of its own: a run that somebody tries in the demonstration still finds everybody.
  const run = await policies.beginRun({
    client: OFFICE,
    id: RUN,
    matter: 'employment-subsidy',
    ruleSet: RUN,
    asOf: today,
  });
  const number = newOfferNumber();
  const met = [{ subject: DEMONSTRATION_CITIZEN, number }];
  const page = { phase: 'DONE', cursor: '', listed: 1, unreadable: 0, met, notMet: [], unknown: [] } as const;
  await policies.enterPage(run, page, at);
  const told = { number, token: randomBytes(16).toString('base64url'), answerBy: addDays(today, ANSWER_DAYS) };
  await policies.notify([told], at, async () => undefined);
}
