/**
 * An OAuth 2.0 and OpenID Connect issuer inside the gateway, for development and demonstration
 * only: anybody who can read its folder can be anybody. The protocol is oidc-provider's; it is
 * loaded only when an issuer is opened.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt, type JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Adapter, AdapterPayload, Configuration, ResourceServer } from 'oidc-provider';
import { parseCitizenId } from '../domain/identifiers.js';
import {
  CITIZEN_PREFIX,
  CITIZEN_ROLE,
  CONSOLE_CALLBACK,
  CONSOLE_CLIENT,
  DEVELOPMENT_CLIENTS,
  DEVELOPMENT_PEOPLE,
} from './development-people.js';
import { type DevelopmentSecrets, openDevelopmentSecrets } from './development-secrets.js';
import { chosenName, sendSignInPage } from './development-sign-in.js';
import { type DevelopmentState, openDevelopmentState } from './development-state.js';

/** What `openDevelopmentIssuer` takes. */
export interface DevelopmentIssuerOptions {
  /** Folder for keys, made where missing. Who reads it can mint any token. */
  readonly folder: string;
  /** The issuer's URL, `iss` of its tokens, without query and fragment: where `callback` is mounted. */
  readonly issuer: string;
  /** `aud` of its tokens: the gateway's identifier, an absolute URI without fragment (RFC 8707 §2). */
  readonly audience: string;
  /** Whether the gateway runs in production mode. If so there is no issuer. */
  readonly production: boolean;
  /** Where the gateway is seen beside the loopback interface, such as `https://gateway.example`: the console may sign in from there too. */
  readonly publicUrl?: string;
  /** The time, in milliseconds since 1970, for `iat` and `exp`. */
  readonly now: () => number;
}

/** A token that was issued in-process. */
export interface MintedToken {
  /** The JWT access token. */
  readonly token: string;
  /** When it expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The development issuer. */
export interface DevelopmentIssuer {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** Its public keys (RFC 7517). */
  readonly jwks: { readonly keys: readonly JWK[] };
  /**
   * Answers HTTP requests below the issuer's path, whether or not that path was already taken off
   * `request.url`: `/token` (client_credentials with client_secret_basic, with or without DPoP), `/jwks`,
   * `/.well-known/openid-configuration`; for the console `/auth` and `/token` (authorization code with PKCE) with a page
   * on which somebody picks who to be. The body must not have been read before.
   */
  readonly callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /**
   * Issues an access token without HTTP. A client's token has `sub` = `client_id`. A person's has
   * the name as `sub`, `roles`, and `client_id` `console`. A citizen's (`citizen:` and the ID)
   * has a keyed pseudonym as `sub`, the role `citizen`, and the ID in the claim `citizen_id`,
   * readable to whoever holds the token: acceptable for invented people, not for real ones.
   *
   * @param name a client, a person, or `citizen:<id number>`
   * @param options `expiresInSeconds`: integer, default 3600, 1 to 86400; `keyThumbprint`: binds the token to the key with
   *   this JWK thumbprint (`cnf.jkt`, RFC 9449), which is not checked; default: bound to nothing
   * @throws UnknownDevelopmentNameError for any other name; RangeError for a lifetime out of bounds
   */
  mint(
    name: string,
    options?: { readonly expiresInSeconds?: number; readonly keyThumbprint?: string },
  ): Promise<MintedToken>;
  /**
   * The secret of a client, for `/token`.
   *
   * @throws UnknownDevelopmentNameError where there is no such client
   */
  secretOf(clientId: string): string;
}

/** A development issuer was asked for in production mode. There is no switch that allows it. */
export class InsecureDevelopmentIssuerForbiddenInProductionError extends Error {
  override readonly name = 'InsecureDevelopmentIssuerForbiddenInProductionError';

  constructor() {
    super('the development issuer gives anybody any token, so it does not start in production mode; configure issuers');
  }
}

/** No client or person of the development issuer has this name. The name itself is not repeated: it may be an ID number. */
export class UnknownDevelopmentNameError extends Error {
  override readonly name = 'UnknownDevelopmentNameError';

