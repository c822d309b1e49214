/** `mianzheng reminders`: departments are reminded of their deadlines (催办). */
import { Command } from 'commander';
import { loadConfig } from '../config.js';
import { runReminders } from '../jobs/remind.js';
import { print } from './output.js';
import { tellChainFault } from './tasks.js';

function runSubcommand(): Command {
  return new Command('run')
    .description(
      'remind departments of deadlines that are near or have passed, once each, as a running gateway does hourly',
    )
    .option('--json', 'print {written, withoutChannel}')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const config = loadConfig(process.env, process.cwd());
      const report = await runReminders({ config, now: Date.now, onFault: tellChainFault });
      print(report, json, ({ written, withoutChannel }) =>
        withoutChannel === 0
          ? `${written} written`
          : `${written} written, ${withoutChannel} of them of departments without a channel (reminders.channels)`,
      );
    });
}

/** `mianzheng reminders`. */
export function remindersCommand(): Command {
  return new Command('reminders')
    .description('departments are reminded of their deadlines (催办)')
    .addCommand(runSubcommand());
}
