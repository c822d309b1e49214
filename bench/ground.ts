/** What every contestant is given: the same five databases, the same questions, the same token. */
import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';

/** The five departments, as their folders under connectors/ are named. */
export const DEPARTMENTS = ['household', 'property', 'vaccination', 'social-security', 'licences'] as const;
/** A department. */
export type DepartmentName = (typeof DEPARTMENTS)[number];

/** One applicant of the season, registered as a case of the client `bench`. */
export interface Applicant {
  /** Citizen ID of the child, canonical. */
  readonly child: string;
  /** Citizen ID of the guardian who applies, canonical. */
  readonly guardian: string;
  /** Case number. */
  readonly caseNumber: string;
}

/** The ground all contestants stand on. Written as JSON to a file that {@link GROUND_VARIABLE} names. */
export interface Ground {
  /** Database of each department: `mysql://user:password@host:port/database`, or the path of a SQLite file. */
  readonly departments: Readonly<Record<DepartmentName, string>>;
  /** Connections to each department at most; 0 where the departments are SQLite files. */
  readonly connections: number;
  /** `mysql://…/database`, one database in which a contestant may make its own record table; null: write a file. */
  readonly record: string | null;
  /** Folder of the run; a contestant writes into a folder of its own name in it. */
  readonly folder: string;
  /** Who issues the tokens. */
  readonly issuer: {
    readonly issuer: string;
    readonly audience: string;
    /** Public keys (ES256). */
    readonly keys: readonly JWK[];
    /** Where the same keys are published, on the loopback interface. */
    readonly jwksUrl: string;
  };
  /** Access token (RFC 9068) of the client `bench`, valid for the whole run. */
  readonly token: string;
  /** Access token of the client `bench-list`, which may ask of anyone, for the workload `list`. */
  readonly listToken: string;
  /** Access tokens of the clients `bench-0` and up, for the workload `mix`; none: the ground is for the enrolment read alone. */
  readonly tokens: readonly string[];
  /** Code of the matter in whose name everything is asked. */
  readonly matter: string;
  /** Day the cases were filed, `YYYY-MM-DD`: the day a vaccination is judged by. */
  readonly filedOn: string;
  readonly applicants: readonly Applicant[];
}

/** Environment variable with the path of the ground's JSON file, for the processes of contestants. */
export const GROUND_VARIABLE = 'MIANZHENG_BENCH_GROUND';

/** The ground, in a contestant's own process. @throws Error where the variable is not set or names no such file */
export function readGround(): Ground {
  const file = process.env[GROUND_VARIABLE];
  if (file === undefined) throw new Error(`${GROUND_VARIABLE} is not set: start me through bench/main.ts`);
  return JSON.parse(readFileSync(file, 'utf8')) as Ground;
}
