/** Hive Gateway before the five subgraphs, with the scope of every field held by its generic-auth plugin. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime, type GatewayContext, type GatewayPlugin } from '@graphql-hive/gateway';
import { assertCompositionSuccess, composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { DEPARTMENTS, readGround } from '../../ground.js';
import { processBehind } from '../shared/behind.js';
import { type Caller, openDuties } from '../shared/duties.js';
import { announce, ended } from '../shared/process.js';
import { scopesOf } from '../shared/scopes.js';
import { pathOf, publishedSource } from './sources.js';

interface Asked {
  readonly currentUser?: Caller;
}

function supergraph(subgraphs: string): string {
  const composed = composeServices(
    DEPARTMENTS.map((department) => ({
      name: department,
      url: `${subgraphs}${pathOf(department)}`,
      typeDefs: parse(publishedSource(department)),
    })),
  );
  assertCompositionSuccess(composed);
  return composed.supergraphSdl;
}

/** Adds the citizens whom a request to a subgraph names. */
function collect(variables: Readonly<Record<string, unknown>> | undefined, subjects: Set<string>): void {
  for (const value of Object.values(variables ?? {})) {
    if (typeof value === 'string') subjects.add(value);
    if (!Array.isArray(value)) continue;
    for (const { idNumber } of value as readonly { readonly idNumber: string }[]) subjects.add(idNumber);
  }
}

const duties = await openDuties(readGround(), 'hive');

const recording: GatewayPlugin<Asked> = {
  onSubgraphExecute({ executionRequest: { context, variables } }) {
    const caller = context?.currentUser;
    if (caller !== undefined) collect(variables, caller.subjects);
  },
  onExecute({ args, context }) {
    return {
      async onExecuteDone() {
        const { currentUser } = context;
        if (currentUser !== undefined) await duties.record(currentUser, args.operationName ?? 'anonymous');
      },
    };
  },
};

const gateway = createGatewayRuntime<Asked>({
  supergraph: supergraph(processBehind()),
  genericAuth: {
    mode: 'protect-all',
    resolveUserFn: ({ request }: GatewayContext) => duties.admit((name) => request.headers.get(name)),
    extractScopes: (caller: Caller) => scopesOf(caller.rights),
  },
  plugins: () => [recording],
  logging: 'error',
  graphiql: false,
  landingPage: false,
  cors: false,
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  announce(`http://127.0.0.1:${port}`, async () => {
    await ended(server);
    await gateway[Symbol.asyncDispose]();
    await duties.close();
  });
});
