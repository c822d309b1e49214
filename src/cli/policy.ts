import { Command } from 'commander';
import { loadConfig } from '../config.js';
import { todayIn } from '../domain/calendar.js';
import { ask, developmentToken, gatewayUrl } from './client.js';
import { CommandError, print, table } from './output.js';
import { showCount } from './progress.js';

/** What every document asks of a run. */
const RUN = '{ run matter asOf phase pages scanned unreadable notMet kept found offers { state count } }';

interface ToldRun {
  readonly run: string;
  readonly asOf: string;
  readonly phase: 'SCAN' | 'KEPT' | 'DONE';
  readonly pages: number;
  readonly scanned: number | null;
  readonly unreadable: number | null;
  readonly notMet: number | null;
  readonly kept: number | null;
  readonly found: number | null;
  readonly offers: readonly { readonly state: string; readonly count: number | null }[];
}

interface Options {
  readonly client: string;
  readonly run?: string;
  readonly token?: string;
  readonly notify?: boolean;
  readonly json?: boolean;
}

/** Most pages of one call: 500 people each, more than any city has. */
const MAX_PAGES = 100_000;

/** How often a department that does not answer is waited for before the command gives up; the run stays where it is. */
const MAX_WAITS = 20;

class Office {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly matter: string,
    readonly run: string,
  ) {}

  /** The run behind one field; null where there is none. Waits where the gateway says that waiting helps. */
  async say(field: 'policyRun' | 'runPolicy' | 'notifyOffers' | 'withdrawOffers'): Promise<ToldRun | null> {
    const kind = field === 'policyRun' ? 'query' : 'mutation';
    for (let waits = 0; ; waits += 1) {
      const query = `${kind}($run: String!) { ${field}(run: $run) ${RUN} }`;
      const answer = await ask(this.url, this.token, { matter: this.matter, caseNumber: 'none' }, query, {
        run: this.run,
      });
      const [error] = answer.errors ?? [];
      if (error === undefined) return (answer.data?.[field] ?? null) as ToldRun | null;
      const passing = error.extensions.code === 'SOURCE_DOWN' || error.extensions.code === 'OVERLOADED';
      if (!passing || waits >= MAX_WAITS) throw new CommandError(`${error.extensions.code}: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  /** As {@link say}, of a run that must be there. @throws CommandError */
  async told(field: 'runPolicy' | 'notifyOffers' | 'withdrawOffers'): Promise<ToldRun> {
    const run = await this.say(field);
    if (run === null) throw new CommandError(`there is no run ${this.run}`);
    return run;
  }
}

const number = (count: number | null): string => (count === null ? 'too few to tell' : String(count));

function inWords(run: ToldRun): string {
  const rows = [
    ['phase', run.phase],
    ['judged by', run.asOf],
    ['pages', String(run.pages)],
    ['listed', number(run.scanned)],
    ['not met', number(run.notMet)],
    ['kept for a later run', number(run.kept)],
    ['unreadable identifiers', number(run.unreadable)],
    ['found', number(run.found)],
    ...run.offers.map(({ state, count }) => [`  ${state}`, number(count)]),
  ];
  return `${run.run}\n${table(['', ''], rows)}`;
}

async function office(matter: string, options: Options): Promise<Office> {
  const config = loadConfig(process.env, process.cwd());
  const token = options.token ?? (await developmentToken(config, options.client));
  // One run a day where nobody names it: the same command goes on with it.
  const run = options.run ?? `${matter}-${todayIn(config.utcOffsetMinutes, Date.now())}`;
  return new Office(gatewayUrl(config), token, matter, run);
}

function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<matter>', 'code of the matter')
    .option('--run <name>', 'name of the run; default: the matter and the day')
    .option('--client <name>', 'application to ask as, with a development token', 'benefits-office')
    .option('--token <token>', 'bearer token to ask with instead')
    .option('--json', 'print the run as JSON');
}

/** `mianzheng policy`: runs a policy that finds people (免申即享) through the running gateway, and shows what it came to. */
export function policyCommand(): Command {
  return new Command('policy')
    .description('find whoever meets the rule of a policy (免申即享), tell them, and show the numbers')
    .addCommand(
      command('run', 'take a run on to its end, beginning it where it is new; after a crash it goes on where it was')
        .option('--notify', 'then tell everybody who was found')
        .action(async (matter: string, options: Options) => {
          const asking = await office(matter, options);
          const progress = showCount('listed');
          let run = await asking.told('runPolicy');
          for (let pages = 1; run.phase !== 'DONE'; pages += 1) {
            if (pages > MAX_PAGES) throw new CommandError('the run does not end');
            progress.update(run.scanned ?? 0);
            run = await asking.told('runPolicy');
          }
          progress.stop();
          for (let pages = 0; options.notify === true && pages < MAX_PAGES; pages += 1) {
            const before = run;
            run = await asking.told('notifyOffers');
            if (JSON.stringify(before.offers) === JSON.stringify(run.offers)) break;
          }
          print(run, options.json, inWords);
        }),
    )
    .addCommand(
      command('show', 'the numbers of a run; a number that stands for too few people is not told').action(
        async (matter: string, options: Options) => {
          const asking = await office(matter, options);
          const run = await asking.say('policyRun');
          if (run === null) throw new CommandError(`there is no run ${asking.run}`);
          print(run, options.json, inWords);
        },
      ),
    )
    .addCommand(
      command('withdraw', 'take back the offers of a run that nobody has answered').action(
        async (matter: string, options: Options) => {
          print(await (await office(matter, options)).told('withdrawOffers'), options.json, inWords);
        },
      ),
    );
}
