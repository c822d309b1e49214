/**
 * Serves the example application of examples/enrolment at the gateway's own port, for development only. It is loaded
 * from its folder and asks the gateway as any application does: by HTTP, with a token of the development issuer.
 * Nothing of the gateway is handed to it but its address and its client's secret.
 */
import { existsSync } from 'node:fs';
import { isIPv6, type Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { DevelopmentIssuer } from '../authenticate/development-issuer.js';
import { PACKAGE_ROOT } from '../package-root.js';

/** Where it is served. */
export const DEMONSTRATION_PATH = '/demo/enrolment';

const PLUGIN = join(PACKAGE_ROOT, 'examples', 'enrolment', 'plugin.js');

/** The application it is, of the demonstration city. */
const CLIENT = 'school-enrolment';

/** The stories of the demonstration city were filed on this day; a later one would make its children a year older. */
const FILED_ON = '2026-07-01';

/** What a clerk signs in with; the page tells it. */
const CLERK_CODE = 'nanping-demonstration';

/** What the example keeps. */
export interface EnrolmentDemonstration {
  /** SQLite file of its applications, made where missing. */
  readonly file: string;
}

/** Whether this installation has the example's files. */
export function hasEnrolmentExample(): boolean {
  return existsSync(PLUGIN);
}

/** Where this very connection reached the gateway: what a request's headers say is not believed. */
function originOf({ socket }: { readonly socket: Socket }): string {
  const address = socket.localAddress ?? '127.0.0.1';
  return `http://${isIPv6(address) ? `[${address}]` : address}:${socket.localPort}`;
}

/**
 * The example as a plugin of the server.
 * @param onFault told of what its operator should see
 */
export function enrolmentDemonstration(
  { file }: EnrolmentDemonstration,
  issuer: DevelopmentIssuer,
  onFault: (error: unknown, what: string) => void,
): (server: FastifyInstance) => Promise<void> {
  return async (server) => {
    const { enrolment } = (await import(pathToFileURL(PLUGIN).href)) as {
      readonly enrolment: (server: FastifyInstance, options: object) => Promise<void>;
    };
    await enrolment(server, {
      gatewayUrl: originOf,
      access: (gatewayUrl: string) => ({
        tokenUrl: `${gatewayUrl}/oidc/token`,
        clientId: CLIENT,
        clientSecret: issuer.secretOf(CLIENT),
      }),
      matter: 'school-enrolment-primary',
      filedOn: FILED_ON,
      file,
      clerkCode: CLERK_CODE,
      demonstration: true,
      fault: onFault,
    });
  };
}
