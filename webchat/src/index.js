import css from './chat.css';
import { createLauncher } from './launcher.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

function injectStyle(nonce) {
  const style = document.createElement('style');
  if (nonce) style.nonce = nonce;
  style.textContent = css;
  document.head.append(style);
}

// A script tag instead of import(): it needs no CORS headers where the shop is another host.
function fetchScript(src, nonce) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    if (nonce) script.nonce = nonce;
    script.src = src;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      reject(new Error(`${src} did not load`));
    };
    document.head.append(script);
  });
}

async function persist(work) {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function start(script) {
  const { server, locale, page, referrer } = script.dataset;
  const nonce = script.nonce || undefined;
  const panelSource = new URL('panel.js', script.src).href;
  const settings = {
    server: (server || new URL(script.src).origin).replace(/\/+$/, ''),
    locale: locale || document.documentElement.lang || navigator.language,
    page: page || undefined,
    referrer: referrer || undefined,
    // Asked each time: a customer may agree, or change their mind, while the page is open.
    experiments: () => script.dataset.experiments === 'true',
    nonce
  };

  injectStyle(nonce);
  const { open, close } = createLauncher(settings, async (shell) => {
    await persist(() => fetchScript(panelSource, nonce));
    window.personaRouterChat.mount(shell);
  });
  window.personaRouterChat = { open: () => open(), close };
}

// A second copy of the script tag must not put a second chat on the page.
if (!window.personaRouterChat) start(document.currentScript);
