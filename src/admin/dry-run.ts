/** What a change of a grant would do (试运行): fields that recorded requests asked for, decided before and after it. */
import { type Disclosure, type Grant, type Rights, rightsOf } from '../authorize/rights.js';
import { todayIn } from '../domain/calendar.js';
import { MianzhengError } from '../errors.js';
import { seesDepartment } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { type DraftGrant, draftedGrant, mostOf, withDraft } from './explain.js';
import { type RecordedUse, recordedUse, sinceOf } from './recorded-use.js';

/** Shape of the schema's `GrantChangeInput`. */
interface GrantChange {
  readonly end?: string | null;
  readonly draft?: DraftGrant | null;
}

/** What is tried: the grants before and after, and whose fields they can differ in. */
interface Trial {
  readonly client: string;
  readonly department: string;
  readonly before: readonly Grant[];
  readonly after: readonly Grant[];
  /** The draft, where it has a daily quota. */
  readonly quota: Grant | null;
}

async function trialOf(context: AdminContext, { end, draft }: GrantChange): Promise<Trial> {
  const { parts, actor } = context;
  if ((end === null || end === undefined) === (draft === null || draft === undefined)) {
    throw new MianzhengError('BAD_USER_INPUT', 'takes exactly one of end and draft', { field: 'change' });
  }
  if (draft) {
    if (!seesDepartment(actor, draft.department)) {
      throw new MianzhengError('FORBIDDEN', 'the fields belong to another department', {
        field: 'change.draft.department',
      });
    }
    known(await parts.store.access.client(draft.client), 'application system', 'change.draft.client');
    const made = draftedGrant(context, draft, 'change.draft');
    const before = await parts.store.access.grants({ client: draft.client });
    const standsFor = before.find(({ id }) => id === made.id);
    if (standsFor !== undefined && standsFor.department !== draft.department) {
      throw new MianzhengError('BAD_USER_INPUT', 'is a grant of another department', { field: 'change.draft.id' });
    }
    return {
      client: draft.client,
      department: draft.department,
      before,
      after: withDraft(before, made),
      quota: made.subjectsPerDay == null ? null : made,
    };
  }
  const grant = await parts.store.access.grant(end ?? '');
  const { id, client, department } = known(
    grant !== null && seesDepartment(actor, grant.department) ? grant : null,
    'grant',
    'change.end',
  );
  const before = await parts.store.access.grants({ client });
  return { client, department, before, after: before.filter((one) => one.id !== id), quota: null };
}

/** Characters of a pseudonym that tell people of one day apart: 48 bits, read as a number, for a city may be asked about in a month. */
const TOLD_APART = 8;

/** Whom recorded requests that a grant covers asked about, day by day. */
class QuotaUse {
  readonly #days = new Map<string, Set<number>>();

  constructor(
    private readonly grant: Grant,
    private readonly utcOffsetMinutes: number,
  ) {}

  see({ matter, time, disclosed, masked, used, subjects }: RecordedUse): void {
    const { matters, coordinates } = this.grant;
    if (matter === null || !matters.includes(matter)) return;
    if (![...disclosed, ...masked, ...used].some((coordinate) => Object.hasOwn(coordinates, coordinate))) return;
    const day = todayIn(this.utcOffsetMinutes, Date.parse(time));
    const seen = this.#days.get(day) ?? new Set();
    this.#days.set(day, seen);
    for (const name of subjects) {
      seen.add(Buffer.from(name.slice(0, TOLD_APART), 'base64url').readUIntBE(0, 6));
    }
  }

  /** The schema's `DryRunQuota`. */
  shown() {
    const most = this.grant.subjectsPerDay ?? 0;
    const days = [...this.#days].map(([day, { size }]) => ({ day, subjects: size }));
    const [busiest] = days.toSorted((a, b) => b.subjects - a.subjects || (a.day < b.day ? -1 : 1));
    return {
      subjectsPerDay: most,
      busiestDay: busiest?.day ?? null,
      mostSubjects: busiest?.subjects ?? 0,
      daysBeyond: days.filter(({ subjects }) => subjects > most).length,
    };
  }
}

const RANK: Readonly<Record<Disclosure | 'WITHHELD', number>> = { WITHHELD: 0, PREDICATE: 1, MASKED: 2, FULL: 3 };

/** `Query.dryRun`. */
export async function dryRun(args: { readonly change: GrantChange; readonly days: number }, context: AdminContext) {
  const { parts, now, today } = context;
  const { client, department, before, after, quota } = await trialOf(context, args.change);
  const quotaUse = quota === null ? null : new QuotaUse(quota, parts.utcOffsetMinutes);
  const rights = new Map<string | null, readonly [Rights, Rights]>();
  const rightsFor = (matter: string | null): readonly [Rights, Rights] => {
    let pair = rights.get(matter);
    if (pair === undefined) {
      pair = [rightsOf(before, matter, today), rightsOf(after, matter, today)];
      rights.set(matter, pair);
    }
    return pair;
  };
  const own = (coordinate: string) => parts.catalogue.fields.get(coordinate)?.department === department;
  const operations = new Set<string>();
  const asked = new Map<string, { readonly matter: string | null; readonly coordinate: string; requests: number }>();
  let requests = 0;
  for await (const use of recordedUse(parts.recordFolder, now, args.days, 90)) {
    if (use.client !== client) continue;
    quotaUse?.see(use);
    const fields = new Set([...use.disclosed, ...use.masked, ...use.used, ...use.withheld].filter(own));
    if (fields.size === 0) continue;
    requests += 1;
    operations.add(`${use.matter ?? ''} ${[...fields].sort().join(' ')}`);
    for (const coordinate of fields) {
      const key = `${use.matter ?? ''} ${coordinate}`;
      const known = asked.get(key);
      if (known === undefined) asked.set(key, { matter: use.matter, coordinate, requests: 1 });
      else known.requests += 1;
    }
  }
  const effects = [...asked.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { matter, coordinate, requests: count }]) => {
      const [then, thereafter] = rightsFor(matter);
      const [was, is] = [mostOf(then, coordinate), mostOf(thereafter, coordinate)];
      return was === is ? [] : [{ client, matter, coordinate, before: was, after: is, requests: count }];
    });
  return {
    from: sinceOf(now, args.days),
    requests,
    operations: operations.size,
    quota: quotaUse?.shown() ?? null,
    losses: effects.filter((effect) => RANK[effect.after] < RANK[effect.before]),
    gains: effects.filter((effect) => RANK[effect.after] > RANK[effect.before]),
  };
}
