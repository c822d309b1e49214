/** What happened to the stories' cases before the demonstration begins: departments' answers and commitments. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Story } from '../seeds/stories.js';
import { type Commitment, type CommitmentAct, decideAct } from './commitments/commitment.js';
import { noticeDigest } from './matters/index.js';
import { PACKAGE_ROOT } from './package-root.js';
import type { ControlStore } from './store/control-store.js';

/** Noon of a day in China, ms since the epoch. */
const noonOf = (day: string): number => Date.parse(`${day}T04:00:00Z`);

/** The demonstration is no disclosure and no change of anybody's data: what it invents is not put into the record. */
const UNRECORDED = (): Promise<undefined> => Promise.resolve(undefined);

const BY = 'person:demonstration';

/** The notice that a matter of the program has in force. */
function noticeOf(matter: string): string {
  const file = join(PACKAGE_ROOT, 'matters', `${matter}.yaml`);
  const { commitment } = parse(readFileSync(file, 'utf8')) as {
    readonly commitment?: { readonly notice: { readonly zh: string } };
  };
  return commitment?.notice.zh ?? '';
}

/**
 * Puts a story's history into the store. Repeating it changes nothing.
 */
export async function storeHistory(
  store: ControlStore,
  { client, caseNumber: number, matter, subjects, history }: Story,
): Promise<void> {
  for (const { name, proof, department, openedOn, dueOn, answeredOn, finding, reason } of history.answers) {
    const task = { name, proof, department, openedAt: noonOf(openedOn), dueOn };
    const tasks = await store.tasks.open({ client, number, matter }, [task], null, UNRECORDED);
    const opened = tasks.find((one) => one.name === name);
    const answer = { finding, reason: reason ?? null, by: 'demonstration', at: noonOf(answeredOn) };
    if (opened !== undefined) await store.tasks.answer(opened.id, answer, UNRECORDED);
  }
  const told = history.commitment;
  const subject = subjects.find(({ role }) => role === told?.subject);
  if (told === undefined || subject === undefined || (await store.commitments.ofCase({ client, number })) !== null)
    return;
  const signedAt = noonOf(told.signedOn);
  const signed: Commitment = {
    id: randomUUID(),
    client,
    number,
    matter,
    subject: { kind: subject.kind, id: subject.id },
    documents: told.documents,
    textDigest: noticeDigest({ zh: noticeOf(matter) }),
    signatory: '法定代表人',
    signedAt,
    dueOn: told.dueOn,
    events: [{ kind: 'SIGNED', at: signedAt, by: `client:${client}` }],
  };
  await store.commitments.sign(signed, null, UNRECORDED);
  const acts: (readonly [string, CommitmentAct])[] = [
    ...told.received.map(([document, on]) => [on, { act: 'RECEIVE', document }] as const),
    ...(told.followUpOn === undefined
      ? []
      : [[told.followUpOn, { act: 'OPEN_FOLLOW_UP', today: told.followUpOn }] as const]),
    ...(told.concluded === undefined
      ? []
      : [
          [
            told.concluded.on,
            { act: told.concluded.outcome === 'BREACHED' ? 'BREACH' : 'COMPLETE', reason: told.concluded.reason },
          ] as const,
        ]),
  ];
  for (const [on, act] of acts) {
    const stored = await store.commitments.ofCase({ client, number });
    if (stored === null) return;
    const result = decideAct(stored.commitment, act, noonOf(on), BY);
    if (result.ok) await store.commitments.add(stored, result.events, null, UNRECORDED);
  }
}
