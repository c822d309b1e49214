/** Batches of situations that share a schema, from a seed. */
import { type Randomness, randomness } from '../randomness.js';
import { CLIENTS, MATTERS, type Premises, type Situation, type SituationRequest } from '../situation.js';
import { type RandomDocument, randomDocument } from './random-document.js';
import { randomCases, randomGrants } from './random-grants.js';
import { randomSchema } from './random-schema.js';
import { randomWorld } from './random-world.js';
import { sdlOf } from './shape.js';

/** Situations on one schema. */
export interface Batch {
  readonly premises: Premises;
  readonly situations: readonly Situation[];
}

/** Situations of one batch. */
export const BATCH = 400;

const DOCUMENTS = 20;
const POLICIES = 5;
const WORLDS = 4;

function requestOf(random: Randomness, document: RandomDocument, world: Situation['data']): SituationRequest {
  const purpose = random.below(40);
  return {
    client: random.chance(0.97) ? CLIENTS[0] : random.pick([CLIENTS[1], 'nobody']),
    matter: purpose === 0 ? null : purpose === 1 ? MATTERS[1] : purpose === 2 ? 'matter-unknown' : MATTERS[0],
    case: purpose === 3 ? null : purpose === 4 ? 'C-404' : purpose === 5 ? 'C-2' : 'C-1',
    strict: random.chance(0.03),
    document: document.text,
    operationName: null,
    variables: document.variables(random, world),
  };
}

/** Makes the batch of a seed; equal seeds make equal batches. */
export function randomBatch(seed: number): Batch {
  const random = randomness(seed);
  const shape = randomSchema(random);
  const premises: Premises = { schema: sdlOf(shape), introspection: random.chance(0.8) };
  const documents = Array.from({ length: DOCUMENTS }, () => randomDocument(random, shape));
  const policies = Array.from({ length: POLICIES }, () => randomGrants(random, shape));
  const worlds = Array.from({ length: WORLDS }, () => {
    const data = randomWorld(random, shape);
    return { data, cases: randomCases(random, shape, data) };
  });
  const situations = documents.flatMap((document) =>
    policies.flatMap((grants) =>
      worlds.map(({ data, cases }): Situation => {
        const down = random.chance(0.06) ? [random.pick(shape.departments)] : [];
        return { ...premises, data, down, grants, cases, request: requestOf(random, document, data) };
      }),
    ),
  );
  return { premises, situations };
}
