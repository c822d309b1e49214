/** Gives the demonstration city something to show: requests, verdicts and an application that waits. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningGateway } from './gateway.js';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../bin/mianzheng.js');

interface Answer {
  readonly data?: Readonly<Record<string, { readonly id?: string } | null>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/**
 * Asks the gateway's own development issuer for a token, as the console's people and applications do, and makes traffic.
 * @returns what could not be done: the pages are then emptier
 */
export async function makeTraffic({ url, data }: Pick<RunningGateway, 'url' | 'data'>): Promise<readonly string[]> {
  const faults: string[] = [];
  const environment = { ...process.env, PORT: new URL(url).port, MIANZHENG_DATA: data };
  const token = async (who: string): Promise<string> =>
    (await run(process.execPath, [MAIN, 'token', who], { env: environment })).stdout.trim();
  const admin = async (who: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const response = await fetch(`${url}/admin/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${await token(who)}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };
  try {
    await run(process.execPath, [MAIN, 'stories', '--run'], { env: environment });
  } catch (error) {
    faults.push(`stories were not run: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  const input = {
    client: 'benefits-office',
    purpose: '核验灵活就业人员社会保险补贴申领条件',
    matters: ['employment-subsidy'],
    legalBasis: '《就业促进法》第十七条；《政务数据共享条例》有条件共享',
    items: [
      { coordinate: 'Resident.name', disclosure: 'FULL' },
      { coordinate: 'Resident.idNumber', disclosure: 'FULL' },
      { coordinate: 'Resident.phone', disclosure: 'MASKED' },
      { coordinate: 'Resident.birthDate', disclosure: 'FULL' },
      { coordinate: 'Resident.address', disclosure: 'FULL' },
      { coordinate: 'Resident.properties', disclosure: 'PREDICATE' },
    ],
    regions: ['3507'],
    subjects: 'CASE_SUBJECTS',
    maxHops: 0,
    validFrom: '2026-12-01',
    validTo: '2027-11-30',
  };
  const created = await admin(
    'platform-admin',
    'mutation ($input: ApplicationInput!) { createApplication(input: $input) { id } }',
    { input },
  );
  const id = created.data?.createApplication?.id;
  if (id === undefined) return [...faults, `no application was made: ${created.errors?.[0]?.message ?? 'no answer'}`];
  const submitted = await admin('platform-admin', 'mutation ($id: ID!) { submitApplication(id: $id) { id } }', { id });
  if (submitted.errors !== undefined) faults.push(`it was not submitted: ${submitted.errors[0]?.message ?? ''}`);
  return faults;
}
