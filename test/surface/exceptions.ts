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
  {
    route: '/demo/enrolment',
    methods: ['GET', 'HEAD'],
    answers: ['/demo/enrolment'],
    reason: "the parent's page of the example application, in development only: files that hold no fact",
  },
  {
    route: '/demo/enrolment/',
    // As the server tells its routes: the GET of this spelling comes with the one above.
    methods: ['HEAD'],
    answers: ['/demo/enrolment/'],
    reason: 'the same page by its other spelling, in development only',
  },
  {
    route: '/demo/enrolment/clerk',
    methods: ['GET', 'HEAD'],
    answers: ['/demo/enrolment/clerk'],
    reason: "the clerk's page of the example application, in development only; it shows nothing before signing in",
  },
  {
    route: '/demo/enrolment/assets/:name',
    methods: ['GET', 'HEAD'],
    answers: ['/demo/enrolment/assets/parent.js', '/demo/enrolment/assets/style.css'],
    reason: "scripts and styles of the example application's pages, from a closed list of files",
  },
  {
    route: '/demo/enrolment/api/application',
    methods: ['GET', 'HEAD', 'DELETE'],
    answers: ['/demo/enrolment/api/application'],
    reason: "tells a browser without the example's cookie that it has no application, and forgets that cookie",
  },
  {
    route: '/demo/enrolment/api/clerk/session',
    methods: ['GET', 'HEAD', 'DELETE'],
    answers: ['/demo/enrolment/api/clerk/session'],
    reason: "tells whether a clerk of the example is signed in and the demonstration's code to do so; signs out",
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
