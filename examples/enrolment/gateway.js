/** The gateway as any application meets it: `POST /graphql` over HTTP with a bearer token. */

/**
 * Why there is no answer.
 * - `UNREACHABLE`: no gateway or no issuer answers.
 * - any other: the gateway's own code of its closed list of errors, such as `CLIENT_HELD`.
 */
export class GatewayRefusal extends Error {
  /**
   * @param {string} code see above
   * @param {string} message for the log: the gateway's words never hold a personal value
   * @param {{ field?: string | undefined, retryAfter?: number | undefined, cause?: unknown }} detail `field`: what is at
   *   fault; `retryAfter`: seconds
   */
  constructor(code, message, { field, retryAfter, cause } = {}) {
    super(message, { cause });
    this.name = 'GatewayRefusal';
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get passes() {
    return PASSING.has(this.code);
  }
}

/** A hold and a used-up budget end too: the one by a person at the platform, the other by the clock. */
const PASSING = new Set([
  'UNREACHABLE',
  'OVERLOADED',
  'SOURCE_DOWN',
  'RATE_LIMITED',
  'SUBJECT_BUDGET_EXCEEDED',
  'CLIENT_HELD',
  'EVIDENCE_UNAVAILABLE',
  'INTERNAL',
]);

/** How long one answer is waited for, ms: longer than a gateway takes whose departments do not answer. */
const TIMEOUT_MS = 20_000;

/** How long before its end a token is renewed, ms. */
const RENEW_MS = 60_000;

/**
 * @typedef {object} Access How the application proves to the gateway who it is.
 * @property {string} tokenUrl token endpoint of the issuer, OAuth 2.0 client credentials
 * @property {string} clientId
 * @property {string} clientSecret
 */

/**
 * @typedef {object} Purpose What a request is for.
 * @property {string} matter code of the matter (事项)
 * @property {string | undefined} [caseNumber] the case (办件编号); only to register one needs none
 * @property {string | undefined} [operator] who asks, where it is a person: 1 to 64 letters, digits or `. _ @ -`
 */

/**
 * @typedef {object} Outcome What the gateway says of a place in its answer.
 * @property {(string | number)[]} path response keys and indices; `*` where it holds for every element
 * @property {'ABSENT' | 'WITHHELD' | 'MASKED' | 'SOURCE_DOWN' | 'DISPUTED'} outcome
 * @property {string} coordinate such as `Resident.name`
 * @property {string} department
 * @property {number | null} [retryAfter] seconds, of SOURCE_DOWN
 */

/**
 * @typedef {object} Source One department during the request.
 * @property {string} department
 * @property {'UP' | 'DOWN'} state
 * @property {string} fetchedAt RFC 3339
 */

/**
 * @typedef {object} Answer
 * @property {Record<string, any>} data
 * @property {{ code: string, path: string, field: string | undefined, retryAfter: number | null }[]} errors of single fields
 * @property {Outcome[]} outcomes
 * @property {Source[]} provenance
 * @property {string | null} record place of the disclosure in the record
 */

/** Asks one gateway as one application. Holds the token, which never leaves this process. */
export class Gateway {
  /** @type {{ token: string, until: number } | null} */
  #token = null;

  /**
   * @param {string} url origin of the gateway, without a slash at its end
   * @param {Access} access
   */
  constructor(url, access) {
    this.url = url;
    this.access = access;
  }

  /**
   * @param {Purpose} purpose
   * @param {string} query
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<Answer>}
   * @throws {GatewayRefusal} where the whole request is refused
   */
  async ask(purpose, query, variables = {}) {
    try {
      return await this.#askOnce(purpose, query, variables);
    } catch (error) {
      // The issuer may have changed its keys since the token was issued.
      if (!(error instanceof GatewayRefusal) || error.code !== 'UNAUTHENTICATED' || this.#token === null) throw error;
      this.#token = null;
      return this.#askOnce(purpose, query, variables);
    }
  }

  /**
   * @param {Purpose} purpose
   * @param {string} query
   * @param {Record<string, unknown>} variables
   * @returns {Promise<Answer>}
   */
  async #askOnce({ matter, caseNumber, operator }, query, variables) {
    const body = /** @type {any} */ (
      await this.#fetch(`${this.url}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await this.#bearer()}`,
          accept: 'application/graphql-response+json',
          'content-type': 'application/json',
          'mianzheng-matter': matter,
          ...(caseNumber === undefined ? {} : { 'mianzheng-case': caseNumber }),
          ...(operator === undefined ? {} : { 'mianzheng-operator': operator }),
        },
        body: JSON.stringify({ query, variables }),
      })
    );
    const errors = body.errors ?? [];
    if (body.data === undefined) {
      const { message = 'no answer', extensions = {} } = errors[0] ?? {};
      throw new GatewayRefusal(extensions.code ?? 'UNREACHABLE', message, extensions);
    }
    const { outcomes = [], provenance = [], record = null } = body.extensions?.mianzheng ?? {};
    return {
      data: body.data ?? {},
      errors: errors.map((/** @type {any} */ error) => ({
        code: error.extensions.code,
        path: (error.path ?? []).join('.'),
        field: error.extensions.field,
        retryAfter: error.extensions.retryAfter ?? null,
      })),
      outcomes,
      provenance,
      record,
    };
  }

  /** Public keys of the receipts (JWK set). @returns {Promise<{ keys: import('jose').JWK[] }>} */
  async keys() {
    return /** @type {any} */ (await this.#fetch(`${this.url}/.well-known/jwks.json`, {}));
  }

  /** A token, asked for where none is at hand. @returns {Promise<string>} */
  async #bearer() {
    if (this.#token !== null && Date.now() < this.#token.until - RENEW_MS) return this.#token.token;
    const { tokenUrl, clientId, clientSecret } = this.access;
    // RFC 6749 §2.3.1: both are form-encoded before they are joined.
    const basic = [clientId, clientSecret].map(encodeURIComponent).join(':');
    const { access_token: token, expires_in: seconds } = /** @type {any} */ (
      await this.#fetch(tokenUrl, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials',
      })
    );
    if (typeof token !== 'string') throw new GatewayRefusal('UNREACHABLE', 'the issuer gave no token');
    this.#token = { token, until: Date.now() + (Number(seconds) || 0) * 1000 };
    return token;
  }

  /**
   * @param {string} url
   * @param {RequestInit} init
   * @returns {Promise<unknown>} the JSON that came
   */
  async #fetch(url, init) {
    try {
      const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      return await response.json();
    } catch (cause) {
      throw new GatewayRefusal('UNREACHABLE', `no answer from ${new URL(url).origin}`, { cause });
    }
  }
}
