/**
 * Reminders (催办) of the days that departments have to look after: by which they have to answer applications for access,
 * verification tasks and disputes, and by which the documents of commitments (告知承诺) have to be complete.
 */
import { randomUUID } from 'node:crypto';
import type { ChainFault } from '../audit/chain.js';
import { loadOrCreateKey } from '../audit/subject-pseudonym.js';
import type { Config } from '../config.js';
import { disputeDueOn } from '../disputes/desk.js';
import { addDays, todayIn } from '../domain/calendar.js';
import { lastDayWithin, type WorkingCalendar, workingCalendar } from '../domain/working-days.js';
import { commitmentOwners, type Matter } from '../matters/index.js';
import { openSeal } from '../messages/seal.js';
import { reminderChannels } from '../open-cases.js';
import { mattersOf } from '../open-matters.js';
import { withStore } from '../open-store.js';
import { pseudonymKeyFile } from '../places.js';
import type { ControlStore } from '../store/control-store.js';
import type { RemindedOf, Reminder, ReminderStage } from '../store/reminders.js';
import { type RecordAct, recordingActs } from './record-act.js';

/** What is asked of matters: who looks after their commitments. */
type Matters = ReadonlyMap<string, Pick<Matter, 'requirements'>>;

/** How it is run. */
export interface RemindersOptions {
  readonly config: Config;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told of faults of the chain that it is recorded in. */
  readonly onFault: (fault: ChainFault) => void;
  /** The store, where this process has it open; default: one of its own. */
  readonly store?: ControlStore | undefined;
  /** Gives the matters by code, asked where commitments are due; default: reads them. */
  readonly matters?: () => Promise<Matters>;
  /** Ends it between two reminders. */
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface RemindersReport {
  /** Reminders written. */
  readonly written: number;
  /** Those among them of departments that the configuration names no channel for. */
  readonly withoutChannel: number;
}

/** Something that a department has to see to by a day. */
interface Due extends Pick<Reminder, 'subject' | 'department' | 'dueOn'> {
  /** What tells the department which one it is. Never a person. */
  readonly about: Readonly<Record<string, string>>;
}

/** Where what is due is found. */
interface Desk {
  readonly store: Pick<ControlStore, 'applications' | 'tasks' | 'disputes' | 'commitments'>;
  readonly matters: () => Promise<Matters>;
  readonly calendar: WorkingCalendar;
  readonly utcOffsetMinutes: number;
}

/** Things read at once. */
const PAGE = 200;

/** Reads a list that is answered by pages. */
async function* paged<T>(page: (offset: number) => Promise<readonly T[]>): AsyncGenerator<readonly T[]> {
  for (let offset = 0; ; offset += PAGE) {
    const items = await page(offset);
    if (items.length > 0) yield items;
    if (items.length < PAGE) return;
  }
}

/** Something that departments are reminded of. */
interface Kind {
  /** What a reminder says of a last day. */
  readonly text: Readonly<Record<ReminderStage, (dueOn: string) => { readonly zh: string; readonly en: string }>>;
  /** What of it is open with a last day up to and with `until`. */
  readonly open: (desk: Desk, until: string) => AsyncIterable<readonly Due[]>;
}

/** What is to be answered, by its names. */
const toAnswer = (zh: string, en: string): Kind['text'] => ({
  NEAR: (dueOn) => ({ zh: `${zh}须于 ${dueOn} 前（含当日）答复。`, en: `The ${en} is to be answered by ${dueOn}.` }),
  PASSED: (dueOn) => ({
    zh: `${zh}的答复期限 ${dueOn} 已过，请尽快答复。`,
    en: `The ${en} was to be answered by ${dueOn}.`,
  }),
});

/** What departments are reminded of. */
const KINDS: Readonly<Record<RemindedOf, Kind>> = {
  APPLICATION: {
    text: toAnswer('数据使用申请', 'application for access'),
    async *open({ store }, until) {
      const submitted = await store.applications.submitted();
      const due = submitted.flatMap(({ id, client, parts }) =>
        parts.flatMap(({ department, decidedAt, dueOn }) =>
          decidedAt === null && dueOn <= until ? [{ subject: id, department, dueOn, about: { client } }] : [],
        ),
      );
      for (let from = 0; from < due.length; from += PAGE) yield due.slice(from, from + PAGE);
    },
  },
  TASK: {
    text: toAnswer('部门核验任务', 'verification task'),
    async *open({ store }, until) {
      const filter = { answered: false, overdueOn: addDays(until, 1) };
      const pages = paged(async (offset) => (await store.tasks.list(filter, { offset, most: PAGE })).items);
      for await (const tasks of pages) {
        yield tasks.flatMap(({ id, department, dueOn, client, matter, number, proof }) =>
          dueOn === null ? [] : [{ subject: id, department, dueOn, about: { client, matter, case: number, proof } }],
        );
      }
    },
  },
  DISPUTE: {
    text: toAnswer('数据校核', 'dispute'),
    async *open({ store, calendar, utcOffsetMinutes }, until) {
      for await (const disputes of paged((offset) => store.disputes.list({ state: 'OPEN' }, PAGE, offset))) {
        yield disputes.flatMap(({ id, department, coordinate, raisedAt }) => {
          const dueOn = disputeDueOn(raisedAt, calendar, utcOffsetMinutes);
          return dueOn <= until ? [{ subject: id, department, dueOn, about: { coordinate } }] : [];
        });
      }
    },
  },
  COMMITMENT: {
    text: {
      NEAR: (dueOn) => ({
        zh: `告知承诺须于 ${dueOn} 前（含当日）补齐材料。`,
        en: `The documents of the commitment are to be complete by ${dueOn}.`,
      }),
      PASSED: (dueOn) => ({
        zh: `告知承诺的补正期限 ${dueOn} 已过，材料未齐，请核查履行情况。`,
        en: `The documents of the commitment were to be complete by ${dueOn} and are not: it is to be followed up.`,
      }),
    },
    async *open({ store, matters }, until) {
      const filter = { overdueOn: addDays(until, 1) };
      const pages = paged(async (offset) => (await store.commitments.list(filter, { offset, most: PAGE })).items);
      for await (const found of pages) {
        const known = await matters();
        yield found.flatMap(({ commitment: { id, client, number, matter, dueOn } }) =>
          commitmentOwners(known.get(matter)?.requirements ?? []).map((department) => ({
            subject: id,
            department,
            dueOn,
            about: { client, matter, case: number },
          })),
        );
      }
    },
  },
};

interface Wanted extends Due {
  readonly of: RemindedOf;
  readonly stage: ReminderStage;
}

/** What is near or has passed, and was not told so. */
async function wanted(desk: Desk & { readonly store: ControlStore }, today: string, until: string): Promise<Wanted[]> {
  const all: Wanted[] = [];
  for (const of of Object.keys(KINDS) as RemindedOf[]) {
    for await (const due of KINDS[of].open(desk, until)) {
      const known = await desk.store.reminders.of(
        of,
        due.map(({ subject }) => subject),
      );
      const told = new Set(known.map(({ subject, department, stage }) => `${subject} ${department} ${stage}`));
      for (const one of due) {
        const stage = one.dueOn < today ? 'PASSED' : 'NEAR';
        if (!told.has(`${one.subject} ${one.department} ${stage}`)) all.push({ ...one, of, stage });
      }
    }
  }
  return all;
}

/** What a channel is given, in the form that Standard Webhooks proposes. */
function messageOf(id: string, { of, subject, department, stage, dueOn, about }: Wanted, at: number, record: string) {
  const text = KINDS[of].text[stage](dueOn);
  return JSON.stringify({
    type: `reminder.${stage.toLowerCase()}`,
    timestamp: new Date(at).toISOString(),
    data: { reminder: id, of, id: subject, department, dueOn, ...about, record, text },
  });
}

/**
 * Reminds each department of what is still open: once when the last day is at most `reminders.workingDaysBefore`
 * working days away, and once when it has passed. Each is recorded and handed to the outbox in one transaction, so a
 * run that was killed is simply run again, and of several processes that run together one writes it.
 * @throws what `matters` throws; RecordError LOCKED while another job or command writes the chain; MianzhengError OVERLOADED
 */
export function runReminders(options: RemindersOptions): Promise<RemindersReport> {
  const { config, now, signal } = options;
  const { utcOffsetMinutes, reminders } = config;
  const calendar = workingCalendar(config.workingDays);
  const today = todayIn(utcOffsetMinutes, now());
  return withStore(config, options.store, async (store) => {
    const until = lastDayWithin(today, reminders.workingDaysBefore, calendar);
    // Of a year whose holidays are not known nothing is near, but what has passed has passed.
    const last = until < today ? addDays(today, -1) : until;
    const matters = options.matters ?? mattersOf(config);
    const all = await wanted({ store, matters, calendar, utcOffsetMinutes }, today, last);
    if (all.length === 0) return { written: 0, withoutChannel: 0 };
    const seal = openSeal(await loadOrCreateKey(pseudonymKeyFile(config)));
    const channelOf = reminderChannels(config);
    return await recordingActs(options, async (record) => {
      let written = 0;
      let withoutChannel = 0;
      for (const one of all) {
        if (signal?.aborted) break;
        const url = channelOf(one.department);
        if (!(await write(store, one, url, now(), record, (text) => seal.seal(text)))) continue;
        written += 1;
        if (url === null) withoutChannel += 1;
      }
      return { written, withoutChannel };
    });
  });
}

function write(
  store: ControlStore,
  one: Wanted,
  url: string | null,
  at: number,
  record: RecordAct,
  seal: (text: string) => string,
): Promise<boolean> {
  const { of, subject, department, stage, dueOn } = one;
  const id = randomUUID();
  return store.reminders.write({ id, of, subject, department, stage, dueOn, at }, async () => {
    const place = await record({
      actor: 'gateway',
      action: `reminder.${stage.toLowerCase()}`,
      subject: `${of.toLowerCase()}:${subject}`,
      before: null,
      after: { reminder: id, department, due: dueOn, channel: url !== null },
    });
    return url === null ? null : { url, body: seal(messageOf(id, one, at, place)) };
  });
}
