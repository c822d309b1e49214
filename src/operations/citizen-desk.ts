/**
 * What a citizen does in own matters through the control plane. It is done by the code that does it for an application
 * on the data plane; here stands only in whose name. The control plane cannot itself fetch a row of a department.
 */
import type { Knex } from 'knex';
import { OWN_MS } from '../cases/case-desk.js';
import { MianzhengError } from '../errors.js';
import type { Gateway } from '../gateway.js';
import { RecordDraft } from '../record-draft.js';
import { refused } from '../respond/response.js';
import type { RatingLevel } from '../store/case-events.js';
import { changeCaseIn } from '../store/case-journal.js';
import type { Changed } from '../store/control-changes.js';
import type { CaseFile } from '../store/control-store.js';
import { settleOffer } from '../store/policy-offers.js';
import { admitRegistration } from './admit-subjects.js';
import { ratedByCitizen } from './case-events.js';
import { judge, type OperationContext, receiptsOf } from './operation-context.js';
import { answerOffer } from './policy-answers.js';
import { concluded } from './verify.js';

/** A citizen's request. */
export interface CitizenAsking {
  readonly requestId: string;
  /** Names the judging that an answer brings about, in an entry of its own: another name at each call. */
  readonly nextId: () => string;
  /** `YYYY-MM-DD` where the gateway stands. */
  readonly today: string;
  /** Runs work in a transaction, and records what it changed before the request is answered. */
  readonly change: <T>(work: (trx: Knex.Transaction) => Promise<Changed<T>>) => Promise<T>;
}

/** The answer to an offer. */
export interface OfferAnswer {
  /** Number of the offer. */
  readonly number: string;
  /** Canonical citizen ID of the one who asks. */
  readonly citizen: string;
  readonly confirm: boolean;
}

/** What citizens do. */
export interface CitizenDesk {
  /**
   * Answers an offer that was made to the citizen. Of a confirmation the judging has an entry of its own in the record,
   * as a request of the application that offers: its facts are fetched under that application's grants.
   * @throws MianzhengError NOT_FOUND where the citizen was told of no such offer, STATE_CONFLICT where it cannot be
   *   answered so, CLIENT_HELD; SUBJECT_BUDGET_EXCEEDED, EVIDENCE_UNAVAILABLE, OVERLOADED as the data plane
   */
  answerOffer(asking: CitizenAsking, answer: OfferAnswer): Promise<void>;
  /**
   * Rates a case. Whose it is has been checked before.
   * @param level of `RATING_LEVELS`
   * @param comment at most 500 characters; null: none
   * @throws MianzhengError BAD_USER_INPUT, CASE_STATE, CASE_UNKNOWN where it is no longer kept
   */
  rateCase(asking: CitizenAsking, file: CaseFile, level: RatingLevel, comment: string | null): Promise<void>;
}

/** Opens the desk. */
export function openCitizenDesk(gateway: Gateway): CitizenDesk {
  return {
    answerOffer: (asking, answer) => answerOwnOffer(gateway, asking, answer),
    async rateCase({ requestId, today, change }, file, level, comment) {
      const decide = ratedByCitizen({ gateway, file, today, requestId }, level, comment);
      // What this process judged stands before the rating.
      await gateway.cases.flush();
      const rated = await change(async (trx) => {
        const { events } = await changeCaseIn(trx, file, decide, gateway.now() + OWN_MS);
        const opened = events.find((event) => event.kind === 'RECTIFICATION_OPENED');
        const rectification = opened === undefined ? 'NONE_NEEDED' : 'OPEN';
        const after = { rating: level, rectification, due: opened?.due ?? null };
        const subject = `case:${file.client}/${file.number}`;
        return { result: events, changes: [{ action: 'case.rate', subject, before: { rating: null }, after }] };
      });
      for (const event of rated) await gateway.cases.settle(event);
    },
  };
}

async function answerOwnOffer(
  gateway: Gateway,
  { requestId, nextId, today, change }: CitizenAsking,
  { number, citizen, confirm }: OfferAnswer,
): Promise<void> {
  const { policies } = gateway.store;
  const proof = { subject: citizen };
  const offer = await policies.find(number, proof);
  if (offer?.answerBy == null) throw new MianzhengError('NOT_FOUND', 'there is no such offer', { field: 'id' });
  const refusal = () =>
    new MianzhengError('STATE_CONFLICT', 'the offer cannot be answered so any more', { field: 'id' });
  const client = gateway.policy.client(offer.client);
  const matter = gateway.matters.get(offer.matter);
  const { policy } = matter ?? {};
  if (client === null || matter === undefined || policy === undefined) throw refusal();
  if (client.held || gateway.alarms.holds(client.id)) {
    throw new MianzhengError('CLIENT_HELD', 'the office that offers it is on hold, until a person releases it');
  }
  const draft = draftOf(gateway, nextId(), today, { client: client.id, matter: matter.code, number });
  const wait = gateway.wait(() => false);
  // The citizen acts by no grant; what the facts rest on has quotas of its own.
  const quotas: OperationContext['quotas'] = [];
  const context: OperationContext = { gateway, client, matter, file: null, draft, today, wait, quotas };
  await answerOffer(
    {
      today,
      now: gateway.now,
      actor: 'citizen',
      requestId,
      policies,
      settle: (settled, confirmed, when) =>
        change(async (trx) => {
          const open = await settleOffer(trx, settled, confirmed, when);
          const after =
            confirmed === null ? { state: 'DECLINED' } : { state: 'CONFIRMED', case: `${client.id}/${settled}` };
          const action = confirmed === null ? 'offer.decline' : 'offer.confirm';
          const made = { action, subject: `offer:${settled}`, before: { state: 'NOTIFIED' }, after };
          return { result: open, changes: open ? [made] : [] };
        }),
      record: (event) => gateway.cases.settle(event),
      matterOf: () => ({ ...matter, policy }),
      admit: (file) => admitRegistration({ gateway, client, draft, file, traffic: 'ORDINARY' }, quotas),
      judge: () => judged(context, number),
      refusal,
    },
    { number, proof, confirm },
  );
}

/** The draft of the judging, as that of a request of the application that offers. */
function draftOf(
  { now, pseudonym, policy }: Pick<Gateway, 'now' | 'pseudonym' | 'policy'>,
  requestId: string,
  today: string,
  { client, matter, number }: { readonly client: string; readonly matter: string; readonly number: string },
): RecordDraft {
  const draft = new RecordDraft(requestId, now(), pseudonym, today);
  draft.client = client;
  draft.matter = matter;
  draft.caseNumber = number;
  draft.policyVersion = policy.version;
  draft.answers('Mutation.answerOffer');
  return draft;
}

/** Judges the case, and records that before anything of it is told, whatever it comes to. */
async function judged(context: OperationContext, number: string) {
  const { gateway, client, draft } = context;
  try {
    const file = await gateway.store.findCase(client.id, number);
    if (file === null) throw new TypeError('a confirmed offer has no case');
    const verdict = await concluded(file, await judge(context, file, null), draft, receiptsOf(context));
    draft.durable(await gateway.record.append(draft.entry({ outcome: 'ANSWERED', code: null, status: 200 })));
    return verdict;
  } catch (error) {
    // Where the record itself failed there is nothing to add to it.
    if (!(error instanceof MianzhengError) || error.code !== 'EVIDENCE_UNAVAILABLE') {
      await gateway.record.append(draft.entry(refused(error, draft.requestId, false)));
    }
    throw error;
  }
}
