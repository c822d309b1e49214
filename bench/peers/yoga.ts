/** GraphQL Yoga on node:http, @envelop/generic-auth with a scope on every field, DataLoader per request. */
import { REQUIRES_SCOPES_DIRECTIVE_SDL, useGenericAuth } from '@envelop/generic-auth';
import { createSchema, createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { readGround } from '../ground.js';
import { openCity } from './shared/city.js';
import { type Caller, openDuties } from './shared/duties.js';
import { type Loaders, loadersOf } from './shared/loaders.js';
import { BARE, serve } from './shared/process.js';
import { resolvers } from './shared/resolvers.js';
import { guarded, wholeSource } from './shared/schema.js';
import { scopesOf } from './shared/scopes.js';

interface Asked {
  readonly loaders: Loaders;
  readonly subjects: Set<string>;
  /** Null where the token does not hold; not there before it was checked. */
  readonly currentUser?: Caller | null;
}
type Context = YogaInitialContext & Asked;

const ground = readGround();
const city = openCity(ground);
const duties = await openDuties(ground, 'yoga');

const sdl = guarded(wholeSource(), (coordinate) => `@requiresScopes(scopes: [["${coordinate}"]])`);

const recording: Plugin<Asked> = {
  onExecute({ context }) {
    return {
      async onExecuteDone() {
        const { currentUser, subjects } = context;
        if (!currentUser) return;
        await duties.record({ ...currentUser, subjects }, context.params.query ?? '');
      },
    };
  },
};

const yoga = createYoga<object, Asked>({
  schema: createSchema<Context>({ typeDefs: [REQUIRES_SCOPES_DIRECTIVE_SDL, sdl], resolvers }),
  context: () => ({ loaders: loadersOf(city), subjects: new Set<string>() }),
  plugins: [
    useGenericAuth<Caller, Context>({
      mode: 'protect-all',
      resolveUserFn: ({ request }) => duties.admit((name) => request.headers.get(name)),
      extractScopes: (caller: Caller | null) => scopesOf(caller),
    }),
    recording,
  ],
  ...BARE,
  batching: false,
  multipart: false,
});
serve(yoga, async () => {
  await city.close();
  await duties.close();
});
