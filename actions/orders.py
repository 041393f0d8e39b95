"""Orders in self-service: where they are, cancelling them, changing items and address."""

import asyncio
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import wording
from actions.entry import told
from actions.shop import shared_desk
from actions.shop.desk import (
    NotAllowed,
    Operation,
    Order,
    OrderDesk,
    OrderNotFound,
    ShopUnavailable,
)
from actions.task import Report, ShopTask


class TrackOrder(ShopTask):
    """Tells the state of the parcel, which takes no more than the order number."""

    operation: Operation = "track"
    needs_email = False

    def name(self) -> str:
        return "action_track_order"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        found = desk.tracking(slots["order_number"])
        overdue = found.status == "dispatched" and found.expected < date.today()
        language = slots.get("language")
        return f"utter_tracking_{'overdue' if overdue else found.status}", {
            "order_number": found.number,
            "carrier": found.carrier,
            "expected": wording.day(found.expected, language, found.country),
            "delivered": wording.day(found.delivered or found.expected, language, found.country),
        }


class CancelOrder(ShopTask):
    """Cancels the whole order."""

    operation: Operation = "cancel"
    confirmed = True

    def name(self) -> str:
        return "action_cancel_order"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        order = desk.cancel(slots["order_number"], slots["email"])
        return "utter_order_cancelled", _order_values(order, slots)


class ChangeOrder(ShopTask):
    """Sets the quantity of one item."""

    operation: Operation = "change"
    confirmed = True

    def name(self) -> str:
        return "action_change_order"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        order = desk.change_quantity(
            slots["order_number"], slots["email"], slots["order_line"], slots["quantity"]
        )
        return "utter_order_changed", _order_values(order, slots)


class ChangeAddress(ShopTask):
    """Sends the parcel to another address."""

    operation: Operation = "address"
    confirmed = True

    def name(self) -> str:
        return "action_change_address"

    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        order = desk.change_address(slots["order_number"], slots["email"], slots["new_address"])
        return "utter_address_changed", {"order_number": order.number, "address": order.address}


class AskOrderLine(Action):
    """Asks which item of the order to change, with one button for each."""

    def __init__(self, desk: OrderDesk | None = None) -> None:
        self._desk = desk or shared_desk()

    def name(self) -> str:
        return "action_ask_change_order_form_order_line"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        number = tracker.get_slot("order_number")
        try:
            order = await asyncio.to_thread(self._desk.order, number, tracker.get_slot("email"))
        except (NotAllowed, OrderNotFound, ShopUnavailable) as error:
            response, values = told(error, number, "change")
            dispatcher.utter_message(response=response, **values)
            return [SlotSet("form_closed", True), SlotSet("requested_slot", None)]
        language = tracker.get_slot("language")
        dispatcher.utter_message(
            response="utter_ask_order_line",
            order_number=order.number,
            buttons=[
                {
                    "title": f"{wording.title(line.titles, language)} × {line.quantity}",
                    "payload": f"slot:{line.id}",
                }
                for line in order.lines
            ],
        )
        return []


def _order_values(order: Order, slots: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_number": order.number,
        "order_line_title": slots.get("order_line_title"),
        "quantity": slots.get("quantity"),
        "amount": wording.money(order.total, order.currency, slots.get("language"), order.country),
    }
