/** Configuration of who is told: notices to people, and events to other systems. */
import { z } from 'zod';
import type { CaseEventKind } from '../store/case-events.js';
import { guardedUrl } from './budgets.js';
import { count } from './numbers.js';

const scope = {
  /** Applications it is for; default: all. */
  clients: z.array(z.string().min(1)).min(1).optional(),
  /** Matters it is for, by code; default: all. */
  matters: z.array(z.string().min(1)).min(1).optional(),
};

/** A channel: a webhook, such as an SMS gateway's, or for development a file. @param scope what it takes */
const channelSchema = <Scope extends z.ZodRawShape>(scope: Scope) =>
  z.union([
    z.strictObject({
      url: guardedUrl,
      /** File with the secret that signs, relative to the data folder, as of `webhooks`. */
      secretFile: z.string().min(1),
      ...scope,
    }),
    z.strictObject({
      /** File that each message is added to as a line of JSON, relative to the data folder; refused in production. */
      file: z.string().min(1).max(400),
      ...scope,
    }),
  ]);

/** Channels of notices (告知渠道). Of several that take a notice the first has it. */
export const noticesSchema = z.array(channelSchema(scope)).max(50).default([]);

/** Reminders (催办) of the days by which departments have to answer. */
export const remindersSchema = z
  .strictObject({
    /** How many working days before its last day something counts as near. */
    workingDaysBefore: count(1, 30, 1),
    /** Channels of reminders. Of several that take a department's the first has it; it has none: the console shows so. */
    channels: z
      .array(
        channelSchema({
          /** Departments it is for, as the schema's enum names them; default: all. */
          departments: z.array(z.string().min(1)).min(1).optional(),
        }),
      )
      .max(50)
      .default([]),
  })
  .prefault({});

/** Kinds of events that may be listened to; `satisfies` keeps it complete. */
const KINDS = {
  REGISTERED: 0,
  JUDGED: 0,
  DECIDED: 0,
  COMMITTED: 0,
  COMMITMENT_KEPT: 0,
  COMMITMENT_BREACHED: 0,
  TASK_OPENED: 0,
  TASK_ANSWERED: 0,
  REVIEW_ASKED: 0,
  REVIEW_DECIDED: 0,
  REOPENED: 0,
  WITHDRAWN: 0,
  OFFERED: 0,
  OFFER_CONFIRMED: 0,
  OFFER_DECLINED: 0,
  FACT_DISPUTED: 0,
  DISPUTE_ANSWERED: 0,
  LICENCE_STATUS_CHANGED: 0,
  RATED: 0,
  RECTIFICATION_OPENED: 0,
  RECTIFIED: 0,
  RECTIFICATION_CLOSED: 0,
} satisfies Record<CaseEventKind, 0>;

/** Who is told of events of cases, as CloudEvents; every one that takes an event has it. */
export const eventsSchema = z
  .array(
    z.strictObject({
      url: guardedUrl,
      /** File with the secret that signs, relative to the data folder, as of `webhooks`. */
      secretFile: z.string().min(1),
      /** Kinds of events it is told of; default: all. */
      kinds: z
        .array(z.enum(Object.keys(KINDS) as [CaseEventKind, ...CaseEventKind[]]))
        .min(1)
        .optional(),
      ...scope,
    }),
  )
  .max(20)
  .default([]);

/** Deadlines of cases, working days. */
export const caseDeadlines = {
  /** For a review by a person (人工复核). No law sets it; GB/T 35273-2020 8.7 has 30 days for a person's requests. */
  reviewDays: z.number().int().min(1).max(60).default(10),
  /** For a bad rating's rectification (差评整改). */
  rectificationDays: z.number().int().min(1).max(60).default(7),
};
