/** `mianzheng simulator peer-city`: another city's gateway beside this one, to try what is asked across cities (跨省通办). */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { seedCity } from '../../seeds/load.js';
import { PEER_CITY, readPeerStories, seedPeerCity } from '../../seeds/peer-city.js';
import { type Config, loadConfig } from '../config.js';
import { storeDemonstration } from '../demonstration.js';
import { buildServer } from '../http/server.js';
import { openLog } from '../log.js';
import { openGateway } from '../open-gateway.js';
import { openStore } from '../open-store.js';
import { verify } from './client.js';
import { NO, print, table } from './output.js';

/** Matter of the demonstration in which the other city is asked, and what its licences are registered as there. */
const MATTERS = { 'licence-recognition': { LICENCE: 'licence' } };
/** Our application there. */
const CLIENT = 'another-city';
/** Lifetime of a token, s, and how often it is renewed, ms. */
const TOKEN_S = 86_400;
const RENEW_MS = 12 * 3_600_000;

/** Residents of this city where only the stories are shown. */
const RESIDENTS = 150;

/** A gateway that runs until it is closed. */
interface Running {
  readonly url: string;
  /** A token of the application, good for a day. */
  readonly token: (client: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

async function run(config: Config, log: Logger): Promise<Running> {
  const store = await openStore(config);
  try {
    await storeDemonstration(store);
  } finally {
    await store.close();
  }
  const gateway = await openGateway(config, log, Date.now);
  const server = buildServer(gateway, config.limits);
  const close = async () => {
    await server.close();
    await gateway.close();
  };
  try {
    const url = await server.listen({ host: config.host, port: config.port });
    const token = async (client: string) =>
      (await gateway.developmentIssuer?.mint(client, { expiresInSeconds: TOKEN_S }))?.token ?? '';
    return { url, token, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Starts the other city in a folder of its own.
 * @param config this city's
 * @param port 0 for any free one
 */
export async function startPeerCity(config: Config, port: number, log: Logger): Promise<Running> {
  const data = join(config.data, 'peer-city');
  await seedPeerCity(join(data, 'departments'));
  return run(
    { ...config, data, port, departments: {}, instance: `${PEER_CITY.name}-1`, control: 'control.sqlite' },
    log,
  );
}

/** Puts a token of ours at the other city where this city's configuration looks for it. */
export async function writePeerToken(config: Config, peer: Pick<Running, 'token'>, file: string): Promise<void> {
  const path = join(config.data, file);
  mkdirSync(config.data, { recursive: true });
  writeFileSync(`${path}.partial`, `${await peer.token(CLIENT)}\n`, { mode: 0o600 });
  // Whoever reads it meanwhile finds the one or the other.
  renameSync(`${path}.partial`, path);
}

/** Configuration of this city's licence library with the other city behind it. */
export function licencesAcross(url: string, tokenFile: string): Config['departments'] {
  const { name, division } = PEER_CITY;
  const peers = [{ name, url, divisions: [division], matters: MATTERS, tokenFile }];
  return { licences: { transport: 'sql', url: 'departments/licences.sqlite', peers } };
}

const TOKEN_FILE = 'peer-city.token';

interface Told {
  readonly story: string;
  readonly caseNumber: string;
  readonly title: string;
  readonly peer: 'UP' | 'DOWN';
  readonly expected: string;
  readonly verdict: string;
}

/** Runs both cities in a folder of their own, judges the cases that need the other one, and once more with it down. */
async function tellStories(config: Config, log: Logger): Promise<readonly Told[]> {
  const data = join(config.data, 'two-cities');
  const here: Config = { ...config, data, port: 0, instance: 'gateway-1', control: 'control.sqlite' };
  await seedCity({ residents: RESIDENTS, target: { kind: 'SQLITE', folder: join(data, 'departments') } });
  const peer = await startPeerCity(here, 0, log);
  let up = true;
  const stop = async () => {
    if (up) await peer.close();
    up = false;
  };
  try {
    await writePeerToken(here, peer, TOKEN_FILE);
    const city = await run({ ...here, departments: licencesAcross(peer.url, TOKEN_FILE) }, log);
    try {
      const told: Told[] = [];
      const tell = async (state: Told['peer']) => {
        for (const { id, title, client, matter, caseNumber, expected } of readPeerStories()) {
          const { verdict } = await verify(city.url, await city.token(client), { matter, caseNumber });
          const due = state === 'UP' ? expected.verdict : 'PENDING';
          told.push({ story: id, caseNumber, title: title.zh, peer: state, expected: due, verdict });
        }
      };
      await tell('UP');
      await stop();
      await tell('DOWN');
      return told;
    } finally {
      await city.close();
    }
  } finally {
    await stop();
  }
}

function inWords(told: readonly Told[]): string {
  const rows = told.map(({ story, title, caseNumber, peer, expected, verdict }) => [
    story,
    title,
    caseNumber,
    peer,
    expected,
    verdict,
    expected === verdict ? '✓' : '✗',
  ]);
  return table(['story', '故事', 'case', 'peer', 'expected', 'given', ''], rows);
}

async function serve(config: Config, port: number, log: Logger, json: boolean | undefined): Promise<void> {
  const peer = await startPeerCity(config, port, log);
  await writePeerToken(config, peer, TOKEN_FILE);
  const renewal = setInterval(() => {
    writePeerToken(config, peer, TOKEN_FILE).catch((error: unknown) => log.error({ err: error }, 'token not renewed'));
  }, RENEW_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(renewal);
      peer.close().catch((error: unknown) => {
        process.stderr.write(`mianzheng: ${String(error)}\n`);
        process.exitCode = 2;
      });
    });
  }
  const tokenFile = join(config.data, TOKEN_FILE);
  print({ url: peer.url, tokenFile }, json, (made) =>
    [
      `gateway of ${PEER_CITY.divisionName} at ${made.url}/graphql, our token there in ${made.tokenFile}`,
      'this city with it: MIANZHENG_CONFIG=examples/peer-city/mianzheng.yaml npm start',
    ].join('\n'),
  );
}

/** `mianzheng simulator peer-city`. */
export function peerCityCommand(): Command {
  return new Command('peer-city')
    .description("run another city's gateway beside this one, to ask facts across cities")
    .option('--port <n>', 'port on the loopback address, 0 for any', Number, 4200)
    .option('--stories', 'run both cities, judge the cases that need the other one, also with it down, and end')
    .option('--json', 'print one line {url, tokenFile}; with --stories a list of {story, peer, expected, verdict, …}')
    .action(async (options: { readonly port: number; readonly stories?: boolean; readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      if (options.stories !== true) return serve(config, options.port, openLog('warn'), options.json);
      const told = await tellStories(config, openLog('silent'));
      print(told, options.json, inWords);
      if (told.some(({ expected, verdict }) => expected !== verdict)) process.exitCode = NO;
    });
}
