/** The gateway itself, as it is shipped: `mianzheng serve` in production mode, asked on its public endpoint. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { stringify } from 'yaml';
import type { Grant, SubjectScope } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openControlStore } from '../../src/store/control-store.js';
import type { Contestant, ServerProcess, Workload } from '../contestant.js';
import { startServer } from '../contestant.js';
import type { Applicant, Ground } from '../ground.js';
import { withChildren } from '../processes.js';
import { casesOfMix, graphqlRequest, questionOf } from '../workloads.js';

/** Everything the workloads read, by department. */
const COORDINATES: Readonly<Record<string, readonly string[]>> = {
  HOUSEHOLD: [
    'Query.resident',
    'Query.residents',
    'Resident.idNumber',
    'Resident.name',
    'Resident.sex',
    'Resident.ethnicity',
    'Resident.birthDate',
    'Resident.phone',
    'Resident.status',
    'Resident.registration',
    'Resident.registeredDivision',
    'Resident.householdRelation',
    'Resident.movedInDate',
    'Resident.address',
    'Address.division',
    'Address.text',
    'Resident.guardians',
    'Guardianship.relation',
    'Guardianship.idNumber',
    'Guardianship.name',
    'Guardianship.resident',
    'Resident.household',
    'Household.number',
    'Household.kind',
    'Household.headName',
  ],
  PROPERTY: [
    'Resident.properties',
    'Ownership.manner',
    'Ownership.share',
    'Ownership.registeredDate',
    'Ownership.unit',
    'PropertyUnit.address',
    'PropertyUnit.area',
    'PropertyUnit.usage',
    'PropertyUnit.number',
    'PropertyUnit.division',
    'PropertyUnit.mortgaged',
    'PropertyUnit.seized',
  ],
  VACCINATION: [
    'Resident.vaccination',
    'VaccinationRecord.childNumber',
    'VaccinationRecord.assessment',
    'VaccinationAssessment.result',
    'VaccinationAssessment.missing',
    'VaccinationAssessment.due',
  ],
  SOCIAL_SECURITY: [
    'Resident.insuredMonths',
    'InsuredMonth.month',
    'InsuredMonth.kind',
    'Resident.socialInsurance',
    'InsuranceEnrolment.kind',
    'InsuranceEnrolment.state',
    'InsuranceEnrolment.enrolledDate',
    'InsuranceEnrolment.employer',
    'Enterprise.name',
    'Enterprise.creditCode',
  ],
  LICENCES: [
    'Resident.licences',
    'Licence.id',
    'Licence.typeCode',
    'Licence.typeName',
    'Licence.issuer',
    'Licence.issuedDate',
    'Licence.validFrom',
    'Licence.validTo',
    'Licence.status',
    'Licence.address',
  ],
  PLATFORM: ['Mutation.registerCase', 'Mutation.verify', 'Mutation.verifyCases'],
};

function grantsOf(client: string, matter: string, subjects: SubjectScope): Grant[] {
  return Object.entries(COORDINATES).map(([department, coordinates]) => ({
    id: `${client}-${department.toLowerCase().replaceAll('_', '-')}`,
    client,
    department,
    status: 'APPROVED',
    matters: [matter],
    legalBasis: '《政务数据共享条例》（国务院令第809号）有条件共享',
    coordinates: Object.fromEntries(coordinates.map((coordinate) => [coordinate, 'FULL' as const])),
    regions: [],
    subjects,
    maxHops: 2,
    validFrom: '2026-01-01',
    validTo: '2035-12-31',
  }));
}

interface Client {
  readonly id: string;
  readonly subjects: SubjectScope;
  readonly cases: readonly Applicant[];
}

/** An application that asks in another's place. */
export interface Asker {
  readonly id: string;
  /** Its access token. */
  readonly token: string;
}

/** What makes a gateway another than the one of the benchmark. */
export interface GatewayOverrides {
  /** Further keys of the configuration. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Applications that ask nothing and hold all these grants between them. */
  readonly bystanders?: { readonly clients: number; readonly grants: number };
  /** Who asks the enrolment read in turn; each has the cases of its own questions. Default: the client `bench`. */
  readonly askers?: readonly Asker[];
  /** Document asked for in place of the workload's; it takes the same variables. */
  readonly document?: string;
}

/** Grants of applications that ask nothing, as large as the others'. */
function bystanding({ clients, grants }: NonNullable<GatewayOverrides['bystanders']>, matter: string) {
  const ids = Array.from({ length: clients }, (_, i) => `bystander-${i}`);
  const held = ids.flatMap((id) => grantsOf(id, matter, 'RELATED'));
  return {
    ids,
    grants: Array.from({ length: grants }, (_, i): Grant => {
      const like = held[i % held.length];
      if (like === undefined) throw new RangeError('grants need applications that hold them');
      return { ...like, id: `bystander-grant-${i}` };
    }),
  };
}

