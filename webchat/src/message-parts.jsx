import React from 'react';

import { splitLinks } from './markdown.js';
import { useValue } from './use-value.js';

function PlainText({ text, newTabLabel }) {
  return splitLinks(text).map(({ text: piece, href }, index) =>
    href ? (
      <a href={href} key={index} rel="noopener noreferrer" target="_blank">
        {piece}
        <span className="prc-hidden"> ({newTabLabel})</span>
      </a>
    ) : (
      piece
    )
  );
}

/** Text attachments in their own language and direction; only the bot's text is Markdown. */
export function createAttachmentMiddleware(chat) {
  function Text({ activity, children }) {
    const { author, dir } = activity.channelData;
    const loaded = useValue(chat.strings);
    return (
      <div
        className={author === 'bot' ? undefined : 'prc-plain'}
        dir={dir ?? 'auto'}
        lang={author === 'customer' ? undefined : activity.locale}
      >
        {author === 'bot' ? (
          children
        ) : (
          <PlainText newTabLabel={loaded?.strings.new_tab} text={activity.text} />
        )}
      </div>
    );
  }

  return () => (next) => (args) => {
    const { activity, attachment } = args ?? {};
    if (!/^text\//.test(attachment?.contentType ?? '')) return next(args);
    return <Text activity={activity}>{next(args)}</Text>;
  };
}

/** Below each message: what became of it, else who said it (a person by name) and when. */
export function createActivityStatusMiddleware(chat) {
  function Unsent({ item }) {
    const { strings } = useValue(chat.strings);
    if (item.state === 'sending') return <span className="prc-note">{strings.message_sending}</span>;
    if (item.state === 'waiting') return <span className="prc-note">{strings.message_waiting}</span>;
    return (
      <span className="prc-note prc-note--failed">
        {strings.message_failed} {item.reason}{' '}
        <button className="prc-link" onClick={() => chat.retry(item.id)} type="button">
          {strings.message_retry}
        </button>{' '}
        {item.metadata.input === 'typed' && (
          <button className="prc-link" onClick={() => chat.edit(item)} type="button">
            {strings.message_edit}
          </button>
        )}
      </span>
    );
  }

  function Status({ activity, hideTimestamp }) {
    const item = useValue(chat.outbox.items).find(({ id }) => id === activity.id);
    const { locale } = useValue(chat.speech);
    if (item) return <Unsent item={item} />;
    const { author } = activity.channelData;
    if (hideTimestamp || !activity.timestamp) return null;
    const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
    return (
      <span className="prc-note">
        {author === 'agent' && <bdi>{activity.from.name}</bdi>}
        {author === 'agent' && ' · '}
        <time dateTime={activity.timestamp}>{time.format(new Date(activity.timestamp))}</time>
      </span>
    );
  }

  return () => () => ({ activity, hideTimestamp }) => (
    <Status activity={activity} hideTimestamp={hideTimestamp} />
  );
}

/** Three dots while the other side writes; our protocol tells start and end, Web Chat's does not. */
export function createTypingMiddleware(chat) {
  function Typing() {
    const who = useValue(chat.typing);
    const loaded = useValue(chat.strings);
    if (!who) return null;
    return (
      <div className="prc-typing" data-testid="typing">
        <span className="prc-hidden">{loaded?.strings[`typing_${who}`]}</span>
        <i />
        <i />
        <i />
      </div>
    );
  }

  return () => () => () => <Typing />;
}
