import { Command } from 'commander';
import { openSqlite } from '../../connectors/transports/sqlite.js';
import { type SimulatorFault, startVaccinationSimulator } from '../../connectors/vaccination/simulator.js';
import { loadConfig } from '../config.js';
import { demonstrationFile } from '../departments.js';
import { print } from './output.js';
import { peerCityCommand } from './peer-city.js';

/** `mianzheng simulator`: a provincial vaccination API over the demonstration city, with knobs for its moods. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description('run a provincial vaccination API over the demonstration city, to try the HTTP transport')
    .option('--port <n>', 'port on the loopback address, 0 for any', Number, 4100)
    .option('--token <text>', 'token it demands', 'simulator')
    .option('--page-size <n>', 'rows a page', Number, 200)
    .option('--rate <n>', 'requests a second; more get 429', Number)
    .option('--latency <ms>', 'delay before each answer', Number, 0)
    .option(
      '--fault <kind>',
      'NONE, HANG, ERROR_500, GARBAGE, RESET, WRONG_TYPES, TRUNCATED, HUGE, WRONG_TOTALS or NO_ROWS',
      'NONE',
    )
    .option('--json', 'print one line {url}')
    .action(
      async (options: {
        readonly port: number;
        readonly token: string;
        readonly pageSize: number;
        readonly rate?: number;
        readonly latency: number;
        readonly fault: SimulatorFault;
        readonly json?: boolean;
      }) => {
        const config = loadConfig(process.env, process.cwd());
        const database = openSqlite(demonstrationFile(config, 'vaccination'));
        const simulator = await startVaccinationSimulator({
          database,
          port: options.port,
          token: options.token,
          pageSize: options.pageSize,
          ratePerSecond: options.rate ?? null,
          latencyMs: options.latency,
          fault: options.fault,
        });
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          process.once(signal, () => {
            simulator
              .close()
              .then(() => database.close())
              .catch((error: unknown) => {
                process.stderr.write(`mianzheng: ${String(error)}\n`);
                process.exitCode = 2;
              });
          });
        }
        print({ url: simulator.url }, options.json, ({ url }) => `vaccination API at ${url}`);
      },
    )
    .enablePositionalOptions()
    .addCommand(peerCityCommand());
}
