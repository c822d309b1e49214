/** Gives the demonstration city something to show: requests, verdicts, an application that waits and a season. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import type { RunningGateway } from './gateway.js';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '../../bin/mianzheng.js');

interface Answer {
  readonly data?: Readonly<Record<string, { readonly id?: string; readonly state?: string } | null>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Applications of the season. */
const ROWS = 400;
const DIVISIONS = ['350702', '350703', '350781', '350782', '350783'];
const SCHOOLS = ['实验小学', '第二小学', '江滨小学', '城东小学', '师范附小', '朱熹小学'];

/** A list of residents of the city, as CSV. */
function seasonList(data: string): string {
  const household = new Database(join(data, 'departments', 'household.sqlite'), { readonly: true });
  const ids = household.prepare('SELECT gmsfhm FROM HJXX_CZRKJBXXB LIMIT ?').pluck().all(ROWS) as string[];
  household.close();
  const rows = ids.map((id, i) => {
    const guardian = ids[(i * 7 + 1) % ids.length];
    return `NP-S-${i + 1},2026-07-01,${id},${guardian},${DIVISIONS[i % 5]},${SCHOOLS[i % 6]}`;
  });
  return `办件编号,受理日期,儿童,监护人,受理区划,报名学校\n${rows.join('\n')}\n`;
}

/** Judges a season. @returns what could not be done */
async function makeSeason(
  { url, data }: Pick<RunningGateway, 'url' | 'data'>,
  token: string,
  admin: (query: string, variables: Readonly<Record<string, unknown>>) => Promise<Answer>,
): Promise<readonly string[]> {
  const input = { client: 'school-enrolment', matter: 'school-enrolment-primary', file: '小学报名名单.csv' };
  const made = await admin('mutation ($input: SeasonInput!) { it: createSeason(input: $input) { id } }', { input });
  const id = made.data?.it?.id;
  if (id === undefined) return [`no season was made: ${made.errors?.[0]?.message ?? 'no answer'}`];
  await fetch(`${url}/admin/seasons/${id}/list`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream', Authorization: `Bearer ${token}` },
    body: seasonList(data),
  });
  await admin('mutation ($id: ID!) { it: startSeason(id: $id) { id } }', { id });
  for (let i = 0; i < 120; i += 1) {
    const { data: now } = await admin('query ($id: ID!) { it: season(id: $id) { state } }', { id });
    if (now?.it?.state === 'DONE') return [];
    await sleep(500);
  }
  return ['the season was not done in a minute'];
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
  const asOperator = (query: string, variables: Readonly<Record<string, unknown>>) =>
    admin('operator', query, variables);
  return [...faults, ...(await makeSeason({ url, data }, await token('operator'), asOperator))];
}
