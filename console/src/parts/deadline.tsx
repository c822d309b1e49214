/** What a department has to answer by a day: the day, the answer, and those that are late. */
import { Checkbox } from 'antd';
import { useWords, words } from '../words.js';
import { Status } from './tags.js';
import { instantText } from './time.js';
import type { UrlState } from './url.js';

const DEADLINE = words(
  { overdue: '已超期', overdueOnly: '仅看超期', answered: '{by} 于 {at}' },
  { overdue: 'Overdue', overdueOnly: 'Overdue only', answered: '{by}, {at}' },
);

/** The last day; null: there is none. */
export function DueDay({ on, overdue }: { readonly on: string | null; readonly overdue: boolean }) {
  const say = useWords(DEADLINE);
  return overdue ? <Status tone="bad">{`${on} ${say('overdue')}`}</Status> : <span className="mz-time">{on}</span>;
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
      <span className="mz-quiet">
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
