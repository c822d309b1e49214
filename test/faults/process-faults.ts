/** Faults of the gateway's own processes and of its clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Expectation, type Fault, UNNOTICED } from './faults.js';
import { GatewayChild } from './gateway-child.js';
import type { Stage } from './stage.js';

/** Kills of one run. */
const KILLS = 3;

const BROKEN: Expectation = {
  ...UNNOTICED,
  text: 'answers under way break off; every answer received is in the record',
  noticed: true,
  broken: true,
};

/** Ends a gateway at once, and puts another in its place on the same port. */
async function replace(stage: Stage, at: number): Promise<void> {
  const gateway = stage.gateways[at];
  if (gateway === undefined) throw new TypeError('there is no such gateway');
  await gateway.end('SIGKILL');
  stage.gateways[at] = await GatewayChild.start(stage.town.folder, gateway.port, stage.program);
}

const killed: Fault = {
  name: `gateway killed at ${KILLS} random moments`,
  expects: BROKEN,
  lasts: 1000,
  begin: async () => undefined,
  async meanwhile(stage) {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(150 + Math.random() * 500);
      await replace(stage, 0);
    }
  },
  end: async () => undefined,
};

const oneOfTwo: Fault = {
  name: 'one of two gateways killed',
  expects: { ...BROKEN, text: 'its answers under way break off; the other goes on' },
  lasts: 1500,
  async begin(stage) {
    const second = stage.town.secondConfiguration('gateway-2');
    stage.gateways.push(await GatewayChild.start(stage.town.folder, 0, stage.program, second));
  },
  async meanwhile(stage) {
    await sleep(400);
    await stage.gateways[1]?.end('SIGKILL');
  },
  async end(stage) {
    stage.gateways.splice(1);
  },
};

const stopped: Fault = {
  name: 'gateway stopped under load and started again',
  expects: { ...BROKEN, text: 'requests under way are answered; new connections find nobody', noticed: false },
  lasts: 1500,
  begin: async () => undefined,
  async meanwhile(stage) {
    await sleep(400);
    const [gateway] = stage.gateways;
    if (gateway === undefined) throw new TypeError('there is a gateway');
    const code = await gateway.end('SIGTERM');
    if (code !== 0) throw new Error(`a gateway told to stop ended with ${code}`);
    stage.gateways[0] = await GatewayChild.start(stage.town.folder, gateway.port, stage.program);
  },
  end: async () => undefined,
};

/** Each fault of processes. */
export const PROCESS_FAULTS: readonly Fault[] = [killed, oneOfTwo, stopped];
