/** Who used which of my data (数据使用记录). */
import { useState } from 'react';
import { MyUses, type MyUsesQuery } from '../api/generated.js';
import { useLanguage, useWords } from '../words.js';
import { DisputeSheet } from './disputes.js';
import { Failed, Heading, Loading, useAnswer, useMay } from './parts.js';
import { departmentIn, moment } from './told.js';
import { ME, type MeWord } from './words.js';

type Use = MyUsesQuery['mine']['uses']['items'][number];

/** A field as it was used. */
export type UsedField = Use['fields'][number];

/** Uses of a page. */
const SIZE = 20;

/** The ways of use, the most telling first. */
const HOWS = ['DISCLOSED', 'MASKED', 'USED'] as const;
const SUMMARY: Readonly<Record<(typeof HOWS)[number], MeWord>> = {
  DISCLOSED: 'sawFields',
  MASKED: 'maskedFields',
  USED: 'usedFields',
};

/** The list, latest first. */
export function Uses() {
  const say = useWords(ME);
  const [pages, setPages] = useState(1);
  const [wrong, setWrong] = useState<UsedField | null>(null);
  return (
    <>
      <Heading lead={say('usesLead')}>{say('usesTitle')}</Heading>
      {Array.from({ length: pages }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pages are numbered.
        <Page key={i} number={i + 1} last={i + 1 === pages} onMore={() => setPages(pages + 1)} onWrong={setWrong} />
      ))}
      {wrong === null ? null : <DisputeSheet field={wrong} onClose={() => setWrong(null)} />}
    </>
  );
}

function Page({
  number,
  last,
  onMore,
  onWrong,
}: {
  readonly number: number;
  readonly last: boolean;
  readonly onMore: () => void;
  readonly onWrong: (field: UsedField) => void;
}) {
  const say = useWords(ME);
  const answer = useAnswer(MyUses, { page: { number, size: SIZE } });
  if (answer.isPending) return <Loading />;
  if (answer.isError) return <Failed error={answer.error} onAgain={() => void answer.refetch()} />;
  const { items, total } = answer.data.mine.uses;
  return (
    <>
      {number === 1 ? <p className="small">{total === 0 ? say('usesNone') : say('usesTotal', { total })}</p> : null}
      <ol className="cards">
        {items.map((use) => (
          <li key={use.position} className="card">
            <UseCard use={use} onWrong={onWrong} />
          </li>
        ))}
      </ol>
      {last && number * SIZE < total ? (
        <button type="button" className="secondary" onClick={onMore}>
          {say('more')}
        </button>
      ) : null}
    </>
  );
}

function UseCard({ use, onWrong }: { readonly use: Use; readonly onWrong: (field: UsedField) => void }) {
  const say = useWords(ME);
  const language = useLanguage();
  const client = language === 'zh' ? use.clientNameZh : use.client;
  const matter = language === 'zh' ? use.matterZh : use.matter;
  // What the platform did is no datum of the citizen's.
  const fields = use.fields.filter(({ department }) => department !== 'PLATFORM');
  const counts = HOWS.flatMap((how) => {
    const count = fields.filter((field) => field.how === how).length;
    return count === 0 ? [] : [say(SUMMARY[how], { count })];
  });
  const departments = [...new Set(fields.map(({ department }) => department))];
  return (
    <>
      <p className="when">
        <time dateTime={use.time}>{moment(use.time, language)}</time>
      </p>
      <h2>{client}</h2>
      <p>{matter === null || matter === undefined ? say('noMatter') : say('forMatter', { matter })}</p>
      <p className="counts">{counts.length === 0 ? say('nothing') : counts.join(language === 'zh' ? '，' : ', ')}</p>
      <details>
        <summary>{say('which')}</summary>
        {departments.map((department) => (
          <section key={department}>
            <h3>{departmentIn(department, language)}</h3>
            <ul className="fields">
              {fields
                .filter((field) => field.department === department)
                .map((field) => (
                  <FieldRow key={`${field.coordinate} ${field.how}`} field={field} onWrong={onWrong} />
                ))}
            </ul>
          </section>
        ))}
        {use.legalBases.length === 0 ? null : (
          <section>
            <h3>{say('basis')}</h3>
            {use.legalBases.map((basis) => (
              <p key={basis} className="small">
                {basis}
              </p>
            ))}
          </section>
        )}
        <p className="small">
          {use.caseNumber === null || use.caseNumber === undefined
            ? ''
            : `${say('caseNumber', { number: use.caseNumber })} · `}
          {say('position', { position: use.position })}
        </p>
      </details>
    </>
  );
}

function FieldRow({ field, onWrong }: { readonly field: UsedField; readonly onWrong: (field: UsedField) => void }) {
  const say = useWords(ME);
  const may = useMay();
  const language = useLanguage();
  const how = HOWS.find((one) => one === field.how);
  const name = language === 'zh' ? field.nameZh : field.nameEn;
  return (
    <li>
      <span>
        {name}
        <span className={`how ${field.how.toLowerCase()}`}>{how === undefined ? field.how : say(how)}</span>
      </span>
      {may('Mutation.raiseDispute') ? (
        <button type="button" className="quiet" aria-label={`${say('wrong')}: ${name}`} onClick={() => onWrong(field)}>
          {say('wrong')}
        </button>
      ) : null}
    </li>
  );
}
