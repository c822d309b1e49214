/** The applications and people of the demonstration city, as the development issuer knows them. */

/** An application that may get tokens by client credentials. */
export interface DevelopmentClient {
  /** Its `client_id`. */
  readonly clientId: string;
  /** Shown to people. */
  readonly name: string;
}

/** A person of the administration. */
export interface DevelopmentPerson {
  /** Name at this issuer, and `sub` of the token. Never the `client_id` of an application. */
  readonly name: string;
  /** What the person is, shown to people. */
  readonly title: string;
  /** The claim `roles`. */
  readonly roles: readonly string[];
}

/** The demonstration's applications. */
export const DEVELOPMENT_CLIENTS: readonly DevelopmentClient[] = [
  { clientId: 'school-enrolment', name: 'School enrolment (入学一件事)' },
  { clientId: 'licence-approval', name: 'Licence approval (许可审批)' },
  { clientId: 'benefits-office', name: 'Benefits office (惠民补贴)' },
  { clientId: 'licence-wallet', name: 'Licence wallet (电子证照亮证)' },
  { clientId: 'market-inspection', name: 'Market inspection (市场监管执法)' },
  { clientId: 'another-city', name: "Another city's gateway (异地政务数据网关)" },
  { clientId: 'no-grants', name: 'An application without any grant (未获授权的应用)' },
];

/**
 * The demonstration's administrators. A department's administrator has the role
 * `department-admin:` with the department as in the schema's enum.
 */
export const DEVELOPMENT_PEOPLE: readonly DevelopmentPerson[] = [
  { name: 'platform-admin', title: '平台管理员 · Platform administrator', roles: ['platform-admin'] },
  {
    name: 'household-admin',
    title: '户籍部门数据管理员 · Household registration',
    roles: ['department-admin:HOUSEHOLD'],
  },
  { name: 'property-admin', title: '不动产登记部门数据管理员 · Real estate', roles: ['department-admin:PROPERTY'] },
  { name: 'vaccination-admin', title: '疾控部门数据管理员 · Vaccination', roles: ['department-admin:VACCINATION'] },
  {
    name: 'social-security-admin',
    title: '社保部门数据管理员 · Social security',
    roles: ['department-admin:SOCIAL_SECURITY'],
  },
  {
    name: 'licence-admin',
    title: '电子证照部门数据管理员 · Electronic licences',
    roles: ['department-admin:LICENCES'],
  },
  { name: 'auditor', title: '审计员 · Auditor', roles: ['auditor'] },
  { name: 'operator', title: '业务经办 · Operator who applies for access', roles: ['operator'] },
];

/** The client through which people come. */
export const CONSOLE_CLIENT: DevelopmentClient = { clientId: 'console', name: 'Console (数据管理台)' };

/** Path of the console to which its sign-in returns. */
export const CONSOLE_CALLBACK = '/console/callback';

/** How a citizen is named: this, then the citizen ID. */
export const CITIZEN_PREFIX = 'citizen:';

/** The role of a citizen. */
export const CITIZEN_ROLE = 'citizen';
