"""Reads a back office's JSON answers into the values of the order desk.

Every function raises one of `MALFORMED` for an answer of another shape than the contract's.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast, get_args

from actions.shop.desk import (
    REASONS,
    Invoice,
    Operation,
    Order,
    OrderLine,
    OrderStatus,
    Reason,
    Refund,
    RefundStatus,
    Tracking,
)

MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def read_object(data: object) -> Mapping[str, Any]:
    """Return the answer if it is a JSON object."""
    if not isinstance(data, dict):
        raise TypeError("not a JSON object")
    return data


def read_reason(value: object) -> Reason:
    """Return the reason of a refusal; an unknown one counts as other."""
    return cast(Reason, value) if value in REASONS else "other"


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value


def _choice(data: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = _text(data, name)
    if value not in choices:
        raise ValueError(f"{name} is none of {choices}")
    return value


def _amount(data: Mapping[str, Any], name: str) -> Decimal:
    amount = Decimal(_text(data, name))
    if not amount.is_finite():
        raise ValueError(f"{name} is no amount")
    return amount


def read_tracking(data: Mapping[str, Any]) -> Tracking:
    """Return the tracking status in the answer."""
    delivered = data.get("delivered")
    return Tracking(
        number=_text(data, "number"),
        status=cast(OrderStatus, _choice(data, "status", get_args(OrderStatus))),
        country=_text(data, "country"),
        carrier=_text(data, "carrier"),
        expected=date.fromisoformat(_text(data, "expected")),
        delivered=None if delivered is None else date.fromisoformat(delivered),
    )


def read_order(data: Mapping[str, Any]) -> Order:
    """Return the order in the answer."""
    return Order(
        number=_text(data, "number"),
        status=cast(OrderStatus, _choice(data, "status", get_args(OrderStatus))),
        country=_text(data, "country"),
        currency=_text(data, "currency"),
        address=_text(data, "address"),
        lines=tuple(_line(read_object(line)) for line in data["lines"]),
        refusals={
            cast(Operation, operation): read_reason(reason)
            for operation, reason in read_object(data["refusals"]).items()
        },
    )


def _line(data: Mapping[str, Any]) -> OrderLine:
    titles = read_object(data["titles"])
    return OrderLine(
        id=_text(data, "id"),
        titles={language: _text(titles, language) for language in titles},
        quantity=int(data["quantity"]),
        max_quantity=int(data["max_quantity"]),
        price=_amount(data, "price"),
    )


def read_invoice(data: Mapping[str, Any]) -> Invoice:
    """Return the invoice in the answer."""
    return Invoice(
        number=_text(data, "number"),
        order_number=_text(data, "order_number"),
        country=_text(data, "country"),
        currency=_text(data, "currency"),
        issued=date.fromisoformat(_text(data, "issued")),
        total=_amount(data, "total"),
        url=_text(data, "url"),
    )


def read_refund(data: Mapping[str, Any]) -> Refund:
    """Return the refund in the answer."""
    return Refund(
        number=_text(data, "number"),
        order_number=_text(data, "order_number"),
        country=_text(data, "country"),
        currency=_text(data, "currency"),
        status=cast(RefundStatus, _choice(data, "status", get_args(RefundStatus))),
        amount=_amount(data, "amount"),
        due=date.fromisoformat(_text(data, "due")),
    )
