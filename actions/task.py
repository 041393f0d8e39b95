"""What the actions behind the self-service forms have in common: do it once, report, clear up."""

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.entry import TASK_SLOTS, told
from actions.shop import shared_desk
from actions.shop.desk import (
    NotAllowed,
    Operation,
    OrderDesk,
    OrderNotFound,
    ShopUnavailable,
)

log = logging.getLogger(__name__)

Report = tuple[str, dict[str, Any]]


class ShopTask(Action, ABC):
    """Carries out `operation` once its form is complete and, if `confirmed`, the customer agreed.

    The slots of the task are emptied whatever comes of it, so that the next form starts afresh;
    order number and e-mail address stay known.
    """

    confirmed = False
    needs_email = True

    def __init__(self, desk: OrderDesk | None = None) -> None:
        self._desk = desk or shared_desk()

    @property
    @abstractmethod
    def operation(self) -> Operation:
        """What the action does at the shop."""

    @abstractmethod
    def perform(self, desk: OrderDesk, slots: dict[str, Any]) -> Report:
        """Do it and return the response to give with its values; errors of the desk pass through.

        It runs in a thread of its own, because desks block.
        """

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        slots = dict(tracker.slots)
        report = await self._report(slots)
        if report:
            response, values = report
            dispatcher.utter_message(response=response, **values)
            log.info("%s ends with %s", self.name(), response)
        return [
            SlotSet(slot, None)
            for slot in (*TASK_SLOTS, "invoice_number", "form_closed")
            if slots.get(slot) is not None
        ]

    async def _report(self, slots: dict[str, Any]) -> Report | None:
        number = slots.get("order_number")
        identified = number and (slots.get("email") or not self.needs_email)
        if slots.get("form_closed") or not identified:
            return None
        if self.confirmed and slots.get("confirm") is not True:
            return "utter_order_unchanged", {"order_number": number}
        try:
            return await asyncio.to_thread(self.perform, self._desk, slots)
        except (NotAllowed, OrderNotFound, ShopUnavailable) as error:
            return told(error, number, self.operation)
