/** What a citizen does in own matters: own cases and how they went (好差评), and benefits found (免申即享). */
import { explanationOf } from '../cases/explanation.js';
import { mayBe, standingOf } from '../cases/standing.js';
import { MianzhengError } from '../errors.js';
import { departmentNames } from '../matters/index.js';
import { type CaseEvent, RATING_LEVELS } from '../store/case-events.js';
import type { CaseFile } from '../store/control-store.js';
import type { PolicyOffer } from '../store/policy-offers.js';
import { levelNumber, pageWithEvents, shownDecision, shownEvents, sliceOf } from './cases.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import type { PageArgument } from './lists.js';
import { namesOf } from './record-names.js';
import type { Theme } from './theme.js';

/** The citizen of the request; the look is recorded as one about that citizen. @throws MianzhengError FORBIDDEN for anybody else */
function citizenOf(context: AdminContext): string {
  const { citizenId } = context.actor;
  if (citizenId === null) throw new MianzhengError('FORBIDDEN', 'only a citizen may do this');
  context.concern('CITIZEN', citizenId);
  return citizenId;
}

/** A case as its citizen sees it. */
function ownCase(file: CaseFile, events: () => Promise<readonly CaseEvent[]>, citizen: string, context: AdminContext) {
  const { client, number, matter, filedOn, subjects } = file;
  const name = namesOf(context.parts).matter(matter);
  const standing = async () => standingOf(await events());
  const rating = async () => (await standing()).rating;
  return {
    id: `${client}/${number}`,
    client,
    number,
    matter,
    matterZh: name.zh,
    matterEn: name.en,
    filedOn,
    role: subjects.find(({ id }) => id === citizen)?.role ?? '',
    state: async () => (await standing()).state,
    decision: async () => shownDecision(await events()),
    async explanation() {
      const { judged } = await standing();
      const judgedBy = context.parts.matters.get(matter);
      if (judged === null || judgedBy === undefined) return null;
      return explanationOf(judged, judgedBy, departmentNames(context.parts.catalogue.schema));
    },
    async rating() {
      const given = await rating();
      return given && levelNumber(given.level);
    },
    async rectification() {
      const given = await rating();
      return given === null || given.rectification === 'NONE_NEEDED' ? null : given.rectification;
    },
    rectifyBy: async () => (await rating())?.due ?? null,
    mayRate: async () => mayBe(await standing(), 'RATE'),
    // Who did it at the office is the office's to tell.
    events: async () =>
      shownEvents(await events()).map(({ id, kind, time, outcome, department, dueOn }) => {
        return { id, kind, time, outcome, department, dueOn };
      }),
  };
}

/** `mine.cases`: those in which the citizen plays any role. */
export async function ownCases({ page }: { readonly page: PageArgument }, context: AdminContext) {
  const slice = sliceOf(page);
  const citizen = citizenOf(context);
  const listed = await context.parts.store.casesOf(citizen, slice);
  return pageWithEvents(listed, page, context, (file, events) => ownCase(file, events, citizen, context));
}

function offerState({ state, answerBy }: PolicyOffer, today: string) {
  if (state === 'CONFIRMED' || state === 'DECLINED') return state;
  return state === 'NOTIFIED' && answerBy !== null && answerBy >= today ? 'OFFERED' : 'LAPSED';
}

/** An offer as its citizen sees it; offers that nobody was told of are not shown. */
function ownOffer(offer: PolicyOffer, { parts, today }: AdminContext) {
  const { number, matter, client, answerBy } = offer;
  const names = namesOf(parts);
  const state = offerState(offer, today);
  return {
    id: number,
    matter,
    matterZh: names.matter(matter).zh,
    matterEn: names.matter(matter).en,
    client,
    clientNameZh: names.client(client).zh,
    clientNameEn: names.client(client).en,
    state,
    answerBy,
    caseNumber: state === 'CONFIRMED' ? number : null,
  };
}

/** `mine.offers`. */
export async function ownOffers(context: AdminContext) {
  const offers = await context.parts.store.policies.offersTo(citizenOf(context));
  return offers.map((offer) => ownOffer(offer, context));
}

function askingOf(context: AdminContext) {
  const { requestId, today } = context;
  const change: AdminContext['change'] = (work) => context.change(work);
  return { requestId, nextId: () => context.nextId(), today, change };
}

async function answerOffer({ id, confirm }: { readonly id: string; readonly confirm: boolean }, context: AdminContext) {
  const citizen = citizenOf(context);
  const { citizens, store } = context.parts;
  await citizens.answerOffer(askingOf(context), { number: id, citizen, confirm });
  return ownOffer(known(await store.policies.find(id, { subject: citizen }), 'offer', 'id'), context);
}

/** A case of the citizen's; of another's nothing shows, not even that it is there. */
async function ownFile(id: string, citizen: string, { parts }: AdminContext): Promise<CaseFile | null> {
  const slash = id.lastIndexOf('/');
  const file = await parts.store.findCase(id.slice(0, Math.max(slash, 0)), id.slice(slash + 1));
  const own = file?.subjects.some((subject) => subject.kind === 'CITIZEN' && subject.id === citizen) === true;
  return own ? file : null;
}

interface RateArguments {
  readonly id: string;
  readonly level: number;
  readonly comment?: string | null;
}

async function rateCase({ id, level, comment = null }: RateArguments, context: AdminContext) {
  const citizen = citizenOf(context);
  const rated = RATING_LEVELS[RATING_LEVELS.length - level];
  if (rated === undefined) throw new MianzhengError('BAD_USER_INPUT', 'takes 1 to 5', { field: 'level' });
  const file = known(await ownFile(id, citizen, context), 'case', 'id');
  const { citizens, store } = context.parts;
  await citizens.rateCase(askingOf(context), file, rated, comment);
  const events = await store.cases.events(file);
  return ownCase(file, async () => events, citizen, context);
}

/** Theme `citizen-services.graphql`. `mine.cases` and `mine.offers` are told beside the rest of `mine`. */
export const citizenServices: Theme = {
  file: 'citizen-services.graphql',
  query: {},
  mutation: { answerOffer, rateCase },
};
