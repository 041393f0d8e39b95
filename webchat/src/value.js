/** A value that can be watched: `get`, `set`, `subscribe` (returns the unsubscriber). */
export function createValue(initial) {
  let current = initial;
  const listeners = new Set();

  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }
  };
}
