/**
 * The life of a subscription, after its request went the way of every other (`pipeline.ts`):
 *
 *   opening recorded → for each event: may it still → execute the plan on it → record → send
 *
 * What it may is looked at again whenever the policy or the day is another. An event is durable in the record before it
 * leaves, with an entry of its own. No event reaches a department: what is told is what stands in the case's journal.
 */
import type { NewEntry } from './audit/entries.js';
import type { Authorized } from './authorize/authorizer.js';
import type { AccessPlan, FieldPlan, FieldSite } from './authorize/plan.js';
import { type Rights, regionsCover, rightsIn } from './authorize/rights.js';
import { todayIn } from './domain/calendar.js';
import { PATIENT } from './domain/wait.js';
import { MianzhengError } from './errors.js';
import { execute } from './execute/executor.js';
import type { Gateway } from './gateway.js';
import type { Matter } from './matters/index.js';
import { subjectsOf } from './operations/case-subjects.js';
import { RecordDraft } from './record-draft.js';
import { answered, refused } from './respond/response.js';
import type { CaseEvent, CaseEventKind } from './store/case-events.js';
import type { CaseFile } from './store/control-store.js';
import type { StoredClient } from './store/policy.js';
import type { ToldEvent } from './store/told-events.js';
import type { OpenedStream } from './subscriptions/feed.js';
import { messageOf } from './subscriptions/message.js';
import type { Message, Subscription } from './subscriptions/stream.js';

/** An application that may ask. @throws MianzhengError UNAUTHENTICATED where it is not registered or not active */
export function registeredClient({ policy }: Pick<Gateway, 'policy'>, id: string): StoredClient {
  const client = policy.client(id);
  if (client === null) throw new MianzhengError('UNAUTHENTICATED', 'the application is not registered or not active');
  return client;
}

/** @throws MianzhengError CLIENT_HELD */
export function refuseHeld({ alarms }: Pick<Gateway, 'alarms'>, { id, held }: StoredClient): void {
  if (!held && !alarms.holds(id)) return;
  throw new MianzhengError('CLIENT_HELD', 'the application is on hold after an alarm, until a person releases it');
}

/** An authorized request for a subscription. */
export interface SubscriptionRequest {
  readonly gateway: Gateway;
  readonly client: string;
  /** When its token expires, ms since the epoch. */
  readonly tokenExpiresAt: number;
  readonly authorized: Authorized;
  /** As the request gave them. */
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The matter it names. */
  readonly matter: Matter;
  /** The case it names; null: all of the matter. */
  readonly caseNumber: string | null;
  /** Value of `Last-Event-ID`. */
  readonly lastEventId: string | undefined;
  /** The record of its opening. */
  readonly draft: RecordDraft;
}

type Root = Extract<FieldPlan, { readonly kind: 'OPERATION' }>;

/** The one field that a subscription asks for. @throws MianzhengError WITHHELD, GRAPHQL_VALIDATION_FAILED */
function rootOf({ fields }: AccessPlan): Root {
  const [root] = fields;
  if (root?.kind === 'DENIED') {
    const { coordinate } = root.at;
    throw new MianzhengError('WITHHELD', `${coordinate} is beyond the grants`, { field: coordinate });
  }
  if (root?.kind !== 'OPERATION') {
    throw new MianzhengError('GRAPHQL_VALIDATION_FAILED', 'a subscription asks for one field, always');
  }
  return root;
}

const EVENT_ID = /^[\w-]{1,36}$/;

/**
 * Opens the stream of a request. It begins when the caller says so, after its opening is in the record.
 * @throws MianzhengError WITHHELD, BAD_USER_INPUT, RATE_LIMITED, OVERLOADED
 */
