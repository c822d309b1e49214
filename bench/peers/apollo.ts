/** Apollo Server 5 on Fastify, graphql-shield on every field, DataLoader per request. */
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import { makeExecutableSchema } from '@graphql-tools/schema';
import Fastify, { type FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { applyMiddleware } from 'graphql-middleware';
import { deny, rule, shield } from 'graphql-shield';
import { readGround } from '../ground.js';
import { openCity } from './shared/city.js';
import { type Caller, openDuties } from './shared/duties.js';
import { loadersOf } from './shared/loaders.js';
import { announce } from './shared/process.js';
import { type Asking, resolvers } from './shared/resolvers.js';
import { coordinatesOf, wholeSource } from './shared/schema.js';

interface Context extends Asking {
  readonly caller: Caller;
}

const ground = readGround();
const city = openCity(ground);
const duties = await openDuties(ground, 'apollo');

const FORBIDDEN = new GraphQLError('not for this client and matter', { extensions: { code: 'FORBIDDEN' } });

function permissions(sdl: string) {
  const byType: Record<string, Record<string, ReturnType<typeof permitted>>> = {};
  for (const coordinate of coordinatesOf(sdl)) {
    const [type = '', field = ''] = coordinate.split('.');
    byType[type] = { ...byType[type], [field]: permitted(coordinate) };
  }
  return byType;
}

function permitted(coordinate: string) {
  return rule(coordinate, { cache: 'no_cache' })((_parent, _args, { caller }: Context) =>
    caller.rights.has(coordinate),
  );
}

const sdl = wholeSource();
const schema = applyMiddleware(
  makeExecutableSchema({ typeDefs: sdl, resolvers }),
  shield(permissions(sdl), { fallbackRule: deny, fallbackError: FORBIDDEN, allowExternalErrors: true }),
);

const recording: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, source }) {
        await duties.record(contextValue.caller, source ?? '');
      },
    };
  },
};

const app = Fastify();
const apollo = new ApolloServer<Context>({
  schema,
  introspection: false,
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
  plugins: [recording, fastifyApolloDrainPlugin(app)],
});
await apollo.start();
await app.register(fastifyApollo(apollo), {
  path: '/graphql',
  method: ['POST'],
  async context({ headers }: FastifyRequest) {
    const caller = await duties.admit((name) => headers[name] as string | undefined);
    if (caller === null) {
      throw new GraphQLError('the token does not hold', {
        extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
      });
    }
    return { caller, subjects: caller.subjects, loaders: loadersOf(city) };
  },
});
announce(await app.listen({ host: '127.0.0.1', port: 0 }), async () => {
  await apollo.stop();
  await app.close();
  await city.close();
  await duties.close();
});
