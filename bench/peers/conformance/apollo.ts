/** Apollo Server with graphql-shield: a rule on every field, everything else denied. */
import { ApolloServer } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { applyMiddleware } from 'graphql-middleware';
import { deny, rule, shield } from 'graphql-shield';
import type { PeerOrder } from './order.js';
import { type PeerContext, resolversOf } from './resolvers.js';

function permissions({ fields }: PeerOrder) {
  const byType: Record<string, Record<string, ReturnType<typeof permitted>>> = {};
  for (const { type, field } of fields) byType[type] = { ...byType[type], [field]: permitted(`${type}.${field}`) };
  return byType;
}

function permitted(coordinate: string) {
  return rule(coordinate, { cache: 'no_cache' })((_parent, _args, { rights }: PeerContext) => rights.has(coordinate));
}

/** Opens the peer on a schema. */
export async function openApollo(order: PeerOrder) {
  const schema = applyMiddleware(
    makeExecutableSchema({ typeDefs: order.schema, resolvers: resolversOf(order) }),
    shield(permissions(order), { fallbackRule: deny, allowExternalErrors: true }),
  );
  const server = new ApolloServer<PeerContext>({ schema, stopOnTerminationSignals: false });
  await server.start();
  return {
    async ask(query: string, variables: Record<string, unknown>, contextValue: PeerContext): Promise<unknown> {
      const { body } = await server.executeOperation({ query, variables }, { contextValue });
      return body.kind === 'single' ? (body.singleResult.data ?? null) : null;
    },
    close: () => server.stop(),
  };
}