  /** @param known the names there are */
  constructor(readonly known: readonly string[]) {
    super(`the development issuer knows no such name; it knows ${known.join(', ')}`);
  }
}

const CLIENT_NAMES = DEVELOPMENT_CLIENTS.map(({ clientId }) => clientId);
const ALL_NAMES = [...CLIENT_NAMES, ...DEVELOPMENT_PEOPLE.map(({ name }) => name), `${CITIZEN_PREFIX}<id number>`];

const DEFAULT_LIFETIME_SECONDS = 3_600;
const LONGEST_LIFETIME_SECONDS = 86_400;

type Library = typeof import('oidc-provider');
let library: Promise<Library> | undefined;

/**
 * Loads oidc-provider once. Its index warns on the console where the Node.js release is not
 * its newest supported one; that one line is held back, for as long as the import takes.
 */
function loadLibrary(): Promise<Library> {
  library ??= (async () => {
    const { warn } = console;
    console.warn = (...line: unknown[]) => {
      if (!String(line[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...line);
    };
    try {
      return await import('oidc-provider');
    } finally {
      console.warn = warn;
    }
  })();
  return library;
}

/** Who a person's token is about. */
interface Subject {
  readonly sub: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

function subjectNamed(name: string, secrets: DevelopmentSecrets): Subject {
  const person = DEVELOPMENT_PEOPLE.find((candidate) => candidate.name === name);
  if (person !== undefined) return { sub: person.name, claims: { roles: person.roles } };
  const citizen = name.startsWith(CITIZEN_PREFIX) ? parseCitizenId(name.slice(CITIZEN_PREFIX.length)) : null;
  if (citizen?.ok !== true) throw new UnknownDevelopmentNameError(ALL_NAMES);
  return {
    sub: secrets.citizenPseudonym(citizen.value),
    claims: { roles: [CITIZEN_ROLE], citizen_id: citizen.value },
  };
}

/** As {@link subjectNamed}; null where nobody is so named. */
function personNamed(name: string, secrets: DevelopmentSecrets): Subject | null {
  try {
    return subjectNamed(name, secrets);
  } catch (error) {
    if (error instanceof UnknownDevelopmentNameError) return null;
    throw error;
  }
}

/** The store of what is never kept: access tokens are JWTs and the clients are fixed. */
const STATELESS: Adapter = {
  async find() {},
  async findByUid() {},
  async findByUserCode() {},
  async destroy() {},
  async revokeByGrantId() {},
  async consume() {
    throw new Error('the development issuer keeps no state of this');
  },
  async upsert() {
    throw new Error('the development issuer keeps no state of this');
  },
};

/** What a person's sign-in must leave behind until its code is used. */
const KEPT: ReadonlySet<string> = new Set(['Session', 'Interaction', 'Grant', 'AuthorizationCode']);

/** How long parts of a sign-in are good for, s. */
const SIGN_IN_S = 600;
const CODE_S = 60;

/** Proofs that token requests were bound with, so that none is used twice (RFC 9449 §11.1). */
function proofStore(): Adapter {
  const seen = new LRUCache<string, AdapterPayload>({ max: 10_000 });
  return {
    ...STATELESS,
    async find(id) {
      return seen.get(id);
    },
    async upsert(id, payload, expiresInSeconds) {
      seen.set(id, payload, { ttl: (expiresInSeconds ?? DEFAULT_LIFETIME_SECONDS) * 1000 });
    },
  };
}

/** Asks who to be, and not also for consent, which a native application would otherwise be asked for each time. */
function signInPolicy({ interactionPolicy }: Library) {
  const policy = interactionPolicy.base();
  policy.get('consent')?.checks.remove('native_client_prompt');
  return policy;
}

function configuration(
  { audience, now, issuer, publicUrl }: DevelopmentIssuerOptions,
  secrets: DevelopmentSecrets,
  state: DevelopmentState,
  library: Library,
  gateway: ResourceServer,
): Configuration {
  const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
  const off = { enabled: false };
  const proofs = proofStore();
  const origins = [
    'http://127.0.0.1',
    'http://localhost',
    'http://[::1]',
    ...(publicUrl?.startsWith('https:') ? [publicUrl] : []),
  ];
  return {
    adapter: (model) => (model === 'ReplayDetection' ? proofs : KEPT.has(model) ? state.adapter(model) : STATELESS),
    jwks: { keys: [secrets.signingKey] },
    cookies: { keys: [secrets.cookieKey] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['client_secret_basic', 'none'],
    clients: [
      ...DEVELOPMENT_CLIENTS.map(({ clientId, name }) => ({
        ...machine,
        client_id: clientId,
        client_name: name,
        client_secret: secrets.clientSecret(clientId),
      })),
      {
        client_id: CONSOLE_CLIENT.clientId,
        client_name: CONSOLE_CLIENT.name,
        token_endpoint_auth_method: 'none',
        // A native application's loopback redirect holds for any port (RFC 8252 §7.3).
        application_type: 'native',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: origins.map((origin) => `${origin.replace(/\/+$/, '')}${CONSOLE_CALLBACK}`),
      },
    ],
    findAccount: async (_context, id) => {
      return state.nameOf(id) === undefined ? undefined : { accountId: id, claims: async () => ({ sub: id }) };
    },
    // Whoever picks a person consents to everything.
    async loadExistingGrant(context) {
      const { client, session, provider } = context.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    interactions: {
      url: (_context, interaction) => `${mountPathOf(issuer)}${INTERACTION}${interaction.uid}`,
      policy: signInPolicy(library),
    },
    pkce: { required: () => true },
    scopes: ['openid'],
    features: {
      devInteractions: off,
      dPoP: { enabled: true },
      pushedAuthorizationRequests: off,
      rpInitiatedLogout: off,
      userinfo: off,
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== audience) throw new library.errors.InvalidTarget('no such resource');
          return gateway;
        },
      },
    },
    // A person's claims are put into the token by `mint`, or are those of who was picked.
    extraTokenClaims: (_context, token) => {
      if (token.extra !== undefined || !('accountId' in token)) return token.extra;
      const name = state.nameOf(token.accountId);
      return name === undefined ? undefined : { ...subjectNamed(name, secrets).claims };
    },
    formats: {
      customizers: {
        jwt: (_context, token, { payload }) => {
          const iat = Math.floor(now() / 1000);
          payload.iat = iat;
          payload.exp = iat + token.expiration;
        },
      },
    },
    ttl: {
      ClientCredentials: DEFAULT_LIFETIME_SECONDS,
      AccessToken: DEFAULT_LIFETIME_SECONDS,
      IdToken: DEFAULT_LIFETIME_SECONDS,
      Grant: DEFAULT_LIFETIME_SECONDS,
      Session: SIGN_IN_S,
      Interaction: SIGN_IN_S,
      AuthorizationCode: CODE_S,
    },
    renderError: (context, error) => {
      context.type = 'text/plain';
      context.body = error.error;
    },
  };
}

/** Below the issuer's path: the page of one sign-in. */
const INTERACTION = '/interaction/';

/** Path of the issuer's URL, without a slash at its end. */
function mountPathOf(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '');
}

/** Takes the issuer's path off the request's, as a router that mounts would. */
function unmounted(request: IncomingMessage, mountPath: string): IncomingMessage {
  const url = request.url ?? '/';
  if (mountPath === '' || !url.startsWith(`${mountPath}/`)) return request;
  // oidc-provider builds its URLs from originalUrl, the convention of Node.js routers.
  return Object.assign(request, { originalUrl: url, url: url.slice(mountPath.length) });
}

/**
 * Opens the development issuer. Tokens survive a restart, and every process that opens the same
 * folder with the same `issuer` issues tokens that the others accept.
 *
 * Does NOT authenticate anybody, limit how often it is asked, or keep a record of what it issued.
 *
 * @throws InsecureDevelopmentIssuerForbiddenInProductionError where `production` is true, before
 *   oidc-provider is loaded and any key is made; TypeError where `issuer` or `audience` is no
 *   absolute URI without fragment; DevelopmentSecretsUnreadableError
 */
export async function openDevelopmentIssuer(options: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> {
  if (options.production) throw new InsecureDevelopmentIssuerForbiddenInProductionError();
  const { issuer, audience } = options;
  for (const [name, uri] of Object.entries({ issuer, audience })) {
    if (!URL.canParse(uri) || uri.includes('#'))
      throw new TypeError(`${name} must be an absolute URI without fragment`);
  }

  const secrets = await openDevelopmentSecrets(options.folder);
  const loaded = await loadLibrary();
  const { Provider, errors } = loaded;
  const gateway: ResourceServer = {
    audience,
    scope: '',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256', kid: secrets.signingKey.kid } },
  };
  const state = openDevelopmentState(options.folder, options.now);
  const provider = new Provider(issuer, configuration(options, secrets, state, loaded, gateway));
  const answer = provider.callback();
  const mountPath = mountPathOf(issuer);
  const { d: _private, ...publicKey } = secrets.signingKey;

  async function clientNamed(clientId: string) {
    const client = await provider.Client.find(clientId);
    if (client === undefined) throw new UnknownDevelopmentNameError(ALL_NAMES);
    return client;
  }

  async function issue(name: string, expiresIn: number, binding: { readonly jkt?: string }): Promise<string> {
    const resourceServer = new provider.ResourceServer(audience, gateway);
    if (CLIENT_NAMES.includes(name)) {
      const client = await clientNamed(name);
      return new provider.ClientCredentials({ client, resourceServer, expiresIn, ...binding }).save();
    }
    const { sub, claims } = subjectNamed(name, secrets);
    const client = await clientNamed(CONSOLE_CLIENT.clientId);
    const token = new provider.AccessToken({
      client,
      accountId: sub,
      resourceServer,
      expiresIn,
      extra: claims,
      grantId: 'development',
      gty: 'development',
      ...binding,
    });
    return token.save();
  }

  /** One sign-in: shows the page, or takes who was picked on it. */
  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await provider.interactionDetails(request, response);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end('This sign-in has ended. Go back to the console and begin again.\n');
      return;
    }
    const name = request.method === 'POST' ? await chosenName(request) : null;
    const subject = name === null ? null : personNamed(name, secrets);
    if (name === null || subject === null) {
      sendSignInPage(response, request.method === 'POST');
      return;
    }
    state.remember(subject.sub, name);
    await provider.interactionFinished(request, response, { login: { accountId: subject.sub, remember: false } });
  }

  return {
    issuer,
    jwks: { keys: [publicKey] },
    callback(request, response) {
      const mounted = unmounted(request, mountPath);
      return mounted.url?.startsWith(INTERACTION) ? interact(mounted, response) : answer(mounted, response);
    },
    async mint(name, { expiresInSeconds = DEFAULT_LIFETIME_SECONDS, keyThumbprint } = {}) {
      if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > LONGEST_LIFETIME_SECONDS) {
        throw new RangeError(`expiresInSeconds must be an integer from 1 to ${LONGEST_LIFETIME_SECONDS}`);
      }
      const token = await issue(name, expiresInSeconds, keyThumbprint === undefined ? {} : { jkt: keyThumbprint });
      const { exp } = decodeJwt(token);
      if (exp === undefined) throw new TypeError('the development issuer issued a token without expiry');
      return { token, expiresAt: exp * 1000 };
    },
    secretOf(clientId) {
      if (!CLIENT_NAMES.includes(clientId)) throw new UnknownDevelopmentNameError(CLIENT_NAMES);
      return secrets.clientSecret(clientId);
    },
  };
}
