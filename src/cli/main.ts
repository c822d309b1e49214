/** `mianzheng`: one command per file; this one only names them and ends the process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../package-root.js';
import { FAILED } from './output.js';

/** Commands by name. Each is loaded where it is named: what one needs, the others should not wait for. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.js')).serveCommand(),
  seed: async () => (await import('./seed.js')).seedCommand(),
  token: async () => (await import('./token.js')).tokenCommand(),
  verify: async () => (await import('./verify.js')).verifyCommand(),
  batch: async () => (await import('./batch.js')).batchCommand(),
  stories: async () => (await import('./stories.js')).storiesCommand(),
  matter: async () => (await import('./matter.js')).matterCommand(),
  proofs: async () => (await import('./proofs.js')).proofsCommand(),
  tasks: async () => (await import('./tasks.js')).tasksCommand(),
  commitments: async () => (await import('./commitments.js')).commitmentsCommand(),
  reminders: async () => (await import('./reminders.js')).remindersCommand(),
  policy: async () => (await import('./policy.js')).policyCommand(),
  licence: async () => (await import('./licence.js')).licenceCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  documents: async () => (await import('./documents.js')).documentsCommand(),
  client: async () => (await import('./clients.js')).clientCommand(),
  disputes: async () => (await import('./disputes.js')).disputesCommand(),
  audit: async () => (await import('./audit.js')).auditCommand(),
  receipt: async () => (await import('./receipt.js')).receiptCommand(),
  retention: async () => (await import('./retention.js')).retentionCommand(),
  backup: async () => (await import('./backup.js')).backupCommand(),
  restore: async () => (await import('./backup.js')).restoreCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
  simulator: async () => (await import('./simulator.js')).simulatorCommand(),
};

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

const program = new Command('mianzheng')
  .description("Mianzheng (免证): field-level authorization, verification and evidence over a city's departments")
  .version(version)
  // An option behind a command is that command's, also where one above it has the same.
  .enablePositionalOptions()
  .configureHelp({ sortSubcommands: true });

/** Wrong words end with 2 in every command, help with 0. */
function endWith2(command: Command): void {
  command.exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : FAILED);
  });
  command.commands.forEach(endWith2);
}

/** Whoever reads our output may stop reading, as `head` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : FAILED);
});

const [, , word = ''] = process.argv;
const named = Object.hasOwn(COMMANDS, word) ? [word] : Object.keys(COMMANDS);
for (const name of named) {
  const command = await COMMANDS[name]?.();
  if (command !== undefined) program.addCommand(command);
}

endWith2(program);
try {
  await program.parseAsync();
} catch (error) {
  const json = process.argv.includes('--json');
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(json ? `${JSON.stringify({ error: message })}\n` : `mianzheng: ${message}\n`);
  process.exitCode = FAILED;
}
