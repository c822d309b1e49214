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
  { clientId: 'no-grants', name: 'An application without any grant (未获授权的应用)' },
];

/**
 * The demonstration's administrators. A department's administrator has the role
 * `department-admin:` with the department as in the schema's enum.
 */
export const DEVELOPMENT_PEOPLE: readonly DevelopmentPerson[] = [
  { name: 'platform-admin', roles: ['platform-admin'] },
  { name: 'household-admin', roles: ['department-admin:HOUSEHOLD'] },
  { name: 'property-admin', roles: ['department-admin:PROPERTY'] },
  { name: 'vaccination-admin', roles: ['department-admin:VACCINATION'] },
  { name: 'social-security-admin', roles: ['department-admin:SOCIAL_SECURITY'] },
  { name: 'licence-admin', roles: ['department-admin:LICENCES'] },
  { name: 'auditor', roles: ['auditor'] },
];

/** The client through which people come. */
export const CONSOLE_CLIENT: DevelopmentClient = { clientId: 'console', name: 'Console (数据管理台)' };

/** How a citizen is named: this, then the citizen ID. */
export const CITIZEN_PREFIX = 'citizen:';

/** The role of a citizen. */
export const CITIZEN_ROLE = 'citizen';