export async function openSubscription(request: SubscriptionRequest): Promise<OpenedStream> {
  const { gateway, client, authorized, lastEventId } = request;
  const { plan, variables } = authorized;
  const root = rootOf(plan);
  const args = plan.argumentReaders[root.arguments]?.(variables) ?? {};
  const after = lastEventId ?? (args.after as string | undefined) ?? null;
  const field = lastEventId === undefined ? 'after' : 'Last-Event-ID';
  const unknown = () => new MianzhengError('BAD_USER_INPUT', `${field}: no event of this application`, { field });
  if (after !== null && !EVENT_ID.test(after)) throw unknown();
  const place = gateway.subscriptions.admit(client);
  try {
    const position = await place.position(after);
    if (position === null) throw unknown();
    const kinds = args.kinds === undefined ? null : new Set(args.kinds as readonly CaseEventKind[]);
    return place.open(new OpenSubscription(request, root, kinds), position);
  } catch (error) {
    place.leave();
    throw error;
  }
}

/** What the rights give of events at one version of the policy and on one day. */
interface Terms {
  readonly version: number;
  readonly today: string;
  readonly plan: AccessPlan;
  readonly rights: Rights;
}

class OpenSubscription implements Subscription {
  readonly client: string;
  readonly #request: SubscriptionRequest;
  readonly #root: Root;
  readonly #kinds: ReadonlySet<CaseEventKind> | null;
  #terms: Terms;

  constructor(request: SubscriptionRequest, root: Root, kinds: ReadonlySet<CaseEventKind> | null) {
    this.client = request.client;
    this.#request = request;
    this.#root = root;
    this.#kinds = kinds;
    this.#terms = this.#termsNow();
  }

  ended(): MianzhengError | null {
    const { gateway, client, matter, tokenExpiresAt } = this.#request;
    try {
      if (gateway.now() >= tokenExpiresAt) throw new MianzhengError('UNAUTHENTICATED', 'the access token has expired');
      refuseHeld(gateway, registeredClient(gateway, client));
      if (!gateway.matters.has(matter.code)) {
        throw new MianzhengError('MATTER_UNKNOWN', 'the gateway knows this matter no more', {
          field: 'Mianzheng-Matter',
        });
      }
      if (gateway.policy.version !== this.#terms.version || this.#today() !== this.#terms.today) {
        const now = this.#termsNow();
        requireHeld(this.#terms, now, this.#root.at);
        this.#terms = now;
      }
      return null;
    } catch (error) {
      if (error instanceof MianzhengError) return error;
      throw error;
    }
  }

  takes(event: CaseEvent): boolean {
    const { client, matter, caseNumber } = this.#request;
    if (event.client !== client || event.matter !== matter.code) return false;
    if (caseNumber !== null && event.number !== caseNumber) return false;
    return this.#kinds?.has(event.kind) ?? true;
  }

  async message({ event }: ToldEvent): Promise<Message | null> {
    const { gateway, client, matter, authorized } = this.#request;
    const { today, version, rights } = this.#terms;
    if (!this.#mayKnowFact(event)) return null;
    const file = await gateway.store.findCase(client, event.number);
    if (file === null) return null;
    // Each field by the grants that reach where the case was filed, not by those that reach others.
    const plan = this.#planUnder(rightsIn(rights, this.#root.at.department, file.division ?? null));
    if (plan.fields[0]?.kind === 'DENIED') return null;
    const draft = this.#draft(event.id, file);
    draft.policyVersion = version;
    draft.planned(plan);
    const execution = await execute({
      plan,
      variables: authorized.variables,
      caseSubjects: subjectsOf(file),
      today,
      sources: gateway.sources,
      matter: null,
      operation: () => async () => messageOf(event),
      masks: gateway.masks,
      disputed: null,
      introspect: () => ({}),
      now: gateway.now,
      wait: PATIENT,
    });
    draft.executed(plan, execution);
    draft.concern(subjectsOf(file));
    const response = answered(plan, execution, draft.requestId, matter.code);
    const { chain, seq } = await this.#append(draft.entry(response));
    response.body.extensions.mianzheng.record = `${chain}/${seq}`;
    return { id: event.id, body: JSON.stringify(response.body) };
  }

  async close(why: MianzhengError): Promise<string> {
    const { gateway } = this.#request;
    const draft = this.#draft('end', null);
    draft.policyVersion = this.#terms.version;
    draft.planned(this.#terms.plan);
    const response = refused(why, draft.requestId, false);
    try {
      await gateway.record.append(draft.entry(response));
    } catch (error) {
      // It discloses nothing; that it must end does not wait for the disk.
      gateway.log.error({ err: error, requestId: draft.requestId }, 'the end of a subscription is not recorded');
    }
    return JSON.stringify(response.body);
  }

  #today(): string {
    const { gateway } = this.#request;
    return todayIn(gateway.utcOffsetMinutes, gateway.now());
  }

  /** Plans anew under the rights there are now. */
  #termsNow(): Terms {
    const { gateway, client, matter } = this.#request;
    const { version } = gateway.policy;
    const today = this.#today();
    const rights = gateway.policy.rights(client, matter.code, today);
    return { version, today, plan: this.#planUnder(rights), rights };
  }

  #planUnder(rights: Rights): AccessPlan {
    const { gateway, client, authorized, operationName, variables } = this.#request;
    const { text } = authorized.document;
    const introspects = gateway.admission.introspects(client);
    return gateway.authorizer.authorize(text, operationName, variables, rights, 'DISCLOSE', introspects).plan;
  }

  /** An event about a fact is for those who are granted the fact, in whatever form. */
  #mayKnowFact(event: CaseEvent): boolean {
    if (!('coordinate' in event)) return true;
    const owner = this.#request.gateway.authorizer.ownerOf(event.coordinate);
    const rights = this.#terms.rights.byCoordinate.get(event.coordinate) ?? [];
    return rights.some(({ department }) => department === owner);
  }

