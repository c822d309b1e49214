import { Drawer } from 'antd';
import { type RecordListQuery, RecordOne } from '../../api/generated.js';
import { CodeBlock } from '../../parts/code-block.js';
import { Answer, Facts, Nothing } from '../../parts/page.js';
import { FieldName } from '../../parts/tags.js';
import { RECORD_KINDS, term, VERDICTS } from '../../parts/terms.js';
import { instantText } from '../../parts/time.js';
import { useAsk } from '../../parts/use-ask.js';
import { COMMON } from '../../parts/words.js';
import { useLanguage, useWords } from '../../words.js';
import { RECORDS } from './words.js';

type Entry = RecordListQuery['records']['items'][number];

function Fields({ title, of }: { readonly title: string; readonly of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className="mz-lines">
        {of.map((coordinate) => (
          <li key={coordinate}>
            <FieldName of={coordinate} inline />
          </li>
        ))}
      </ul>
    </>
  );
}

function Changes({ of }: { readonly of: Entry['changes'] }) {
  const say = useWords(RECORDS);
  if (of.length === 0) return null;
  return (
    <>
      <h3>{say('changes')}</h3>
      {of.map(({ action, subject, before, after }) => (
        <div key={`${action} ${subject}`} className="mz-stack">
          <span className="mz-code">
            {action} {subject}
          </span>
          <CodeBlock>
            {`${say('before')}: ${JSON.stringify(before, null, 2) ?? 'null'}\n${say('after')}: ${JSON.stringify(after, null, 2) ?? 'null'}`}
          </CodeBlock>
        </div>
      ))}
    </>
  );
}

/** One entry, in plain words and in all its parts. */
export function EntryDrawer({ position, onClose }: { readonly position: string | null; readonly onClose: () => void }) {
  const say = useWords(RECORDS);
  const common = useWords(COMMON);
  const language = useLanguage();
  const answer = useAsk(RecordOne, { position: position ?? '' }, { enabled: position !== null });
  return (
    <Drawer open={position !== null} onClose={onClose} size={600} title={say('entry', { position: position ?? '' })}>
      <Answer of={answer}>
        {({ record }) =>
          record === null ? (
            <Nothing text={say('gone')} />
          ) : (
            <div className="mz-drawer">
              <p>{record.inWords[language]}</p>
              <Facts
                of={[
                  [common('time'), instantText(record.time, true)],
                  [say('kind'), term(RECORD_KINDS, record.kind, language)],
                  record.operator === null ? null : [say('operator'), record.operator],
                  record.actor === null ? null : [common('actor'), record.actor],
                  record.verdict === null ? null : [say('verdict'), term(VERDICTS, record.verdict, language)],
                  [
                    say('hash'),
                    <span key="hash" className="mz-code">
                      {record.hash}
                    </span>,
                  ],
                ]}
              />
              {record.legalBases.length > 0 && (
                <>
                  <h3>{say('legalBases')}</h3>
                  {record.legalBases.map((basis) => (
                    <p key={basis}>{basis}</p>
                  ))}
                </>
              )}
              <Fields title={say('disclosed')} of={record.disclosed} />
              <Fields title={say('masked')} of={record.masked} />
              <Fields title={say('used')} of={record.used} />
              <Fields title={say('withheld')} of={record.withheld} />
              {record.subjects.length > 0 && (
                <>
                  <h3>{say('subjects')}</h3>
                  <ul className="mz-lines">
                    {record.subjects.map((subject) => (
                      <li key={subject} className="mz-code mz-breaks">
                        {subject}
                      </li>
                    ))}
                  </ul>
                </>
              )}
              <Changes of={record.changes} />
            </div>
          )
        }
      </Answer>
    </Drawer>
  );
}
