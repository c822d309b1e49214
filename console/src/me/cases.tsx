/** Own cases (我的办件) and how they went (好差评). */
import { type FormEvent, useState } from 'react';
import { MyCases, type MyCasesQuery, RateCase } from '../api/generated.js';
import { CASE_EVENTS, CASE_OUTCOMES, CASE_STATES, DECISIONS, RECTIFICATIONS, term } from '../parts/terms.js';
import { fill, type Language, useLanguage, useWords } from '../words.js';
import { Failed, Heading, Loading, Sheet, useAnswer, useChange, useMay } from './parts.js';
import { dayIn, departmentIn, moment } from './told.js';
import { ME, type MeWord } from './words.js';

type Case = MyCasesQuery['mine']['cases']['items'][number];

/** Cases of a page. */
const SIZE = 20;

/** The five levels, the best first. */
const LEVELS = [5, 4, 3, 2, 1] as const;

/** A level in words. @param level 1 to 5 */
function levelWord(level: number): MeWord {
  return `level${LEVELS.find((one) => one === level) ?? 3}`;
}

/** The list of own cases, latest filed first. */
export function Cases() {
  const say = useWords(ME);
  const [pages, setPages] = useState(1);
  const [rating, setRating] = useState<Case | null>(null);
  return (
    <>
      <Heading lead={say('casesLead')}>{say('casesTitle')}</Heading>
      {Array.from({ length: pages }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pages are numbered.
        <CasePage key={i} number={i + 1} last={i + 1 === pages} onMore={() => setPages(pages + 1)} onRate={setRating} />
      ))}
      {rating === null ? null : <RatingSheet rated={rating} onClose={() => setRating(null)} />}
    </>
  );
}

function CasePage({
  number,
  last,
  onMore,
  onRate,
}: {
  readonly number: number;
  readonly last: boolean;
  readonly onMore: () => void;
  readonly onRate: (rated: Case) => void;
}) {
  const say = useWords(ME);
  const answer = useAnswer(MyCases, { page: { number, size: SIZE } });
  if (answer.isPending) return <Loading />;
  if (answer.isError) return <Failed error={answer.error} onAgain={() => void answer.refetch()} />;
  const { items, total } = answer.data.mine.cases;
  return (
    <>
      {total === 0 ? <p className="lead">{say('casesNone')}</p> : null}
      <ul className="cards">
        {items.map((one) => (
          <li key={one.id} className="card">
            <CaseCard of={one} onRate={() => onRate(one)} />
          </li>
        ))}
      </ul>
      {last && number * SIZE < total ? (
        <button type="button" className="secondary" onClick={onMore}>
          {say('moreCases')}
        </button>
      ) : null}
    </>
  );
}

function CaseCard({ of, onRate }: { readonly of: Case; readonly onRate: () => void }) {
  const say = useWords(ME);
  const language = useLanguage();
  const may = useMay();
  const { state, decision, rating, rectification, rectifyBy, events } = of;
  const outcome = decision === null ? null : term(DECISIONS, decision.outcome, language);
  return (
    <>
      <p className="when">{say('filed', { day: dayIn(of.filedOn, language) })}</p>
      <h2>{language === 'zh' ? of.matterZh : of.matterEn}</h2>
      <p>
        <span
          className={`state ${state === 'DECIDED' ? (decision?.outcome ?? '').toLowerCase() : state.toLowerCase()}`}
        >
          {[term(CASE_STATES, state, language), state === 'DECIDED' ? outcome : null].filter(Boolean).join(' · ')}
        </span>
      </p>
      <p className="small">{say('caseNumber', { number: of.number })}</p>
      {events.length === 0 ? null : (
        <details>
          <summary>{say('course')}</summary>
          <ol className="course">
            {events.map((event) => (
              <li key={event.id}>
                <time dateTime={event.time}>{moment(event.time, language)}</time>
                <span>{eventIn(event, language, say('bracket'))}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
      {of.explanation === null ? null : (
        <details>
          <summary>{say('why')}</summary>
          <p className="small lines">{of.explanation[language]}</p>
        </details>
      )}
      {rating === null ? null : <p>{say('rated', { level: say(levelWord(rating)) })}</p>}
      {rectification === null ? null : (
        <p className="small">
          {say('rectification', { state: term(RECTIFICATIONS, rectification, language) })}
          {rectification === 'OPEN' && rectifyBy !== null
            ? ` · ${say('rectifyBy', { day: dayIn(rectifyBy, language) })}`
            : ''}
        </p>
      )}
      {of.mayRate && may('Mutation.rateCase') ? (
        <button type="button" className="secondary" onClick={onRate}>
          {say('rateTitle')}
        </button>
      ) : null}
    </>
  );
}

/** What happened: the event, the department asked, and what it came to. */
function eventIn({ kind, outcome, department }: Case['events'][number], language: Language, bracket: string): string {
  const what = term(CASE_EVENTS, kind, language);
  const asked = department === null ? what : fill(bracket, { what, of: departmentIn(department, language) });
  return outcome === null ? asked : `${asked} · ${term(CASE_OUTCOMES, outcome, language)}`;
}

function RatingSheet({ rated, onClose }: { readonly rated: Case; readonly onClose: () => void }) {
  const say = useWords(ME);
  const language = useLanguage();
  const change = useChange(RateCase);
  const [level, setLevel] = useState<number | null>(null);
  const [comment, setComment] = useState('');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (level === null) return;
    change.mutate({ id: rated.id, level, comment: comment.trim() || null }, { onSuccess: onClose });
  };
  return (
    <Sheet title={say('rateTitle')} onClose={onClose}>
      <p className="chosen">{language === 'zh' ? rated.matterZh : rated.matterEn}</p>
      <form onSubmit={send}>
        <fieldset>
          <legend className="spoken">{say('rateTitle')}</legend>
          {LEVELS.map((one) => (
            <label key={one} className="level">
              <input type="radio" name="level" value={one} checked={level === one} onChange={() => setLevel(one)} />
              <span aria-hidden="true" className="stars">
                {'★'.repeat(one)}
                <span>{'★'.repeat(5 - one)}</span>
              </span>
              <span>{say(levelWord(one))}</span>
            </label>
          ))}
        </fieldset>
        <label htmlFor="comment">{say('comment')}</label>
        <textarea
          id="comment"
          rows={3}
          maxLength={500}
          value={comment}
          aria-describedby="comment-hint"
          onChange={({ target }) => setComment(target.value)}
        />
        <p id="comment-hint" className="small">
          {say('commentHint')}
        </p>
        {level !== null && level <= 2 ? <p className="small">{say('rectifies')}</p> : null}
        {change.isError ? <Failed error={change.error} /> : null}
        <button type="submit" className="primary" disabled={level === null || change.isPending}>
          {say('rateSend')}
        </button>
        <button type="button" className="secondary" onClick={onClose}>
          {say('cancel')}
        </button>
      </form>
    </Sheet>
  );
}
