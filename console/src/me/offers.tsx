/** Benefits that found the citizen (免申即享). */
import { useState } from 'react';
import { AnswerOffer, MyOffers, type MyOffersQuery } from '../api/generated.js';
import { useLanguage, useWords } from '../words.js';
import { Failed, Heading, Loading, Sheet, useAnswer, useChange, useMay } from './parts.js';
import { dayIn } from './told.js';
import { ME } from './words.js';

type Offer = MyOffersQuery['mine']['offers'][number];

/** The list of offers; an answer is given after a dialog has said what it does. */
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
  const may = useMay();
  const [answering, setAnswering] = useState<'confirm' | 'decline' | null>(null);
  const office = language === 'zh' ? offer.clientNameZh : offer.clientNameEn;
  return (
    <>
      <p className="when">{office}</p>
      <h2>{language === 'zh' ? offer.matterZh : offer.matterEn}</h2>
      <p>
        <span className={`state ${offer.state.toLowerCase()}`}>{say(offer.state)}</span>
      </p>
      {offer.caseNumber === null ? null : (
        <p className="small">
          <a href="#cases">{say('caseNumber', { number: offer.caseNumber })}</a>
        </p>
      )}
      {offer.state === 'OFFERED' ? (
        <p className="small">{say('answerBy', { day: dayIn(offer.answerBy, language) })}</p>
      ) : null}
      {offer.state === 'OFFERED' && may('Mutation.answerOffer') ? (
        <>
          <button type="button" className="primary" onClick={() => setAnswering('confirm')}>
            {say('confirm')}
          </button>
          <button type="button" className="secondary" onClick={() => setAnswering('decline')}>
            {say('decline')}
          </button>
        </>
      ) : null}
      {answering === null ? null : (
        <AnswerSheet offer={offer} confirms={answering === 'confirm'} onClose={() => setAnswering(null)} />
      )}
    </>
  );
}

/** Says what an answer does, and gives it. */
function AnswerSheet({
  offer,
  confirms,
  onClose,
}: {
  readonly offer: Offer;
  readonly confirms: boolean;
  readonly onClose: () => void;
}) {
  const say = useWords(ME);
  const language = useLanguage();
  const change = useChange(AnswerOffer);
  const office = language === 'zh' ? offer.clientNameZh : offer.clientNameEn;
  return (
    <Sheet title={say(confirms ? 'confirmSure' : 'declineSure')} onClose={onClose}>
      <p className="chosen">{language === 'zh' ? offer.matterZh : offer.matterEn}</p>
      <p>{say(confirms ? 'confirmDoes' : 'declineDoes', { office })}</p>
      {change.isError ? <Failed error={change.error} /> : null}
      <button
        type="button"
        className="primary"
        disabled={change.isPending}
        onClick={() => change.mutate({ id: offer.id, confirm: confirms }, { onSuccess: onClose })}
      >
        {say(confirms ? 'confirmYes' : 'declineYes')}
      </button>
      <button type="button" className="secondary" onClick={onClose}>
        {say('keep')}
      </button>
    </Sheet>
  );
}
