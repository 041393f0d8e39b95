import { createValue } from './value.js';

const REPEAT_TYPING_MS = 3_000;
const SKIPPED = 'unrated';
const NOBODY = { status: null };

function save(name, html) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * What passes between the customer and people besides words. `standing` is what the server says:
 * `{status: null|'waiting'|'connected'|'ended', position, minutes, name, typing, handoff}`.
 * `ask(event, data)` resolves to the server's answer, or null; `tell` needs none.
 */
export function createPeople({ ask, tell, memory, locale, typing }) {
  const standing = createValue(NOBODY);
  let typedAt = 0;

  return {
    standing,

    follow(next) {
      const known = next ?? NOBODY;
      const skipped = known.status === 'ended' && memory.get(SKIPPED) === known.handoff;
      standing.set(skipped ? NOBODY : known);
      if (known.typing) typing.set('agent');
      else if (typing.get() === 'agent') typing.set(null);
    },

    /** Tells the agent that the customer types; again while it goes on, and once when it ends. */
    types(on) {
      if (standing.get().status !== 'connected') return;
      const now = Date.now();
      if (on ? now - typedAt < REPEAT_TYPING_MS : typedAt === 0) return;
      typedAt = on ? now : 0;
      tell('customer_typing', { on });
    },

    /** Returns whether the server has taken the rating. */
    async rate(stars, comment) {
      const answer = await ask('rate', { handoff: standing.get().handoff, stars, comment });
      return answer?.ok === true;
    },

    skipRating() {
      memory.set(SKIPPED, standing.get().handoff);
      standing.set(NOBODY);
    },

    /** Downloads the conversation; returns whether that worked. */
    async saveTranscript() {
      const answer = await ask('transcript', { locale: locale() });
      if (!answer?.ok) return false;
      save('chat.html', answer.html);
      return true;
    }
  };
}
