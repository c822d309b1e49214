/** Tasks of department verification: test/cases/verification-tasks.yaml. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Finding, reasonFault, taskState, truthOf } from '../../src/verifications/task.js';

interface TaskCase {
  readonly name: string;
  readonly dueOn: string | null;
  readonly now: string;
  readonly answer?: readonly [Finding, string];
  readonly is: string;
  readonly late?: boolean;
  readonly truth: string;
}

const { tasks, reasons } = parse(
  readFileSync(new URL('../cases/verification-tasks.yaml', import.meta.url), 'utf8'),
) as {
  readonly tasks: readonly TaskCase[];
  readonly reasons: readonly { readonly finding: Finding; readonly reason: string | null; readonly fault: boolean }[];
};

const TASK = {
  id: 't',
  client: 'school',
  number: 'C-1',
  matter: 'm',
  name: 'guardianship',
  proof: 'ZM-050',
  department: 'HOUSEHOLD',
  openedAt: 0,
};

describe('a task', () => {
  it.each(tasks)('$name', ({ dueOn, now, answer, is, late, truth }) => {
    const given = answer && { finding: answer[0], reason: null, by: 'household-admin', at: Date.parse(answer[1]) };
    const state = taskState({ ...TASK, dueOn, answer: given ?? null }, Date.parse(now), 480);
    expect(state.is).toBe(is);
    if (state.is === 'ANSWERED') expect(state.late).toBe(late);
    const known = truthOf(state);
    expect(known.known ? String(known.value) : known.cause).toBe(truth);
  });
});

describe('a reason', () => {
  it.each(reasons)('$finding: $reason', ({ finding, reason, fault }) => {
    expect(reasonFault(finding, reason) !== null).toBe(fault);
  });
});
