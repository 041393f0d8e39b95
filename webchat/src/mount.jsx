import React from 'react';
import { createRoot } from 'react-dom/client';

import { createChat } from './chat.js';
import { Panel } from './Panel.jsx';
import { useValue } from './use-value.js';

function WhenReadable({ chat, nonce }) {
  return useValue(chat.strings) && <Panel chat={chat} nonce={nonce} />;
}

/** Puts the panel into the launcher's shell; called once, by the launcher. */
window.personaRouterChat.mount = (shell) => {
  const chat = createChat(shell);
  createRoot(shell.place).render(<WhenReadable chat={chat} nonce={shell.settings.nonce} />);
};
