/**
 * What this browser remembers about earlier visits, a visit being one tab session.
 * `returning`: there was one before; `previousContacts`: in how many something was written.
 */
export function recordVisit({ memory, session }) {
  if (session.get('visit') === null) {
    session.set('visit', {
      returning: memory.get('visited') === true,
      previousContacts: memory.get('contacts') ?? 0
    });
    memory.set('visited', true);
  }
  const visit = session.get('visit') ?? { returning: false, previousContacts: 0 };

  return {
    ...visit,
    countContact() {
      if (session.get('contacted')) return;
      session.set('contacted', true);
      memory.set('contacts', visit.previousContacts + 1);
    }
  };
}
