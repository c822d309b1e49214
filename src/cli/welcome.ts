/** What `serve` says once it listens. */
import type { Config } from '../config.js';

/** The address, and in development two requests to paste. @param url origin, without a slash at its end */
export function welcome(url: string, { mode }: Pick<Config, 'mode'>): string {
  if (mode === 'production') return `Mianzheng (免证) at ${url}/graphql\n`;
  const curl = (client: string, query: string, headers: string) =>
    `curl -s ${url}/graphql -H "Authorization: Bearer $(npx mianzheng token ${client})" ${headers} -H 'Content-Type: application/json' -d '{"query":"${query}"}'`;
  const purpose = "-H 'Mianzheng-Matter: school-enrolment-primary' -H 'Mianzheng-Case: NP-2026-0001'";
  const query =
    '{ resident(id: \\"350702202003059021\\") { name idNumber guardians { relation name } vaccination { assessment { result } } } }';
  return `Mianzheng (免证) at ${url}/graphql   (development mode: anyone can mint a token; demonstration city)

  health   ${url}/healthz   ${url}/readyz   ${url}/metrics
  page     ${url}/demo/enrolment   ${url}/demo/enrolment/clerk
  token    npx mianzheng token school-enrolment
  stories  npx mianzheng stories --run

allowed: the school sees what it was granted, masked where the grant says so
  ${curl('school-enrolment', query, purpose)}

refused: an application without grants gets nothing
  ${curl('no-grants', query, purpose)}
`;
}
