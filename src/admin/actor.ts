/** Who acts in the control plane, and what their roles let them see. */
import { parseCitizenId } from '../domain/identifiers.js';
import { MianzhengError } from '../errors.js';

/** What a person may be; as the schema's enum `Role`. */
export type Role = 'PLATFORM_ADMIN' | 'DEPARTMENT_ADMIN' | 'AUDITOR' | 'OPERATOR' | 'CITIZEN';

/** A person (用户) of the control plane. */
export interface Actor {
  /** `sub` at the issuer: how the record names the person. */
  readonly name: string;
  readonly roles: ReadonlySet<Role>;
  /** Roles as the issuer gives them. */
  readonly givenRoles: readonly string[];
  /** Departments administered; of the platform administrator `PLATFORM`, the gateway's own fields; as the data plane's enum `Department` names them. */
  readonly departments: ReadonlySet<string>;
  /** Canonical citizen ID that the issuer vouches for; null unless the person is a CITIZEN. Never recorded or logged. */
  readonly citizenId: string | null;
  /** How the person showed who it is. */
  readonly by: 'TOKEN' | 'SESSION';
  /** Until when that holds at the latest, ms since the epoch. */
  readonly until: number;
  /** What the header `Mianzheng-Csrf` must say; null for an access token, which no browser adds by itself. */
  readonly csrf: string | null;
}

/** What an issuer says of a person. */
export interface Person {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly citizenId: string | null;
}

const DEPARTMENT_PREFIX = 'department-admin:';

const ROLES: ReadonlyMap<string, Role> = new Map([
  ['platform-admin', 'PLATFORM_ADMIN'],
  ['auditor', 'AUDITOR'],
  ['operator', 'OPERATOR'],
]);

/**
 * Reads what an issuer says of a person. A role it does not know gives nothing; `department-admin:<department>` gives
 * that department, and `citizen` needs a citizen ID that is one.
 * Does NOT check that a department exists: one that does not has nothing to administer.
 */
export function actorOf(person: Person, shown: Pick<Actor, 'by' | 'until' | 'csrf'>): Actor {
  const roles = new Set<Role>();
  const departments = new Set<string>();
  const citizen = person.citizenId === null ? null : parseCitizenId(person.citizenId);
  const citizenId = citizen?.ok === true && person.roles.includes('citizen') ? citizen.value : null;
  for (const given of person.roles) {
    const role = ROLES.get(given);
    if (role !== undefined) roles.add(role);
    if (!given.startsWith(DEPARTMENT_PREFIX)) continue;
    roles.add('DEPARTMENT_ADMIN');
    departments.add(given.slice(DEPARTMENT_PREFIX.length));
  }
  if (citizenId !== null) roles.add('CITIZEN');
  // The gateway's own fields are the platform's to sign for.
  if (roles.has('PLATFORM_ADMIN')) departments.add('PLATFORM');
  return { name: person.subject, roles, givenRoles: person.roles, departments, citizenId, ...shown };
}

/** Whether the person sees the whole platform: its administrator and the auditor. */
export function seesAll({ roles }: Pick<Actor, 'roles'>): boolean {
  return roles.has('PLATFORM_ADMIN') || roles.has('AUDITOR');
}

/** Whether the person sees what belongs to a department alone. */
export function seesDepartment(actor: Pick<Actor, 'roles' | 'departments'>, department: string): boolean {
  return seesAll(actor) || actor.departments.has(department);
}

/** Departments whose things the person sees; null: of all. */
export function departmentsSeen(actor: Pick<Actor, 'roles' | 'departments'>): ReadonlySet<string> | null {
  return seesAll(actor) ? null : actor.departments;
}

/**
 * Demands that the person administers a department.
 * @throws MianzhengError FORBIDDEN
 */
export function requireDepartment(
  { departments }: Pick<Actor, 'departments'>,
  department: string,
  field: string,
): void {
  if (departments.has(department)) return;
  throw new MianzhengError('FORBIDDEN', 'only an administrator of the department that owns it may do this', { field });
}
