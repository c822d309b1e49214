/** The questions of the workloads: who asks, for which case, and by which document. */
import type { Asked, Workload } from './contestant.js';
import { CUTS, documentOfCut } from './cuts.js';
import type { Applicant, Ground } from './ground.js';
import { ENROLMENT, ENROLMENT_FIELDS } from './work.js';

/** Twenty-six fields over the five departments, nine SELECTs. */
const WIDE = `query Wide($id: CitizenId!) {
  resident(id: $id) {
    name
    sex
    birthDate
    status
    registration
    movedInDate
    address { text }
    household { kind }
    guardians {
      relation
      name
      resident {
        phone
        properties { manner share registeredDate unit { address area usage } }
        licences { typeName status validFrom validTo }
        socialInsurance { kind state employer { name } }
      }
    }
    vaccination { childNumber assessment { result } }
  }
}`;

const LIST = `query List($ids: [CitizenId!]!) { residents(ids: $ids) ${ENROLMENT_FIELDS} }`;

const VERIFY = 'mutation Verify { verify { verdict tier requirements { id outcome } receipt } }';

/** Children asked for at once in the workload `list`. */
const LISTED = 100;
/** Lists asked for; each begins this many applicants after the last. */
const LISTS = { count: 40, apart: 50 } as const;

const CUT_DOCUMENTS = CUTS.map(documentOfCut);

/** One question. */
export interface Question {
  /** Access token of the client who asks. */
  readonly token: string;
  /** The case it is asked for. */
  readonly applicant: Applicant;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The same, as the floors' routes take it. */
  readonly floor: { readonly path: string; readonly body: Readonly<Record<string, unknown>> };
}

function applicantOf({ applicants }: Ground, i: number): Applicant {
  const applicant = applicants[i % applicants.length];
  if (applicant === undefined) throw new RangeError('there are no applicants');
  return applicant;
}

/** The question `i` of the mix: every client asks every document, the first 200 of 200 documents. */
function placeInMix({ tokens }: Ground, i: number) {
  const document = i % CUTS.length;
  const client = (document + Math.floor(i / CUTS.length)) % tokens.length;
  return { document, client };
}

/** Index of the applicant of whom a client of the mix asks by a document: each client has its own forty. */
function applicantInMix({ tokens }: Ground, { document, client }: ReturnType<typeof placeInMix>): number {
  return client + tokens.length * (document % 40);
}

/** Cases of each client of the mix, by the client's number. */
export function casesOfMix(ground: Ground): readonly (readonly Applicant[])[] {
  return ground.tokens.map((_, client) => [
    ...new Set(CUTS.map((_cut, document) => applicantOf(ground, applicantInMix(ground, { document, client })))),
  ]);
}

/** How many questions a workload has. */
export function questionsOf(workload: Workload, ground: Ground): number {
  if (workload === 'mix') return CUTS.length * ground.tokens.length;
  return workload === 'list' ? LISTS.count : ground.applicants.length;
}

/** A question as both the gateway and the peers take it: GraphQL over HTTP, the purpose in headers. */
export function graphqlRequest(
  matter: string,
  { token, applicant, document, variables }: Pick<Question, 'token' | 'applicant' | 'document' | 'variables'>,
): Asked {
  return {
    path: '/graphql',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'mianzheng-matter': matter,
      'mianzheng-case': applicant.caseNumber,
    },
    body: JSON.stringify({ query: document, variables }),
  };
}

/** A question; `i` counts from 0 to below {@link questionsOf}. */
export function questionOf(workload: Workload, ground: Ground, i: number): Question {
  const { token } = ground;
  switch (workload) {
    case 'enrolment':
      return aboutChild(token, applicantOf(ground, i), ENROLMENT, '/enrolment');
    case 'wide':
      return aboutChild(token, applicantOf(ground, i), WIDE, '/wide');
    case 'list': {
      const length = Math.min(LISTED, ground.applicants.length);
      const ids = Array.from({ length }, (_, k) => applicantOf(ground, i * LISTS.apart + k).child);
      const applicant = applicantOf(ground, i * LISTS.apart);
      const floor = { path: '/list', body: { children: ids } };
      return { token: ground.listToken, applicant, document: LIST, variables: { ids }, floor };
    }
    case 'verify': {
      const applicant = applicantOf(ground, i);
      return { token, applicant, document: VERIFY, variables: {}, floor: { path: '/verify', body: {} } };
    }
    case 'mix': {
      const place = placeInMix(ground, i);
      const { document, client } = place;
      const applicant = applicantOf(ground, applicantInMix(ground, place));
      return aboutChild(ground.tokens[client] ?? '', applicant, CUT_DOCUMENTS[document] ?? '', `/mix/${document}`);
    }
  }
}

function aboutChild(token: string, applicant: Applicant, document: string, path: string): Question {
  const { child } = applicant;
  return { token, applicant, document, variables: { id: child }, floor: { path, body: { child } } };
}