async function fillControlStore(file: string, ground: Ground, overrides: GatewayOverrides): Promise<void> {
  const { askers = [], bystanders } = overrides;
  const store = await openControlStore(file);
  try {
    const clients: readonly Client[] = [
      { id: 'bench', subjects: 'RELATED', cases: ground.applicants },
      // A case has at most 50 subjects; who asks of a hundred residents at once may ask of anyone.
      { id: 'bench-list', subjects: 'ANY', cases: ground.tokens.length === 0 ? [] : ground.applicants },
      ...casesOfMix(ground).map((cases, i): Client => ({ id: `bench-${i}`, subjects: 'RELATED', cases })),
      ...askers.map(({ id }, asker): Client => {
        const cases = ground.applicants.filter((_, i) => i % askers.length === asker);
        return { id, subjects: 'RELATED', cases };
      }),
    ];
    const others = bystanders === undefined ? { ids: [], grants: [] } : bystanding(bystanders, ground.matter);
    await store.putPolicy(
      [...clients.map(({ id }) => id), ...others.ids].map((id) => {
        return { id, nameZh: `基准测试 ${id}`, nameEn: `Benchmark ${id}`, active: true };
      }),
      [...clients.flatMap(({ id, subjects }) => grantsOf(id, ground.matter, subjects)), ...others.grants],
    );
    for (const { id, cases } of clients) {
      for (const { child, guardian, caseNumber } of cases) {
        await store.registerCase({
          client: id,
          number: caseNumber,
          matter: ground.matter,
          filedOn: ground.filedOn,
          subjects: [
            { role: 'child', kind: 'CITIZEN', id: child },
            { role: 'guardian', kind: 'CITIZEN', id: guardian },
          ],
        });
      }
    }
  } finally {
    await store.close();
  }
}

function configurationOf(ground: Ground, { configuration = {} }: GatewayOverrides): string {
  const { issuer, audience, jwksUrl } = ground.issuer;
  return stringify({
    mode: 'production',
    port: 0,
    audience,
    issuers: [{ issuer, jwksUrl }],
    departments: Object.fromEntries(
      Object.entries(ground.departments).map(([name, url]) => [name, { transport: 'sql', url }]),
    ),
    ...(ground.connections > 0 ? { limits: { sourceConcurrency: ground.connections } } : {}),
    // It asks about everybody, which is what budgets are there to prevent.
    budgets: {
      hold: false,
      default: { subjectsPerCase: 100_000, subjectsPerHour: 10_000_000, seasonSubjectsPerHour: 10_000_000 },
    },
    ...configuration,
  });
}

/**
 * The gateway as a contestant.
 * @param name as in `--only`
 * @param workloads it is asked
 * @param nodeOptions further options of node, such as `--cpu-prof`
 * @param overrides what makes it another than the one of the benchmark; none where left out
 */
export function gateway(
  name: string,
  title: string,
  workloads: readonly Workload[],
  nodeOptions: readonly string[] = [],
  overrides: GatewayOverrides = {},
): Contestant {
  const { askers = [] } = overrides;
  let server: ServerProcess | null = null;
  return {
    name,
    title,
    part: 'MAIN',
    workloads,
    async start(ground, groundFile) {
      const data = join(ground.folder, name);
      if (!isAbsolute(data)) throw new TypeError('the folder of the run is absolute');
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
      await fillControlStore(join(data, 'control.sqlite'), ground, overrides);
      const config = join(data, 'mianzheng.yaml');
      writeFileSync(config, configurationOf(ground, overrides));
      const program = join(PACKAGE_ROOT, 'bin', 'mianzheng.js');
      const args = [...nodeOptions, program, 'serve', '--json', '--log-level', 'error'];
      const began = performance.now();
      server = await startServer(args, groundFile, { MIANZHENG_CONFIG: config, MIANZHENG_DATA: data }, data);
      const ready = await fetch(`${server.url}/readyz`);
      if (!ready.ok) throw new Error(`the gateway is not ready: ${await ready.text()}`);
      return {
        url: server.url,
        pids: withChildren(server.pid),
        startSeconds: (performance.now() - began) / 1000,
        request(workload, i) {
          const question = questionOf(workload, ground, i);
          const { token } = (workload === 'enrolment' && askers[i % askers.length]) || question;
          const { document = question.document } = overrides;
          return graphqlRequest(ground.matter, { ...question, token, document });
        },
      };
    },
    async stop() {
      await server?.stop();
      server = null;
    },
  };
}
