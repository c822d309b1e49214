/**
 * The control plane (管理面). A request's whole life:
 *
 *   identify → read → may they (by role) → execute → record → respond
 *
 * Every request, answered, refused or failed, has its entry in the record, with each change's state before and after;
 * nothing leaves before the entry is durable. Changes whose request died before that are recorded later, by whoever
 * finds them.
 */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import {
  execute,
  type FieldNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { NewEntry } from '../audit/entries.js';
import { DOCUMENT_LIMITS } from '../authorize/document-size.js';
import { openDocuments, type PreparedDocument, resolveOperation } from '../authorize/documents.js';
import { coerceVariables } from '../authorize/variables.js';
import { todayIn } from '../domain/calendar.js';
import { repeat } from '../domain/repeating.js';
import { type ErrorCode, MianzhengError } from '../errors.js';
import { type Call, type GraphqlRequest, negotiate, readGraphqlRequest } from '../http/graphql-request.js';
import type { Reply } from '../pipeline.js';
import { type Response, type ResponseError, refused } from '../respond/response.js';
import type { ControlChange } from '../store/control-changes.js';
import { type Actor, actorOf } from './actor.js';
import type { AdminContext, ControlParts } from './context.js';
import { ControlDraft } from './control-draft.js';
import { type AdminSchema, buildAdminSchema } from './schema.js';
import { openSessionDesk, type SessionDesk } from './sessions.js';
import { THEMES } from './themes.js';

/** The control plane of a gateway. */
export interface ControlPlane {
  /** Its schema, and who may ask what. */
  readonly schema: AdminSchema;
  readonly sessions: SessionDesk;
  readonly parts: ControlParts;
  /** Answers one call. Never throws. */
  answer(call: Call): Promise<Reply>;
  /**
   * Does what a person asks that is no GraphQL, such as bringing or fetching a file: identified, allowed by the roles of a
   * field, and recorded as a request for it.
   * @param field such as `Mutation.createSeason`; a change must come with the token of its session
   * @returns what the work returns, when its entry is durable
   * @throws MianzhengError, recorded too
   */
  act<T>(call: Call, field: string, work: (context: AdminContext) => Promise<T>): Promise<T>;
  /** Records changes whose request ended without an entry. */
  settle(): Promise<void>;
  /** Settles once more and stops. */
  close(): Promise<void>;
}

/** How often changes without an entry are looked for, ms. */
const SETTLE_MS = 5000;
/** Changes taken up at once. */
const AT_ONCE = 100;

/** A document of the console may ask for several lists at once. */
const LIMITS = { ...DOCUMENT_LIMITS, maxFields: 2000, cacheSize: 500 };

/** What may be asked by a session without the CSRF token, by GET: it is how a page gets the token. */
const WITHOUT_CSRF: ReadonlySet<string> = new Set(['Query.me']);

/** Opens the control plane. @throws AdminSchemaFaults */
export function openControlPlane(parts: ControlParts): ControlPlane {
  const schema = buildAdminSchema(THEMES);
  const { log, now, store } = parts;
  const sessions = openSessionDesk(store.sessions, parts.settings, now);
  const documents = openDocuments(schema.schema, LIMITS);
  const allowedTo = (actor: Actor): string[] =>
    [...schema.allowed]
      .flatMap(([field, roles]) => ([...actor.roles].some((role) => roles.has(role)) ? [field] : []))
      .sort();

  async function settle(): Promise<void> {
    const claimed = await store.changes.claim(now(), AT_ONCE);
    const byRequest = grouped(claimed);
    for (const changes of byRequest.values()) {
      const { chain, seq } = await parts.record.append(entryOfLate(changes));
      await store.changes.recorded(
        changes.map(({ id }) => id),
        `${chain}/${seq}`,
      );
    }
  }
  const settling = repeat(settle, SETTLE_MS, (err) => log.error({ err }, 'changes are not recorded yet'));

  async function identify(call: Call): Promise<Actor> {
    const authorization = call.header('authorization');
    if (authorization === undefined) {
      const actor = await sessions.find(call.header('cookie'));
      if (actor !== null) return actor;
    }
    const caller = await parts.verifier.verify(authorization, call);
    if (caller.kind !== 'PERSON') {
      throw new MianzhengError('UNAUTHENTICATED', 'this plane takes the tokens of people, not of applications');
    }
    return actorOf(caller, { by: 'TOKEN', until: caller.expiresAt, csrf: null });
  }

  /** @throws MianzhengError FORBIDDEN where a field is not for the person's roles */
  function contextOf(actor: Actor, fields: readonly string[], draft: ControlDraft): AdminContext {
    const allowed = allowedTo(actor);
    const denied = fields.find((field) => !allowed.includes(field));
    if (denied !== undefined) {
      throw new MianzhengError('FORBIDDEN', `${denied} is not for the roles of this person`, { field: denied });
    }
    return {
      parts,
      actor,
      allowed,
      requestId: draft.requestId,
      nextId: () => draft.nextId(),
      now: draft.arrived,
      today: todayIn(parts.utcOffsetMinutes, draft.arrived),
      async change(work) {
        const { requestId, arrived: at } = draft;
        const author = { requestId, actor: actor.name, roles: actor.givenRoles, at };
        const { result, changes } = await store.changes.run(author, work);
        draft.changed(changes);
        return result;
      },
      concern: (kind, id) => draft.concern(kind, id),
      note: (action, subject, detail) => draft.noted({ action, subject, before: null, after: detail }),
    };
  }

  async function run(call: Call, draft: ControlDraft): Promise<Response> {
    const actor = await identify(call);
    draft.actor = actor;
    const request = readGraphqlRequest(call);
    const { document, operation, fields } = read(request, documents.prepare(textOf(request)), schema.schema);
    draft.operation = operation.operation === 'mutation' ? 'mutation' : 'query';
    draft.fields = fields;
    if (call.method === 'GET' && draft.operation === 'mutation') {
      throw new MianzhengError('METHOD_NOT_ALLOWED', 'changes are asked for by POST', { field: 'method' });
    }
    requireCsrf(actor, call, fields);
    const context = contextOf(actor, fields, draft);
    coerceVariables(schema.schema, operation, request.variables);
    const result = await execute({
      schema: schema.schema,
      document: document.ast,
      operationName: operation.name?.value ?? null,
      variableValues: request.variables,
      contextValue: context,
    });
    const errors = (result.errors ?? []).map((error) => errorOf(error, draft, parts.log));
    const code = (errors[0]?.extensions.code as ErrorCode | undefined) ?? null;
    const failed = errors.some(({ extensions }) => extensions.code === 'INTERNAL' || extensions.code === 'OVERLOADED');
    return {
      outcome: code === null ? 'ANSWERED' : failed ? 'FAILED' : 'REFUSED',
      code,
      status: 200,
      retryAfter: null,
      body: {
        data: result.data ?? null,
        ...(errors.length > 0 ? { errors } : {}),
        extensions: { mianzheng: { requestId: draft.requestId } },
      },
    };
  }

  /** Does what a request asks and records it. Never throws. @returns what to answer, and why it is refused; null: it is not */
  async function recorded(
    call: Pick<Call, 'remote' | 'header'>,
    draft: ControlDraft,
    legacy: boolean,
    work: () => Promise<Response>,
  ): Promise<{ readonly response: Response; readonly refusal: MianzhengError | null }> {
    let response: Response;
    let refusal: MianzhengError | null = null;
    let noted = true;
    try {
      response = await work();
    } catch (error) {
      if (!(error instanceof MianzhengError) || error.status >= 500)
        log.error({ err: error, requestId: draft.requestId }, 'request of the control plane failed');
      const { remote } = call;
      const client = draft.actor === null ? null : `person ${draft.actor.name}`;
      const counted = parts.admission.refused({ error, client, remote, forwarded: call.header('x-forwarded-for') });
      noted = counted.recorded;
      response = refused(counted.error, draft.requestId, legacy);
      refusal = counted.error instanceof MianzhengError ? counted.error : failed();
    }
    try {
      if (noted) {
        const { chain, seq } = await parts.record.append(draft.entry(response));
        const position = `${chain}/${seq}`;
        response.body.extensions.mianzheng.record = position;
        // Where this fails the changes are recorded once more, later.
        await store.changes.recorded(draft.changeIds, position);
      } else {
        parts.metrics.unrecorded(response.code ?? '');
      }
    } catch (error) {
      log.error({ err: error, requestId: draft.requestId }, 'record not durable, answer withheld');
      const why =
        'the record could not be made durable, so nothing is answered; what was to change may have been changed';
      refusal = new MianzhengError('EVIDENCE_UNAVAILABLE', why);
      response = refused(refusal, draft.requestId, legacy);
    }
    return { response, refusal };
  }

  async function act<T>(call: Call, field: string, work: (context: AdminContext) => Promise<T>): Promise<T> {
    const draft = new ControlDraft(randomUUID(), now(), parts.pseudonym);
    let done: { readonly result: T } | null = null;
    const { refusal } = await recorded(call, draft, false, async () => {
      const actor = await identify(call);
      draft.actor = actor;
      draft.operation = field.startsWith('Mutation.') ? 'mutation' : 'query';
      draft.fields = [field];
      if (draft.operation === 'mutation') requireCsrf(actor, call, draft.fields);
      done = { result: await work(contextOf(actor, draft.fields, draft)) };
      const extensions = { mianzheng: { requestId: draft.requestId } };
      return { outcome: 'ANSWERED', code: null, status: 200, retryAfter: null, body: { data: null, extensions } };
    });
    if (refusal !== null || done === null) throw refusal ?? failed();
    return (done as { readonly result: T }).result;
  }

  async function answer(call: Call): Promise<Reply> {
    const draft = new ControlDraft(randomUUID(), now(), parts.pseudonym);
    const media = negotiate(call.header('accept'));
    const legacy = media?.named === true && media.type === 'application/json';
    const work = (): Promise<Response> => {
      if (media === null)
        throw new MianzhengError('NOT_ACCEPTABLE', 'no media type of ours is accepted', { field: 'Accept' });
      return run(call, draft);
    };
    const { response } = await recorded(call, draft, legacy, work);
    return {
      status: response.status,
      mediaType: `${media?.type ?? 'application/json'}; charset=utf-8`,
      body: JSON.stringify(response.body),
      retryAfter: response.retryAfter,
    };
  }

  return {
    schema,
    sessions,
    parts,
    answer,
    act,
    settle: () => settling.now(),
    async close() {
      await settling.now().catch((err: unknown) => log.error({ err }, 'changes are not recorded yet'));
      await settling.stop();
    },
  };
}

const failed = (): MianzhengError => new MianzhengError('INTERNAL', 'the gateway failed');

function grouped(changes: readonly ControlChange[]): Map<string, ControlChange[]> {
  const groups = new Map<string, ControlChange[]>();
  for (const change of changes) {
    const group = groups.get(change.requestId);
    if (group) group.push(change);
    else groups.set(change.requestId, [change]);
  }
  return groups;
}

/** The entry of changes that were made by a request which could not record them. */
function entryOfLate(changes: readonly ControlChange[]): NewEntry {
  const [first] = changes;
  return {
    kind: 'control',
    time: new Date(first?.at ?? 0).toISOString(),
    requestId: first?.requestId ?? '',
    actor: first?.actor ?? null,
    roles: first?.roles ?? [],
    by: null,
    operation: 'mutation',
    fields: [],
    subjects: [],
    changes,
    outcome: 'FAILED',
    code: 'EVIDENCE_UNAVAILABLE',
    status: 503,
  };
}

function textOf({ query }: GraphqlRequest): string {
  if (query === null) throw new MianzhengError('BAD_REQUEST', 'send the document itself', { field: 'documentId' });
  return query;
}

/** The operation and the fields of Query or Mutation that it asks for, however they are spread. */
function read({ operationName }: GraphqlRequest, document: PreparedDocument, schema: GraphQLSchema) {
  const operation: OperationDefinitionNode = resolveOperation(schema, document, operationName);
  const root = operation.operation === 'mutation' ? 'Mutation' : 'Query';
  const names = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) note(node);
      else if (node.kind === Kind.INLINE_FRAGMENT) collect(node.selectionSet);
      else {
        const fragment = document.fragments.get(node.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  };
  // The schema itself is no secret of anybody who may sign in.
  const note = ({ name }: FieldNode): void => {
    if (!name.value.startsWith('__')) names.add(`${root}.${name.value}`);
  };
  collect(operation.selectionSet);
  return { document, operation, fields: [...names].sort() };
}

/** A browser adds the cookie to whatever any page sends; only a page of this gateway knows the token. */
function requireCsrf(actor: Actor, call: Call, fields: readonly string[]): void {
  if (actor.csrf === null) return;
  if (call.method === 'GET' && fields.every((field) => WITHOUT_CSRF.has(field))) return;
  const given = Buffer.from(call.header('mianzheng-csrf') ?? '');
  const due = Buffer.from(actor.csrf);
  if (given.length === due.length && timingSafeEqual(given, due)) return;
  const why = 'a session of the console must send its token with every request';
  throw new MianzhengError('CSRF_TOKEN_REQUIRED', why, { field: 'Mianzheng-Csrf' });
}

/** An error of execution as it may be shown. What is none of ours says nothing of itself. */
function errorOf(error: GraphQLError, draft: ControlDraft, log: ControlParts['log']): ResponseError {
  const path = error.path === undefined ? {} : { path: error.path };
  const known = error.originalError;
  if (known instanceof MianzhengError && known.status < 500) {
    const { code, message, detail } = known;
    return { message, ...path, extensions: { code, ...(detail.field === undefined ? {} : { field: detail.field }) } };
  }
  log.error({ err: known ?? error, requestId: draft.requestId }, 'field of the control plane failed');
  if (known instanceof MianzhengError) return { message: known.message, ...path, extensions: { code: known.code } };
  return { message: 'the gateway failed', ...path, extensions: { code: 'INTERNAL' } };
}
