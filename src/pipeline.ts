/**
 * The whole life of a request:
 *
 *   authenticate → admit → authorize (plan) → execute → record → respond
 *
 * Every request, answered, refused or failed, goes through *record*; only when the record is
 * durable does anything leave. If it cannot be made durable the caller gets EVIDENCE_UNAVAILABLE
 * and no data. Only floods, of requests that do not say who asks or are beyond a rate, are counted
 * instead of recorded one by one: nothing is ever disclosed to those.
 */
import { randomUUID } from 'node:crypto';
import { executeSync, type GraphQLSchema } from 'graphql';
import type { Authorized } from './authorize/authorizer.js';
import type { AccessPlan } from './authorize/plan.js';
import { todayIn } from './domain/calendar.js';
import type { Wait } from './domain/wait.js';
import { MianzhengError } from './errors.js';
import { type Execution, execute } from './execute/executor.js';
import type { Gateway } from './gateway.js';
import {
  acceptsEventStream,
  type Call,
  type GraphqlRequest,
  negotiate,
  readGraphqlRequest,
} from './http/graphql-request.js';
import type { Matter } from './matters/index.js';
import { admitLookups } from './operations/admit-subjects.js';
import { subjectsOf } from './operations/case-subjects.js';
import { refuseGone } from './operations/client-gone.js';
import { gatewayOperation } from './operations/gateway-operations.js';
import { named } from './operations/operation-context.js';
import { CASE_NUMBER } from './operations/register-case.js';
import { RecordDraft } from './record-draft.js';
import { answered, opened, type Response, refused } from './respond/response.js';
import type { CaseFile, Client } from './store/control-store.js';
import { openSubscription, refuseHeld, registeredClient } from './subscription.js';
import type { OpenedStream } from './subscriptions/feed.js';
import { COMPLETE, EVENT_STREAM, nextEvent } from './subscriptions/frames.js';

/** What leaves the gateway. */
export interface Reply {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string;
  /** Seconds after which to try again, where that helps. */
  readonly retryAfter: number | null;
  /** What follows instead of the body, of a subscription. */
  readonly stream?: OpenedStream;
}

/** Who asks. */
interface Identified {
  readonly client: Client;
  /** ms since the epoch. */
  readonly tokenExpiresAt: number;
}

/** The purpose a request states: its matter and the case behind it. */
interface Purpose {
  readonly matter: Matter | null;
  readonly caseNumber: string | null;
  readonly strict: boolean;
}

/** One request on its way. */
interface Journey {
  readonly gateway: Gateway;
  readonly call: Call;
  readonly draft: RecordDraft;
  /** `YYYY-MM-DD` where the gateway stands. */
  readonly today: string;
  /** How long the answer is of use. */
  readonly wait: Wait;
}

