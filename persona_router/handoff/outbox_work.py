"""The outbox as its courier sees it: what is due, and what became of it."""

import json
import sqlite3
from dataclasses import replace

from persona_router.handoff.errands import Errand, Health, Relay
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.outbox_rows import (
    add_errand,
    add_event,
    drop_out,
    finish,
    provider_row,
    relay_row,
    waits,
)
from persona_router.handoff.provider import News, Reference
from persona_router.handoff.records import encoded

_ERRAND = "number, relay, direction, kind, key, body, created_at, attempts, kept"
_HEAD = (
    "status = 'waiting' AND NOT EXISTS (SELECT 1 FROM errand AS earlier"
    " WHERE earlier.relay = errand.relay AND earlier.direction = errand.direction"
    " AND earlier.status = 'waiting' AND earlier.position < errand.position)"
)


class OutboxWork:
    """What one courier does to the outbox; every method may raise QueueUnavailable."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._database = outbox.database

    def health(self, provider: str) -> Health:
        """Return how the provider does."""
        return self._outbox.health(provider)

    def take(self, now: float, *, out: bool) -> tuple[Relay, Errand] | None:
        """Return the errand that is due first, with its relay; None if nothing is due.

        Of one relay and direction only the first that waits is ever due. Without `out`, the
        provider is left alone.
        """
        with self._database.connection() as db:
            row = db.execute(
                f"SELECT {_ERRAND} FROM errand WHERE {_HEAD} AND due_at <= ?"
                " AND (? OR direction = 'in') ORDER BY due_at, position LIMIT 1",
                (now, out),
            ).fetchone()
            if row is None:
                return None
            relay = self._outbox.relay_of(relay_row(db, row["relay"]))
        try:
            body = json.loads(row["body"])
        except ValueError as error:
            raise self._database.corrupt(error) from error
        return relay, Errand(**{**dict(row), "body": body})

    def overdue(self, before: float, *, down: bool) -> tuple[Relay, ...]:
        """Return the open relays with an errand to the provider that waits since `before`.

        One that was never tried counts only if the provider is `down`.
        """
        with self._database.connection() as db:
            rows = db.execute(
                "SELECT DISTINCT relay FROM errand JOIN relay ON relay.id = errand.relay"
                " WHERE errand.status = 'waiting' AND direction = 'out' AND created_at <= ?"
                " AND relay.status = 'open' AND (attempts > 0 OR ?)",
                (before, down),
            ).fetchall()
            return tuple(self._outbox.relay_of(relay_row(db, row["relay"])) for row in rows)

    def unasked(self, before: float, provider: str) -> Relay | None:
        """Return the open relay that was not asked about for the longest, if since `before`."""
        with self._database.connection() as db:
            row = db.execute(
                "SELECT id FROM relay WHERE status = 'open' AND reference IS NOT NULL"
                " AND provider = ? AND asked_at <= ? ORDER BY asked_at LIMIT 1",
                (provider, before),
            ).fetchone()
            return row and self._outbox.relay_of(relay_row(db, row["id"]))

    def has_messages(self, relay: Relay) -> bool:
        """Return whether words of the customer still wait for the provider."""
        with self._database.connection() as db:
            return waits(db, relay, "message")

    def has_brought(self, relay: Relay, key: str) -> bool:
        """Return whether the doing with this key has reached the customer."""
        with self._database.connection() as db:
            found = db.execute(
                "SELECT 1 FROM errand WHERE relay = ? AND direction = 'in' AND key = ?"
                " AND status = 'done'",
                (relay.id, key),
            ).fetchone()
        return found is not None

    def begin(self, errand: Errand, due_at: float) -> None:
        """Note that the errand is tried: after a crash, nobody knows what became of it.

        It is then not tried again before `due_at`.
        """
        with self._database.connection() as db:
            db.execute(
                "UPDATE errand SET attempts = attempts + 1, due_at = ? WHERE number = ?",
                (due_at, errand.number),
            )

    def keep(self, errand: Errand, kept: str) -> None:
        """Keep a note of how far the errand is."""
        with self._database.connection() as db:
            db.execute("UPDATE errand SET kept = ? WHERE number = ?", (kept, errand.number))

    def done(self, errand: Errand) -> None:
        """Take the errand off; its words are forgotten, its key is not."""
        with self._database.connection() as db:
            finish(db, errand)

    def opened(self, errand: Errand, reference: Reference, at: float) -> None:
        """Note where the handoff is at the provider."""
        with self._database.transaction() as db:
            # A provider may go on with the conversation of an earlier handoff.
            db.execute(
                "UPDATE relay SET reference = NULL WHERE reference = ? AND provider ="
                " (SELECT provider FROM relay WHERE id = ?)",
                (reference.id, errand.relay),
            )
            db.execute(
                "UPDATE relay SET reference = ?, details = ?, sent = ?, cursor = ?, asked_at = ?"
                " WHERE id = ?",
                (
                    *(reference.id, json.dumps(dict(reference.details))),
                    *(reference.last, reference.last, at, errand.relay),
                ),
            )
            finish(db, errand)

    def sent(self, errand: Errand, id: str) -> None:
        """Note the provider's id of the message that was delivered last."""
        with self._database.transaction() as db:
            db.execute("UPDATE relay SET sent = ? WHERE id = ?", (id, errand.relay))
            finish(db, errand)

    def announced(self, relay: Relay, agent: str) -> None:
        """Note whom the customer knows to be writing with."""
        with self._database.connection() as db:
            db.execute("UPDATE relay SET agent = ? WHERE id = ?", (agent, relay.id))

    def postpone(self, errand: Errand, due_at: float, error: str) -> None:
        """Have the errand tried again at `due_at`."""
        with self._database.connection() as db:
            db.execute(
                "UPDATE errand SET attempts = attempts + 1, due_at = ?, error = ? WHERE number = ?",
                (due_at, error, errand.number),
            )

    def put_off(self, errand: Errand, due_at: float) -> None:
        """Have the errand done at `due_at`; nothing has failed."""
        with self._database.connection() as db:
            db.execute(
                "UPDATE errand SET due_at = ?, attempts = ? WHERE number = ?",
                (due_at, errand.attempts, errand.number),
            )

    def ended(self, relay: Relay) -> None:
        """End the relay: what still waits for the provider is dropped, what was said forgotten.

        Replies that come later still find the customer.
        """
        empty = replace(relay.request, transcript=(), entities={}, evidence=(), phone_number=None)
        with self._database.transaction() as db:
            drop_out(db, relay)
            db.execute(
                "UPDATE relay SET status = 'ended', request = ? WHERE id = ?",
                (encoded(empty), relay.id),
            )

    def notify(self, relay: Relay, notice: str) -> bool:
        """Have the customer told something, once; return whether it is new."""
        with self._database.transaction() as db:
            return self._notify(db, relay, notice)

    def delay(self, relay: Relay, notice: str) -> None:
        """Note that the customer is told to wait, and tell them."""
        with self._database.transaction() as db:
            db.execute("UPDATE relay SET delayed = 1 WHERE id = ?", (relay.id,))
            self._notify(db, relay, notice)

    def move(self, relay: Relay, notice: str) -> None:
        """Give the relay up for the embedded desk, tell the customer, and withdraw it elsewhere."""
        with self._database.transaction() as db:
            tried = db.execute(
                "SELECT max(attempts) AS n, max(kept) AS kept FROM errand"
                " WHERE relay = ? AND kind = 'open'",
                (relay.id,),
            ).fetchone()
            drop_out(db, relay)
            db.execute("UPDATE relay SET status = 'moved' WHERE id = ?", (relay.id,))
            self._notify(db, relay, notice)
            if relay.reference is not None or tried["n"]:
                add_errand(db, relay.id, "out", "withdraw", "withdraw", self._outbox.clock())
                db.execute(
                    "UPDATE errand SET kept = ? WHERE relay = ? AND kind = 'withdraw'",
                    (tried["kept"] or "", relay.id),
                )

    def asked(self, relay: Relay, news: News | None, now: float) -> None:
        """Note that both sides were asked; what no webhook had told is now on its way."""
        with self._database.transaction() as db:
            db.execute("UPDATE relay SET asked_at = ? WHERE id = ?", (now, relay.id))
            if news is None:
                return
            db.execute("UPDATE relay SET cursor = ? WHERE id = ?", (news.cursor, relay.id))
            missed = sum(add_event(db, relay.id, event, now) for event in news.events)
            if news.resolved and not waits(db, relay, "resolved"):
                add_errand(db, relay.id, "in", "resolved", f"resolved:asked {now}", now)
                missed += 1
            changes = "missed = missed + ?, fault = ?"
            provider_row(db, relay.provider, changes, missed, news.fault or "")

    def failed(self, provider: str, error: str, paused_until: float) -> None:
        """Note another failure of the provider, which is left alone until `paused_until`."""
        changes = (
            "failures = failures + 1, error = ?, failed_at = ?, paused_until = max(paused_until, ?)"
        )
        with self._database.transaction() as db:
            provider_row(db, provider, changes, error, self._outbox.clock(), paused_until)

    def succeeded(self, provider: str) -> None:
        """Note that the provider answers."""
        with self._database.connection() as db:
            db.execute(
                "UPDATE provider SET failures = 0, paused_until = 0 WHERE name = ?"
                " AND (failures > 0 OR paused_until > 0)",
                (provider,),
            )

    def _notify(self, db: sqlite3.Connection, relay: Relay, notice: str) -> bool:
        return add_errand(db, relay.id, "in", "notice", notice, self._outbox.clock())
