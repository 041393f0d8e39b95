"""Accounts and one-time links, in the desk's file."""

import json
import secrets
import sqlite3
from hashlib import sha256

from persona_router.desk.accounts import Account, AccountFault, Profile
from persona_router.handoff.database import Database

LINK_HOURS = 48

_COLUMNS = (
    "login, name, roles, team, languages, skills, capacity, enabled, available, seen_at,"
    " phone, password IS NOT NULL AS has_password"
)
_SET_UP = "password IS NOT NULL AND enabled AND instr(' ' || roles || ' ', ' admin ')"


class AccountStore:
    """The accounts; every method may raise QueueUnavailable. Times are in Unix seconds.

    There is always somebody who administers the desk, once there was: a change that would leave
    nobody raises AccountFault.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, login: str, profile: Profile) -> Account:
        """Return the new account, which has no password; raises AccountFault if it exists."""
        with self._database.transaction() as db:
            _insert(db, login, profile)
            return _get(db, login)

    def get(self, login: str) -> Account:
        """Return the account; raises AccountFault if there is none."""
        with self._database.connection() as db:
            return _get(db, login)

    def all(self) -> tuple[Account, ...]:
        """Return every account, by user name."""
        with self._database.connection() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM account ORDER BY login").fetchall()
        return tuple(read_account(row) for row in rows)

    def change(self, login: str, profile: Profile) -> Account:
        """Return the account with the new profile; raises AccountFault."""
        with self._database.transaction() as db:
            before = _get(db, login)
            db.execute(
                "UPDATE account SET name = ?, roles = ?, team = ?, languages = ?, skills = ?,"
                " capacity = ?, phone = ? WHERE login = ?",
                (*_values(profile), login),
            )
            _keep_an_admin(db, before)
            return _get(db, login)

    def set_phone(self, login: str, phone: str) -> None:
        """Keep the number at which the person is called, empty for none."""
        with self._database.connection() as db:
            db.execute("UPDATE account SET phone = ? WHERE login = ?", (phone, login))

    def enable(self, login: str, enabled: bool) -> Account:
        """Return the account, enabled or disabled; disabling ends its sessions and links."""
        with self._database.transaction() as db:
            before = _get(db, login)
            db.execute("UPDATE account SET enabled = ? WHERE login = ?", (enabled, login))
            if not enabled:
                _forget(db, login)
            _keep_an_admin(db, before)
            return _get(db, login)

    def present(self, login: str, *, now: float, available: bool | None = None) -> None:
        """Note that the person's browser was heard of now, and what they said, if they did."""
        with self._database.connection() as db:
            db.execute(
                "UPDATE account SET seen_at = ?, available = coalesce(?, available)"
                " WHERE login = ?",
                (now, available, login),
            )

    def gone(self, login: str) -> None:
        """Note that the person has signed out."""
        with self._database.connection() as db:
            db.execute("UPDATE account SET seen_at = NULL WHERE login = ?", (login,))

    def password(self, login: str) -> str | None:
        """Return the hash of the password; None for a disabled or unknown account."""
        with self._database.connection() as db:
            row = db.execute(
                "SELECT password FROM account WHERE login = ? AND enabled", (login,)
            ).fetchone()
        return row["password"] if row else None

    def set_password(self, login: str, hash: str) -> None:
        """Keep another hash of the same or a new password."""
        with self._database.connection() as db:
            db.execute("UPDATE account SET password = ? WHERE login = ?", (hash, login))

    def invite(self, login: str, *, now: float) -> str:
        """Return the code of a link with which the person sets a password, for 48 hours.

        The password that they had, earlier links and all sessions end. Raises AccountFault.
        """
        with self._database.transaction() as db:
            _get(db, login)
            _forget(db, login)
            db.execute("UPDATE account SET password = NULL WHERE login = ?", (login,))
            return _link(db, login, now)

    def invite_first(self, *, now: float) -> str | None:
        """Return the code of a link that makes the first account; None if somebody administers."""
        with self._database.transaction() as db:
            return None if _set_up(db) else _link(db, None, now)

    def invited(self, code: str, *, now: float) -> Account | None:
        """Return whose link it is; None for that of the first account.

        Raises AccountFault for a link that was used, has run out or never was.
        """
        with self._database.connection() as db:
            login = _invited(db, code, now)
            return _get(db, login) if login else None

    def accept(
        self, code: str, hash: str, *, now: float, first: tuple[str, Profile] | None = None
    ) -> Account:
        """Return the account with its new password; the link is used up, and sessions end.

        `first` is the user name and profile that the link of the first account makes. Raises
        AccountFault as `invited` and `add` do.
        """
        with self._database.transaction() as db:
            login = _invited(db, code, now)
            if login is None:
                if first is None:
                    raise AccountFault("error.link")
                login = first[0]
                # Somebody may have been invited by command line, and never have come.
                db.execute("DELETE FROM account WHERE login = ? AND password IS NULL", (login,))
                _insert(db, *first)
                db.execute("DELETE FROM link WHERE login IS NULL")
            _forget(db, login)
            db.execute("UPDATE account SET password = ? WHERE login = ?", (hash, login))
            return _get(db, login)


