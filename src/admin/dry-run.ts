/** What a change of a grant would do (试运行): fields that recorded requests asked for, decided before and after it. */
import { type Disclosure, type Grant, type Rights, rightsOf } from '../authorize/rights.js';
import { MianzhengError } from '../errors.js';
import { seesDepartment } from './actor.js';
import { known } from './clients.js';
import type { AdminContext } from './context.js';
import { type DraftGrant, draftedGrant, mostOf, withDraft } from './explain.js';
import { recordedUse, sinceOf } from './recorded-use.js';

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
    return { client: draft.client, department: draft.department, before, after: withDraft(before, made) };
  }
  const grant = await parts.store.access.grant(end ?? '');
  const { id, client, department } = known(
    grant !== null && seesDepartment(actor, grant.department) ? grant : null,
    'grant',
    'change.end',
  );
  const before = await parts.store.access.grants({ client });
  return { client, department, before, after: before.filter((one) => one.id !== id) };
}

const RANK: Readonly<Record<Disclosure | 'WITHHELD', number>> = { WITHHELD: 0, PREDICATE: 1, MASKED: 2, FULL: 3 };

/** `Query.dryRun`. */
export async function dryRun(args: { readonly change: GrantChange; readonly days: number }, context: AdminContext) {
  const { parts, now, today } = context;
  const { client, department, before, after } = await trialOf(context, args.change);
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
    losses: effects.filter((effect) => RANK[effect.after] < RANK[effect.before]),
    gains: effects.filter((effect) => RANK[effect.after] > RANK[effect.before]),
  };
}
