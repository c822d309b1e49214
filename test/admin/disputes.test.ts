/** Disputes in the control plane: a citizen says what is wrong, its owner and nobody else answers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CITIZEN, type Desk, openDesk } from './desk.js';

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk({ clients: ['school'], grants: [] });
});
afterAll(() => desk.close());

const REASON = '电话号码早已更换';
const RAISE = 'mutation($c: String!, $r: String!) { raiseDispute(coordinate: $c, reason: $r) { id state dueOn } }';
const ANSWER =
  'mutation($id: ID!) { answerDispute(id: $id, finding: CORRECTED, reason: "已按申请更正") { state finding answeredBy } }';
const ONE = 'query($id: ID!) { dispute(id: $id) { reason department state } disputes { total } }';

const raise = (person: string, coordinate: string, reason = REASON) =>
  desk.ask(person, RAISE, { c: coordinate, r: reason });

it('is raised by a citizen on an own fact, and answered by its owner', async () => {
  const raised = await raise(CITIZEN.name, 'Resident.phone');
  expect(raised.errors).toBeUndefined();
  const { id } = (raised.data as { raiseDispute: { id: string } }).raiseDispute;

  const owner = await desk.ask('household-admin', ONE, { id });
  expect(owner.data).toEqual({
    dispute: { reason: REASON, department: 'HOUSEHOLD', state: 'OPEN' },
    disputes: { total: 1 },
  });
  // The auditor sees that there is one, not what somebody said of himself.
  const auditor = await desk.ask('auditor', ONE, { id });
  expect(auditor.data).toMatchObject({ disputes: { total: 1 } });
  expect(JSON.stringify(auditor.data)).not.toContain(REASON);
  const other = await desk.ask('property-admin', ONE, { id });
  expect(other.data).toEqual({ dispute: null, disputes: { total: 0 } });

  const refused = await desk.ask('property-admin', ANSWER, { id });
  expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
  const answered = await desk.ask('household-admin', ANSWER, { id });
  expect(answered.data).toEqual({
    answerDispute: { state: 'ANSWERED', finding: 'CORRECTED', answeredBy: 'household-admin' },
  });
  const twice = await desk.ask('household-admin', ANSWER, { id });
  expect(twice.errors).toHaveLength(1);

  const mine = await desk.ask(CITIZEN.name, '{ mine { disputes { coordinate reason state finding answer } } }');
  expect(mine.data).toEqual({
    mine: {
      disputes: [
        {
          coordinate: 'Resident.phone',
          reason: REASON,
          state: 'ANSWERED',
          finding: 'CORRECTED',
          answer: '已按申请更正',
        },
      ],
    },
  });
});

it('stands in the record with what was before and after, without whose it is or what was said', async () => {
  await raise(CITIZEN.name, 'Resident.name');
  // The memory gateway's pseudonym of somebody is made of the identifier; the true one is not.
  const recorded = JSON.stringify(desk.entries).replaceAll(`pseudonym of CITIZEN:${CITIZEN.id}`, 'pseudonym');
  expect(recorded).not.toContain(CITIZEN.id);
  expect(recorded).not.toContain(REASON);
  const changes = desk.entries.flatMap((entry) => (entry.kind === 'control' ? entry.changes : []));
  expect(changes.length).toBeGreaterThanOrEqual(1);
  for (const { subject } of changes) expect(subject).not.toBe('');
});

it.each([
  ['Mutation.verify', REASON, 'BAD_USER_INPUT'],
  ['Resident.nothing', REASON, 'BAD_USER_INPUT'],
  ['Resident.phone', '错', 'BAD_USER_INPUT'],
])('is refused on %s with the reason "%s"', async (coordinate, reason, code) => {
  const { errors } = await raise(CITIZEN.name, coordinate, reason);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
});
