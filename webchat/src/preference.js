const KEY = 'preference';

/**
 * What this browser keeps of how the customer likes to be helped: `preferred`, a route, and
 * `corrected`, that nothing is to be assumed about them. Only `follow` changes it, which the server
 * causes by its reply to a customer who asked for just that.
 */
export function createPreference(memory) {
  const usable = memory.usable();

  return {
    /** Its part of a message's metadata; empty where this browser forbids storage. */
    metadata() {
      if (!usable) return {};
      const { preferred, corrected } = memory.get(KEY) ?? {};
      return {
        remembers: true,
        ...(typeof preferred === 'string' ? { preferred } : {}),
        ...(corrected === true ? { corrected } : {})
      };
    },

    /** Keeps what a reply names; one that names nothing removes what was kept. */
    follow({ preferred, corrected }) {
      if (preferred || corrected) memory.set(KEY, { preferred, corrected });
      else memory.remove(KEY);
    }
  };
}
