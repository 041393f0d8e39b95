"""Reads the first stock of orders of the embedded shop from its YAML file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args

import yaml
from babel.numbers import get_territory_currencies

from actions.shop.desk import OrderStatus, RefundStatus
from persona_router.content.errors import ContentError

SEED_FILE = Path(__file__).with_name("seed.yml")


@dataclass(frozen=True, kw_only=True)
class SeedLine:
    """One ordered product with its price in the currency of the order's country."""

    titles: Mapping[str, str]
    quantity: int
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class SeedOrder:
    """One order to begin with; the days count from the day the shop is created.

    `invoice` is its number and day; `refund` its id, the days of request and payment, and status.
    """

    number: str
    email: str
    country: str
    currency: str
    status: str
    carrier: str
    address: str
    expected: int
    delivered: int | None
    lines: tuple[SeedLine, ...]
    invoice: tuple[str, int] | None
    refund: tuple[int, int, int, str] | None


@dataclass(frozen=True, kw_only=True)
class Seed:
    """The shop's settings and its first orders."""

    return_days: int
    refund_days: int
    max_quantity: int
    invoice_url: str
    orders: tuple[SeedOrder, ...]


def read_seed(file: Path = SEED_FILE) -> Seed:
    """Return the seed; raise `ContentError` that names the order and field that cannot be used."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentError(file, "", f"cannot be read: {error}.", "Restore the file.") from error
    place = "settings"
    try:
        products = data["products"]
        orders = []
        for position, entry in enumerate(data["orders"], start=1):
            place = f"order {entry.get('number', position)}"
            orders.append(_order(entry, products))
        place = "settings"
        return Seed(
            return_days=int(data["return_days"]),
            refund_days=int(data["refund_days"]),
            max_quantity=int(data["max_quantity"]),
            invoice_url=str(data["invoice_url"]),
            orders=tuple(orders),
        )
    except KeyError as error:
        raise ContentError(file, place, f"{error} is missing or unknown.", "Add it.") from error
    except (TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise ContentError(file, place, f"{error}.", "Correct the value.") from error


def _order(entry: Mapping[str, Any], products: Mapping[str, Any]) -> SeedOrder:
    if entry["status"] not in get_args(OrderStatus):
        raise ValueError(f"unknown status {entry['status']!r}")
    currencies = get_territory_currencies(entry["country"])
    if not currencies:
        raise ValueError(f"unknown country {entry['country']!r}")
    invoice, refund = entry.get("invoice"), entry.get("refund")
    if refund and refund["status"] not in get_args(RefundStatus):
        raise ValueError(f"unknown refund status {refund['status']!r}")
    return SeedOrder(
        number=str(entry["number"]),
        email=entry["email"],
        country=entry["country"],
        currency=currencies[0],
        status=entry["status"],
        carrier=entry["carrier"],
        address=entry["address"],
        expected=int(entry["expected"]),
        delivered=entry.get("delivered"),
        lines=tuple(
            SeedLine(
                titles=products[line["product"]],
                quantity=int(line["quantity"]),
                price=Decimal(line["price"]),
            )
            for line in entry["lines"]
        ),
        invoice=(invoice["number"], int(invoice["issued"])) if invoice else None,
        refund=(
            (int(refund["id"]), int(refund["requested"]), int(refund["due"]), refund["status"])
            if refund
            else None
        ),
    )
