import { createStore } from 'botframework-webchat-core';

import { uuid } from './storage.js';

const CONNECTING = 1;
const ONLINE = 2;

const authors = {
  customer: (name) => ({ id: 'customer', role: 'user', name }),
  bot: (name) => ({ id: 'bot', role: 'bot', name }),
  agent: (name) => ({ id: 'agent', role: 'bot', name })
};

function toActivity(message, { sequence, clientActivityID, names }) {
  const { from, text, buttons = [], locale, dir, at } = message;
  const name = message.name ?? names()[from] ?? '';
  return {
    type: 'message',
    id: message.id ?? `seq-${message.seq}`,
    from: authors[from](name),
    text,
    textFormat: from === 'bot' ? 'markdown' : 'plain',
    timestamp: at,
    locale,
    suggestedActions: {
      actions: buttons.map(({ title, payload }) => ({
        type: 'messageBack',
        title,
        text: title,
        displayText: title,
        value: { payload }
      }))
    },
    channelData: {
      'webchat:sequence-id': sequence,
      'webchat:fallback-text': from === 'agent' ? `${name}: ${text}` : undefined,
      clientActivityID,
      author: from,
      dir
    }
  };
}

function observable(subscribe) {
  return {
    subscribe(observer) {
      const next = typeof observer === 'function' ? observer : observer.next?.bind(observer);
      const stop = subscribe(next ?? (() => {}), observer.complete?.bind(observer));
      return { unsubscribe: stop ?? (() => {}) };
    }
  };
}

/**
 * One conversation as Web Chat sees it: its redux `store` and a `directLine` to give to it, the
 * messages `show`n so far, `highestSeq`, the last sequence number seen, and `restored`, which the
 * owner sets once the server's history is in it. `key` tells conversations apart.
 *
 * Web Chat is always told that it is online and that its posts arrived: whether the server has
 * really accepted a message is the outbox's matter, shown beside the message.
 * `post({text, payload})` gets what the customer sends and returns the outbox item made of it;
 * `names()` tells what to call an author without a name.
 */
export function createConversation({ post, names }) {
  const store = createStore();
  const activities = new Map();
  const subscribers = new Set();
  const shownSeqs = new Set();
  let highest = 0;
  let lastPlace = 0;
  let unsent = 0;

  const emit = (activity) => {
    activities.set(activity.id, activity);
    for (const next of [...subscribers]) next(activity);
  };

  const pendingSequence = () => lastPlace + ++unsent / 1000;

  const showPending = (item, clientActivityID = item.id) =>
    emit(
      toActivity(
        { id: item.id, from: 'customer', text: item.text, at: item.at },
        { sequence: pendingSequence(), clientActivityID, names }
      )
    );

  const directLine = {
    activity$: observable((next) => {
      for (const activity of activities.values()) next(activity);
      subscribers.add(next);
      return () => subscribers.delete(next);
    }),
    connectionStatus$: observable((next) => {
      next(CONNECTING);
      next(ONLINE);
    }),
    postActivity: (activity) =>
      observable((next, complete) => {
        if (activity.type !== 'message') return;
        const item = post({ text: activity.text, payload: activity.value?.payload });
        // Web Chat starts to listen for the echo only after this call.
        setTimeout(() => {
          showPending(item, activity.channelData.clientActivityID);
          next(item.id);
          complete?.();
        }, 0);
      }),
    end: () => {}
  };

  return {
    key: uuid(),
    store,
    directLine,
    restored: false,
    highestSeq: () => highest,

    /** Shows a message of the server once; returns whether it was new. */
    show(message) {
      highest = Math.max(highest, message.seq);
      lastPlace = Math.max(lastPlace, message.seq);
      if (shownSeqs.has(message.seq)) return false;
      shownSeqs.add(message.seq);
      const known = message.id && activities.get(message.id);
      const clientActivityID = known ? known.channelData.clientActivityID : undefined;
      emit(toActivity(message, { sequence: message.seq, clientActivityID, names }));
      // Only the latest message's buttons count, and this one was not written through Web Chat.
      if (message.from === 'customer' && !known) {
        setTimeout(() => store.dispatch({ type: 'WEB_CHAT/CLEAR_SUGGESTED_ACTIONS' }), 0);
      }
      return !known;
    },

    showPending,

    /** Gives a message that the server has just accepted its place in the conversation. */
    place(id, seq) {
      const known = activities.get(id);
      if (!known || shownSeqs.has(seq)) return;
      lastPlace = Math.max(lastPlace, seq);
      emit({ ...known, channelData: { ...known.channelData, 'webchat:sequence-id': seq } });
    },

    remove(id) {
      activities.delete(id);
      store.dispatch({ type: 'DIRECT_LINE/DELETE_ACTIVITY', payload: { activityID: id } });
    }
  };
}
