"""Validates what customers enter in the self-service forms: one validator, one class a form."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import reading, wording
from actions.answers import COMPLAINTS, correct, forget, read_identity
from actions.entry import IDENTITY_SLOTS, TASK_SLOTS, Entry, not_found
from actions.shop import shared_desk
from actions.shop.desk import (
    NotAllowed,
    Operation,
    Order,
    OrderDesk,
    OrderNotFound,
    ShopUnavailable,
)
from actions.turn import form_turn


class FormValidator(Action, ABC):
    """Reads a message into the slots of `form`, which leads to `operation`.

    A form that cannot reach its goal (the shop refuses, does not answer, the order is not found
    again and again) is closed with an explanation; `form_closed` tells the task's action so.
    """

    def __init__(self, desk: OrderDesk | None = None) -> None:
        self._desk = desk or shared_desk()

    @property
    @abstractmethod
    def form(self) -> str:
        """The name of the form."""

    @property
    @abstractmethod
    def operation(self) -> Operation:
        """What the form is filled in for."""

    def name(self) -> str:
        return f"validate_{self.form}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        entry = Entry(tracker, form_turn(tracker, self.form), dispatcher)
        forget(entry)
        changed = read_identity(entry, by_invoice=self.operation != "track")
        correct(entry, changed)
        try:
            if changed or entry.turn.activated or entry.turn.asked in IDENTITY_SLOTS:
                await self._identify(entry)
            if not entry.closed:
                await self._read_task(entry)
        except (NotAllowed, OrderNotFound, ShopUnavailable) as error:
            entry.close(error, self.operation)
        return entry.events()

    async def _identify(self, entry: Entry) -> None:
        """Look the order up as soon as enough is known, and refuse early what is not allowed."""
        if self.operation == "track":
            if entry["order_number"]:
                await self._find_tracking(entry)
            return
        by_invoice = entry["order_number"] is None and entry["invoice_number"] is not None
        if not entry["email"]:
            if by_invoice:
                entry.ask_for("email")
            return
        if not entry["order_number"] and not by_invoice:
            return
        try:
            order = await (self._by_invoice(entry) if by_invoice else self._order(entry))
        except OrderNotFound:
            self._not_matched(entry)
            return
        entry["order_number"] = order.number
        if self.operation in order.refusals:
            raise NotAllowed(order.refusals[self.operation])
        if self.operation == "change" and len(order.lines) == 1:
            self._choose(entry, order, order.lines[0].id)

    async def _find_tracking(self, entry: Entry) -> None:
        try:
            await asyncio.to_thread(self._desk.tracking, entry["order_number"])
        except OrderNotFound:
            entry["order_number"] = None
            entry.count_failure(not_found(self.operation))

    def _not_matched(self, entry: Entry) -> None:
        remembered = "email" not in entry.turn.given
        entry["email"] = None
        if remembered:
            # The address belongs to an order of earlier on: it is asked for, not found fault with.
            if entry["order_number"] is None:
                entry.ask_for("email")
            return
        entry["order_number"] = entry["invoice_number"] = None
        entry.count_failure(not_found(self.operation))

    async def _read_task(self, entry: Entry) -> None:
        slot = entry.turn.asked
        if slot is None or slot not in TASK_SLOTS or entry[slot] is None:
            return
        value = entry[slot]
        if slot == "order_line":
            order = await self._order(entry)
            line = reading.line(value, order.lines)
            entry[slot] = None
            if line:
                self._choose(entry, order, line.id)
        elif slot == "quantity":
            entry[slot] = reading.quantity(value)
            if entry[slot] is not None:
                await self._limit_quantity(entry)
                return
        elif slot == "new_address":
            entry[slot] = reading.address(value)
        elif slot == "refund_reason":
            entry[slot] = reading.reason(value)
        elif not isinstance(value, bool) or (value and not entry.turn.sure):
            entry[slot] = None
        if entry[slot] is None:
            entry.complain(COMPLAINTS[slot])

    async def _limit_quantity(self, entry: Entry) -> None:
        order = await self._order(entry)
        line = order.line(entry["order_line"])
        if line is None:
            raise NotAllowed("unknown_line")
        if entry["quantity"] > line.max_quantity:
            entry["quantity"] = None
            entry.complain("utter_quantity_limit", max_quantity=line.max_quantity)
        elif entry["quantity"] == 0 and len(order.lines) == 1:
            entry["quantity"] = None
            entry.complain("utter_refused_last_line", order_number=order.number)

    def _choose(self, entry: Entry, order: Order, line_id: str) -> None:
        line = order.line(line_id)
        if line:
            entry["order_line"] = line.id
            entry["order_line_title"] = wording.title(line.titles, entry["language"])

    async def _order(self, entry: Entry) -> Order:
        return await asyncio.to_thread(self._desk.order, entry["order_number"], entry["email"])

    async def _by_invoice(self, entry: Entry) -> Order:
        return await asyncio.to_thread(
            self._desk.order_of_invoice, entry["invoice_number"], entry["email"]
        )


class ValidateTrackOrder(FormValidator):
    """Tracking: the order number is enough."""

    form = "track_order_form"
    operation: Operation = "track"


class ValidateCancelOrder(FormValidator):
    """Cancellation of a whole order."""

    form = "cancel_order_form"
    operation: Operation = "cancel"


class ValidateChangeOrder(FormValidator):
    """Another quantity of one item."""

    form = "change_order_form"
    operation: Operation = "change"


class ValidateChangeAddress(FormValidator):
    """Another delivery address."""

    form = "change_address_form"
    operation: Operation = "address"


class ValidateInvoice(FormValidator):
    """The invoice of an order."""

    form = "invoice_form"
    operation: Operation = "invoice"


class ValidateRefund(FormValidator):
    """The return of an order."""

    form = "refund_form"
    operation: Operation = "refund"


class ValidateRefundStatus(FormValidator):
    """How far a refund is."""

    form = "refund_status_form"
    operation: Operation = "refund_status"
