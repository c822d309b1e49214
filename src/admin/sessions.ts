/** Sessions of the console (登录会话): a cookie that only this gateway can read anything from, and what it stands for. */
import { createHash, randomBytes } from 'node:crypto';
import type { ConsoleSession, ConsoleSessions } from '../store/console-sessions.js';
import { type Actor, actorOf, type Person } from './actor.js';
import type { ControlSettings } from './settings.js';

/** Name of the cookie where the connection is TLS: browsers keep such a one to this host, path `/` and TLS (RFC 6265bis §4.1.3.2). */
const SECURE_COOKIE = '__Host-mianzheng';
/** Name of the cookie on plain HTTP, which is for development and for proxies that end TLS. */
const PLAIN_COOKIE = 'mianzheng';

/** A session's last use is written down no more often than this, ms. */
const SEEN_MS = 60_000;

/** Values of cookies are 32 random bytes. */
const COOKIE_VALUE = /^[A-Za-z0-9_-]{43}$/;

/** Reads a cookie. @returns undefined where the header has none of the name */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** How a cookie is kept by the browser. */
export interface CookieTerms {
  /** `Strict`: sent only from pages of this gateway; `Lax`: also where another site leads here. */
  readonly sameSite: 'Strict' | 'Lax';
  readonly path: string;
  readonly secure: boolean;
  /** Seconds; 0 removes it. */
  readonly maxAge: number;
}

/** Value of a Set-Cookie header. No script can read such a cookie. */
export function setCookie(name: string, value: string, { sameSite, path, secure, maxAge }: CookieTerms): string {
  const terms = [
    `Path=${path}`,
    `Max-Age=${maxAge}`,
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(secure ? ['Secure'] : []),
  ];
  return `${name}=${value}; ${terms.join('; ')}`;
}

const hashOf = (value: string): string => createHash('sha256').update(value).digest('base64url');

/** Begins, finds and ends sessions. */
export interface SessionDesk {
  /**
   * Begins a session for a person whom the issuer vouched for just now.
   * @param until when what the issuer said ends; the session does not outlive the settings, and may outlive this
   * @returns the session and the Set-Cookie header that hands it out
   */
  begin(person: Person & { readonly issuer: string }, secure: boolean): Promise<{ readonly cookie: string }>;
  /**
   * The person behind a request's cookie; null where it has none that holds. Does NOT check the CSRF token: that is for
   * who knows what is asked.
   * @param cookieHeader value of the Cookie header
   */
  find(cookieHeader: string | undefined): Promise<Actor | null>;
  /** Ends the session behind the cookie, where there is one. @returns the Set-Cookie headers that remove it */
  end(cookieHeader: string | undefined): Promise<readonly string[]>;
}

/** Opens the desk. */
export function openSessionDesk(store: ConsoleSessions, settings: ControlSettings, now: () => number): SessionDesk {
  const valueIn = (header: string | undefined): string | null => {
    const value = cookieIn(header, SECURE_COOKIE) ?? cookieIn(header, PLAIN_COOKIE);
    return value !== undefined && COOKIE_VALUE.test(value) ? value : null;
  };
  return {
    async begin(person, secure) {
      const at = now();
      await store.prune(at);
      const value = randomBytes(32).toString('base64url');
      const session: ConsoleSession = {
        id: hashOf(value),
        subject: person.subject,
        issuer: person.issuer,
        roles: person.roles,
        citizenId: person.citizenId,
        csrf: randomBytes(32).toString('base64url'),
        beganAt: at,
        seenAt: at,
        endsAt: at + settings.sessionMs,
      };
      await store.begin(session);
      const maxAge = Math.floor(settings.sessionMs / 1000);
      const terms = { sameSite: 'Strict', path: '/', secure, maxAge } as const;
      return { cookie: setCookie(secure ? SECURE_COOKIE : PLAIN_COOKIE, value, terms) };
    },
    async find(header) {
      const value = valueIn(header);
      const session = value === null ? null : await store.find(hashOf(value));
      const at = now();
      if (session === null || at >= session.endsAt || at - session.seenAt >= settings.idleMs) return null;
      if (at - session.seenAt >= SEEN_MS) await store.seen(session.id, at);
      const { csrf, endsAt: until } = session;
      return actorOf(session, { by: 'SESSION', until, csrf });
    },
    async end(header) {
      const value = valueIn(header);
      if (value !== null) await store.end(hashOf(value));
      const gone = { sameSite: 'Strict', path: '/', maxAge: 0 } as const;
      return [
        setCookie(SECURE_COOKIE, '', { ...gone, secure: true }),
        setCookie(PLAIN_COOKIE, '', { ...gone, secure: false }),
      ];
    },
  };
}
