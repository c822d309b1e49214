import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config.js';
import { followRecord } from '../jobs/follow-record.js';
import { runRecurring } from '../jobs/recurring.js';
import { openLog } from '../log.js';
import { openLogFiles } from '../log-files.js';
import type { OpenGateway } from '../open-gateway.js';
import { logFolder } from '../places.js';
import { serveGateway } from './gateway-process.js';
import { prepareDemonstration, prepareShared } from './prepare.js';
import { runProcesses } from './processes.js';
import { welcome } from './welcome.js';
import { processNumber, serveAsOneOfSeveral } from './worker.js';

interface Options {
  readonly logLevel: string;
  readonly processes?: number;
  readonly json?: boolean;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('takes a whole number');
  return Number(text);
}

async function serve(options: Options): Promise<void> {
  const { processes } = options;
  const config = loadConfig(process.env, process.cwd(), processes === undefined ? {} : { processes });
  const folder = logFolder(config);
  const { utcOffsetMinutes } = config;
  const files = folder === null ? undefined : openLogFiles({ folder, utcOffsetMinutes, now: Date.now });
  const log = openLog(options.logLevel, files);
  const number = processNumber(process.env);
  if (number !== null) return serveAsOneOfSeveral(config, number, log, Date.now);
  await prepareDemonstration(config);
  const announce = (url: string) => {
    process.stdout.write(options.json ? `${JSON.stringify({ url })}\n` : welcome(url, config));
  };
  if (config.processes === 1) {
    const beside = (gateway: OpenGateway) => {
      const [jobs, following] = [runRecurring(config, log, Date.now, gateway), followRecord(config, log)];
      return {
        stop() {
          jobs.stop();
          following.stop();
        },
      };
    };
    announce(await serveGateway({ config, log, now: Date.now, beside }));
    return;
  }
  await prepareShared(config);
  // In this process only: the others write the chains that it looks after.
  const jobs = runRecurring(config, log, Date.now);
  const following = followRecord(config, log);
  const { processes: count, host, port } = config;
  const { drainMs } = config.limits;
  process.exitCode = await runProcesses({ count, host, port, drainMs, log, now: Date.now, onListening: announce });
  jobs.stop();
  following.stop();
}

/** `mianzheng serve`: the gateway. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the gateway; the first start in development makes the demonstration city')
    .option('--processes <n>', 'gateway processes behind the port, 1 to 64 (default: as configured)', wholeNumber)
    .option('--log-level <level>', 'debug, info, warn, error or silent', 'info')
    .option('--json', 'print one line {url} instead of the welcome')
    .action(serve);
}
