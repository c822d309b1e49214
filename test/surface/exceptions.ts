/** The routes that answer without a token. Everything else must refuse; a route is added here with its reason or not at all. */

/** A route open to everyone. */
export interface Exception {
  /** As the server knows it. */
  readonly route: string;
  readonly methods: readonly string[];
  /** Paths of it that answer, where the route holds several. */
  readonly answers: readonly string[];
  /** Why it may. */
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    route: '/healthz',
    methods: ['GET', 'HEAD'],
    answers: ['/healthz'],
    reason: 'a supervisor without a token must learn that the process lives; it says nothing else',
  },
  {
    route: '/readyz',
    methods: ['GET', 'HEAD'],
    answers: ['/readyz'],
    reason:
      'a load balancer without a token must learn whether to send requests here; it names departments and their state',
  },
  {
    route: '/metrics',
    methods: ['GET', 'HEAD'],
    answers: ['/metrics'],
    reason: 'a monitor reads counts and timings; no label holds a person, an application or a value',
  },
  {
    route: '/.well-known/jwks.json',
    methods: ['GET', 'HEAD'],
    answers: ['/.well-known/jwks.json'],
    reason: 'whoever checks a receipt or the record needs the public keys, and needs no account for it',
  },
  {
    route: '/oidc/*',
    methods: ['GET', 'POST'],
    answers: ['/oidc/.well-known/openid-configuration', '/oidc/.well-known/oauth-authorization-server', '/oidc/jwks'],
    reason: 'the development issuer publishes where and with which keys it signs; it does not exist in production',
  },
  ...['/console', '/console/*', '/me', '/me/*'].map((route) => ({
    route,
    methods: ['GET', 'HEAD'],
    answers: [],
    reason:
      'files of the console, the same for everybody; what they show they ask the control plane for, with a session',
  })),
  {
    route: '/console/login',
    methods: ['GET', 'HEAD'],
    answers: [],
    reason: 'whoever has no session yet is sent to the issuer; the redirect tells of nobody',
  },
];
