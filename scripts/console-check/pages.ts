/** The pages that are checked, each as somebody who works with it. */

/** A page. */
export interface CheckedPage {
  /** Name of its pictures. */
  readonly name: string;
  /** Address below /console. */
  readonly path: string;
  /** Person of the development issuer. */
  readonly who: string;
  /** What is pressed before the picture is taken, by CSS selector. */
  readonly press?: string;
}

const QUERY = `{
  resident(id: "350702202003059021") {
    name
    idNumber
    phone
    guardians {
      relation
      name
    }
    vaccination {
      assessment {
        result
      }
    }
  }
}`;

const explorer = new URLSearchParams({
  client: 'school-enrolment',
  matter: 'school-enrolment-primary',
  query: QUERY,
});

/** All of them. */
export const PAGES: readonly CheckedPage[] = [
  { name: 'overview', path: '/', who: 'household-admin' },
  { name: 'catalogue', path: '/catalogue?department=HOUSEHOLD', who: 'household-admin' },
  { name: 'catalogue-field', path: '/catalogue?field=Resident.idNumber', who: 'household-admin' },
  { name: 'catalogue-demands', path: '/catalogue?list=demands', who: 'household-admin' },
  { name: 'applications', path: '/applications', who: 'household-admin' },
  {
    name: 'application-decide',
    path: '/applications?status=SUBMITTED',
    who: 'household-admin',
    press: 'tbody a[href*="/applications/"]',
  },
  { name: 'application-new', path: '/applications/new', who: 'platform-admin' },
  { name: 'grants', path: '/grants', who: 'platform-admin' },
  { name: 'grant', path: '/grants/school-enrolment-household', who: 'household-admin' },
  { name: 'grant-edit', path: '/grants/school-enrolment-household/edit', who: 'household-admin' },
  {
    name: 'grant-compare',
    path: '/grants/compare?left=school-enrolment-household&right=school-enrolment-property',
    who: 'platform-admin',
  },
  { name: 'grant-use', path: '/grants/use', who: 'platform-admin' },
  { name: 'explorer', path: `/explorer?${explorer}`, who: 'platform-admin' },
  { name: 'matters', path: '/matters', who: 'platform-admin' },
  { name: 'matter-rules', path: '/matters/school-enrolment-primary', who: 'platform-admin' },
  { name: 'matter-definition', path: '/matters/school-enrolment-primary?tab=definition', who: 'platform-admin' },
  { name: 'matter-try', path: '/matters/school-enrolment-primary?tab=try', who: 'platform-admin' },
  { name: 'cases', path: '/cases', who: 'platform-admin' },
  { name: 'case', path: '/cases/school-enrolment/NP-2026-0001', who: 'household-admin' },
  { name: 'seasons', path: '/seasons', who: 'operator' },
  { name: 'season', path: '/seasons', who: 'operator', press: 'tbody a[href*="/seasons/"]' },
  { name: 'season-new', path: '/seasons/new', who: 'operator' },
  { name: 'tasks', path: '/tasks', who: 'household-admin' },
  { name: 'commitments', path: '/commitments', who: 'social-security-admin' },
  { name: 'disputes', path: '/disputes', who: 'household-admin' },
  { name: 'records', path: '/records?kind=REQUEST', who: 'auditor' },
  { name: 'records-minors', path: '/records?list=minors', who: 'auditor' },
  { name: 'monitoring', path: '/monitoring', who: 'auditor' },
  { name: 'clients', path: '/clients', who: 'platform-admin' },
  { name: 'clients-keys', path: '/clients?list=keys', who: 'platform-admin' },
  { name: 'clients-events', path: '/clients?list=events', who: 'platform-admin' },
];
