/** The checks can fail: gateways with a fault built in, each of which must be found. */
import { describe, expect, it } from 'vitest';
import { addTally, emptyTally, type Tally } from './checks/examine.js';
import { runBatch } from './run.js';
import { shrink } from './shrink.js';
import type { Situation, SourceRow } from './situation.js';
import { type Observation, openSubject, type Subject } from './subject/gateway.js';

/** Operations each mutant is given. */
const OPERATIONS = 400;

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { path?: (string | number)[]; extensions: Record<string, unknown> }[];
  extensions: { mianzheng: { outcomes?: { path: unknown[]; outcome: string; reason?: string }[] } };
}

/** A gateway whose every observation is changed on its way out. */
function mutant(change: (observed: Observation, situation: Situation, inner: Subject) => Promise<Observation>) {
  return (premises: Parameters<typeof openSubject>[0]): Subject => {
    const inner = openSubject(premises);
    return { ask: async (situation) => change(await inner.ask(situation), situation, inner) };
  };
}

/** Changes the answer's body. */
function withBody(change: (body: Answer, situation: Situation) => void) {
  return mutant(async (observed, situation) => {
    const body = JSON.parse(observed.body) as Answer;
    change(body, situation);
    return { ...observed, body: JSON.stringify(body) };
  });
}

/** Changes the entry. */
function withEntry(change: (entry: NonNullable<Observation['entry']>) => NonNullable<Observation['entry']>) {
  return mutant(async (observed) => ({ ...observed, entry: observed.entry && change(observed.entry) }));
}

/** The object that holds the value at a path, with its last key. */
function holderOf(
  data: unknown,
  path: readonly (string | number)[],
): { at: Record<string | number, unknown>; key: string | number } | null {
  let at = data as Record<string | number, unknown> | null;
  for (const key of path.slice(0, -1)) at = (at?.[key] ?? null) as Record<string | number, unknown> | null;
  const key = path.at(-1);
  return at === null || key === undefined ? null : { at, key };
}

function firstText(value: unknown): { at: Record<string, unknown>; key: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'string' && each.startsWith('ZZZZZZ')) return { at: value as Record<string, unknown>, key };
    const inner = firstText(each);
    if (inner !== null) return inner;
  }
  return null;
}

function someCell(situation: Situation): string {
  const texts = Object.values(situation.data).flatMap((rows) =>
    rows.flatMap((row) =>
      Object.values(row as SourceRow).filter(
        (cell): cell is string => typeof cell === 'string' && cell.startsWith('ZZZZZZ'),
      ),
    ),
  );
  return texts[0] ?? '';
}

async function found(open: typeof openSubject): Promise<Tally> {
  const tally = emptyTally();
  for (const seed of [11, 12]) addTally(tally, (await runBatch(seed, OPERATIONS / 2, open)).tally);
  return tally;
}

