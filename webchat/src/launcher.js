import { createStorage } from './storage.js';
import { createStrings } from './strings.js';
import { createValue } from './value.js';
import { recordVisit } from './visit.js';

const PREFIX = 'persona-router-chat:';
const FULL_SCREEN = '(max-width: 479.98px)';
const ICON = `<svg aria-hidden="true" height="22" viewBox="0 0 24 24" width="22"><path
  d="M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z"
  fill="currentColor"/></svg>`;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Puts the launcher on the page and returns the shell that the panel lives in: the settings
 * (`{server, locale, page?, referrer?, experiments, nonce?}`), `memory` (this browser), `session`
 * (this tab), `strings`, `visit`, the values `isOpen`, `hasUnread` and `focusWanted`, the element
 * `place` for the panel, and `open`/`close`.
 *
 * `loadPanel(shell)` is called once, at the first opening; its promise is fulfilled when the panel
 * is there.
 */
export function createLauncher(settings, loadPanel) {
  const memory = createStorage('localStorage', PREFIX);
  const session = createStorage('sessionStorage', PREFIX);
  const strings = createStrings(settings.server);
  const isOpen = createValue(false);
  const hasUnread = createValue(false);
  const focusWanted = createValue(false);
  const panel = createValue('absent');

  const label = element('span', {});
  const mark = element('span', { class: 'prc-unread', 'data-testid': 'unread', hidden: '' });
  const news = element('p', { class: 'prc-hidden', role: 'status' });
  const place = element('div', {});
  const button = element(
    'button',
    { 'aria-haspopup': 'dialog', class: 'prc-launcher', 'data-testid': 'launcher', type: 'button' },
    label,
    mark
  );
  button.insertAdjacentHTML('afterbegin', ICON);
  const section = element('section', { class: 'prc', id: 'persona-router-chat' }, button, news, place);

  function show() {
    const loaded = strings.value.get();
    // Every word comes from the server: until it has answered there is nothing to show.
    if (!loaded) return;
    const texts = loaded.strings;
    section.lang = loaded.locale;
    section.dir = loaded.dir;
    section.setAttribute('aria-label', texts.assistant);
    label.textContent = panel.get() === 'loading' ? texts.status_connecting : texts.launcher;
    news.textContent = hasUnread.get() ? texts.unread : '';
    mark.hidden = !hasUnread.get();
    button.setAttribute('aria-expanded', String(isOpen.get()));
    if (panel.get() === 'ready') button.setAttribute('aria-controls', 'prc-panel');
    button.classList.toggle('prc-launcher--open', isOpen.get() && panel.get() === 'ready');
    if (!section.isConnected) document.body.append(section);
  }

  async function bringPanel() {
    if (panel.get() !== 'absent') return;
    panel.set('loading');
    await loadPanel(shell);
    panel.set('ready');
  }

  function open({ takeFocus = true } = {}) {
    focusWanted.set(takeFocus);
    session.set('open', true);
    isOpen.set(true);
    bringPanel();
  }

  function close() {
    const wasOpen = isOpen.get();
    session.remove('open');
    isOpen.set(false);
    if (wasOpen) button.focus();
  }

  const shell = {
    settings,
    memory,
    session,
    strings,
    visit: recordVisit({ memory, session }),
    isOpen,
    hasUnread,
    focusWanted,
    place,
    open,
    close
  };

  button.addEventListener('click', () => open());
  for (const value of [strings.value, isOpen, hasUnread, panel]) value.subscribe(show);
  strings.follow(settings.locale);

  // Open on the page before: stays open, unless it would cover this one; leaves the focus alone.
  if (session.get('open') === true && !window.matchMedia(FULL_SCREEN).matches) {
    open({ takeFocus: false });
  }
  return shell;
}
