/** The hand-written floors as contestants. */
import { compiled } from '../build.js';
import type { Contestant, ServerProcess } from '../contestant.js';
import { startServer } from '../contestant.js';

/**
 * A floor.
 * @param file its program in bench/floors/
 * @param flags of the program
 * @param nodeOptions further options of node, such as `--cpu-prof`
 */
export function floor(
  name: string,
  title: string,
  file: string,
  flags: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Contestant {
  let server: ServerProcess | null = null;
  return {
    name,
    title,
    part: flags.length === 0 ? 'MAIN' : 'ASIDE',
    workloads: ['enrolment'],
    async start(ground, groundFile) {
      server = await startServer([...nodeOptions, compiled(`bench/floors/${file}`), ...flags], groundFile);
      return {
        url: server.url,
        pids: [server.pid],
        request(_workload, i) {
          const applicant = ground.applicants[i];
          if (applicant === undefined) throw new RangeError(`no applicant ${i}`);
          return {
            path: '/enrolment',
            headers: {
              authorization: `Bearer ${ground.token}`,
              'content-type': 'application/json',
              'mianzheng-matter': ground.matter,
              'mianzheng-case': applicant.caseNumber,
            },
            body: JSON.stringify({ child: applicant.child }),
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
