/** A person who runs seasons by the control plane's HTTP face, with an access token of the development issuer. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { parseCitizenId } from '../../src/domain/citizen-id.js';
import type { RunningGateway } from './city.js';

/** What a test looks at of a season. */
export interface SeasonSeen {
  readonly id: string;
  readonly client: string;
  readonly state: string;
  readonly working: boolean;
  readonly startedBy: string | null;
  readonly removedAfter: string | null;
  readonly actions: readonly string[];
  readonly list: {
    readonly rows: number;
    readonly faulty: number;
    readonly columns: readonly { readonly name: string; readonly heading: string }[];
    readonly faults: readonly { readonly row: number; readonly column: string; readonly zh: string }[];
  } | null;
  readonly progress: {
    readonly done: number;
    readonly perSecond: number;
    readonly secondsLeft: number | null;
    readonly verdicts: readonly { readonly name: string; readonly count: number }[];
    readonly faults: readonly { readonly zh: string; readonly en: string }[];
    readonly divisions: readonly { readonly name: string; readonly count: number }[];
    readonly schools: readonly { readonly name: string; readonly count: number }[];
  };
}

const SEASON = `id client state working startedBy removedAfter actions
  list { rows faulty columns { name heading } faults { row column zh } }
  progress { done perSecond secondsLeft verdicts { name count } faults { zh en } divisions { name count } schools { name count } }`;

/** What a person does. */
export interface SeasonPerson {
  ask(query: string, variables?: object): Promise<{ readonly data: never; readonly codes: readonly string[] }>;
  create(input: object): Promise<SeasonSeen>;
  /** @returns the status */
  bring(id: string, list: string | Uint8Array | ReadableStream<Uint8Array>): Promise<number>;
  /** @param field of Mutation, which takes an identifier @returns the season, or the code of the refusal */
  change(field: string, id: string, reason?: string): Promise<SeasonSeen | string>;
  season(id: string): Promise<SeasonSeen | null>;
  /** Asks until the season is as it should be. @throws after a minute */
  until(id: string, what: (season: SeasonSeen) => boolean): Promise<SeasonSeen>;
  fetch(id: string, file: string): Promise<Response>;
}

/** A person by name at the development issuer. */
export async function seasonPerson({ gateway, url }: RunningGateway, name: string): Promise<SeasonPerson> {
  return personAt(url, (await gateway.developmentIssuer?.mint(name))?.token ?? '');
}

/** The person that an access token names, at a gateway. */
export function personAt(url: string, token: string): SeasonPerson {
  const authorization = `Bearer ${token}`;
  const ask: SeasonPerson['ask'] = async (query, variables = {}) => {
    const response = await fetch(`${url}/admin/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors = [] } = (await response.json()) as {
      readonly data: never;
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
    return { data, codes: errors.map(({ extensions }) => extensions.code) };
  };
  const season = async (id: string): Promise<SeasonSeen | null> =>
    ((await ask(`query($id: ID!) { season(id: $id) { ${SEASON} } }`, { id })).data as { season: SeasonSeen | null })
      .season;
  return {
    ask,
    season,
    async create(input) {
      const made = await ask(`mutation($input: SeasonInput!) { createSeason(input: $input) { ${SEASON} } }`, { input });
      if (made.codes.length > 0) throw new Error(made.codes.join());
      return (made.data as { createSeason: SeasonSeen }).createSeason;
    },
    async bring(id, list) {
      const headers = { authorization, 'content-type': 'application/octet-stream' };
      return (await fetch(`${url}/admin/seasons/${id}/list`, { method: 'PUT', headers, body: list, duplex: 'half' }))
        .status;
    },
    async change(field, id, reason) {
      const more = reason === undefined ? ['', ''] : [', $reason: String!', ', reason: $reason'];
      const { data, codes } = await ask(
        `mutation($id: ID!${more[0]}) { it: ${field}(id: $id${more[1]}) { ${SEASON} } }`,
        {
          id,
          reason,
        },
      );
      return codes[0] ?? (data as { it: SeasonSeen }).it;
    },
    async until(id, what) {
      for (let i = 0; i < 600; i += 1) {
        const now = await season(id);
        if (now !== null && what(now)) return now;
        await sleep(100);
      }
      throw new Error(`the season stays ${JSON.stringify(await season(id))}`);
    },
    fetch: (id, file) => fetch(`${url}/admin/seasons/${id}/${file}`, { headers: { authorization } }),
  };
}

/**
 * A list of the people of an embedded city, as CSV. Row 11 has an identifier of no check digit, row 21 the number of row 20.
 * @param prefix of its case numbers
 */
export function listOf(folder: string, prefix: string, rows: number): string {
  const household = new Database(join(folder, 'departments', 'household.sqlite'), { readonly: true });
  const people = household.prepare('SELECT gmsfhm FROM HJXX_CZRKJBXXB').pluck().all() as string[];
  household.close();
  const ids = people.filter((id) => parseCitizenId(id).ok);
  const lines = Array.from({ length: rows }, (_, i) => {
    const child = i === 9 ? '350702202003059022' : ids[i % ids.length];
    const number = `${prefix}-${i === 19 ? 18 : i}`;
    const place = i % 3 === 0 ? '350702,实验小学' : '350781,第二小学';
    return `${number},2026-07-01,${child},${ids[(i * 7 + 1) % ids.length]},${place}`;
  });
  return `办件编号,受理日期,儿童,监护人,受理区划,报名学校\n${lines.join('\n')}\n`;
}
