import { createValue } from './value.js';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/**
 * The page's sentences as a value `{locale, dir, strings}`, null until the server has answered.
 * `follow(locale)` loads another locale; it tries again until it succeeds or is overtaken.
 */
export function createStrings(server) {
  const value = createValue(null);
  let wanted = null;

  async function load(locale, wait) {
    try {
      const response = await fetch(`${server}/chat/strings?locale=${encodeURIComponent(locale)}`);
      if (!response.ok) throw new Error(`strings answered ${response.status}`);
      const loaded = await response.json();
      if (wanted === locale) value.set(loaded);
    } catch {
      setTimeout(
        () => wanted === locale && load(locale, Math.min(wait * 2, LONGEST_RETRY_MS)),
        wait
      );
    }
  }

  return {
    value,
    follow(locale) {
      if (locale === wanted) return;
      wanted = locale;
      load(locale, FIRST_RETRY_MS);
    }
  };
}
