"""What the assistant asks of a shop: the order desk, its values and the errors it may raise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol, get_args

Operation = Literal["track", "cancel", "change", "address", "invoice", "refund", "refund_status"]
OrderStatus = Literal["placed", "packed", "dispatched", "delivered", "returned", "cancelled"]
RefundStatus = Literal["requested", "approved", "paid", "declined"]
Reason = Literal[
    "packed",
    "dispatched",
    "delivered",
    "returned",
    "cancelled",
    "no_invoice",
    "no_refund",
    "not_dispatched",
    "not_delivered",
    "refund_cancelled",
    "refund_requested",
    "return_window_over",
    "last_line",
    "unknown_line",
    "quantity_limit",
    "other",
]
REASONS: frozenset[str] = frozenset(get_args(Reason))


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Where a parcel is, with nothing that tells whose it is."""

    number: str
    status: OrderStatus
    country: str
    carrier: str
    expected: date
    delivered: date | None = None


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One item of an order; `titles` maps a language to the product's name in it."""

    id: str
    titles: Mapping[str, str]
    quantity: int
    max_quantity: int
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order as its owner may see it.

    `country` is an ISO 3166 code, `currency` an ISO 4217 code. `refusals` names why the shop would
    refuse an operation right now; an operation that is missing there is allowed.
    """

    number: str
    status: OrderStatus
    country: str
    currency: str
    address: str
    lines: tuple[OrderLine, ...]
    refusals: Mapping[Operation, Reason]

    @property
    def total(self) -> Decimal:
        """The sum over all lines in `currency`."""
        return sum((line.price * line.quantity for line in self.lines), Decimal(0))

    def line(self, line_id: str) -> OrderLine | None:
        """The line with this id; None if the order has none."""
        return next((line for line in self.lines if line.id == line_id), None)


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """An issued invoice; `url` leads to its PDF behind the customer's login."""

    number: str
    order_number: str
    country: str
    currency: str
    issued: date
    total: Decimal
    url: str


@dataclass(frozen=True, kw_only=True)
class Refund:
    """A refund of one order; `due` is the day of payment, past once `status` is paid."""

    number: str
    order_number: str
    country: str
    currency: str
    status: RefundStatus
    amount: Decimal
    due: date


class OrderNotFound(LookupError):
    """There is no such order, or it is another customer's: the desk never says which."""


class NotAllowed(Exception):
    """The shop's rules forbid the operation; `reason` is one of `REASONS`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class ShopUnavailable(Exception):
    """The shop gave no usable answer. After a write it is unknown whether it was carried out."""


class OrderDesk(Protocol):
    """The shop's side of self-service.

    Calls block. `email` is compared without regard to case. Every method raises `OrderNotFound`
    for an order that is missing or not this customer's, and `ShopUnavailable` when no usable
    answer comes. Writes are atomic, raise `NotAllowed` when the rules forbid them, and change
    nothing when they are repeated.
    """

    def tracking(self, number: str) -> Tracking:
        """Return the public tracking status of an order."""

    def order(self, number: str, email: str) -> Order:
        """Return the customer's order."""

    def order_of_invoice(self, invoice_number: str, email: str) -> Order:
        """Return the customer's order that an invoice belongs to."""

    def cancel(self, number: str, email: str) -> Order:
        """Cancel the order and return it as it is then."""

    def change_quantity(self, number: str, email: str, line_id: str, quantity: int) -> Order:
        """Set a line's quantity, 0 removes it; return the order as it is then."""

    def change_address(self, number: str, email: str, address: str) -> Order:
        """Set the delivery address; return the order as it is then."""

    def invoice(self, number: str, email: str) -> Invoice:
        """Return the order's invoice."""

    def request_refund(self, number: str, email: str, reason: str) -> Refund:
        """Register a return of the whole order and return the refund it leads to."""

    def refund(self, number: str, email: str) -> Refund:
        """Return the order's refund."""
