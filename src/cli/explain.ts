import { Command } from 'commander';
import { explainPlan } from '../authorize/explain.js';
import { rightsOf } from '../authorize/rights.js';
import { loadConfig } from '../config.js';
import { findDepartments } from '../departments.js';
import { todayIn } from '../domain/calendar.js';
import { openAuthorization } from '../open-authorization.js';
import { mattersOf } from '../open-matters.js';
import { openStore } from '../open-store.js';
import { readGrant } from '../store/policy.js';
import { CommandError, NO, print, table } from './output.js';

/** `mianzheng explain`: what an application would be given, without running anything. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('plan a document for an application without running it; exit 1 where something is not given in full')
    .argument('<query>', 'GraphQL document')
    .requiredOption('--client <name>', 'the application')
    .option('--matter <code>', 'the matter it asks for')
    .option('--operation <name>', 'which operation of the document')
    .option('--json', 'print the explanation as JSON')
    .action(
      async (
        query: string,
        options: {
          readonly client: string;
          readonly matter?: string;
          readonly operation?: string;
          readonly json?: boolean;
        },
      ) => {
        const config = loadConfig(process.env, process.cwd());
        const departments = await findDepartments();
        const coverage = departments.map(({ definition }) => ({
          department: definition.code,
          coverage: definition.coverage,
        }));
        const { authorizer } = openAuthorization(config, coverage);
        if (options.matter !== undefined && !(await mattersOf(config)()).has(options.matter)) {
          throw new CommandError(`MATTER_UNKNOWN: there is no matter ${options.matter}`);
        }
        const store = await openStore(config);
        try {
          if (!(await store.readPolicy()).clients.has(options.client)) {
            throw new CommandError(`no application ${options.client} is registered`);
          }
          const grants = (await store.grantsOf(options.client)).map(readGrant);
          const matter = options.matter ?? null;
          const rights = rightsOf(grants, matter, todayIn(config.utcOffsetMinutes, Date.now()));
          const explanation = explainPlan(authorizer.plan(query, options.operation ?? null, rights), rights, matter);
          print(explanation, options.json, ({ decisions, applications, quotas, cost }) =>
            [
              table(
                ['path', 'field', 'owner', 'decision', 'why'],
                decisions.map((d) => [d.path, d.coordinate, d.department, d.decision, d.reason ?? d.grants.join(' ')]),
              ),
              `may cost ${cost}`,
              ...quotas.map((q) => `at most ${q.subjectsPerDay} people and enterprises a day by ${q.grant}`),
              ...applications.map((a) => `to apply for at ${a.department}: ${a.coordinates.join(', ')}`),
            ].join('\n'),
          );
          if (!explanation.complete) process.exitCode = NO;
        } finally {
          await store.close();
        }
      },
    );
}
