/** Hosts one peer in a process of its own: takes orders from its parent, answers each with the peer's data. */
import { openApollo } from './apollo.js';
import { openMercurius } from './mercurius.js';
import type { PeerOrder } from './order.js';
import { openYoga, openYogaOnTypes } from './yoga.js';

const PEERS = { yoga: openYoga, 'yoga-types': openYogaOnTypes, apollo: openApollo, mercurius: openMercurius } as const;

const name = process.argv[2] ?? '';
if (!(name in PEERS)) throw new Error(`${name} is no peer: ${Object.keys(PEERS).join(', ')}`);
const open: (order: PeerOrder) => ReturnType<(typeof PEERS)[keyof typeof PEERS]> = PEERS[name as keyof typeof PEERS];

async function answer(order: PeerOrder): Promise<unknown[]> {
  const peer = await open(order);
  const answers: unknown[] = [];
  for (const { document, variables, rights, data } of order.requests) {
    answers.push(await peer.ask(document, { ...variables }, { data, rights: new Set(rights) }));
  }
  await peer.close();
  return answers;
}

process.on('message', (order: PeerOrder) => {
  answer(order).then(
    (answers) => process.send?.(answers),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit(0));
