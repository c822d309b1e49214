/** The clock jumping: on a gateway in this process, because a process's own clock cannot be set for it alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { loadConfig } from '../../src/config.js';
import { buildServer } from '../../src/http/server.js';
import { openGateway } from '../../src/open-gateway.js';
import { type Fault, LASTS_MS, UNNOTICED } from './faults.js';
import type { RunningGateway, Stage } from './stage.js';

const DAY_MS = 86_400_000;

/** What the clock shows beyond the true time, ms. */
let ahead = 0;

async function startHere(stage: Stage): Promise<RunningGateway> {
  const { folder } = stage.town;
  const file = stage.town.secondConfiguration('clock');
  const config = loadConfig({ MIANZHENG_CONFIG: file, MIANZHENG_DATA: folder }, folder);
  const gateway = await openGateway(config, pino({ level: 'silent' }), () => Date.now() + ahead);
  const server = buildServer(gateway, { bodyBytes: config.limits.bodyBytes });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const state = { ended: false };
  return {
    url,
    pid: process.pid,
    port: Number(new URL(url).port),
    get ended() {
      return state.ended;
    },
    async end() {
      if (state.ended) return 0;
      state.ended = true;
      await server.close();
      await gateway.close();
      return 0;
    },
  };
}

/** The gateway's clock a day ahead, a day behind, and right again, under load. */
export const CLOCK_FAULT: Fault = {
  name: 'clock jumping a day ahead and a day back',
  expects: {
    ...UNNOTICED,
    text: 'tokens of another day are UNAUTHENTICATED, then their address is told to wait (RATE_LIMITED), no other answer changes',
    codes: ['UNAUTHENTICATED', 'RATE_LIMITED'],
    noticed: true,
  },
  lasts: LASTS_MS,
  async begin(stage) {
    stage.gateways.unshift(await startHere(stage));
    stage.setAside(stage.gateways.splice(1));
  },
  async meanwhile() {
    for (const jump of [DAY_MS, -DAY_MS, 0]) {
      await sleep(LASTS_MS / 4);
      ahead = jump;
    }
  },
  async end() {
    ahead = 0;
  },
  async check(stage) {
    const here = stage.gateways.splice(0);
    for (const gateway of here) await gateway.end('SIGTERM');
    stage.gateways.push(...stage.takeBack());
    return [];
  },
};
