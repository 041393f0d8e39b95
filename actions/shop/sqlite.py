"""The embedded shop: an order desk on one SQLite file, seeded when it is first used."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from actions.shop.desk import (
    Invoice,
    NotAllowed,
    Operation,
    Order,
    OrderLine,
    OrderNotFound,
    Reason,
    Refund,
    ShopUnavailable,
    Tracking,
)
from actions.shop.rules import refusals
from actions.shop.seed import read_seed
from actions.shop.sqlite_schema import SCHEMA_VERSION, create

log = logging.getLogger(__name__)

_LOCK_SECONDS = 5.0


class SqliteDesk:
    """An `OrderDesk` whose orders live in `path`.

    Several processes may share the file. `today` is the clock, so that tests can choose the day.
    """

    def __init__(self, path: Path, *, today: Callable[[], date] = date.today) -> None:
        self._path = path
        self._today = today

    def tracking(self, number: str) -> Tracking:
        with self._transaction("DEFERRED") as connection:
            row = _order_row(connection, number)
            return Tracking(
                number=number,
                status=row["status"],
                country=row["country"],
                carrier=row["carrier"],
                expected=date.fromisoformat(row["expected"]),
                delivered=_day(row["delivered"]),
            )

    def order(self, number: str, email: str) -> Order:
        with self._transaction("DEFERRED") as connection:
            return self._order(connection, number, email)

    def order_of_invoice(self, invoice_number: str, email: str) -> Order:
        with self._transaction("DEFERRED") as connection:
            row = connection.execute(
                "SELECT order_number FROM invoices WHERE number = ?", (invoice_number,)
            ).fetchone()
            if row is None:
                raise OrderNotFound
            return self._order(connection, row["order_number"], email)

    def cancel(self, number: str, email: str) -> Order:
        with self._transaction("IMMEDIATE") as connection:
            _require(self._order(connection, number, email).refusals, "cancel")
            connection.execute("UPDATE orders SET status = 'cancelled' WHERE number = ?", (number,))
            return self._order(connection, number, email)

    def change_quantity(self, number: str, email: str, line_id: str, quantity: int) -> Order:
        with self._transaction("IMMEDIATE") as connection:
            order = self._order(connection, number, email)
            _require(order.refusals, "change")
            line = order.line(line_id)
            if line is None:
                raise NotAllowed("unknown_line")
            if not 0 <= quantity <= line.max_quantity:
                raise NotAllowed("quantity_limit")
            if quantity == 0 and len(order.lines) == 1:
                raise NotAllowed("last_line")
            if quantity == 0:
                connection.execute(
                    "DELETE FROM lines WHERE order_number = ? AND id = ?", (number, line_id)
                )
            else:
                connection.execute(
                    "UPDATE lines SET quantity = ? WHERE order_number = ? AND id = ?",
                    (quantity, number, line_id),
                )
            return self._order(connection, number, email)

    def change_address(self, number: str, email: str, address: str) -> Order:
        with self._transaction("IMMEDIATE") as connection:
            _require(self._order(connection, number, email).refusals, "address")
            connection.execute("UPDATE orders SET address = ? WHERE number = ?", (address, number))
            return self._order(connection, number, email)

    def invoice(self, number: str, email: str) -> Invoice:
        with self._transaction("DEFERRED") as connection:
            order = self._order(connection, number, email)
            _require(order.refusals, "invoice")
            row = connection.execute(
                "SELECT number, issued FROM invoices WHERE order_number = ?", (number,)
            ).fetchone()
            return Invoice(
                number=row["number"],
                order_number=number,
                country=order.country,
                currency=order.currency,
                issued=date.fromisoformat(row["issued"]),
                total=order.total,
                url=_setting(connection, "invoice_url").format(number=row["number"]),
            )

    def request_refund(self, number: str, email: str, reason: str) -> Refund:
        with self._transaction("IMMEDIATE") as connection:
            order = self._order(connection, number, email)
            _require(order.refusals, "refund")
            today = self._today()
            due = today + timedelta(days=int(_setting(connection, "refund_days")))
            connection.execute(
                "INSERT INTO refunds (order_number, requested, due, status, reason)"
                " VALUES (?, ?, ?, 'requested', ?)",
                (number, today.isoformat(), due.isoformat(), reason),
            )
            return _refund(connection, order)

    def refund(self, number: str, email: str) -> Refund:
        with self._transaction("DEFERRED") as connection:
            order = self._order(connection, number, email)
            _require(order.refusals, "refund_status")
            return _refund(connection, order)

    def _order(self, connection: sqlite3.Connection, number: str, email: str) -> Order:
        row = _order_row(connection, number)
        if row["email"].casefold() != email.strip().casefold():
            raise OrderNotFound
        lines = connection.execute(
            "SELECT id, titles, quantity, max_quantity, price FROM lines"
            " WHERE order_number = ? ORDER BY id",
            (number,),
        )
        return Order(
            number=number,
            status=row["status"],
            country=row["country"],
            currency=row["currency"],
            address=row["address"],
            lines=tuple(
                OrderLine(
                    id=line["id"],
                    titles=json.loads(line["titles"]),
                    quantity=line["quantity"],
                    max_quantity=line["max_quantity"],
                    price=Decimal(line["price"]),
                )
                for line in lines
            ),
            refusals=refusals(
                row["status"],
                delivered=_day(row["delivered"]),
                has_invoice=row["invoice"] is not None,
                has_refund=row["refund"] is not None,
                today=self._today(),
                return_days=int(_setting(connection, "return_days")),
            ),
        )

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction of this kind: all of it is kept, or nothing."""
        try:
            connection = sqlite3.connect(self._path, timeout=_LOCK_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            try:
                self._ensure_created(connection)
                connection.execute(f"BEGIN {kind}")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
            finally:
                connection.close()
        except sqlite3.Error as error:
            log.error(
                "%s cannot be used: %s. Free it, or remove it to seed it anew.", self._path, error
            )
            raise ShopUnavailable(str(error)) from error

    def _ensure_created(self, connection: sqlite3.Connection) -> None:
        if _version(connection) == SCHEMA_VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have created it while this one waited for the lock.
        if _version(connection) == 0:
            create(connection, read_seed(), self._today())
        connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _order_row(connection: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT orders.*, invoices.number AS invoice, refunds.id AS refund FROM orders"
        " LEFT JOIN invoices ON invoices.order_number = orders.number"
        " LEFT JOIN refunds ON refunds.order_number = orders.number"
        " WHERE orders.number = ?",
        (number,),
    ).fetchone()
    if row is None:
        raise OrderNotFound
    return row


def _setting(connection: sqlite3.Connection, name: str) -> str:
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return str(row["value"])


def _refund(connection: sqlite3.Connection, order: Order) -> Refund:
    row = connection.execute(
        "SELECT id, requested, due, status FROM refunds WHERE order_number = ?", (order.number,)
    ).fetchone()
    requested = date.fromisoformat(row["requested"])
    return Refund(
        number=f"RF-{requested.year}-{row['id']:06d}",
        order_number=order.number,
        country=order.country,
        currency=order.currency,
        status=row["status"],
        amount=order.total,
        due=date.fromisoformat(row["due"]),
    )


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _require(refused: Mapping[Operation, Reason], operation: Operation) -> None:
    if operation in refused:
        raise NotAllowed(refused[operation])
