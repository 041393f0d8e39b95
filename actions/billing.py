"""Money in self-service: invoices, returns and the state of refunds."""

from typing import Any

from actions import wording
from actions.shop.desk import Operation, OrderDesk, Refund
from actions.task import Report, ShopTask


class GetInvoice(ShopTask):
    """Hands out the link to the invoice."""

    operation: Operation = "invoice"

    def name(self) -> str:
        return "action_get_invoice"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        invoice = desk.invoice(slots["order_number"], slots["email"])
        language = slots.get("language")
        return "utter_invoice", {
            "invoice_number": invoice.number,
            "order_number": invoice.order_number,
            "issued": wording.day(invoice.issued, language, invoice.country),
            "amount": wording.money(invoice.total, invoice.currency, language, invoice.country),
            "url": invoice.url,
        }


class RequestRefund(ShopTask):
    """Registers the return of the whole order."""

    operation: Operation = "refund"
    confirmed = True

    def name(self) -> str:
        return "action_request_refund"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        refund = desk.request_refund(slots["order_number"], slots["email"], slots["refund_reason"])
        return "utter_refund_requested", _refund_values(refund, slots)


class RefundStatus(ShopTask):
    """Tells how far a refund is."""

    operation: Operation = "refund_status"

    def name(self) -> str:
        return "action_refund_status"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        refund = desk.refund(slots["order_number"], slots["email"])
        return f"utter_refund_status_{refund.status}", _refund_values(refund, slots)


def _refund_values(refund: Refund, slots: dict[str, Any]) -> dict[str, Any]:
    language = slots.get("language")
    return {
        "refund_number": refund.number,
        "order_number": refund.order_number,
        "amount": wording.money(refund.amount, refund.currency, language, refund.country),
        "due": wording.day(refund.due, language, refund.country),
    }
