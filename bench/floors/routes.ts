/** The routes of floor B: one for each workload, and one for each document of the mix. */
import { CUTS } from '../cuts.js';
import type { Ground } from '../ground.js';
import { childIn, type Route } from './endpoint.js';
import { enrolment, list, type Read } from './enrolment.js';
import { mix } from './mix.js';
import { verify } from './verify.js';
import { wide } from './wide.js';

function childrenIn(body: unknown): readonly string[] {
  return (body as { readonly children: readonly string[] }).children;
}

/** What each client of the mix may read, as numbers of cuts: here all, but each by a list of its own. */
function permitted({ tokens }: Ground): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map(tokens.map((_, i) => [`bench-${i}`, new Set(CUTS.keys())]));
}

/** The routes by path. */
export function routesOf(read: Read, ground: Ground): ReadonlyMap<string, Route> {
  const { filedOn } = ground;
  const cases = new Map(ground.applicants.map((applicant) => [applicant.caseNumber, applicant]));
  const permissions = permitted(ground);
  const routes: [path: string, route: Route][] = [
    ['/enrolment', { fields: 'enrolment/1', answer: ({ body }) => enrolment(read, childIn(body), filedOn) }],
    ['/wide', { fields: 'wide/1', answer: ({ body }) => wide(read, childIn(body), filedOn) }],
    ['/list', { fields: 'list/1', answer: ({ body }) => list(read, childrenIn(body), filedOn) }],
    [
      '/verify',
      {
        fields: 'verify/1',
        answer: ({ caseNumber }) => {
          const applicant = cases.get(caseNumber);
          return applicant === undefined ? null : verify(read, applicant, filedOn);
        },
      },
    ],
    ...CUTS.map((_, cut): [string, Route] => [
      `/mix/${cut}`,
      {
        fields: `mix-${cut}/1`,
        answer: ({ client, body }) =>
          permissions.get(client)?.has(cut) === true ? mix(read, cut, childIn(body), filedOn) : null,
      },
    ]),
  ];
  return new Map(routes);
}
