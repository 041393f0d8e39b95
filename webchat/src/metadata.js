const PHONE_WIDTH = 480;
const TABLET_SHORT_SIDE = 600;

const MAIL_HOST = /(^|\.)(mail|outlook|webmail)\./;
const SEARCH_HOST =
  /(^|\.)(google|bing|duckduckgo|ecosia|startpage|qwant|yahoo|yandex|baidu|brave)\.[a-z.]+$/;
const SITE_SECTIONS = [
  ['help', /^\/(help|faq|support|kb)(\/|$)/],
  ['product', /^\/(products?|p|items?)(\/|$)/],
  ['cart', /^\/(cart|basket|checkout)(\/|$)/],
  ['account', /^\/(account|login|register)(\/|$)/]
];

function device() {
  const shortSide = Math.min(window.innerWidth, window.innerHeight);
  if (window.innerWidth < PHONE_WIDTH) return 'mobile';
  if (!window.matchMedia('(pointer: coarse)').matches) return 'desktop';
  return shortSide < TABLET_SHORT_SIDE ? 'mobile' : 'tablet';
}

function classifyReferrer(referrer, location) {
  if (/[?&]utm_medium=e-?mail(&|$)/i.test(location.search)) return 'email';
  if (!referrer) return 'direct';
  const { host, pathname } = new URL(referrer);
  if (host === location.host) {
    return SITE_SECTIONS.find(([, pattern]) => pattern.test(pathname))?.[0] ?? 'site';
  }
  if (MAIL_HOST.test(host)) return 'email';
  return SEARCH_HOST.test(host) ? 'search' : 'other';
}

/**
 * What the page tells with every message, about behaviour and surroundings only.
 *
 * `page` and `referrer` are the shop's own values, used instead of what the browser says;
 * `experiments()` tells whether the customer agreed that other ways may be tried on them.
 * `visit` comes from `recordVisit`, `preference` from `createPreference`.
 */
export function createMetadata({ visit, preference, page, referrer, experiments }) {
  let since = null;

  return {
    /** Starts the customer's time to answer: the chat was opened, or the other side has spoken. */
    restartClock() {
      since = performance.now();
    },

    /** The metadata of one message; `seconds` since the clock was started, with one decimal. */
    collect(payload) {
      visit.countContact();
      const seconds = since === null ? 0 : (performance.now() - since) / 1000;
      return {
        input: payload === undefined ? 'typed' : 'button',
        ...(payload === undefined ? {} : { payload }),
        device: device(),
        locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        page: page ?? window.location.pathname,
        referrer: referrer ?? classifyReferrer(document.referrer, window.location),
        returning: visit.returning,
        previous_contacts: visit.previousContacts,
        ...preference.metadata(),
        ...(experiments() ? { experiments: true } : {}),
        seconds: Math.round(seconds * 10) / 10
      };
    }
  };
}
