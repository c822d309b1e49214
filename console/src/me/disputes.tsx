/** Facts that the citizen says are wrong (校核). */
import { type FormEvent, useState } from 'react';
import { MyDisputes, RaiseDispute } from '../api/generated.js';
import { useLanguage, useWords } from '../words.js';
import { Failed, Heading, Loading, Sheet, useAnswer, useChange } from './parts.js';
import { dayIn, departmentIn } from './told.js';
import type { UsedField } from './uses.js';
import { ME, type MeWord } from './words.js';

/** The statutory time to answer, working days: what the page promises; the day itself is the control plane's. */
const WORKING_DAYS = 10;

const STATES: readonly MeWord[] = ['OPEN', 'ANSWERED', 'WITHDRAWN', 'CORRECTED', 'UPHELD'];

/** The list of own disputes. */
export function Disputes() {
  const say = useWords(ME);
  const language = useLanguage();
  const answer = useAnswer(MyDisputes, {});
  const word = (state: string) => {
    const known = STATES.find((one) => one === state);
    return known === undefined ? state : say(known);
  };
  return (
    <>
      <Heading>{say('disputesTitle')}</Heading>
      {answer.isPending ? <Loading /> : null}
      {answer.isError ? <Failed error={answer.error} onAgain={() => void answer.refetch()} /> : null}
      {answer.data?.mine.disputes.length === 0 ? <p className="lead">{say('disputesNone')}</p> : null}
      <ol className="cards">
        {answer.data?.mine.disputes.map((dispute) => (
          <li key={dispute.id} className="card">
            <p className="when">
              {departmentIn(dispute.department, language)} · {say('raised', { day: dayIn(dispute.raisedAt, language) })}
            </p>
            <h2>{dispute.coordinate}</h2>
            <p>{dispute.reason}</p>
            <p>
              <span className={`state ${(dispute.finding ?? dispute.state).toLowerCase()}`}>
                {word(dispute.finding ?? dispute.state)}
              </span>
            </p>
            {dispute.answer === null || dispute.answer === undefined ? null : (
              <p>{say('answerOf', { answer: dispute.answer })}</p>
            )}
            {dispute.state === 'OPEN' ? (
              <p className="small">{say('dueOn', { day: dayIn(dispute.dueOn, language) })}</p>
            ) : null}
          </li>
        ))}
      </ol>
    </>
  );
}

/** Asks what is wrong with a field, and has it checked. */
export function DisputeSheet({ field, onClose }: { readonly field: UsedField; readonly onClose: () => void }) {
  const say = useWords(ME);
  const language = useLanguage();
  const [reason, setReason] = useState('');
  const [short, setShort] = useState(false);
  const change = useChange(RaiseDispute);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const told = reason.trim();
    setShort(told.length < 5);
    if (told.length >= 5) change.mutate({ coordinate: field.coordinate, reason: told });
  };
  return (
    <Sheet title={say('disputeTitle')} onClose={onClose}>
      <p className="chosen">{language === 'zh' ? field.nameZh : field.nameEn}</p>
      {change.isSuccess ? (
        <>
          <p role="status">{say('disputeSent')}</p>
          <button type="button" className="primary" onClick={onClose}>
            OK
          </button>
        </>
      ) : (
        <form onSubmit={send} noValidate>
          <p className="small">
            {say('disputeLead', { department: departmentIn(field.department, language), days: WORKING_DAYS })}
          </p>
          <label htmlFor="reason">{say('disputeLabel')}</label>
          <textarea
            id="reason"
            rows={4}
            maxLength={500}
            value={reason}
            aria-invalid={short}
            aria-describedby="reason-said"
            onChange={({ target }) => setReason(target.value)}
          />
          <p id="reason-said" className={short ? 'fault' : 'small'} role={short ? 'alert' : undefined}>
            {say(short ? 'tooShort' : 'disputeHint')}
          </p>
          {change.isError ? <Failed error={change.error} /> : null}
          <button type="submit" className="primary" disabled={change.isPending}>
            {say('disputeSend')}
          </button>
          <button type="button" className="secondary" onClick={onClose}>
            {say('cancel')}
          </button>
        </form>
      )}
    </Sheet>
  );
}
