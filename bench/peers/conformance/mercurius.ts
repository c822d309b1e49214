/** Mercurius with mercurius-auth: `@auth` on every field, a policy that asks for the coordinate. */
import Fastify from 'fastify';
import { type DirectiveNode, Kind } from 'graphql';
import mercurius from 'mercurius';
import mercuriusAuth from 'mercurius-auth';
import { guardedSchema } from './guards.js';
import type { PeerOrder } from './order.js';
import { type PeerContext, resolversOf } from './resolvers.js';

declare module 'mercurius' {
  interface MercuriusContext extends Partial<PeerContext> {
    readonly peer?: PeerContext;
  }
}

function requirement(directive: DirectiveNode): string {
  const value = directive.arguments?.[0]?.value;
  if (value?.kind !== Kind.STRING) throw new TypeError('@auth(requires:) is a string');
  return value.value;
}

/** mercurius takes `resolveType` for what others call `__resolveType`. */
function ofMercurius(order: PeerOrder) {
  return Object.fromEntries(
    Object.entries(resolversOf(order)).map(([type, { __resolveType, ...fields }]) => [
      type,
      __resolveType === undefined ? fields : { resolveType: __resolveType },
    ]),
  );
}

/** Opens the peer on a schema. */
export async function openMercurius(order: PeerOrder) {
  const app = Fastify();
  let current: PeerContext | null = null;
  // Its directive stands on fields of object types; an interface has no resolver to guard.
  const sdl = guardedSchema({ ...order, abstracts: {} }, ([needed]) => `@auth(requires: "${needed ?? ''}")`);
  await app.register(mercurius, {
    schema: `directive @auth(requires: String!) on FIELD_DEFINITION\n${sdl}`,
    resolvers: ofMercurius(order) as never,
    graphiql: false,
    context: () => ({ ...(current as PeerContext) }),
  });
  await app.register(mercuriusAuth.default, {
    authDirective: 'auth',
    authContext: ({ rights }) => ({ rights }),
    applyPolicy: async (directive, _parent, _args, { rights }) => rights?.has(requirement(directive)) ?? false,
  });
  await app.ready();
  return {
    async ask(query: string, variables: object, context: PeerContext): Promise<unknown> {
      // One request at a time: the context of the next is set when this one is answered.
      current = context;
      const reply = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables } });
      return (reply.json() as { readonly data?: unknown }).data ?? null;
    },
    close: () => app.close(),
  };
}