describe('a gateway that', () => {
  it('is as it should be is not accused', async () => {
    expect(await found(openSubject)).toMatchObject({ leaks: 0, wrongDenials: 0, recordMismatches: 0 });
  });

  it('answers a withheld field leaks', async () => {
    const open = withBody((body, situation) => {
      const withheld = body.errors?.find(({ extensions }) => extensions.code === 'WITHHELD');
      const holder = withheld?.path && holderOf(body.data, withheld.path);
      if (holder) holder.at[holder.key] = someCell(situation);
    });
    expect((await found(open)).leaks).toBeGreaterThan(20);
  });

  it('names a value in the message of an error leaks', async () => {
    const open = withBody((body, situation) => {
      const [error] = body.errors ?? [];
      if (error) error.extensions.hint = `no access to ${someCell(situation)}`;
    });
    expect((await found(open)).leaks).toBeGreaterThan(20);
  });

  it('ignores the regions of grants leaks', async () => {
    const open: typeof openSubject = (premises) => {
      const inner = openSubject(premises);
      return {
        ask: (situation) =>
          inner.ask({ ...situation, grants: situation.grants.map((grant) => ({ ...grant, regions: [] })) }),
      };
    };
    expect((await found(open)).leaks).toBeGreaterThan(5);
  });

  it('takes MASKED for FULL leaks', async () => {
    const open: typeof openSubject = (premises) => {
      const inner = openSubject(premises);
      const full = (coordinates: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(coordinates).map(([at, d]) => [at, d === 'MASKED' ? 'FULL' : d])) as Record<
          string,
          'FULL' | 'PREDICATE'
        >;
      return {
        ask: (situation) =>
          inner.ask({
            ...situation,
            grants: situation.grants.map((grant) => ({ ...grant, coordinates: full(grant.coordinates) })),
          }),
      };
    };
    expect((await found(open)).leaks).toBeGreaterThan(5);
  });

  it('tells by the length of its answer what it withholds leaks, though no value is there', async () => {
    const open = withBody((body, situation) => {
      const rows = Object.values(situation.data).flat();
      Object.assign(body.extensions.mianzheng, { rows: rows.length, texts: rows.map((row) => row.title !== null) });
    });
    expect((await found(open)).leaks).toBeGreaterThan(50);
  });

  it('asks a department according to what may not be seen leaks', async () => {
    const open = mutant(async (observed, situation) => {
      const rows = Object.values(situation.data).flat();
      return rows.length % 2 === 0 ? observed : { ...observed, asked: [...observed.asked, 'ALPHA/E0/id() x'] };
    });
    expect((await found(open)).leaks).toBeGreaterThan(20);
  });

  it('drops a granted field denies wrongly', async () => {
    const open = withBody((body) => {
      const text = firstText(body.data);
      if (text) text.at[text.key] = null;
    });
    expect((await found(open)).wrongDenials).toBeGreaterThan(50);
  });

  it('calls a department that is down absent denies wrongly', async () => {
    const open = withBody((body) => {
      if (body.errors) body.errors = body.errors.filter(({ extensions }) => extensions.code !== 'SOURCE_DOWN');
      for (const outcome of body.extensions.mianzheng.outcomes ?? []) {
        if (outcome.outcome === 'SOURCE_DOWN') outcome.outcome = 'ABSENT';
      }
    });
    expect((await found(open)).wrongDenials).toBeGreaterThan(2);
  });

  it('calls a row outside the region absent denies wrongly', async () => {
    const open = withBody((body) => {
      for (const outcome of body.extensions.mianzheng.outcomes ?? []) {
        if (outcome.reason === 'REGION_SCOPE') outcome.outcome = 'ABSENT';
      }
    });
    expect((await found(open)).wrongDenials).toBeGreaterThan(5);
  });

  it('refuses what it should answer denies wrongly', async () => {
    const open: typeof openSubject = (premises) => {
      const inner = openSubject(premises);
      return { ask: (situation) => inner.ask({ ...situation, request: { ...situation.request, case: null } }) };
    };
    expect((await found(open)).wrongDenials).toBeGreaterThan(50);
  });

  it('omits a disclosed coordinate from the record is found', async () => {
    const open = withEntry((entry) => ({ ...entry, disclosed: entry.disclosed.slice(1) }));
    expect((await found(open)).recordMismatches).toBeGreaterThan(50);
  });

  it('records a disclosure that did not happen is found', async () => {
    const open = withEntry((entry) => ({ ...entry, disclosed: [...entry.disclosed, 'E0.nothing'] }));
    expect((await found(open)).recordMismatches).toBeGreaterThan(300);
  });

  it('forgets a subject is found', async () => {
    const open = withEntry((entry) => ({ ...entry, subjects: entry.subjects.slice(1) }));
    expect((await found(open)).recordMismatches).toBeGreaterThan(20);
  });

  it('writes a value into the record leaks', async () => {
    const open = mutant(async (observed, situation) => ({
      ...observed,
      entry: observed.entry && { ...observed.entry, operator: someCell(situation) },
    }));
    expect((await found(open)).leaks).toBeGreaterThan(300);
  });
});

describe('shrinking', () => {
  it('leaves a failure that still fails, with less of everything', async () => {
    const open = withEntry((entry) => ({ ...entry, disclosed: entry.disclosed.slice(1) }));
    const { failures } = await runBatch(11, 50, open);
    const failure = failures.at(-1);
    if (failure === undefined) throw new Error('the mutant was not found');
    const small = await shrink(failure, open);
    expect(small.faults.map(({ kind }) => kind)).toContain('RECORD');
    expect(small.situation.grants.length).toBe(1);
    expect(small.situation.request.document.length).toBeLessThanOrEqual(failure.situation.request.document.length);
    const rows = (situation: Situation) => Object.values(situation.data).flat().length;
    expect(rows(small.situation)).toBeLessThan(rows(failure.situation));
  }, 120_000);
});
