import { createValue } from './value.js';

const KEY = 'outbox';

/**
 * The customer's messages that the server has not accepted yet, oldest first:
 * `{id, text, metadata, at, state: 'sending'|'waiting'|'failed', reason?}`.
 * They outlive a reload of the page in this tab.
 */
export function createOutbox(storage) {
  const stored = storage.get(KEY);
  const restored = (Array.isArray(stored) ? stored : []).map((item) =>
    item.state === 'failed' ? item : { ...item, state: 'waiting' }
  );
  const items = createValue(restored);

  const replace = (next) => {
    items.set(next);
    storage.set(KEY, next);
  };
  const change = (id, part) =>
    replace(items.get().map((item) => (item.id === id ? { ...item, ...part } : item)));

  return {
    items,
    find: (id) => items.get().find((item) => item.id === id),
    next: () => items.get().find((item) => item.state !== 'failed'),
    add: (item) => replace([...items.get(), { ...item, state: 'sending' }]),
    remove: (id) => replace(items.get().filter((item) => item.id !== id)),
    wait: (id) => change(id, { state: 'waiting', reason: undefined }),
    fail: (id, reason) => change(id, { state: 'failed', reason }),
    waitAll: () =>
      replace(
        items.get().map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item))
      )
  };
}
