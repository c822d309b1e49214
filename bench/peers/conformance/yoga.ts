/** GraphQL Yoga with @envelop/generic-auth in the mode that filters: what is not granted is taken out, the rest answered. */
import { REQUIRES_SCOPES_DIRECTIVE_SDL, useGenericAuth } from '@envelop/generic-auth';
import { createSchema, createYoga } from 'graphql-yoga';
import { guardedSchema } from './guards.js';
import type { PeerOrder } from './order.js';
import { type PeerContext, resolversOf } from './resolvers.js';

interface User {
  readonly rights: ReadonlySet<string>;
}

/** Opens the peer with scopes on the fields of object types alone, as one first writes them. */
export function openYogaOnTypes(order: PeerOrder) {
  return openYoga(order, { ...order, abstracts: {} });
}

/** Opens the peer on a schema. @param guarded which interfaces have scopes too; default: all */
export async function openYoga(order: PeerOrder, guarded = order) {
  const sdl = guardedSchema(guarded, (needed) => `@requiresScopes(scopes: [${JSON.stringify(needed)}])`);
  const yoga = createYoga<PeerContext>({
    schema: createSchema<PeerContext>({
      typeDefs: [REQUIRES_SCOPES_DIRECTIVE_SDL, sdl],
      resolvers: resolversOf(order),
    }),
    plugins: [
      useGenericAuth<User, PeerContext>({
        mode: 'protect-granular',
        rejectUnauthenticated: false,
        resolveUserFn: ({ rights }) => ({ rights }),
        extractScopes: ({ rights }) => [...rights],
      }),
    ],
    logging: false,
    graphiql: false,
    landingPage: false,
    maskedErrors: false,
  });
  return {
    async ask(document: string, variables: object, context: PeerContext): Promise<unknown> {
      const body = JSON.stringify({ query: document, variables });
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const response = await yoga.fetch('http://peer/graphql', { method: 'POST', headers, body }, context);
      return ((await response.json()) as { readonly data?: unknown }).data ?? null;
    },
    close: async () => yoga.dispose(),
  };
}
