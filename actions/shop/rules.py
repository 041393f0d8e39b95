"""The embedded shop's rules: which operation a stage of an order refuses, and why."""

from collections.abc import Mapping
from datetime import date, timedelta

from actions.shop.desk import Operation, OrderStatus, Reason

_CHANGE: Mapping[OrderStatus, Reason] = {
    "packed": "packed",
    "dispatched": "dispatched",
    "delivered": "delivered",
    "returned": "returned",
    "cancelled": "cancelled",
}
# A parcel on the shelf can still be taken back, only its contents and label are final.
_CANCEL: Mapping[OrderStatus, Reason] = {
    status: reason for status, reason in _CHANGE.items() if status != "packed"
}
_RETURN: Mapping[OrderStatus, Reason] = {
    "placed": "not_dispatched",
    "packed": "not_dispatched",
    "dispatched": "not_delivered",
    "returned": "refund_requested",
    "cancelled": "refund_cancelled",
}


def refusals(
    status: OrderStatus,
    *,
    delivered: date | None,
    has_invoice: bool,
    has_refund: bool,
    today: date,
    return_days: int,
) -> Mapping[Operation, Reason]:
    """Return the refused operations of an order with the reason of each.

    `return_days` is the number of days after the delivery on which a return is still accepted.
    """
    found: dict[Operation, Reason] = {}
    if status in _CANCEL:
        found["cancel"] = _CANCEL[status]
    if status in _CHANGE:
        found["change"] = found["address"] = _CHANGE[status]
    if not has_invoice:
        found["invoice"] = "no_invoice"
    if has_refund:
        found["refund"] = "refund_requested"
    elif status in _RETURN:
        found["refund"] = _RETURN[status]
    elif delivered is not None and today > delivered + timedelta(days=return_days):
        found["refund"] = "return_window_over"
    if not has_refund:
        found["refund_status"] = "refund_cancelled" if status == "cancelled" else "no_refund"
    return found
