/** Commitments, acts on a real store and what the record says of them: test/cases/commitments.yaml and commitment-verdicts.yaml. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { NewEntry } from '../../src/audit/entries.js';
import { type Commitment, type CommitmentAct, commitmentState, decideAct } from '../../src/commitments/commitment.js';
import { decideCommitment } from '../../src/matters/commitment.js';
import type { Truth } from '../../src/matters/decision.js';
import { recordCommitment } from '../../src/operations/commit-case.js';
import { type ControlStore, openControlStore } from '../../src/store/control-store.js';
import { STORE_PLACES } from '../support/store-places.js';

function read<T>(name: string): T {
  return parse(readFileSync(new URL(`../cases/${name}`, import.meta.url), 'utf8')) as T;
}

describe('the verdict with a commitment', () => {
  interface VerdictCase {
    readonly name: string;
    readonly own: 'NONE' | 'KEPT' | 'BREACHED';
    readonly breach: boolean;
    readonly conditions: readonly (Truth | 'DOWN')[];
    readonly verdict: string;
    readonly because: readonly string[];
  }
  it.each(read<VerdictCase[]>('commitment-verdicts.yaml'))('$name', ({ own, breach, conditions, verdict, because }) => {
    const judged = conditions.map((given, i) => ({
      id: `c${i + 1}`,
      outcome: given === 'DOWN' ? ('UNKNOWN' as const) : given,
      retryHelps: given === 'DOWN',
    }));
    expect(decideCommitment({ own, earlierBreach: breach }, judged)).toEqual({ verdict, because });
  });
});

interface ActCase {
  readonly name: string;
  readonly acts: readonly (readonly [act: string, then: string])[];
  readonly entries: readonly string[];
}

const SIGNED_AT = Date.parse('2026-07-01T02:00:00Z');
const ENTERPRISE = { role: 'enterprise', kind: 'ENTERPRISE', id: '91350702MB2A10019D' };
const OTHER = { role: 'enterprise', kind: 'ENTERPRISE', id: '91350703MB2A100517' };

function actOf(text: string): CommitmentAct {
  const [act = '', word = ''] = text.split(' ');
  if (act === 'RECEIVE') return { act, document: word };
  if (act === 'FOLLOW_UP') return { act: 'OPEN_FOLLOW_UP', today: word };
  if (act === 'COMPLETE' || act === 'BREACH' || act === 'REINSTATE') return { act, reason: 'a person looked' };
  throw new Error(`no act ${act}`);
}

function signed(number: string, subject = ENTERPRISE): Commitment {
  return {
    id: randomUUID(),
    client: 'office',
    number,
    matter: 'licence',
    subject: { kind: subject.kind, id: subject.id },
    documents: ['a', 'b'],
    textDigest: '0'.repeat(64),
    signatory: 'office holder',
    signedAt: SIGNED_AT,
    dueOn: '2026-07-31',
    events: [{ kind: 'SIGNED', at: SIGNED_AT, by: 'client:office' }],
  };
}

describe.each(STORE_PLACES.filter(({ skip }) => !skip))('on $name', ({ create }) => {
  let place: Awaited<ReturnType<typeof create>>;
  let store: ControlStore;
  beforeAll(async () => {
    place = await create();
    store = await openControlStore(place.url);
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  async function registered(subject = ENTERPRISE): Promise<string> {
    const number = `C-${randomUUID().slice(0, 8)}`;
    await store.registerCase({
      client: 'office',
      number,
      matter: 'licence',
      filedOn: '2026-07-01',
      subjects: [subject],
    });
    return number;
  }

  it.each(read<ActCase[]>('commitments.yaml'))('$name', async ({ acts, entries }) => {
    const recorded: NewEntry[] = [];
    const record = recordCommitment(
      async (entry) => void recorded.push(entry),
      'person:x',
      () => SIGNED_AT,
    );
    const key = { client: 'office', number: await registered(OTHER) };
    expect(await store.commitments.sign(signed(key.number, OTHER), null, record)).toBe(true);
    for (const [act, then] of acts) {
      const stored = await store.commitments.ofCase(key);
      if (stored === null) throw new Error('it is kept');
      const result = decideAct(stored.commitment, actOf(act), SIGNED_AT, 'person:x');
      if (result.ok) await store.commitments.add(stored, result.events, null, record);
      const now = await store.commitments.ofCase(key);
      expect(result.ok ? now && commitmentState(now.commitment).is : `refused ${result.refusal}`).toBe(then);
    }
    expect(recorded.map((entry) => entry.kind === 'administration' && entry.action)).toEqual(entries);
    expect(JSON.stringify(recorded)).not.toContain(OTHER.id);
    // Later cases of this file start without a bar.
    const left = await store.commitments.ofCase(key);
    if (left !== null && commitmentState(left.commitment).is === 'BREACHED') {
      const lifted = decideAct(left.commitment, { act: 'REINSTATE', reason: 'end of the test' }, SIGNED_AT, 'person:x');
      if (lifted.ok) await store.commitments.add(left, lifted.events, null, record);
    }
  });

  it('is kept by nobody where it cannot be recorded', async () => {
    const key = { client: 'office', number: await registered() };
    const broken = async (): Promise<undefined> => {
      throw new Error('the disk is full');
    };
    await expect(store.commitments.sign(signed(key.number), null, broken)).rejects.toThrow();
    expect(await store.commitments.ofCase(key)).toBeNull();
    expect(await store.cases.events(key)).toEqual([]);
  });

  it('is signed once for a case, whoever comes together', async () => {
    const key = { client: 'office', number: await registered() };
    const kept = await Promise.all(
      [1, 2, 3].map(() => store.commitments.sign(signed(key.number), null, async () => undefined)),
    );
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect((await store.cases.events(key)).map(({ kind }) => kind)).toEqual(['COMMITTED']);
  });

  it('is changed by one of those who read it together', async () => {
    const key = { client: 'office', number: await registered() };
    await store.commitments.sign(signed(key.number), null, async () => undefined);
    const stored = await store.commitments.ofCase(key);
    if (stored === null) throw new Error('it is kept');
    const add = (document: string) =>
      store.commitments.add(
        stored,
        [{ kind: 'DOCUMENT_RECEIVED', at: SIGNED_AT, by: 'client:office', document }],
        null,
        async () => undefined,
      );
    const results = await Promise.all([add('a'), add('b')]);
    expect(results.filter((one) => one === null)).toHaveLength(1);
  });

  it('a breach bars its subject in any matter and application, until reinstatement, also after its case is gone', async () => {
    const subject = { role: 'enterprise', kind: 'ENTERPRISE', id: '91350724MB2A10063U' };
    const number = await registered(subject);
    await store.commitments.sign(signed(number, subject), null, async () => undefined);
    const act = async (kind: 'BREACH' | 'REINSTATE') => {
      const stored = await store.commitments.ofCase({ client: 'office', number });
      if (stored === null) throw new Error('it is kept');
      const result = decideAct(stored.commitment, { act: kind, reason: 'a person looked' }, SIGNED_AT, 'person:x');
      if (result.ok) await store.commitments.add(stored, result.events, null, async () => undefined);
    };
    expect(await store.commitments.breachedBy([subject])).toBe(false);
    await act('BREACH');
    expect(await store.commitments.breachedBy([subject])).toBe(true);
    expect(await store.commitments.breachedBy([{ kind: 'CITIZEN', id: subject.id }])).toBe(false);
    const next = await registered(subject);
    expect(await store.commitments.sign(signed(next, subject), null, async () => undefined)).toBe(false);
    await act('REINSTATE');
    expect(await store.commitments.breachedBy([subject])).toBe(false);
    expect(await store.commitments.sign(signed(next, subject), null, async () => undefined)).toBe(true);
  });
});
