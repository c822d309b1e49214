/** What a department has to answer by a day: the day, the answer, and those that are late. */
import { Checkbox } from 'antd';
import type { ReminderStage, ReminderState } from '../api/generated.js';
import { useLanguage, useWords, words } from '../words.js';
import { useNames } from './session.js';
import { Status } from './tags.js';
import { REMINDER_STAGES, REMINDER_STATES, term } from './terms.js';
import { instantText } from './time.js';
import type { UrlState } from './url.js';

const DEADLINE = words(
  { overdue: '已超期', overdueOnly: '仅看超期', answered: '{by} 于 {at}' },
  { overdue: 'Overdue', overdueOnly: 'Overdue only', answered: '{by}, {at}' },
);

interface ReminderShown {
  /** Told only beside others': see {@link Reminders}. */
  readonly department?: string;
  readonly stage: ReminderStage;
  /** RFC 3339. */
  readonly at: string;
  readonly state: ReminderState;
}

/** Reminders that were sent of a day: of what, when, and what became of them; to whom, where that were several. */
export function Reminders({ of }: { readonly of: readonly ReminderShown[] }) {
  const language = useLanguage();
  const names = useNames();
  const several = new Set(of.map(({ department }) => department)).size > 1;
  return of.map(({ department = '', stage, at, state }) => (
    <span key={`${department} ${stage}`} className="mz-quiet mz-wraps">
      {several && `${names.department(department)} `}
      {`${term(REMINDER_STAGES, stage, language)} ${instantText(at)} · ${term(REMINDER_STATES, state, language)}`}
    </span>
  ));
}

/** The last day, and the reminders of it, where there are any; null: there is no day. */
export function DueDay({
  on,
  overdue,
  reminders = [],
}: {
  readonly on: string | null;
  readonly overdue: boolean;
  readonly reminders?: readonly ReminderShown[];
}) {
  const say = useWords(DEADLINE);
  return (
    <span className="mz-title-cell">
      {overdue ? <Status tone="bad">{`${on} ${say('overdue')}`}</Status> : <span className="mz-time">{on}</span>}
      <Reminders of={reminders} />
    </span>
  );
}

/** What was answered: the finding in words, and below it why, by whom and when. */
export function Finding({
  tone,
  finding,
  words: why,
  by,
  at,
}: {
  readonly tone: 'good' | 'bad';
  readonly finding: string;
  readonly words: string | null;
  readonly by: string | null;
  readonly at: string | null;
}) {
  const say = useWords(DEADLINE);
  return (
    <span className="mz-title-cell">
      <Status tone={tone}>{finding}</Status>
      <span className="mz-quiet mz-wraps">
        {why} {by !== null && at !== null && say('answered', { by, at: instantText(at) })}
      </span>
    </span>
  );
}

/** Shows only what is late, as the address says under `overdue`. */
export function OverdueOnly({ url }: { readonly url: UrlState }) {
  const say = useWords(DEADLINE);
  return (
    <Checkbox
      checked={url.get('overdue') === 'true'}
      onChange={({ target }) => url.set({ overdue: target.checked ? 'true' : null })}
    >
      {say('overdueOnly')}
    </Checkbox>
  );
}