def read_account(row: sqlite3.Row) -> Account:
    """Return the account of a row with all its columns."""
    return Account(
        login=row["login"],
        profile=Profile(
            name=row["name"],
            roles=frozenset(row["roles"].split()),
            team=row["team"],
            languages=tuple(json.loads(row["languages"])),
            skills=tuple(json.loads(row["skills"])),
            capacity=row["capacity"],
            phone=row["phone"],
        ),
        enabled=bool(row["enabled"]),
        has_password=bool(row["has_password"]),
        available=bool(row["available"]),
        seen_at=row["seen_at"],
    )


def fingerprint(code: str) -> str:
    """Return what is kept of a code that only its bearer may know."""
    return sha256(code.encode()).hexdigest()


def _values(profile: Profile) -> tuple[object, ...]:
    lists = (json.dumps(words, ensure_ascii=False) for words in (profile.languages, profile.skills))
    roles = " ".join(sorted(profile.roles))
    return (profile.name, roles, profile.team, *lists, profile.capacity, profile.phone)


def _insert(db: sqlite3.Connection, login: str, profile: Profile) -> None:
    added = db.execute(
        "INSERT INTO account (login, name, roles, team, languages, skills, capacity, phone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (login, *_values(profile)),
    ).rowcount
    if not added:
        raise AccountFault("people.taken", login=login)


def _get(db: sqlite3.Connection, login: str) -> Account:
    row = db.execute(f"SELECT {_COLUMNS} FROM account WHERE login = ?", (login,)).fetchone()
    if row is None:
        raise AccountFault("people.unknown", login=login)
    return read_account(row)


def _set_up(db: sqlite3.Connection) -> bool:
    return db.execute(f"SELECT 1 FROM account WHERE {_SET_UP}").fetchone() is not None


def _keep_an_admin(db: sqlite3.Connection, before: Account) -> None:
    was = before.enabled and before.has_password and before.may("admin")
    if was and not _set_up(db):
        raise AccountFault("people.last_admin")


def _link(db: sqlite3.Connection, login: str | None, now: float) -> str:
    code = secrets.token_urlsafe(32)
    db.execute("DELETE FROM link WHERE expires_at <= ?", (now,))
    db.execute(
        "INSERT INTO link (hash, login, expires_at) VALUES (?, ?, ?)",
        (fingerprint(code), login, now + LINK_HOURS * 3600),
    )
    return code


def _invited(db: sqlite3.Connection, code: str, now: float) -> str | None:
    row = db.execute(
        "SELECT link.login, account.enabled FROM link LEFT JOIN account USING (login)"
        " WHERE link.hash = ? AND expires_at > ?",
        (fingerprint(code), now),
    ).fetchone()
    valid = row is not None and (bool(row["enabled"]) if row["login"] else not _set_up(db))
    if not valid:
        raise AccountFault("error.link")
    login: str | None = row["login"]
    return login


def _forget(db: sqlite3.Connection, login: str) -> None:
    db.execute("DELETE FROM session WHERE login = ?", (login,))
    db.execute("DELETE FROM link WHERE login = ?", (login,))
