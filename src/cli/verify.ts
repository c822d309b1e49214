import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { loadConfig } from '../config.js';
import { developmentToken, gatewayUrl, type Verdict, verify } from './client.js';
import { NO, print } from './output.js';

function inWords(verdict: Verdict): string {
  const tier = verdict.tier === null ? '' : ` (${verdict.tierZh} ${verdict.tier})`;
  const marks: Readonly<Record<string, string>> = { TRUE: '✓', FALSE: '✗', UNKNOWN: '?' };
  return [
    `${verdict.verdict}${tier}`,
    ...verdict.requirements.map(
      (r) => `  ${marks[r.outcome]} ${r.nameZh}${r.element === null ? '' : ` [${r.element}]`}`,
    ),
    ...verdict.reasonsZh.map((reason) => `  · ${reason}`),
    `  ${verdict.reviewZh}`,
  ].join('\n');
}

/** `mianzheng verify`: judges one registered case through the running gateway. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('judge one registered case through the running gateway; exit 1 where it is not APPROVED')
    .requiredOption('--matter <code>', 'code of the matter')
    .requiredOption('--case <number>', 'number of the case')
    .option('--client <name>', 'application to ask as, with a development token', 'school-enrolment')
    .option('--token <token>', 'bearer token to ask with instead')
    .option('--as-of <date>', 'judge by this day instead of the day of filing, YYYY-MM-DD')
    .option('--receipt <file>', 'save the receipt (核验回执) of the verdict there')
    .option('--json', 'print the verdict as JSON')
    .action(
      async (options: {
        readonly matter: string;
        readonly case: string;
        readonly client: string;
        readonly token?: string;
        readonly asOf?: string;
        readonly receipt?: string;
        readonly json?: boolean;
      }) => {
        const config = loadConfig(process.env, process.cwd());
        const token = options.token ?? (await developmentToken(config, options.client));
        const purpose = { matter: options.matter, caseNumber: options.case };
        const verdict = await verify(gatewayUrl(config), token, purpose, options.asOf);
        if (options.receipt !== undefined) writeFileSync(options.receipt, `${verdict.receipt}\n`);
        print(verdict, options.json, inWords);
        if (verdict.verdict !== 'APPROVED') process.exitCode = NO;
      },
    );
}
