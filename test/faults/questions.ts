/** What is asked under every fault: fields of all five departments, verdicts of the stories, and cases to register. */
import { readStories } from '../../seeds/stories.js';

/** One question, always the same. */
export interface Question {
  readonly name: string;
  readonly kind: 'READ' | 'VERIFY';
  readonly client: string;
  readonly matter: string;
  readonly caseNumber: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The verdict that the story itself tells; null for a READ. */
  readonly verdict: string | null;
}

/** A case as `registerCase` takes it. */
export interface CaseToRegister {
  readonly client: string;
  readonly matter: string;
  readonly subjects: readonly { readonly role: string; readonly kind: string; readonly id: string }[];
}

const VERIFY = 'mutation { verify { verdict tier } }';

const ENROLMENT = `query($child: CitizenId!, $guardian: CitizenId!) {
  child: resident(id: $child) {
    name birthDate status movedInDate
    guardians { relation name }
    vaccination { assessment(asOf: "2026-07-01") { result missing } }
    licences { typeCode status validTo }
  }
  guardian: resident(id: $guardian) {
    name registration
    properties { share manner unit { address area } }
    licences { typeCode status validTo }
  }
}`;

const SUBSIDY = `query($id: CitizenId!) {
  resident(id: $id) {
    status registration
    socialInsurance { kind state enrolledDate employer { name } }
    insuredMonths(first: 600) { month kind }
  }
}`;

const { stories } = readStories();

/** The case a benefits office reads its fields in; registered before the first fault. */
export const SUBSIDY_CASE = {
  client: 'benefits-office',
  matter: 'employment-subsidy',
  number: 'FAULTS-SUBSIDY',
  subjects: [{ role: 'applicant', kind: 'CITIZEN', id: '350702199003149014' }],
} as const;

/** Every question. */
export const QUESTIONS: readonly Question[] = [
  ...stories.flatMap(({ client, matter, caseNumber, subjects, expected }): Question[] => {
    const about = { client, matter, caseNumber };
    const of = (role: string) => subjects.find((subject) => subject.role === role)?.id;
    const variables = { child: of('child'), guardian: of('guardian') };
    return [
      {
        name: `verify ${caseNumber}`,
        kind: 'VERIFY',
        ...about,
        query: VERIFY,
        variables: {},
        verdict: expected.verdict,
      },
      { name: `read ${caseNumber}`, kind: 'READ', ...about, query: ENROLMENT, variables, verdict: null },
    ];
  }),
  {
    name: 'read social insurance',
    kind: 'READ',
    client: SUBSIDY_CASE.client,
    matter: SUBSIDY_CASE.matter,
    caseNumber: SUBSIDY_CASE.number,
    query: SUBSIDY,
    variables: { id: SUBSIDY_CASE.subjects[0].id },
    verdict: null,
  },
];

/** What new cases are made of. */
export const CASES: readonly CaseToRegister[] = stories.map(({ client, matter, subjects }) => ({
  client,
  matter,
  subjects,
}));

/** The document that registers a case. */
export const REGISTER = 'mutation($input: RegisterCaseInput!) { registerCase(input: $input) { number } }';
