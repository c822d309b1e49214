/** The example application on a port of its own, before a running gateway: it gets an address and a client's secret, nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fastify, { type FastifyInstance } from 'fastify';
import { SourceError } from '../../src/errors.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { RunningGateway } from './city.js';

/** What a clerk signs in with in tests. */
export const CLERK_CODE = 'a code of the tests';

/** The example as it runs. */
export interface RunningEnrolment {
  readonly url: string;
  /** What its operator was told. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** @param now ms since the epoch */
export async function startEnrolment(run: RunningGateway, now: () => number = Date.now): Promise<RunningEnrolment> {
  const plugin = pathToFileURL(join(PACKAGE_ROOT, 'examples/enrolment/plugin.js')).href;
  const { enrolment } = (await import(plugin)) as {
    readonly enrolment: (server: FastifyInstance, options: object) => Promise<void>;
  };
  const folder = mkdtempSync(join(tmpdir(), 'mianzheng-enrolment-'));
  const faults: string[] = [];
  const server = fastify({ logger: false, forceCloseConnections: true });
  const options = {
    gatewayUrl: () => run.url,
    access: () => ({
      tokenUrl: `${run.url}/oidc/token`,
      clientId: 'school-enrolment',
      clientSecret: run.gateway.developmentIssuer?.secretOf('school-enrolment'),
    }),
    matter: 'school-enrolment-primary',
    filedOn: '2026-07-01',
    file: join(folder, 'enrolment.sqlite'),
    clerkCode: CLERK_CODE,
    demonstration: false,
    now,
    fault: (_error: unknown, what: string) => faults.push(what),
  };
  await server.register(async (scope) => enrolment(scope, options));
  return {
    url: await server.listen({ host: '127.0.0.1', port: 0 }),
    faults,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A department of a running gateway that a test takes down and brings up again. */
export function departmentOf(run: RunningGateway, department: string): { down: boolean } {
  const connector = run.gateway.sources.connectors.find((one) => one.department === department);
  if (connector === undefined) throw new Error(`the city has no ${department}`);
  const state = { down: false };
  const fetch = connector.fetch.bind(connector);
  Object.assign(connector, {
    fetch: (...args: Parameters<typeof fetch>) =>
      state.down ? Promise.reject(new SourceError(department, 'UNREACHABLE')) : fetch(...args),
  });
  return state;
}
