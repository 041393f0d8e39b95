import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const ALLOWED_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:']);

// Phone numbers in international form, and numbers like AB-1234 or 2026-00017.
const CODE = /(\+\d[\d ()/.-]{5,18}\d|[\p{Lu}\d]+(?:-[\p{Lu}\d]+)*-\d[\p{Lu}\d]*(?![\p{L}\d-]))/u;

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });
markdown.disable('image');
// Without this "shop.de" or "v1.in" in a sentence would turn into links nobody meant.
markdown.linkify.set({ fuzzyLink: false });

/**
 * The address a link may lead to: http, https, mailto, tel, or a path on `server`; else null.
 * `//host` and every other scheme are refused.
 */
export function safeHref(href, server) {
  if (/^\/(?![/\\])/.test(href)) return server + href;
  try {
    const { protocol } = new URL(href);
    return ALLOWED_SCHEMES.has(protocol) ? href : null;
  } catch {
    return null;
  }
}

function protectLinks(fragment, server, newTabLabel) {
  for (const link of fragment.querySelectorAll('a')) {
    const href = safeHref(link.getAttribute('href') ?? '', server);
    if (href === null) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.setAttribute('href', href);
    if (/^(mailto|tel):/.test(href)) continue;
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
    const hint = document.createElement('span');
    hint.className = 'prc-hidden';
    hint.textContent = ` (${newTabLabel})`;
    link.append(hint);
  }
}

// In right-to-left text "+49 30 1234" would otherwise show its groups in reverse, and anywhere an
// order number could break at its hyphen.
function isolateCodes(fragment) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const node of texts) {
    const pieces = node.data.split(CODE);
    if (pieces.length === 1) continue;
    node.replaceWith(
      ...pieces.map((piece, index) => {
        if (index % 2 === 0) return piece;
        const code = document.createElement('bdi');
        code.className = 'prc-code';
        code.dir = 'ltr';
        code.textContent = piece;
        return code;
      })
    );
  }
}

/** The Markdown of a bot's message as sanitised HTML; raw HTML in it shows as text. */
export function renderMarkdown(text, { server, newTabLabel }) {
  const fragment = DOMPurify.sanitize(markdown.render(text), {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: [
      'a', 'blockquote', 'br', 'code', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol',
      'p', 'pre', 's', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'
    ],
    ALLOWED_ATTR: ['href', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false
  });
  isolateCodes(fragment);
  protectLinks(fragment, server, newTabLabel);
  const holder = document.createElement('div');
  holder.append(fragment);
  return holder.innerHTML;
}

/** Plain text cut into pieces `{text, href?}`; `href` where it names an http(s) address. */
export function splitLinks(text) {
  const pieces = [];
  let end = 0;
  for (const match of markdown.linkify.match(text) ?? []) {
    if (!/^https?:/.test(match.url)) continue;
    pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: match.text, href: match.url });
    end = match.lastIndex;
  }
  pieces.push({ text: text.slice(end) });
  return pieces;
}
