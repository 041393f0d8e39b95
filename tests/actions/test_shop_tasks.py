from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.billing import GetInvoice, RefundStatus, RequestRefund
from actions.orders import AskOrderLine, CancelOrder, ChangeAddress, ChangeOrder, TrackOrder
from actions.shop import shared_desk
from actions.shop.http import HttpDesk
from actions.shop.sqlite import SqliteDesk

PROJECT = Path(__file__).parents[2]
EMMA = {"order_number": "4471903", "email": "emma.hughes@example.com"}
JONAS = {"order_number": "88120447", "email": "jonas.weber@example.org"}
LUCIA = {"order_number": "90331562", "email": "lucia.ferrer@example.org"}
SABINE = {"order_number": "91920437", "email": "sabine.huber@example.org"}

MakeTracker = Callable[..., Tracker]


async def act(action: Any, tracker: Tracker) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the only message and the slots that the action sets."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker, {})
    assert len(dispatcher.messages) == 1
    return dispatcher.messages[0], {event["name"]: event["value"] for event in events}


@pytest.mark.parametrize(
    ("number", "response"),
    [
        ("4471903", "utter_tracking_placed"),
        ("5530871", "utter_tracking_packed"),
        ("60224475", "utter_tracking_returned"),
        ("3098164", "utter_tracking_cancelled"),
        ("90331562", "utter_tracking_delivered"),
    ],
)
async def test_tracking_tells_the_status(
    desk: SqliteDesk, make_tracker: MakeTracker, number: str, response: str
) -> None:
    message, _ = await act(TrackOrder(desk), make_tracker(known={"order_number": number}))
    assert message["response"] == response


