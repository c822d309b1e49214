/** Every story gets its verdict from a running server over HTTP: on SQLite, on MariaDB, and with vaccination over its API. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../connectors/transports/sqlite.js';
import { startVaccinationSimulator } from '../../connectors/vaccination/simulator.js';
import { readAllStories, type Story } from '../../seeds/stories.js';
import type { Verdict } from '../../src/cli/client.js';
import { VERIFY } from '../../src/cli/client.js';
import type { Config } from '../../src/config.js';
import { readGrant } from '../../src/store/policy.js';
import { cityOn, embeddedCityFolder, type RunningGateway, startGateway } from '../support/city.js';
import { mariadb } from '../support/services.js';

const stories = readAllStories();

function purposeOf(story: Story): Record<string, string> {
  return { 'mianzheng-matter': story.matter, 'mianzheng-case': story.caseNumber };
}

async function verdictOn(run: RunningGateway, story: Story): Promise<Verdict> {
  const { data, errors } = await run.ask(story.client, purposeOf(story), VERIFY);
  if (!data?.verify) throw new Error(`no verdict: ${JSON.stringify(errors)}`);
  return data.verify;
}

let city: Awaited<ReturnType<typeof embeddedCityFolder>>;

beforeAll(async () => {
  city = await embeddedCityFolder();
});

afterAll(() => {
  city.remove();
});

interface Setting {
  readonly name: string;
  readonly skip: boolean;
  /** Departments to configure, and how to take them down again. */
  readonly open: () => Promise<{ readonly departments: Config['departments']; readonly remove: () => Promise<void> }>;
}

const SETTINGS: readonly Setting[] = [
  { name: 'SQLite', skip: false, open: async () => ({ departments: {}, remove: async () => undefined }) },
  {
    name: 'MariaDB',
    skip: mariadb === null,
    open: () => {
      if (mariadb === null) throw new Error('skipped without MariaDB');
      return cityOn(mariadb);
    },
  },
  {
    name: 'vaccination over its HTTP API',
    skip: false,
    open: async () => {
      const database = openSqlite(join(city.folder, 'departments', 'vaccination.sqlite'));
      const simulator = await startVaccinationSimulator({ database, pageSize: 7, token: 'test-token' });
      writeFileSync(join(city.folder, 'vaccination.token'), 'test-token\n');
      return {
        departments: {
          vaccination: { transport: 'http', url: simulator.url, tokenFile: 'vaccination.token', pageSize: 100 },
        },
        async remove() {
          await simulator.close();
          await database.close();
        },
      };
    },
  },
];

describe.each(SETTINGS)('stories on $name', ({ skip, open }) => {
  let run: RunningGateway;
  let opened: Awaited<ReturnType<typeof open>>;

  beforeAll(async () => {
    if (skip) return;
    opened = await open();
    run = await startGateway(city.folder, opened.departments);
  });

  afterAll(async () => {
    if (skip) return;
    await run.close();
    await opened.remove();
  });

  it.skipIf(skip).each(stories)('$id: $why.en', async (story) => {
    const { verdict, tier, requirements } = await verdictOn(run, story);
    expect({ verdict, tier }).toEqual({ verdict: story.expected.verdict, tier: story.expected.tier });
    if (story.expected.element !== null) {
      expect(requirements.map((requirement) => requirement.element)).toContain(story.expected.element);
    }
  });

  it.skipIf(skip)('judge with at most six statements', async () => {
    const [story] = stories;
    if (story === undefined) throw new Error('no story');
    run.fetches();
    await verdictOn(run, story);
    const statements = run.fetches();
    expect(statements.length).toBeLessThanOrEqual(6);
    expect(statements.length).toBeGreaterThan(0);
  });
});

describe('statements', () => {
  it('are as many for a hundred residents with all their edges as for one', async () => {
    const run = await startGateway(city.folder);
    try {
      const db = new Database(join(city.folder, 'departments', 'household.sqlite'), { readonly: true });
      const numbers = "SELECT DISTINCT gmsfhm FROM HJXX_CZRKJBXXB WHERE length(gmsfhm) = 18 AND cxbz = '0' LIMIT 100";
      const ids = (db.prepare(numbers).pluck().all() as string[]).map((id) => id.toUpperCase());
      db.close();
      expect(ids).toHaveLength(100);
      // Anyone's data for once, so that all hundred are answered and none refused before a fetch.
      const { grants } = await run.gateway.store.readPolicy();
      const anyone = grants
        .map(readGrant)
        .map((grant) => ({ ...grant, id: `${grant.id}-anyone`, subjects: 'ANY' as const }));
      await run.gateway.store.putPolicy([], anyone);
      await run.gateway.policy.refresh();
      const query = `query($ids: [CitizenId!]!) { residents(ids: $ids) { name address { text }
        guardians { relation resident { properties { share unit { address area } } licences { typeCode } } }
        properties { share unit { area } } licences { typeCode status } vaccination { assessment { result } } } }`;
      const purpose = { 'mianzheng-matter': 'school-enrolment-primary', 'mianzheng-case': 'NP-2026-0001' };
      const statements = async (asked: readonly string[]) => {
        run.fetches();
        const answer = await run.ask('school-enrolment', purpose, query, { ids: asked });
        const residents: readonly unknown[] = answer.data?.residents ?? [];
        return { made: run.fetches().length, answered: residents.filter((resident) => resident !== null).length };
      };
      const child = '350702202003059021';
      const one = await statements([child]);
      const hundred = await statements([child, ...ids.slice(1)]);
      expect(one).toMatchObject({ answered: 1 });
      expect(hundred.answered).toBeGreaterThan(95);
      // Each link of the document is one statement for all it starts from. The child owns nothing, so its own units are not asked for.
      expect(hundred.made).toBeLessThanOrEqual(one.made + 1);
      expect(hundred.made).toBeLessThanOrEqual(8);
    } finally {
      await run.close();
    }
  });
});

describe('one department down', () => {
  const UNREACHABLE = { transport: 'sql', url: 'mysql://nobody@127.0.0.1:1/none' } as const;
  const FAVOURABLE = new Set(['APPROVED', 'NEEDS_COMMITMENT', 'NEEDS_REVIEW', 'PENDING']);

  it.each(['household', 'property', 'vaccination', 'social-security', 'licences'])(
    '%s: no story turns to NOT_MET, and the gateway starts without it',
    async (department) => {
      const run = await startGateway(city.folder, { [department]: UNREACHABLE });
      try {
        for (const story of stories) {
          const { verdict } = await verdictOn(run, story);
          if (FAVOURABLE.has(story.expected.verdict)) expect(`${story.id} ${verdict}`).not.toBe(`${story.id} NOT_MET`);
          else expect(['NOT_MET', 'PENDING', 'NEEDS_REVIEW']).toContain(verdict);
        }
      } finally {
        await run.close();
      }
    },
  );
});
