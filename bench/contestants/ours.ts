/** The gateway itself, as it is shipped: `mianzheng serve` in production mode, asked on its public endpoint. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { stringify } from 'yaml';
import type { Grant } from '../../src/authorize/rights.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { openControlStore } from '../../src/store/control-store.js';
import type { Asked, Contestant, ServerProcess, Workload } from '../contestant.js';
import { startServer } from '../contestant.js';
import type { Ground } from '../ground.js';
import { documentOf } from '../workloads.js';

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
  PLATFORM: ['Mutation.registerCase', 'Mutation.verify'],
};

function grantsOf(client: string, matter: string): Grant[] {
  return Object.entries(COORDINATES).map(([department, coordinates]) => ({
    id: `${client}-${department.toLowerCase().replaceAll('_', '-')}`,
    client,
    department,
    status: 'APPROVED',
    matters: [matter],
    legalBasis: '《政务数据共享条例》（国务院令第809号）有条件共享',
    coordinates: Object.fromEntries(coordinates.map((coordinate) => [coordinate, 'FULL' as const])),
    regions: [],
    subjects: 'RELATED',
    maxHops: 2,
    validFrom: '2026-01-01',
    validTo: '2035-12-31',
  }));
}

async function fillControlStore(file: string, ground: Ground): Promise<void> {
  const store = await openControlStore(file);
  try {
    const clients = ['bench', ...ground.tokens.map((_, i) => `bench-${i}`)];
    await store.putPolicy(
      clients.map((id) => ({ id, nameZh: `基准测试 ${id}`, nameEn: `Benchmark ${id}`, active: true })),
      clients.flatMap((client) => grantsOf(client, ground.matter)),
    );
    const register = async (client: string, applicants: Ground['applicants']) => {
      for (const { child, guardian, caseNumber } of applicants) {
        await store.registerCase({
          client,
          number: caseNumber,
          matter: ground.matter,
          filedOn: ground.filedOn,
          subjects: [
            { role: 'child', kind: 'CITIZEN', id: child },
            { role: 'guardian', kind: 'CITIZEN', id: guardian },
          ],
        });
      }
    };
    await register('bench', ground.applicants);
  } finally {
    await store.close();
  }
}

function configurationOf(ground: Ground): string {
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
  });
}

/**
 * The gateway as a contestant.
 * @param name as in `--only`
 * @param nodeOptions further options of node, such as `--cpu-prof`
 */
export function gateway(name: string, title: string, nodeOptions: readonly string[] = []): Contestant {
  let server: ServerProcess | null = null;
  return {
    name,
    title,
    part: 'MAIN',
    workloads: ['enrolment'],
    async start(ground, groundFile) {
      const data = join(ground.folder, name);
      if (!isAbsolute(data)) throw new TypeError('the folder of the run is absolute');
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
      await fillControlStore(join(data, 'control.sqlite'), ground);
      const config = join(data, 'mianzheng.yaml');
      writeFileSync(config, configurationOf(ground));
      const program = join(PACKAGE_ROOT, 'bin', 'mianzheng.js');
      const args = [...nodeOptions, program, 'serve', '--json', '--log-level', 'error'];
      server = await startServer(args, groundFile, { MIANZHENG_CONFIG: config, MIANZHENG_DATA: data }, data);
      const bodies = new Map<Workload, string>();
      return {
        url: server.url,
        pids: [server.pid],
        request(workload, i): Asked {
          const applicant = ground.applicants[i];
          if (applicant === undefined) throw new RangeError(`no applicant ${i}`);
          let document = bodies.get(workload);
          if (document === undefined) {
            document = documentOf(workload);
            bodies.set(workload, document);
          }
          return {
            path: '/graphql',
            headers: {
              authorization: `Bearer ${ground.token}`,
              'content-type': 'application/json',
              accept: 'application/json',
              'mianzheng-matter': ground.matter,
              'mianzheng-case': applicant.caseNumber,
            },
            body: JSON.stringify({ query: document, variables: { id: applicant.child } }),
          };
        },
      };
    },
    async stop() {
      await server?.stop();
      server = null;
    },
  };
}
