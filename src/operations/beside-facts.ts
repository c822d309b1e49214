/** What a verdict rests on beside facts: what departments answered that verify a proof, and what the applicant committed to. */
import type { NewEntry } from '../audit/entries.js';
import { type CommitmentState, commitmentState } from '../commitments/commitment.js';
import { addWorkingDays, HolidaysUnknown } from '../domain/working-days.js';
import type { Gateway } from '../gateway.js';
import { type Answer, type CommitmentStanding, type Matter, noticeDigest, type Verdict } from '../matters/index.js';
import type { RecordDraft } from '../record-draft.js';
import type { StoredCommitment } from '../store/commitments.js';
import type { CaseFile } from '../store/control-store.js';
import type { NewTask, RecordTask } from '../store/verification-tasks.js';
import { type TaskState, taskState, truthOf, type VerificationTask } from '../verifications/task.js';

/** What is known of a case beside its facts. */
export interface Beside {
  readonly tasks: readonly VerificationTask[];
  readonly commitment: StoredCommitment | null;
  /** For the judge. */
  readonly answers: Readonly<Record<string, Answer>>;
  readonly standing: CommitmentStanding;
}

/** Reads it, and does what a verdict asks for. */
export interface BesideFacts {
  /** One statement for tasks, one or two for commitments; none of a matter that has neither. */
  read(): Promise<Beside>;
  /** Opens the tasks that the verdict waits for. @returns what is known then */
  settle(verdict: Verdict, beside: Beside): Promise<Beside>;
}

