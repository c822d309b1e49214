/** The hand-written floors as contestants. */
import { compiled } from '../build.js';
import type { Contestant, ServerProcess, Workload } from '../contestant.js';
import { startServer } from '../contestant.js';
import { questionOf } from '../workloads.js';

/**
 * A floor.
 * @param file its program in bench/floors/
 * @param workloads it answers
 * @param flags of the program
 * @param nodeOptions further options of node, such as `--cpu-prof`
 */
export function floor(
  name: string,
  title: string,
  file: string,
  workloads: readonly Workload[],
  flags: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Contestant {
  let server: ServerProcess | null = null;
  return {
    name,
    title,
    part: flags.length === 0 ? 'MAIN' : 'ASIDE',
    workloads,
    async start(ground, groundFile) {
      server = await startServer([...nodeOptions, compiled(`bench/floors/${file}`), ...flags], groundFile);
      return {
        url: server.url,
        pids: [server.pid],
        request(workload, i) {
          const { token, applicant, floor: asked } = questionOf(workload, ground, i);
          return {
            path: asked.path,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'mianzheng-matter': ground.matter,
              'mianzheng-case': applicant.caseNumber,
            },
            body: JSON.stringify(asked.body),
          };
        },
      };
    },
    async stop() {
      await server?.stop();
      server = null;
    },
  };
}
