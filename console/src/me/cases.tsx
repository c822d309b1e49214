/** Own cases (我的办件) and how they went (好差评). */
import { type FormEvent, useState } from 'react';
import { MyCases, type MyCasesQuery, RateCase } from '../api/generated.js';
import { useLanguage, useWords } from '../words.js';
import { Failed, Heading, Loading, Sheet, useAnswer, useChange, useMay } from './parts.js';
import { dayIn } from './told.js';
import { ME, type MeWord } from './words.js';

type Case = MyCasesQuery['mine']['cases']['items'][number];

/** Cases of a page: the latest. */
const SIZE = 50;

/** The five levels, the best first. */
const LEVELS = [5, 4, 3, 2, 1] as const;

/** A level in words. @param level 1 to 5 */
function levelWord(level: number): MeWord {
  return `level${LEVELS.find((one) => one === level) ?? 3}`;
}

/** The list of own cases. */
export function Cases() {
  const say = useWords(ME);
  const answer = useAnswer(MyCases, { page: { number: 1, size: SIZE } });
  const [rating, setRating] = useState<Case | null>(null);
  const language = useLanguage();
  const may = useMay();
  return (
    <>
      <Heading>{say('casesTitle')}</Heading>
      {answer.isPending ? <Loading /> : null}
      {answer.isError ? <Failed error={answer.error} onAgain={() => void answer.refetch()} /> : null}
      {answer.data?.mine.cases.items.length === 0 ? <p className="lead">{say('casesNone')}</p> : null}
      <ul className="cards">
        {answer.data?.mine.cases.items.map((one) => (
          <li key={one.id} className="card">
            <p className="when">{say('filed', { day: dayIn(one.filedOn, language) })}</p>
            <h2>{language === 'zh' ? one.matterZh : one.matter}</h2>
            <p className="small">{say('caseNumber', { number: one.number })}</p>
            {one.rating === null || one.rating === undefined ? null : (
              <p>{say('rated', { level: say(levelWord(one.rating)) })}</p>
            )}
            {(one.rating === null || one.rating === undefined) && may('Mutation.rateCase') ? (
              <button type="button" className="secondary" onClick={() => setRating(one)}>
                {say('rateTitle')}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {rating === null ? null : <RatingSheet rated={rating} onClose={() => setRating(null)} />}
    </>
  );
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
      <p className="chosen">{language === 'zh' ? rated.matterZh : rated.matter}</p>
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