async def test_tracking_says_that_a_parcel_is_late(
    desk: SqliteDesk, make_tracker: MakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Day(date):
        @classmethod
        def today(cls) -> "Day":
            return cls(2026, 11, 22)

    monkeypatch.setattr("actions.orders.date", Day)
    late, _ = await act(
        TrackOrder(desk), make_tracker(known={"order_number": "33708815", "language": "ar"})
    )
    assert (late["response"], late["expected"]) == ("utter_tracking_overdue", "20 نوفمبر 2026")
    on_time, _ = await act(TrackOrder(desk), make_tracker(known={"order_number": "88120447"}))
    assert on_time["response"] == "utter_tracking_dispatched"


async def test_cancelling_reports_the_amount_and_clears_up(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(known={**EMMA, "confirm": True, "invoice_number": "RE-1"})
    message, slots = await act(CancelOrder(desk), tracker)
    assert (message["response"], message["amount"]) == ("utter_order_cancelled", "£208.00")
    assert slots == {"confirm": None, "invoice_number": None}
    again, _ = await act(CancelOrder(desk), tracker)
    assert again["response"] == "utter_refused_cancelled"


@pytest.mark.parametrize("action", [CancelOrder, ChangeOrder, ChangeAddress, RequestRefund])
@pytest.mark.parametrize("confirm", [False, None, "yes", 1])
async def test_nothing_changes_without_a_clear_yes(
    desk: SqliteDesk, make_tracker: MakeTracker, action: Any, confirm: object
) -> None:
    tracker = make_tracker(
        known={
            **LUCIA,
            "confirm": confirm,
            "order_line": "1",
            "quantity": 3,
            "new_address": "1 Elsewhere Road",
            "refund_reason": "damaged",
        }
    )
    before = desk.order(**_as_arguments(LUCIA))
    message, _ = await act(action(desk), tracker)
    assert message["response"] == "utter_order_unchanged"
    assert desk.order(**_as_arguments(LUCIA)) == before


async def test_change_sets_quantity_and_tells_the_new_total(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        known={
            **EMMA,
            "language": "de",
            "order_line": "2",
            "order_line_title": "Wolldecke",
            "quantity": 1,
            "confirm": True,
        }
    )
    message, slots = await act(ChangeOrder(desk), tracker)
    assert (message["response"], message["amount"]) == ("utter_order_changed", "168,50\xa0£")
    assert (message["order_line_title"], message["quantity"]) == ("Wolldecke", 1)
    assert slots == dict.fromkeys(("order_line", "order_line_title", "quantity", "confirm"))


async def test_address_change_reports_the_address_the_shop_has(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(known={**EMMA, "new_address": "7 New Road, Ely", "confirm": True})
    message, _ = await act(ChangeAddress(desk), tracker)
    assert message["address"] == "7 New Road, Ely"
    assert desk.order(**_as_arguments(EMMA)).address == "7 New Road, Ely"


async def test_invoice_is_linked(desk: SqliteDesk, make_tracker: MakeTracker) -> None:
    message, _ = await act(GetInvoice(desk), make_tracker(known={**JONAS, "language": "de"}))
    assert message["invoice_number"] == "RE-2026-004711"
    assert message["issued"] == "20. November 2026"


async def test_refund_is_requested_and_then_its_status_told(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        known={**LUCIA, "language": "es", "refund_reason": "damaged", "confirm": True}
    )
    message, _ = await act(RequestRefund(desk), tracker)
    assert message["response"] == "utter_refund_requested"
    assert message["due"] == "6 de diciembre de 2026"
    status, _ = await act(RefundStatus(desk), make_tracker(known={**LUCIA, "language": "es"}))
    assert status["response"] == "utter_refund_status_requested"
    assert status["refund_number"] == message["refund_number"]


async def test_wrong_email_at_the_last_moment_gives_the_constant_answer(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    stranger = {**SABINE, "email": "someone@example.com"}
    message, _ = await act(RefundStatus(desk), make_tracker(known=stranger))
    assert message["response"] == "utter_order_not_matched"


async def test_closed_form_says_nothing_more_and_leaves_events(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    dispatcher = CollectingDispatcher()
    tracker = make_tracker(known={**EMMA, "confirm": True, "form_closed": True})
    events = await CancelOrder(desk).run(dispatcher, tracker, {})
    assert dispatcher.messages == []
    assert {event["name"] for event in events} == {"confirm", "form_closed"}
    assert desk.order(**_as_arguments(EMMA)).status == "placed"


async def test_shop_that_does_not_answer_is_said_and_cleared_up(
    make_tracker: MakeTracker,
) -> None:
    nobody = HttpDesk("http://127.0.0.1:9", timeouts=(0.3, 0.3), retries=0)
    message, slots = await act(CancelOrder(nobody), make_tracker(known={**EMMA, "confirm": True}))
    assert message["response"] == "utter_shop_unavailable"
    assert slots == {"confirm": None}


async def test_item_question_has_a_button_for_each_line(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    message, slots = await act(AskOrderLine(desk), make_tracker(known={**EMMA, "language": "ar"}))
    assert message["response"] == "utter_ask_order_line"
    assert message["buttons"] == [
        {"title": "مصباح أرضي ألفا × 1", "payload": "slot:1"},
        {"title": "بطانية صوف × 2", "payload": "slot:2"},
    ]
    assert slots == {}


async def test_item_question_ends_the_form_when_the_shop_does_not_answer(
    make_tracker: MakeTracker,
) -> None:
    nobody = HttpDesk("http://127.0.0.1:9", timeouts=(0.3, 0.3), retries=0)
    message, slots = await act(AskOrderLine(nobody), make_tracker(known=EMMA))
    assert message["response"] == "utter_shop_unavailable"
    assert slots == {"form_closed": True, "requested_slot": None}


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ActionExecutor]:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    shared_desk.cache_clear()
    executor = ActionExecutor()
    executor.register_package("actions")
    yield executor
    shared_desk.cache_clear()


def test_action_server_finds_every_action_of_the_domain(executor: ActionExecutor) -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) <= set(executor.actions)


def _as_arguments(customer: dict[str, str]) -> dict[str, str]:
    return {"number": customer["order_number"], "email": customer["email"]}
