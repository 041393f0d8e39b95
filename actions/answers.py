"""What a message means to a form before its task is read: what it answers, what it corrects."""

from actions import reading
from actions.entry import IDENTITY_SLOTS, TASK_SLOTS, Entry

_READERS = {"order_number": reading.order_number, "email": reading.email}
COMPLAINTS = {
    "order_number": "utter_invalid_order_number",
    "email": "utter_invalid_email",
    "order_line": "utter_invalid_order_line",
    "quantity": "utter_invalid_quantity",
    "new_address": "utter_invalid_address",
    "refund_reason": "utter_invalid_refund_reason",
    "confirm": "utter_unclear_confirm",
}


def forget(entry: Entry) -> None:
    """Drop what an earlier run of the form left, or what was said about something else."""
    if entry.turn.activated:
        for slot in (*TASK_SLOTS, "form_closed"):
            entry[slot] = None
    elif entry.turn.interrupted and entry.turn.asked in TASK_SLOTS:
        entry[entry.turn.asked] = None


def read_identity(entry: Entry, *, by_invoice: bool) -> frozenset[str]:
    """Read order number and e-mail address; return which of them this message changed."""
    given = entry.turn.given
    identified_otherwise = by_invoice and "invoice_number" in given
    if identified_otherwise and "order_number" not in given:
        entry["order_number"] = None
    unusable = []
    for slot, read in _READERS.items():
        if entry[slot] is not None:
            entry[slot] = read(entry[slot])
            if entry[slot] is None and slot == entry.turn.asked:
                unusable.append(slot)
    changed = frozenset(
        slot
        for slot in IDENTITY_SLOTS
        if slot in given and entry[slot] is not None and entry[slot] != entry.turn.before.get(slot)
    )
    for slot in unusable:
        if not changed and not identified_otherwise:
            entry.complain(COMPLAINTS[slot])
    return changed


def correct(entry: Entry, changed: frozenset[str]) -> None:
    """Take a message that names another order, while something else is asked, as a correction."""
    asked = entry.turn.asked
    if not changed or asked not in TASK_SLOTS:
        return
    # An address can hold a number as long as an order number, and then has others beside it.
    only_number = changed == {"order_number"}
    if only_number and asked == "new_address" and reading.has_small_numbers(entry[asked]):
        entry["order_number"] = entry.turn.before.get("order_number")
        return
    entry[asked] = None
    if "order_number" in changed:
        for slot in ("order_line", "order_line_title", "quantity"):
            entry[slot] = None
