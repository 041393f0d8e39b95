import { hooks } from 'botframework-webchat-component';
import React, { useEffect, useState } from 'react';

import { useValue } from './use-value.js';

const { useSendBoxValue, useSendMessageBack } = hooks;
const STARS = [1, 2, 3, 4, 5];
const LONGEST_COMMENT = 1000;
// The name may run in the other direction than the sentence around it.
const isolated = (name) => `\u2068${name}\u2069`;

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

function sentence({ status, name, position, minutes }, strings, locale) {
  if (status === 'connected') {
    return name ? filled(strings.handoff_with, { name: isolated(name) }) : strings.handoff_with_team;
  }
  const number = new Intl.NumberFormat(locale);
  const time = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  return [
    strings.handoff_waiting,
    position && filled(strings.handoff_place, { n: number.format(position) }),
    minutes && filled(strings.handoff_wait, { time: time.format(minutes) })
  ]
    .filter(Boolean)
    .join(' ');
}

function SaveButton({ people, strings }) {
  const [failed, setFailed] = useState(false);
  const save = async () => setFailed(!(await people.saveTranscript()));
  return (
    <>
      <button className="prc-link" data-testid="transcript" onClick={save} type="button">
        {strings.transcript}
      </button>
      {failed && <p className="prc-note prc-note--failed" role="alert">{strings.transcript_failed}</p>}
    </>
  );
}

function Rating({ people, strings }) {
  const [stars, setStars] = useState(null);
  const [comment, setComment] = useState('');
  const [failed, setFailed] = useState(false);

  const send = async (event) => {
    event.preventDefault();
    setFailed(!(await people.rate(stars, comment)));
  };

  return (
    <form className="prc-rating" data-testid="rating" onSubmit={send}>
      <fieldset>
        <legend>{strings.rate_title}</legend>
        {STARS.map((n) => (
          <label key={n}>
            <input
              aria-label={filled(strings.rate_star, { n })}
              checked={stars === n}
              name="prc-stars"
              onChange={() => setStars(n)}
              required
              type="radio"
              value={n}
            />
            <span aria-hidden="true">{n}</span>
          </label>
        ))}
      </fieldset>
      <label className="prc-rating__comment">
        {strings.rate_comment}
        <textarea
          dir="auto"
          maxLength={LONGEST_COMMENT}
          onChange={(event) => setComment(event.target.value)}
          rows={2}
          value={comment}
        />
      </label>
      {failed && <p className="prc-note prc-note--failed" role="alert">{strings.rate_failed}</p>}
      <div className="prc-people__row">
        <button className="prc-solid" type="submit">{strings.rate_send}</button>
        <button className="prc-link" onClick={() => people.skipRating()} type="button">
          {strings.rate_skip}
        </button>
        <SaveButton people={people} strings={strings} />
      </div>
    </form>
  );
}

/** Where the customer stands on the way to a person and back, and what they can do about it. */
export function People({ chat, strings }) {
  const { people } = chat;
  const standing = useValue(people.standing);
  const { locale } = useValue(chat.speech);
  const sendMessageBack = useSendMessageBack();
  const [draft] = useSendBoxValue();
  const [thanked, setThanked] = useState(false);
  const { status } = standing;

  useEffect(() => {
    people.types(draft.trim() !== '');
  }, [draft, people]);

  const rate = async (stars, comment) => {
    const taken = await people.rate(stars, comment);
    if (taken) setThanked(true);
    return taken;
  };
  useEffect(() => {
    if (status) setThanked(false);
  }, [status]);

  const goBack = () => sendMessageBack({ payload: 'resume' }, strings.back, strings.back);
  const withPeople = status === 'waiting' || status === 'connected';

  return (
    <div className={status || thanked ? 'prc-people' : undefined} data-testid="people">
      <p className="prc-people__text" role="status">
        {withPeople && sentence(standing, strings, locale)}
        {!status && thanked && strings.rate_thanks}
      </p>
      {withPeople && (
        <div className="prc-people__row">
          <button className="prc-solid" data-testid="back" onClick={goBack} type="button">
            {strings.back}
          </button>
          <SaveButton people={people} strings={strings} />
        </div>
      )}
      {!status && thanked && <SaveButton people={people} strings={strings} />}
      {status === 'ended' && <Rating key={standing.handoff} people={{ ...people, rate }} strings={strings} />}
    </div>
  );
}
