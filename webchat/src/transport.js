import { io } from 'socket.io-client';

import { createValue } from './value.js';

const ACK_TIMEOUT_MS = 10_000;
const RETRY_MS = 3_000;
// More than the server takes in one message, so that it says so; less than breaks the connection.
const LONGEST_SENT = 62_000;

/**
 * The connection to the channel: opens the session after every (re)connect, delivers the outbox in
 * order, and hands every message of the server to `onMessages` exactly as it came.
 *
 * `status` is 'connecting' | 'online' | 'offline' | 'refused'; `problem` is the server's own
 * localized sentence when it refuses the session.
 */
export function createTransport({ server, tokens, outbox, locale, highestSeq, handlers }) {
  const status = createValue('connecting');
  const problem = createValue(null);
  const socket = io(server, { path: '/socket.io', autoConnect: false, reconnectionDelayMax: 5_000 });
  let ready = false;
  let delivering = false;

  const ask = (event, data) =>
    socket
      .timeout(ACK_TIMEOUT_MS)
      .emitWithAck(event, data)
      .catch(() => null);

  const later = (work) => setTimeout(() => socket.connected && work(), RETRY_MS);

  async function openSession() {
    ready = false;
    const token = tokens.get('token');
    const connection = socket.id;
    const answer = await ask('session_request', { token, after: highestSeq(), locale: locale() });
    if (socket.id !== connection || !socket.connected) return;

    if (answer?.ok) {
      tokens.set('token', answer.token);
      problem.set(null);
      handlers.onSession(answer);
      ready = true;
      status.set('online');
      deliver();
    } else if (answer?.error === 'bad_token' && token !== null) {
      tokens.remove('token');
      handlers.onForgotten();
      openSession();
    } else {
      problem.set(answer?.message ?? null);
      status.set(answer ? 'refused' : 'connecting');
      later(openSession);
    }
  }

  // One at a time, so that messages keep their order even when one has to be repeated.
  async function deliver() {
    if (delivering) return;
    delivering = true;
    try {
      for (let item = outbox.next(); ready && item; item = outbox.next()) {
        const { id, text, metadata } = item;
        const sent = text.slice(0, LONGEST_SENT);
        const answer = await ask('user_uttered', { id, text: sent, metadata });
        if (answer?.ok) {
          outbox.remove(id);
          handlers.onAccepted(item, answer.seq);
        } else if (answer?.error === 'no_session') {
          outbox.wait(id);
          openSession();
        } else if (answer) {
          outbox.fail(id, answer.message ?? answer.error);
        } else {
          outbox.wait(id);
        }
      }
    } finally {
      delivering = false;
    }
    if (ready && outbox.next()) deliver();
  }

  socket.on('connect', openSession);
  socket.on('message', (message) => handlers.onMessages([message]));
  socket.on('typing', handlers.onTyping);
  socket.on('handoff', handlers.onStanding);
  socket.on('connect_error', () => status.set('offline'));
  socket.on('disconnect', (reason) => {
    ready = false;
    status.set('offline');
    outbox.waitAll();
    // socket.io does not come back by itself after the server has closed the connection.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), RETRY_MS);
  });

  return {
    status,
    problem,
    /** Resolves to the server's answer; null without one, or without a session. */
    ask: (event, data) => (ready ? ask(event, data) : Promise.resolve(null)),
    tell: (event, data) => ready && socket.emit(event, data),
    start: () => socket.connect(),
    send(item) {
      outbox.add(item);
      if (!ready) outbox.wait(item.id);
      deliver();
    },
    retry(id) {
      outbox.wait(id);
      deliver();
    }
  };
}