/** Answers one call. Never throws. */
export async function answer(gateway: Gateway, call: Call): Promise<Reply> {
  const arrived = gateway.now();
  const media = negotiate(call.header('accept'));
  const today = todayIn(gateway.utcOffsetMinutes, arrived);
  const draft = new RecordDraft(randomUUID(), arrived, gateway.pseudonym, today);
  const journey: Journey = { gateway, call, draft, today, wait: gateway.wait(call.gone) };
  // A client that takes nothing but a stream is told in one what is wrong with its document.
  const legacy = media === null || (media.named && media.type === 'application/json');

  let response: Response;
  let recorded = true;
  let stream: OpenedStream | null = null;
  try {
    if (media === null && !acceptsEventStream(call)) throw notAcceptable('no media type of ours is accepted');
    const identified = await authenticate(journey);
    const { client } = identified;
    gateway.admission.request(client.id);
    const request = readGraphqlRequest(call);
    const purpose = readPurpose(journey);
    const authorized = authorize(journey, client, request, purpose);
    refuseGone(journey.wait);
    const file = await findCase(journey, client, purpose, authorized.plan);
    gateway.admission.spend(client.id, authorized.plan.cost(authorized.variables));
    if (authorized.plan.operation === 'subscription') {
      stream = await subscribe(journey, identified, request, purpose, authorized);
      refuseGone(journey.wait);
      response = opened(draft.requestId);
    } else {
      if (media === null) throw notAcceptable('a query or mutation is answered as JSON');
      const execution = await run(journey, client, purpose, authorized, file);
      refuseGone(journey.wait);
      if (purpose.strict) refuseWithheld(authorized.plan, execution);
      response = answered(authorized.plan, execution, draft.requestId, purpose.matter?.code ?? null);
    }
  } catch (error) {
    stream?.left();
    stream = null;
    // What the caller did wrong stands in the record; what we or ours did, in the log too.
    if (!(error instanceof MianzhengError) || error.status >= 500)
      gateway.log.error({ err: error, requestId: draft.requestId }, 'request failed');
    const { remote } = call;
    const failed = gateway.admission.refused({
      error,
      client: draft.client,
      remote,
      forwarded: call.header('x-forwarded-for'),
    });
    recorded = failed.recorded;
    response = refused(failed.error, draft.requestId, legacy);
  }

  try {
    if (recorded) {
      const position = await gateway.record.append(draft.entry(response));
      response.body.extensions.mianzheng.record = `${position.chain}/${position.seq}`;
      if (response.outcome === 'ANSWERED') draft.durable(position);
    } else {
      gateway.metrics.unrecorded(response.code ?? '');
    }
  } catch (error) {
    gateway.log.error({ err: error, requestId: draft.requestId }, 'record not durable, answer withheld');
    const why = new MianzhengError(
      'EVIDENCE_UNAVAILABLE',
      'the record could not be made durable, so nothing is disclosed',
    );
    response = refused(why, draft.requestId, legacy);
    stream?.left();
    stream = null;
  }
  gateway.metrics.request(response.outcome, response.code ?? 'OK', (gateway.now() - arrived) / 1000);
  const body = JSON.stringify(response.body);
  const { status, retryAfter } = response;
  if (stream !== null) return { status, mediaType: EVENT_STREAM, body: '', retryAfter, stream };
  if (media === null && status === 200) {
    return { status, mediaType: EVENT_STREAM, body: nextEvent(body) + COMPLETE, retryAfter };
  }
  return { status, mediaType: `${media?.type ?? 'application/json'}; charset=utf-8`, body, retryAfter };
}

function notAcceptable(why: string): MianzhengError {
  return new MianzhengError('NOT_ACCEPTABLE', why, { field: 'Accept' });
}

/** Who is it. The data plane is for applications that this city has registered. */
async function authenticate({ gateway, call, draft }: Journey): Promise<Identified> {
  const caller = await gateway.verifier.verify(call.header('authorization'), call);
  if (caller.kind !== 'CLIENT') {
    throw new MianzhengError('UNAUTHENTICATED', 'this plane takes the tokens of applications, not of people');
  }
  const client = registeredClient(gateway, caller.clientId);
  draft.client = client.id;
  refuseHeld(gateway, client);
  return { client, tokenExpiresAt: caller.expiresAt };
}

const OPERATOR = /^[\w.@-]{1,64}$/;

/** For which matter, in which case, by whom at the application. */
function readPurpose({ gateway, call, draft }: Journey): Purpose {
  const operator = call.header('mianzheng-operator');
  if (operator !== undefined && !OPERATOR.test(operator)) {
    throw new MianzhengError('BAD_REQUEST', 'takes 1 to 64 letters, digits or . _ @ -', {
      field: 'Mianzheng-Operator',
    });
  }
  draft.operator = operator ?? null;
  const code = call.header('mianzheng-matter');
  const matter = code === undefined ? null : (gateway.matters.get(code) ?? null);
  if (code !== undefined && matter === null) {
    throw new MianzhengError('MATTER_UNKNOWN', 'the gateway knows no such matter', { field: 'Mianzheng-Matter' });
  }
  draft.matter = matter?.code ?? null;
  const caseNumber = call.header('mianzheng-case') ?? null;
  if (caseNumber !== null && !CASE_NUMBER.test(caseNumber)) {
    throw new MianzhengError('BAD_REQUEST', 'takes 1 to 64 letters, digits, hyphens or dots', {
      field: 'Mianzheng-Case',
    });
  }
  draft.caseNumber = caseNumber;
  const strict = call.header('mianzheng-strict') ?? 'false';
  if (strict !== 'true' && strict !== 'false') {
    throw new MianzhengError('BAD_REQUEST', 'takes true or false', { field: 'Mianzheng-Strict' });
  }
  return { matter, caseNumber, strict: strict === 'true' };
}

