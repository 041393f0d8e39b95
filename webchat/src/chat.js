import { createConversation } from './conversation.js';
import { createMetadata } from './metadata.js';
import { createOutbox } from './outbox.js';
import { createPeople } from './people.js';
import { createPreference } from './preference.js';
import { uuid } from './storage.js';
import { createTransport } from './transport.js';
import { createValue } from './value.js';

/**
 * The chat without its looks: what the components show (values to watch) and what they can ask for.
 * It connects at once. `shell` is what the launcher made, see `launcher.js`.
 */
export function createChat(shell) {
  const { memory, session, settings, strings, visit, isOpen, hasUnread, focusWanted } = shell;
  const { server, locale, page, referrer, experiments } = settings;
  const outbox = createOutbox(session);
  const preference = createPreference(memory);
  const metadata = createMetadata({ visit, preference, page, referrer, experiments });

  const isEmpty = createValue(true);
  const typing = createValue(null);
  const speech = createValue({ locale, dir: null });
  const sendBox = createValue(null);

  const names = () => {
    const texts = strings.value.get()?.strings ?? {};
    return { bot: texts.assistant, agent: texts.agent };
  };

  function post({ text, payload }) {
    const item = { id: uuid(), text, metadata: metadata.collect(payload), at: new Date().toISOString() };
    isEmpty.set(false);
    transport.send(item);
    return item;
  }

  const newConversation = () => createConversation({ post, names });
  const conversation = createValue(newConversation());

  function follow(next) {
    if (!next.locale) return;
    const present = speech.get();
    if (next.locale === present.locale && (next.dir ?? present.dir) === present.dir) return;
    speech.set({ locale: next.locale, dir: next.dir ?? null });
    strings.follow(next.locale);
  }

  function receive(messages, { live }) {
    for (const message of [...messages].sort((a, b) => a.seq - b.seq)) {
      const isNew = conversation.get().show(message);
      isEmpty.set(false);
      if (message.from === 'customer') {
        if (message.id) outbox.remove(message.id);
        continue;
      }
      follow(message);
      // A reply that came while the page was being reloaded counts too.
      if (isNew && message.remember) preference.follow(message.remember);
      typing.set(null);
      if (live && isNew) {
        metadata.restartClock();
        if (!isOpen.get()) hasUnread.set(true);
      }
    }
  }

  function showUnsent() {
    for (const item of outbox.items.get()) {
      conversation.get().showPending(item);
      isEmpty.set(false);
    }
  }

  const transport = createTransport({
    server,
    tokens: memory,
    outbox,
    locale: () => speech.get().locale,
    highestSeq: () => conversation.get().highestSeq(),
    handlers: {
      onSession(answer) {
        const present = conversation.get();
        const first = !present.restored;
        present.restored = true;
        receive(answer.messages, { live: !first });
        // A new conversation has no language yet: the page's own stays.
        if (answer.messages.length > 0 || !first) follow(answer);
        if (first) showUnsent();
        people.follow(answer.handoff);
      },
      onMessages: (messages) => receive(messages, { live: true }),
      onAccepted: (item, seq) => conversation.get().place(item.id, seq),
      onTyping: ({ on, from }) => typing.set(on ? from : null),
      onStanding: (standing) => people.follow(standing),
      onForgotten() {
        people.follow(null);
        // The send box is made anew: it gets the focus back only if the old one or its panel had it.
        focusWanted.set(Boolean(document.activeElement?.closest('#prc-panel')));
        conversation.set(newConversation());
        isEmpty.set(true);
      }
    }
  });

  const people = createPeople({
    ask: transport.ask,
    tell: transport.tell,
    memory,
    locale: () => speech.get().locale,
    typing
  });

  transport.status.subscribe(() => transport.status.get() === 'online' || typing.set(null));
  isOpen.subscribe(() => {
    if (!isOpen.get()) return;
    if (hasUnread.get()) metadata.restartClock();
    hasUnread.set(false);
  });
  metadata.restartClock();
  transport.start();

  return {
    server,
    outbox,
    strings: strings.value,
    status: transport.status,
    problem: transport.problem,
    conversation,
    people,
    isOpen,
    isEmpty,
    typing,
    speech,
    /** `{focus(), setText(text)}` of the mounted send box, else null. */
    sendBox,
    focusWanted,
    close: shell.close,
    retry: transport.retry,
    /** Takes a refused message back into the send box. */
    edit({ id, text }) {
      outbox.remove(id);
      conversation.get().remove(id);
      sendBox.get()?.setText(text);
      sendBox.get()?.focus();
    }
  };
}
