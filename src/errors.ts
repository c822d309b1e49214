/**
 * Every way Mianzheng refuses or fails, as one closed list of codes with their HTTP status
 * (docs/errors.md). Messages name the offending field and never carry a token, a whole
 * identifier or a disclosed value.
 */

/** The closed list: code → HTTP status when it refuses a whole request. */
export const ERROR_STATUS = {
  /** The body is not JSON, or not the JSON of a GraphQL request. */
  BAD_REQUEST: 400,
  /** The document does not parse. */
  GRAPHQL_PARSE_FAILED: 400,
  /** The document does not fit the schema. */
  GRAPHQL_VALIDATION_FAILED: 400,
  /** The named operation is not in the document, or none is named where there are several. */
  OPERATION_UNRESOLVED: 400,
  /** A variable or argument does not fit its type or bound. */
  BAD_USER_INPUT: 400,
  /** An identifier is malformed or its check character does not match. */
  BAD_IDENTIFIER: 400,
  /** The document is deeper, wider or longer than the gateway accepts. */
  QUERY_TOO_COMPLEX: 400,
  /** Non-public data was asked for without the Mianzheng-Matter or Mianzheng-Case header. */
  PURPOSE_REQUIRED: 400,
  /** The Mianzheng-Matter header names no matter the gateway knows. */
  MATTER_UNKNOWN: 400,
  /** No valid access token. */
  UNAUTHENTICATED: 401,
  /** The person's role, or department, does not allow this in the control plane. */
  FORBIDDEN: 403,
  /** The request comes from a console session but lacks its token in the Mianzheng-Csrf header. */
  CSRF_TOKEN_REQUIRED: 403,
  /** The case is not registered by this application for this matter. */
  CASE_UNKNOWN: 403,
  /** A case with this number is registered with other content. */
  CASE_CONFLICT: 409,
  /** In the control plane: the thing is not in a state that allows this, or another has changed it meanwhile. */
  STATE_CONFLICT: 409,
  /** The case is in a state that does not allow this; the message names the state. */
  CASE_STATE: 409,
  /** A field, or under Mianzheng-Strict the request, is beyond the grants. */
  WITHHELD: 403,
  /** The subject is neither in the case nor related to it as the grant demands. */
  SUBJECT_OUTSIDE_CASE: 403,
  /** The application is on hold (挂起) after an alarm, until a person releases it. */
  CLIENT_HELD: 403,
  /** The document is not among those registered for the application. */
  DOCUMENT_NOT_TRUSTED: 403,
  /** No such path; in the control plane also: no such thing that the person may see. */
  NOT_FOUND: 404,
  /** The path does not take this method. */
  METHOD_NOT_ALLOWED: 405,
  /** The client accepts none of the media types the gateway writes. */
  NOT_ACCEPTABLE: 406,
  /** The body is larger than the limit. */
  BODY_TOO_LARGE: 413,
  /** The body's media type is not application/json. */
  UNSUPPORTED_MEDIA_TYPE: 415,
  /** The application asks more often, or for more, than its rate allows. */
  RATE_LIMITED: 429,
  /** The application has asked about as many people as its budget allows for this case or this hour, or a grant for this day. */
  SUBJECT_BUDGET_EXCEEDED: 429,
  /** As many different values were tried as claims about this person as are allowed; a person decides. */
  CLAIM_ATTEMPTS_EXCEEDED: 429,
  /** The client left before its answer; nobody sees this code but the record. */
  CLIENT_GONE: 499,
  /** A department did not answer; the fact is unknown, not absent. */
  SOURCE_DOWN: 503,
  /** The record could not be made durable, so nothing is disclosed. */
  EVIDENCE_UNAVAILABLE: 503,
  /** The gateway, its control store, or the issuer whose keys it needs, cannot serve now. */
  OVERLOADED: 503,
  /** A fault of the gateway; the message says nothing more, the log does. */
  INTERNAL: 500,
} as const;

/** A code of the closed list. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** A refusal or failure that a caller may see. `message` is safe to show. */
export class MianzhengError extends Error {
  override readonly name = 'MianzhengError';

  /**
   * @param code one of the closed list
   * @param message safe to show: no token, whole identifier or disclosed value
   * @param detail `field`: the argument, variable, header or path at fault; `retryAfter`: seconds
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail: { readonly field?: string; readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
  }

  /** HTTP status when this refuses a whole request. */
  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** What went wrong at a department. */
export type SourceFault =
  /** No answer in time. */
  | 'TIMEOUT'
  /** No connection, or it broke. */
  | 'UNREACHABLE'
  /** The department or our own bulkhead refused for load, or the breaker is open. */
  | 'OVERLOADED'
  /** It answered something that is not what was asked for. */
  | 'GARBLED'
  /** One key has more rows than the contract's bound. */
  | 'TOO_MANY_ROWS'
  /** Another city's gateway withholds it: its departments have not granted it to this city. */
  | 'REFUSED';

/** A department could not answer. Every connector raises this and nothing else. */
export class SourceError extends Error {
  override readonly name = 'SourceError';

  /**
   * @param department the department, as in the schema's enum
   * @param fault what went wrong
   * @param options `cause`: the driver's error, for the log only; `retryAfter`: seconds, where known
   */
  constructor(
    readonly department: string,
    readonly fault: SourceFault,
    readonly options: { readonly cause?: unknown; readonly retryAfter?: number } = {},
  ) {
    super(`${department}: ${fault}`, options.cause === undefined ? undefined : { cause: options.cause });
  }
}
