import { Components, hooks } from 'botframework-webchat-component';
import React, { useEffect, useMemo } from 'react';

import {
  createActivityStatusMiddleware,
  createAttachmentMiddleware,
  createTypingMiddleware
} from './message-parts.jsx';
import { renderMarkdown } from './markdown.js';
import { People } from './People.jsx';
import { styleOptions } from './theme.js';
import { useValue } from './use-value.js';

const { BasicWebChat, Composer } = Components;
const { useFocus, useSendBoxValue, useSendMessageBack } = hooks;

function Status({ chat, strings }) {
  const status = useValue(chat.status);
  const problem = useValue(chat.problem);
  const failed = useValue(chat.outbox.items).find(({ state }) => state === 'failed');
  const text = problem ?? strings[`status_${status === 'refused' ? 'offline' : status}`];

  return (
    <p className={`prc-status prc-status--${status}`} data-testid="status" role="status">
      {text}
      {failed && <span className="prc-hidden"> {`${strings.message_failed} ${failed.reason}`}</span>}
    </p>
  );
}

function Header({ chat, strings }) {
  const sendMessageBack = useSendMessageBack();
  const ask = () => sendMessageBack({ payload: 'route:agent' }, strings.person, strings.person);

  return (
    <header className="prc-header">
      <div className="prc-header__name">
        <h2 id="prc-title">{strings.assistant}</h2>
        <Status chat={chat} strings={strings} />
      </div>
      <button className="prc-person" data-testid="person" onClick={ask} type="button">
        {strings.person}
      </button>
      <button
        aria-label={strings.close}
        className="prc-close"
        data-testid="close"
        onClick={() => chat.close()}
        type="button"
      >
        <svg aria-hidden="true" height="20" viewBox="0 0 20 20" width="20">
          <path d="M4 4l12 12M16 4L4 16" fill="none" stroke="currentColor" strokeLinecap="round" strokeWidth="2" />
        </svg>
      </button>
    </header>
  );
}

// Only hooks reach the send box. Comes after it in the tree, so that it is there to be focused.
function SendBoxAccess({ chat }) {
  const focus = useFocus();
  const [, setText] = useSendBoxValue();
  const open = useValue(chat.isOpen);

  useEffect(() => {
    chat.sendBox.set({ focus: () => focus('sendBox'), setText });
    return () => chat.sendBox.set(null);
  }, [chat, focus, setText]);

  useEffect(() => {
    if (open && chat.focusWanted.get()) focus('sendBox');
  }, [chat, focus, open]);

  return null;
}

/** The dialog with the conversation; it stays mounted while closed, so that nothing is missed. */
export function Panel({ chat, nonce }) {
  const { strings, dir: pageDir } = useValue(chat.strings);
  const { locale, dir } = useValue(chat.speech);
  const conversation = useValue(chat.conversation);
  const open = useValue(chat.isOpen);
  const empty = useValue(chat.isEmpty);
  const direction = dir ?? pageDir;

  const middleware = useMemo(
    () => ({
      activityStatusMiddleware: createActivityStatusMiddleware(chat),
      attachmentMiddleware: createAttachmentMiddleware(chat),
      typingIndicatorMiddleware: createTypingMiddleware(chat)
    }),
    [chat]
  );
  // Web Chat would announce a person's words as a bot's.
  const spoken = useMemo(() => ({ ACTIVITY_BOT_SAID_ALT: `${strings.assistant}:` }), [strings]);
  const render = useMemo(
    () => (text) => renderMarkdown(text, { server: chat.server, newTabLabel: strings.new_tab }),
    [chat, strings]
  );

  const closeOnEscape = (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    chat.close();
  };

  return (
    <div
      aria-labelledby="prc-title"
      aria-modal="false"
      className={`prc-panel${open ? '' : ' prc-panel--closed'}`}
      data-testid="panel"
      dir={direction}
      id="prc-panel"
      lang={locale}
      onKeyDown={closeOnEscape}
      role="dialog"
    >
      <Composer
        {...middleware}
        dir={direction}
        directLine={conversation.directLine}
        key={conversation.key}
        locale={locale}
        nonce={nonce}
        overrideLocalizedStrings={spoken}
        renderMarkdown={render}
        sendTypingIndicator={false}
        store={conversation.store}
        styleOptions={styleOptions}
        userID="customer"
      >
        <Header chat={chat} strings={strings} />
        <People chat={chat} strings={strings} />
        {empty && <p className="prc-intro">{strings.intro}</p>}
        <BasicWebChat className="prc-webchat" role="region" />
        <SendBoxAccess chat={chat} />
      </Composer>
    </div>
  );
}
