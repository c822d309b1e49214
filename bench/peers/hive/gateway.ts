/**
 * Hive Gateway, with the query planner and executor of Hive Router, before the five subgraphs; its generic-auth plugin
 * holds the scope of every field.
 */
import { setMaxListeners } from 'node:events';
import { createGatewayRuntime, type GatewayContext, type GatewayPlugin } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { assertCompositionSuccess, composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { DEPARTMENTS, readGround } from '../../ground.js';
import { processBehind } from '../shared/behind.js';
import { type Caller, openDuties } from '../shared/duties.js';
import { BARE, serve } from '../shared/process.js';
import { scopesOf } from '../shared/scopes.js';
import { pathOf, publishedSource } from './sources.js';

interface Asked {
  /** Null where the token does not hold; not there before it was checked. */
  readonly currentUser?: Caller | null;
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

// All requests in flight to a subgraph listen to one abort signal; Node warns of more than ten.
setMaxListeners(0);

const duties = await openDuties(readGround(), 'hive');

const recording: GatewayPlugin<Asked> = {
  onSubgraphExecute({ executionRequest: { context, variables } }) {
    const caller = context?.currentUser;
    if (caller) collect(variables, caller.subjects);
  },
  onExecute({ context }) {
    return {
      async onExecuteDone() {
        const { currentUser } = context;
        if (currentUser) await duties.record(currentUser, context.params.query ?? '');
      },
    };
  },
};

const gateway = createGatewayRuntime<Asked>({
  supergraph: supergraph(processBehind()),
  unifiedGraphHandler,
  genericAuth: {
    mode: 'protect-all',
    resolveUserFn: ({ request }: GatewayContext) => duties.admit((name) => request.headers.get(name)),
    extractScopes: (caller) => scopesOf(caller as Caller | null),
  },
  plugins: () => [recording],
  ...BARE,
});
serve(gateway, async () => {
  await gateway[Symbol.asyncDispose]();
  await duties.close();
});
