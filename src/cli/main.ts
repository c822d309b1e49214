/** `mianzheng`: one command per file; this one only names them and ends the process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../package-root.js';
import { auditCommand } from './audit.js';
import { backupCommand, restoreCommand } from './backup.js';
import { batchCommand } from './batch.js';
import { clientCommand } from './clients.js';
import { commitmentsCommand } from './commitments.js';
import { disputesCommand } from './disputes.js';
import { doctorCommand } from './doctor.js';
import { documentsCommand } from './documents.js';
import { explainCommand } from './explain.js';
import { licenceCommand } from './licence.js';
import { matterCommand } from './matter.js';
import { FAILED } from './output.js';
import { policyCommand } from './policy.js';
import { proofsCommand } from './proofs.js';
import { receiptCommand } from './receipt.js';
import { retentionCommand } from './retention.js';
import { seedCommand } from './seed.js';
import { serveCommand } from './serve.js';
import { simulatorCommand } from './simulator.js';
import { storiesCommand } from './stories.js';
import { tasksCommand } from './tasks.js';
import { tokenCommand } from './token.js';
import { verifyCommand } from './verify.js';

const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

const program = new Command('mianzheng')
  .description("Mianzheng (免证): field-level authorization, verification and evidence over a city's departments")
  .version(version)
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

for (const command of [
  serveCommand(),
  seedCommand(),
  tokenCommand(),
  verifyCommand(),
  batchCommand(),
  storiesCommand(),
  matterCommand(),
  proofsCommand(),
  tasksCommand(),
  commitmentsCommand(),
  policyCommand(),
  licenceCommand(),
  explainCommand(),
  documentsCommand(),
  clientCommand(),
  disputesCommand(),
  auditCommand(),
  receiptCommand(),
  retentionCommand(),
  backupCommand(),
  restoreCommand(),
  doctorCommand(),
  simulatorCommand(),
]) {
  program.addCommand(command);
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
