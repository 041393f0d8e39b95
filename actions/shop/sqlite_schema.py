"""Creates the embedded shop's database and fills it with the first orders."""

import json
import sqlite3
from datetime import date, timedelta

from actions.shop.seed import Seed, SeedOrder

SCHEMA_VERSION = 1
_TABLES = (
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE orders (
        number TEXT PRIMARY KEY,
        email TEXT NOT NULL,
        country TEXT NOT NULL,
        currency TEXT NOT NULL,
        status TEXT NOT NULL,
        carrier TEXT NOT NULL,
        address TEXT NOT NULL,
        expected TEXT NOT NULL,
        delivered TEXT
    )""",
    """CREATE TABLE lines (
        order_number TEXT NOT NULL REFERENCES orders (number),
        id TEXT NOT NULL,
        titles TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        max_quantity INTEGER NOT NULL,
        price TEXT NOT NULL,
        PRIMARY KEY (order_number, id)
    )""",
    """CREATE TABLE invoices (
        number TEXT PRIMARY KEY,
        order_number TEXT NOT NULL UNIQUE REFERENCES orders (number),
        issued TEXT NOT NULL
    )""",
    """CREATE TABLE refunds (
        id INTEGER PRIMARY KEY,
        order_number TEXT NOT NULL UNIQUE REFERENCES orders (number),
        requested TEXT NOT NULL,
        due TEXT NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL
    )""",
)


def create(connection: sqlite3.Connection, seed: Seed, today: date) -> None:
    """Create and fill the tables inside the caller's write transaction.

    The seed's days count from `today`, so that a fresh shop always has parcels under way.
    """
    for statement in _TABLES:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO settings (name, value) VALUES (?, ?)",
        [
            ("return_days", str(seed.return_days)),
            ("refund_days", str(seed.refund_days)),
            ("invoice_url", seed.invoice_url),
        ],
    )
    for order in seed.orders:
        _insert(connection, order, today, seed.max_quantity)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")


def _insert(
    connection: sqlite3.Connection, order: SeedOrder, today: date, max_quantity: int
) -> None:
    def day(offset: int) -> str:
        return (today + timedelta(days=offset)).isoformat()

    connection.execute(
        "INSERT INTO orders (number, email, country, currency, status, carrier, address, expected,"
        " delivered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.number,
            order.email,
            order.country,
            order.currency,
            order.status,
            order.carrier,
            order.address,
            day(order.expected),
            None if order.delivered is None else day(order.delivered),
        ),
    )
    connection.executemany(
        "INSERT INTO lines (order_number, id, titles, quantity, max_quantity, price)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                order.number,
                str(position),
                json.dumps(dict(line.titles), ensure_ascii=False),
                line.quantity,
                max_quantity,
                str(line.price),
            )
            for position, line in enumerate(order.lines, start=1)
        ],
    )
    if order.invoice:
        number, issued = order.invoice
        connection.execute(
            "INSERT INTO invoices (number, order_number, issued) VALUES (?, ?, ?)",
            (number, order.number, day(issued)),
        )
    if order.refund:
        refund_id, requested, due, status = order.refund
        connection.execute(
            "INSERT INTO refunds (id, order_number, requested, due, status, reason)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (refund_id, order.number, day(requested), day(due), status, "changed_mind"),
        )
