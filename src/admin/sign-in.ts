/**
 * Sign-in of the console: OpenID Connect, authorization code flow with PKCE (RFC 9700 §2.1.1). The protocol is
 * openid-client's. Who signed in is read from the access token by the gateway's own verifier, as if it had been sent
 * with a request, so that roles come from one place only.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { EncryptJWT, errors as joseErrors, jwtDecrypt } from 'jose';
import * as oidc from 'openid-client';
import type { Verifier } from '../authenticate/verifier.js';
import { MianzhengError } from '../errors.js';
import type { Person } from './actor.js';

/** Where people sign in. */
export interface SignInIssuer {
  /** The issuer's URL. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: string | null;
  readonly scope: string;
  /** `aud` of the access tokens that are asked for (RFC 8707). */
  readonly audience: string;
  /**
   * Known endpoints, of the issuer inside this gateway, which is reached by `fetch` below; null: they are read from the
   * issuer's metadata at first use.
   */
  readonly embedded: { readonly path: string; readonly fetch: oidc.CustomFetch } | null;
}

/** A sign-in that was begun: where to send the browser, and what it must bring back in a cookie. */
export interface BegunSignIn {
  readonly location: string;
  readonly state: string;
}

/** Signs people in. */
export interface SignIn {
  /**
   * Begins.
   * @param origin where the browser sees this gateway
   * @param returnTo path to go to afterwards; see {@link safeReturn}
   * @throws MianzhengError OVERLOADED where the issuer cannot be asked
   */
  begin(origin: string, returnTo: string): Promise<BegunSignIn>;
  /**
   * Ends: exchanges the code that the issuer sent with the browser.
   * @param url as the browser asked for it, whole
   * @param state as {@link begin} gave it
   * @throws MianzhengError UNAUTHENTICATED where anything does not hold, OVERLOADED as above
   */
  finish(
    url: URL,
    state: string,
  ): Promise<{ readonly person: Person & { readonly issuer: string }; readonly returnTo: string }>;
}

/** How long a sign-in may take, s. */
export const SIGN_IN_S = 600;

/** Longest wait for the issuer, s. */
const TIMEOUT_S = 10;

/** The path of this gateway's pages that a sign-in may lead to, or the console: never another site. */
export function safeReturn(path: string | undefined): string {
  return path !== undefined && /^\/(console|me)(\/[\w./-]*)?(\?[\w=&%.-]*)?$/.test(path) && !path.includes('..')
    ? path
    : '/console/';
}

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly origin: string;
  readonly returnTo: string;
}

/** @param key 32 bytes, the same in every process, with which what a browser must bring back is encrypted */
export function openSignIn(issuer: SignInIssuer, verifier: Verifier, key: Uint8Array): SignIn {
  const secret: KeyObject = createSecretKey(key);
  const metadata: Partial<oidc.ClientMetadata> = {};
  const authentication = issuer.clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(issuer.clientSecret);
  let remote: Promise<oidc.Configuration> | undefined;

  function configurationAt(origin: string): Promise<oidc.Configuration> {
    const { embedded } = issuer;
    if (embedded !== null) {
      const at = `${origin}${embedded.path}`;
      const server = { issuer: issuer.issuer, authorization_endpoint: `${at}/auth`, token_endpoint: `${at}/token` };
      const configuration = new oidc.Configuration(
        // The embedded issuer always names itself (RFC 9207).
        { ...server, authorization_response_iss_parameter_supported: true },
        issuer.clientId,
        { ...metadata, id_token_signed_response_alg: 'ES256' },
        authentication,
      );
      configuration[oidc.customFetch] = embedded.fetch;
      // It is asked inside this process.
      oidc.allowInsecureRequests(configuration);
      return Promise.resolve(configuration);
    }
    const url = new URL(issuer.issuer);
    // The configuration takes plain HTTP on the loopback interface only.
    const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    remote ??= oidc
      .discovery(url, issuer.clientId, metadata, authentication, { execute, timeout: TIMEOUT_S })
      .catch((cause: unknown) => {
        remote = undefined;
        throw new MianzhengError('OVERLOADED', 'the issuer that people sign in at does not answer', {
          retryAfter: 5,
          cause,
        });
      });
    return remote;
  }

  const sealed = (begun: Begun): Promise<string> =>
    new EncryptJWT({ ...begun })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setIssuedAt()
      .setExpirationTime(`${SIGN_IN_S}s`)
      .encrypt(secret);

  async function unsealed(text: string): Promise<Begun> {
    try {
      const { payload } = await jwtDecrypt(text, secret, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return payload as unknown as Begun;
    } catch (error) {
      if (error instanceof joseErrors.JOSEError) throw refused('the sign-in was begun elsewhere or too long ago');
      throw error;
    }
  }

  return {
    async begin(origin, returnTo) {
      const configuration = await configurationAt(origin);
      const verifierCode = oidc.randomPKCECodeVerifier();
      const begun: Begun = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: verifierCode,
        origin,
        returnTo,
      };
      const location = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: `${origin}/console/callback`,
        scope: issuer.scope,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifierCode),
        code_challenge_method: 'S256',
        state: begun.state,
        nonce: begun.nonce,
        resource: issuer.audience,
        // Whoever signs in at the embedded issuer says anew who to be.
        ...(issuer.embedded === null ? {} : { prompt: 'login' }),
      });
      return { location: location.href, state: await sealed(begun) };
    },
    async finish(url, state) {
      const begun = await unsealed(state);
      const configuration = await configurationAt(begun.origin);
      // Behind a proxy the path is what we see; the rest is what the browser saw when it began.
      const seen = new URL(`${url.pathname}${url.search}`, begun.origin);
      const checks = {
        pkceCodeVerifier: begun.verifier,
        expectedState: begun.state,
        expectedNonce: begun.nonce,
        idTokenExpected: true,
      };
      const tokens = await oidc
        .authorizationCodeGrant(configuration, seen, checks, { resource: issuer.audience })
        .catch((error: unknown) => {
          throw refusalOf(error);
        });
      const caller = await verifier.verify(`Bearer ${tokens.access_token}`);
      if (caller.kind !== 'PERSON') throw refused('the issuer gave the token of an application');
      const { subject, roles, citizenId } = caller;
      return { person: { subject, roles, citizenId, issuer: caller.issuer }, returnTo: begun.returnTo };
    },
  };
}

function refused(why: string): MianzhengError {
  return new MianzhengError('UNAUTHENTICATED', why);
}

/** openid-client's errors hold tokens and claims, so none becomes a cause. */
function refusalOf(error: unknown): MianzhengError {
  if (error instanceof oidc.AuthorizationResponseError)
    return refused(`the issuer refused the sign-in: ${error.error}`);
  if (error instanceof oidc.ResponseBodyError) return refused(`the issuer refused the code: ${error.error}`);
  if (error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT') {
    return new MianzhengError('OVERLOADED', 'the issuer that people sign in at does not answer', { retryAfter: 5 });
  }
  return refused('the answer of the issuer does not hold');
}