/** May they, which fields, which rows. */
function authorize(journey: Journey, client: Client, request: GraphqlRequest, purpose: Purpose): Authorized {
  const { gateway, call, draft, today } = journey;
  const rights = gateway.policy.rights(client.id, purpose.matter?.code ?? null, today);
  draft.policyVersion = gateway.policy.version;
  const { operationName, variables } = request;
  const query = gateway.admission.document(client.id, request);
  const introspects = gateway.admission.introspects(client.id);
  const authorized = gateway.authorizer.authorize(query, operationName, variables, rights, 'DISCLOSE', introspects);
  const { plan } = authorized;
  draft.planned(plan);
  if (plan.asksMatter && purpose.matter === null) {
    throw new MianzhengError('PURPOSE_REQUIRED', 'name the matter this is for', { field: 'Mianzheng-Matter' });
  }
  if (plan.asksCase && purpose.caseNumber === null) {
    throw new MianzhengError('PURPOSE_REQUIRED', 'name the case this is for', { field: 'Mianzheng-Case' });
  }
  if (call.method === 'GET' && (plan.asksMatter || plan.operation === 'mutation')) {
    throw new MianzhengError('METHOD_NOT_ALLOWED', 'personal data and changes are asked for by POST', {
      field: 'method',
    });
  }
  if (purpose.strict) refuseWithheld(plan, null);
  return authorized;
}

/** `Mianzheng-Strict: true`: all or nothing. */
function refuseWithheld(plan: AccessPlan, execution: Execution | null): void {
  const atRunTime = execution?.outcomes.find((outcome) => outcome.outcome === 'WITHHELD');
  const coordinate = plan.withheld[0] ?? atRunTime?.coordinate;
  if (coordinate !== undefined) {
    throw new MianzhengError('WITHHELD', `${coordinate} is beyond the grants`, { field: coordinate });
  }
}

/** The case behind the request, where what is granted needs one: registered by this application for this matter. */
async function findCase(
  journey: Journey,
  client: Client,
  purpose: Purpose,
  plan: AccessPlan,
): Promise<CaseFile | null> {
  if (!plan.needsCase || purpose.caseNumber === null) return null;
  const file = await journey.gateway.store.findCase(client.id, purpose.caseNumber);
  if (file === null || file.matter !== purpose.matter?.code) {
    const why = 'this application has registered no such case for this matter';
    throw new MianzhengError('CASE_UNKNOWN', why, { field: 'Mianzheng-Case' });
  }
  journey.draft.nameCase(file.number);
  return file;
}

/** Opens the stream of a subscription; nothing is told before its opening is in the record. */
function subscribe(
  { gateway, call, draft }: Journey,
  { client, tokenExpiresAt }: Identified,
  { operationName, variables }: GraphqlRequest,
  { matter, caseNumber }: Purpose,
  authorized: Authorized,
): Promise<OpenedStream> {
  if (!acceptsEventStream(call)) throw notAcceptable(`a subscription is answered as ${EVENT_STREAM}`);
  return openSubscription({
    gateway,
    client: client.id,
    tokenExpiresAt,
    authorized,
    operationName,
    variables,
    matter: named(matter),
    caseNumber,
    lastEventId: call.header('last-event-id'),
    draft,
  });
}

/** What was fetched. */
async function run(
  journey: Journey,
  client: Client,
  purpose: Purpose,
  authorized: Authorized,
  file: CaseFile | null,
): Promise<Execution> {
  const { gateway, draft, today, wait } = journey;
  const { plan, variables, quotas } = authorized;
  const asked = admitLookups({ gateway, client, draft, file, traffic: 'ORDINARY' }, authorized);
  const execution = await execute({
    plan,
    variables,
    caseSubjects: subjectsOf(file),
    today: file?.filedOn ?? today,
    sources: gateway.sources,
    matter: purpose.matter?.code ?? null,
    operation: (coordinate) =>
      gatewayOperation({ gateway, client, matter: purpose.matter, file, draft, today, wait, quotas }, coordinate),
    masks: gateway.masks,
    disputed: gateway.disputes.facts,
    introspect: () => introspect(gateway.schema, plan.introspection, variables),
    now: gateway.now,
    wait,
  });
  draft.executed(plan, execution);
  asked.settle(execution);
  for (const { department, state } of execution.sources) gateway.metrics.fetch(department, state);
  return execution;
}

/** Introspection reads the schema only. */
function introspect(
  schema: GraphQLSchema,
  document: AccessPlan['introspection'],
  variableValues: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (document === null) return {};
  return executeSync({ schema, document, variableValues, rootValue: {} }).data ?? {};
}
