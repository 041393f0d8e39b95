"""Who is signed in, in the desk's file: hashes of random ids, so that the file lets nobody in."""

import secrets

from persona_router.desk.account_store import fingerprint, read_account
from persona_router.desk.accounts import Account
from persona_router.handoff.database import Database

SESSION_SECONDS = 12 * 3600


class SessionStore:
    """The sessions; every method may raise QueueUnavailable. Times are in Unix seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, login: str, *, now: float) -> str:
        """Return the id of a new session, which lasts twelve hours."""
        token = secrets.token_urlsafe(32)
        with self._database.transaction() as db:
            db.execute("DELETE FROM session WHERE expires_at <= ?", (now,))
            db.execute(
                "INSERT INTO session (hash, login, started_at, expires_at) VALUES (?, ?, ?, ?)",
                (fingerprint(token), login, now, now + SESSION_SECONDS),
            )
        return token

    def account(self, token: str, *, now: float) -> Account | None:
        """Return who is signed in; None when the session ended or the account is disabled."""
        with self._database.connection() as db:
            row = db.execute(
                "SELECT account.*, password IS NOT NULL AS has_password"
                " FROM session JOIN account USING (login)"
                " WHERE session.hash = ? AND expires_at > ? AND account.enabled",
                (fingerprint(token), now),
            ).fetchone()
        return read_account(row) if row else None

    def end(self, token: str) -> None:
        """End the session."""
        with self._database.connection() as db:
            db.execute("DELETE FROM session WHERE hash = ?", (fingerprint(token),))

    def end_others(self, login: str, *, but: str) -> None:
        """End the person's sessions in other browsers."""
        with self._database.connection() as db:
            db.execute(
                "DELETE FROM session WHERE login = ? AND hash <> ?", (login, fingerprint(but))
            )
