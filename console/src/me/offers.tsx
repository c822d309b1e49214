/** Benefits that found the citizen (免申即享). */
import { useState } from 'react';
import { AnswerOffer, MyOffers, type MyOffersQuery } from '../api/generated.js';
import { useLanguage, useWords } from '../words.js';
import { Failed, Heading, Loading, Sheet, useAnswer, useChange } from './parts.js';
import { dayIn } from './told.js';
import { ME, type MeWord } from './words.js';

type Offer = MyOffersQuery['mine']['offers'][number];

const STATES: readonly MeWord[] = ['OFFERED', 'CONFIRMED', 'DECLINED', 'LAPSED'];

/** The list of offers; one tap confirms, declining is asked once more. */
export function Offers() {
  const say = useWords(ME);
  const answer = useAnswer(MyOffers, {});
  return (
    <>
      <Heading lead={say('offersLead')}>{say('offersTitle')}</Heading>
      {answer.isPending ? <Loading /> : null}
      {answer.isError ? <Failed error={answer.error} onAgain={() => void answer.refetch()} /> : null}
      {answer.data?.mine.offers.length === 0 ? <p className="lead">{say('offersNone')}</p> : null}
      <ul className="cards">
        {answer.data?.mine.offers.map((offer) => (
          <li key={offer.id} className="card">
            <OfferCard offer={offer} />
          </li>
        ))}
      </ul>
    </>
  );
}

function OfferCard({ offer }: { readonly offer: Offer }) {
  const say = useWords(ME);
  const language = useLanguage();
  const change = useChange(AnswerOffer);
  const [declining, setDeclining] = useState(false);
  const state = STATES.find((one) => one === offer.state);
  return (
    <>
      <h2>{language === 'zh' ? offer.matterZh : offer.matter}</h2>
      <p>
        <span className={`state ${offer.state.toLowerCase()}`}>{state === undefined ? offer.state : say(state)}</span>
      </p>
      {offer.state === 'OFFERED' ? (
        <>
          <p className="small">{say('answerBy', { day: dayIn(offer.answerBy, language) })}</p>
          {change.isError ? <Failed error={change.error} /> : null}
          <button
            type="button"
            className="primary"
            disabled={change.isPending}
            onClick={() => change.mutate({ id: offer.id, confirm: true })}
          >
            {say('confirm')}
          </button>
          <button type="button" className="secondary" disabled={change.isPending} onClick={() => setDeclining(true)}>
            {say('decline')}
          </button>
        </>
      ) : null}
      {declining ? (
        <Sheet title={say('declineSure')} onClose={() => setDeclining(false)}>
          <button
            type="button"
            className="primary"
            onClick={() => {
              setDeclining(false);
              change.mutate({ id: offer.id, confirm: false });
            }}
          >
            {say('decline')}
          </button>
          <button type="button" className="secondary" onClick={() => setDeclining(false)}>
            {say('keep')}
          </button>
        </Sheet>
      ) : null}
    </>
  );
}