  /** @param part what follows the opening's identifier behind a dot */
  #draft(part: string, file: CaseFile | null): RecordDraft {
    const { gateway, draft: opening } = this.#request;
    const draft = new RecordDraft(`${opening.requestId}.${part}`, gateway.now(), gateway.pseudonym, this.#today());
    draft.client = opening.client;
    draft.operator = opening.operator;
    draft.matter = opening.matter;
    draft.caseNumber = file?.number ?? opening.caseNumber;
    return draft;
  }

  async #append(entry: NewEntry) {
    const { gateway } = this.#request;
    try {
      return await gateway.record.append(entry);
    } catch (cause) {
      gateway.log.error({ err: cause }, 'record not durable, event withheld');
      const why = 'the record could not be made durable, so nothing is disclosed';
      throw new MianzhengError('EVIDENCE_UNAVAILABLE', why, { cause });
    }
  }
}

/** Divisions whose cases the rights on a field reach. */
function regionsOf(rights: Rights, at: FieldSite): readonly string[] | null {
  const own = (rights.byCoordinate.get(at.coordinate) ?? []).filter(
    ({ department, disclosure }) => department === at.department && disclosure === 'FULL',
  );
  return own.some(({ regions }) => regions === null) ? null : own.flatMap(({ regions }) => regions ?? []);
}

/** @throws MianzhengError WITHHELD where what was granted is granted no more: a stream that tells less must not look whole */
function requireHeld(before: Terms, after: Terms, root: FieldSite): void {
  const has = ({ plan }: Terms, coordinate: string, disclosure: string): boolean =>
    plan.coordinates.some((one) => one.coordinate === coordinate && one.disclosure === disclosure);
  const covers = (at: FieldSite): boolean => regionsCover(regionsOf(after.rights, at), regionsOf(before.rights, at));
  const whole = has(after, root.coordinate, 'FULL') && covers(root);
  const lost = before.plan.coordinates.find(
    (at) => !has(after, at.coordinate, at.disclosure) || !(at.unconditional || covers(at)),
  );
  const field = whole ? lost?.coordinate : root.coordinate;
  if (field === undefined) return;
  throw new MianzhengError('WITHHELD', `${field} is no longer within the grants that the stream was opened with`, {
    field,
  });
}