/** For whom it is read. */
export interface BesideContext {
  readonly gateway: Gateway;
  readonly matter: Matter;
  readonly file: CaseFile;
  readonly draft: Pick<RecordDraft, 'requestId'>;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

const NOTHING: Beside = {
  tasks: [],
  commitment: null,
  answers: {},
  standing: { own: 'NONE', earlierBreach: false },
};

/** Opens it for one case. */
export function besideFacts({ gateway, matter, file, draft, today }: BesideContext): BesideFacts {
  const { store, now, utcOffsetMinutes } = gateway;
  const key = { client: file.client, number: file.number };
  const asked = matter.formerProofs.filter(({ verification }) => verification !== undefined);

  const withTasks = (beside: Beside, tasks: readonly VerificationTask[]): Beside => ({
    ...beside,
    tasks,
    answers: Object.fromEntries(tasks.map((task) => [task.name, truthOf(taskState(task, now(), utcOffsetMinutes))])),
  });

  return {
    async read() {
      const [tasks, found] = await Promise.all([
        asked.length === 0 ? [] : store.tasks.ofCase(key),
        matter.commitment === undefined ? null : readCommitment(gateway, matter, file),
      ]);
      return withTasks({ ...NOTHING, ...found }, tasks);
    },
    async settle(verdict, beside) {
      if (verdict.awaited.length === 0) return beside;
      const open = new Set(beside.tasks.map(({ name }) => name));
      const tasks = asked.flatMap(({ proof, verification }): NewTask[] => {
        if (verification === undefined || proof === undefined) return [];
        const { id: name, department, workingDays } = verification;
        if (!verdict.awaited.includes(name) || open.has(name)) return [];
        const days = workingDays ?? gateway.proofs.proofs.get(proof)?.workingDays ?? gateway.verificationDays;
        return [{ name, proof, department, openedAt: now(), dueOn: lastDay(gateway, today, days) }];
      });
      if (tasks.length === 0) return beside;
      const all = await store.tasks.open(
        { ...key, matter: matter.code },
        tasks,
        draft.requestId,
        recordTask(gateway, `client:${file.client}`),
      );
      return withTasks(beside, all);
    },
  };
}

async function readCommitment(
  { store }: Gateway,
  { commitment }: Matter,
  file: CaseFile,
): Promise<Pick<Beside, 'commitment' | 'standing'>> {
  const subjects = file.subjects.filter(({ role }) => role === commitment?.subject);
  const [own, earlierBreach] = await Promise.all([
    store.commitments.ofCase(file),
    store.commitments.breachedBy(subjects),
  ]);
  return {
    commitment: own,
    standing: { own: own === null ? 'NONE' : STANDING[commitmentState(own.commitment).is], earlierBreach },
  };
}

const STANDING: Readonly<Record<CommitmentState['is'], CommitmentStanding['own']>> = {
  AWAITING_DOCUMENTS: 'KEPT',
  FOLLOW_UP: 'KEPT',
  COMPLETED: 'KEPT',
  BREACHED: 'BREACHED',
  REINSTATED: 'BREACHED',
};

/** The last day of a task; null, and told loudly, where nobody has stated a year's holidays: the case must not suffer for it. */
function lastDay({ workingCalendar, log }: Gateway, today: string, days: number): string | null {
  try {
    return addWorkingDays(today, days, workingCalendar);
  } catch (error) {
    if (!(error instanceof HolidaysUnknown)) throw error;
    log.error({ err: error }, 'a verification is opened without a last day');
    return null;
  }
}

/** Puts a change of a task into the record. @param actor who did it */
export function recordTask({ record, now }: Pick<Gateway, 'record' | 'now'>, actor: string): RecordTask {
  return async (action, task, before, after) => {
    const time = new Date(now()).toISOString();
    const entry: NewEntry = { kind: 'administration', time, actor, action, subject: `task:${task.id}`, before, after };
    const { chain, seq } = await record.append(entry);
    return `${chain}/${seq}`;
  };
}

/** The schema's `Verification`. */
export function describeTask(task: VerificationTask, matter: Matter, now: number, utcOffsetMinutes: number) {
  const state: TaskState = taskState(task, now, utcOffsetMinutes);
  const name = matter.formerProofs.find(({ proof }) => proof === task.proof)?.name;
  const answered = state.is === 'ANSWERED' ? state.answer : null;
  return {
    id: task.id,
    proof: task.proof,
    nameZh: name?.zh ?? null,
    nameEn: name?.en ?? null,
    department: task.department,
    state: state.is,
    dueOn: task.dueOn,
    answer: answered?.finding ?? null,
    answeredAt: answered === null ? null : new Date(answered.at).toISOString(),
  };
}

/** The schema's `Commitment`. */
export function describeCommitment({ commitment }: StoredCommitment, matter: Matter) {
  const { id, dueOn, signedAt, textDigest, events } = commitment;
  const received = new Set(events.flatMap((event) => (event.kind === 'DOCUMENT_RECEIVED' ? event.document : [])));
  return {
    id,
    state: commitmentState(commitment).is,
    dueOn,
    signedAt: new Date(signedAt).toISOString(),
    textDigest,
    documents: commitment.documents.map((document) => {
      const name = matter.commitment?.documents.find((one) => one.document === document)?.name;
      return { document, nameZh: name?.zh ?? document, nameEn: name?.en ?? document, received: received.has(document) };
    }),
  };
}

/** The schema's `CommitmentOffer`; null where the matter takes no commitment. */
export function offerOf({ commitment }: Matter, defaultDays: number) {
  if (commitment === undefined) return null;
  const { notice, days, documents } = commitment;
  return {
    noticeZh: notice.zh,
    noticeEn: notice.en,
    textDigest: noticeDigest(notice),
    days: days ?? defaultDays,
    documents: documents.map(({ document, name }) => ({
      document,
      nameZh: name.zh,
      nameEn: name.en,
      received: false,
    })),
  };
}

/** What a verdict tells beside its reasons, as the schema's type. */
export function toldBeside(verdict: Verdict, { tasks, commitment }: Beside, matter: Matter, gateway: Gateway) {
  const { now, utcOffsetMinutes, commitmentDays } = gateway;
  return {
    verifications: tasks.map((task) => describeTask(task, matter, now(), utcOffsetMinutes)),
    offer: verdict.verdict === 'NEEDS_COMMITMENT' ? offerOf(matter, commitmentDays) : null,
    commitment: commitment === null ? null : describeCommitment(commitment, matter),
  };
}
