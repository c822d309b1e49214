/** `mianzheng client`: applications, and whether they are on hold. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { loadConfig } from '../config.js';
import { openStore } from '../open-store.js';
import type { ClientState } from '../store/client-events.js';
import type { ControlStore } from '../store/control-store.js';
import { CommandError, NO, print, table } from './output.js';

interface HoldOptions {
  readonly reason: string;
  readonly by: string;
  readonly json?: boolean;
}

const LONGEST_REASON = 200;
const NAME = /^[\w.@-]{1,64}$/;
/** As many digits in a row as the shortest identity number has. */
const IDENTIFIER = /\d{15}/;

async function withStore<T>(work: (store: ControlStore) => Promise<T>): Promise<T> {
  const store = await openStore(loadConfig(process.env, process.cwd()));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** What happened last, in one line. */
function told({ latest }: ClientState): string {
  if (latest === null) return '';
  const { kind, at, actor, reason } = latest;
  const by = actor === null ? '' : ` by ${actor}: ${reason}`;
  return `${kind} ${new Date(at).toISOString()}${by}`;
}

function listSubcommand(): Command {
  return new Command('list')
    .description('applications, whether they are on hold, and what happened to them last')
    .option('--held', 'only those on hold')
    .option('--json', 'print the result as JSON')
    .action(async (options: { readonly held?: boolean; readonly json?: boolean }) => {
      const all = await withStore((store) => store.events.clients());
      const shown = options.held ? all.filter(({ held }) => held) : all;
      print(shown, options.json, (clients) =>
        table(
          ['client', 'name', 'state', 'last event'],
          clients.map((client) => {
            const state = client.held ? 'HELD' : client.active ? 'ACTIVE' : 'INACTIVE';
            return [client.id, client.nameZh, state, told(client)];
          }),
        ),
      );
    });
}

function checked({ reason, by }: HoldOptions): void {
  if (reason.trim() === '' || reason.length > LONGEST_REASON) {
    throw new CommandError(`--reason takes 1 to ${LONGEST_REASON} characters`);
  }
  if (IDENTIFIER.test(reason)) throw new CommandError('--reason stands in the record: it names no identity number');
  if (!NAME.test(by)) throw new CommandError('--by takes 1 to 64 letters, digits or . _ @ -');
}

function holdSubcommand(kind: 'HOLD' | 'RELEASE'): Command {
  const name = kind.toLowerCase();
  const does = kind === 'HOLD' ? 'refuse an application from now on' : 'answer an application that is on hold again';
  return new Command(name)
    .description(`${does}; a running gateway does so within a second and puts it into the record`)
    .argument('<client>', 'identifier of the application')
    .requiredOption('--reason <words>', `why, at most ${LONGEST_REASON} characters; stands in the record`)
    .option('--by <name>', 'who does it', userInfo().username)
    .option('--json', 'print the result as JSON')
    .action(async (id: string, options: HoldOptions) => {
      checked(options);
      const changed = await withStore(async (store) => {
        const clients = await store.events.clients();
        if (!clients.some((client) => client.id === id)) throw new CommandError(`no application ${id} is registered`);
        const { by: actor, reason } = options;
        return store.events.setHold({ id: randomUUID(), kind, client: id, at: Date.now(), actor, reason, alarm: null });
      });
      const held = kind === 'HOLD';
      print({ client: id, held, changed }, options.json, () =>
        changed ? `${id} is ${held ? 'on hold' : 'released'}` : `${id} was ${held ? 'on hold already' : 'not on hold'}`,
      );
      if (!changed) process.exitCode = NO;
    });
}

/** `mianzheng client`. */
export function clientCommand(): Command {
  return new Command('client')
    .description('see, hold and release applications')
    .addCommand(listSubcommand())
    .addCommand(holdSubcommand('HOLD'))
    .addCommand(holdSubcommand('RELEASE'));
}
