"""The slots of a form while one message is being read into them."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.shop.desk import NotAllowed, Operation, OrderNotFound, ShopUnavailable
from actions.turn import FormTurn

MAX_FAILED_LOOKUPS = 3
IDENTITY_SLOTS = ("order_number", "email")
TASK_SLOTS = (
    "order_line",
    "order_line_title",
    "quantity",
    "new_address",
    "refund_reason",
    "confirm",
)


class Entry:
    """Collects what a message changes in a form's slots, and what the customer is told about it."""

    def __init__(self, tracker: Tracker, turn: FormTurn, dispatcher: CollectingDispatcher) -> None:
        self.turn = turn
        self._slots: dict[str, Any] = dict(tracker.slots)
        self._initial: dict[str, Any] = dict(tracker.slots)
        self._dispatcher = dispatcher
        self._asks_for: str | None = None

    def __getitem__(self, slot: str) -> Any:
        return self._slots.get(slot)

    def __setitem__(self, slot: str, value: Any) -> None:
        self._slots[slot] = value

    @property
    def closed(self) -> bool:
        """Whether the form ends here because its task cannot be done."""
        return bool(self["form_closed"])

    def say(self, response: str, **values: Any) -> None:
        """Tell the customer something in any case."""
        self._dispatcher.utter_message(response=response, **values)

    def complain(self, response: str, **values: Any) -> None:
        """Tell the customer that their answer cannot be used, if it was meant as one."""
        if not self.turn.silent:
            self.say(response, **values)

    def ask_for(self, slot: str) -> None:
        """Have the form ask for this slot next."""
        self._asks_for = slot

    def close(self, error: Exception, operation: Operation) -> None:
        """End the form with what the customer has to know about the error."""
        response, values = told(error, self["order_number"], operation)
        self.say(response, **values)
        self["form_closed"] = True

    def count_failure(self, response: str) -> None:
        """Say that nothing was found; after the third time, suggest a person and end the form."""
        failures = int(self["failed_lookups"] or 0) + 1
        if failures < MAX_FAILED_LOOKUPS:
            self["failed_lookups"] = failures
            self.say(response)
        else:
            self["failed_lookups"] = 0
            self.say("utter_suggest_person")
            self["form_closed"] = True

    def events(self) -> list[dict[str, Any]]:
        """Return the events that put the changes into effect."""
        changed = {
            slot: value for slot, value in self._slots.items() if value != self._initial.get(slot)
        }
        if self.turn.activated:
            # Without any event, Rasa would have the activation validated a second time.
            changed["order_number"] = self["order_number"]
        events = [SlotSet(slot, value) for slot, value in changed.items()]
        if self.closed or self._asks_for:
            events.append(SlotSet("requested_slot", None if self.closed else self._asks_for))
        return events


def told(
    error: Exception, order_number: str | None, operation: Operation
) -> tuple[str, dict[str, Any]]:
    """Return the response, with its values, that tells the customer about an order desk's error."""
    if isinstance(error, NotAllowed):
        return f"utter_refused_{error.reason}", {"order_number": order_number}
    if isinstance(error, OrderNotFound):
        return not_found(operation), {}
    if isinstance(error, ShopUnavailable):
        return "utter_shop_unavailable", {}
    raise error


def not_found(operation: Operation) -> str:
    """Return the one response for a missing order and for another customer's."""
    return "utter_order_not_found" if operation == "track" else "utter_order_not_matched"
