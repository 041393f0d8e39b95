from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import (
    FormValidator,
    ValidateCancelOrder,
    ValidateChangeAddress,
    ValidateChangeOrder,
    ValidateInvoice,
    ValidateRefund,
    ValidateTrackOrder,
)
from actions.shop.http import HttpDesk
from actions.shop.sqlite import SqliteDesk

EMMA = {"order_number": "4471903", "email": "emma.hughes@example.com"}
JONAS = {"order_number": "88120447", "email": "jonas.weber@example.org"}
MIA = {"order_number": "55012398", "email": "mia.schulz@example.org"}
TOM = {"order_number": "7720418", "email": "tom.reilly@example.org"}

MakeTracker = Callable[..., Tracker]


async def read(
    validator: FormValidator, tracker: Tracker
) -> tuple[dict[str, Any], list[str | None]]:
    dispatcher = CollectingDispatcher()
    events = await validator.run(dispatcher, tracker, {})
    slots = {event["name"]: event["value"] for event in events}
    return slots, [message["response"] for message in dispatcher.messages]


@pytest.mark.parametrize("text", ["hä?", "447", "4471903 oder 88120447", "no sé", "لا أعرف", "🤷"])
async def test_unusable_order_number_is_explained_and_asked_again(
    desk: SqliteDesk, make_tracker: MakeTracker, text: str
) -> None:
    tracker = make_tracker(
        form="cancel_order_form", asked="order_number", said={"order_number": text}
    )
    assert await read(ValidateCancelOrder(desk), tracker) == (
        {"order_number": None},
        ["utter_invalid_order_number"],
    )


async def test_unusable_email_is_explained(desk: SqliteDesk, make_tracker: MakeTracker) -> None:
    tracker = make_tracker(
        form="cancel_order_form",
        asked="email",
        known={"order_number": "4471903"},
        said={"email": "emma at example"},
    )
    assert await read(ValidateCancelOrder(desk), tracker) == (
        {"email": None},
        ["utter_invalid_email"],
    )


async def test_missing_order_and_wrong_email_get_the_same_answer(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    answers = [
        await read(
            ValidateCancelOrder(desk),
            make_tracker(
                form="cancel_order_form",
                asked="email",
                known={"order_number": number},
                said={"email": "someone@example.com"},
            ),
        )
        for number in ("4471903", "9999999")
    ]
    assert answers[0] == answers[1]
    assert answers[0] == (
        {"order_number": None, "email": None, "failed_lookups": 1},
        ["utter_order_not_matched"],
    )


async def test_third_wrong_try_suggests_a_person_and_ends_the_form(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="invoice_form",
        asked="email",
        known={"order_number": "4471903", "failed_lookups": 2},
        said={"email": "someone@example.com"},
    )
    slots, responses = await read(ValidateInvoice(desk), tracker)
    assert responses == ["utter_suggest_person"]
    assert slots["requested_slot"] is None
    assert slots["form_closed"] is True
    assert slots["failed_lookups"] == 0


async def test_unknown_number_in_tracking_is_said_and_counted(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="track_order_form", asked="order_number", said={"order_number": "1234567"}
    )
    assert await read(ValidateTrackOrder(desk), tracker) == (
        {"order_number": None, "failed_lookups": 1},
        ["utter_order_not_found"],
    )


async def test_remembered_order_and_email_are_not_asked_again(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(form="cancel_order_form", activates=True, known=EMMA)
    assert await read(ValidateCancelOrder(desk), tracker) == ({"order_number": "4471903"}, [])


async def test_remembered_email_of_another_order_is_dropped_without_blame(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="cancel_order_form", activates=True, known=EMMA, said={"order_number": "88120447"}
    )
    assert await read(ValidateCancelOrder(desk), tracker) == (
        {"order_number": "88120447", "email": None},
        [],
    )


async def test_what_an_abandoned_form_left_is_forgotten(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    left = {
        "order_line": "2",
        "order_line_title": "Wool throw",
        "quantity": "what does it cost?",
        "confirm": True,
        "refund_reason": "stop",
        "new_address": "stop",
        "form_closed": True,
        "requested_slot": "quantity",
    }
    tracker = make_tracker(form="change_order_form", activates=True, known={**EMMA, **left})
    slots, responses = await read(ValidateChangeOrder(desk), tracker)
    del left["requested_slot"]
    assert slots == {"order_number": "4471903", **dict.fromkeys(left)}
    assert responses == []


async def test_junk_in_identity_slots_is_forgotten_on_activation(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="refund_form", activates=True, known={"order_number": "Never mind", "email": "stop"}
    )
    assert await read(ValidateRefund(desk), tracker) == (
        {"order_number": None, "email": None},
        [],
    )


async def test_confirmed_order_number_in_the_yes_is_no_correction(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="cancel_order_form",
        asked="confirm",
        known=EMMA,
        said={"order_number": "4471903", "confirm": True},
    )
    assert await read(ValidateCancelOrder(desk), tracker) == ({}, [])


@pytest.mark.parametrize("confirm", [True, False, "no, it's 55012398"])
async def test_another_order_number_takes_back_any_confirmation(
    desk: SqliteDesk, make_tracker: MakeTracker, confirm: object
) -> None:
    tracker = make_tracker(
        form="cancel_order_form",
        asked="confirm",
        known=EMMA,
        said={"order_number": "55012398", "confirm": confirm},
    )
    slots, responses = await read(ValidateCancelOrder(desk), tracker)
    assert (slots["confirm"], slots["email"]) == (None, None)
    assert responses == []


async def test_correction_while_the_email_is_asked_is_not_blamed_as_email(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="cancel_order_form",
        asked="email",
        known={"order_number": "4471904"},
        said={"order_number": "4471903", "email": "no, it's 4471903"},
    )
    assert await read(ValidateCancelOrder(desk), tracker) == ({"email": None}, [])


async def test_correction_while_the_address_is_asked_is_no_address(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="change_address_form",
        asked="new_address",
        known=EMMA,
        said={"order_number": "55012398", "new_address": "no sorry, it's 55012398"},
    )
    slots, _ = await read(ValidateChangeAddress(desk), tracker)
    assert (slots["new_address"], slots["email"]) == (None, None)


async def test_address_with_a_number_like_an_order_number_is_an_address(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    address = "Block 3, Street 12, House 5, PACI 12345678, Salmiya"
    tracker = make_tracker(
        form="change_address_form",
        asked="new_address",
        known=EMMA,
        said={"order_number": "12345678", "new_address": address},
    )
    assert await read(ValidateChangeAddress(desk), tracker) == ({"order_number": "4471903"}, [])


async def test_unclear_confirmation_is_asked_again(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="cancel_order_form", asked="confirm", known=EMMA, said={"confirm": "vielleicht"}
    )
    assert await read(ValidateCancelOrder(desk), tracker) == (
        {"confirm": None},
        ["utter_unclear_confirm"],
    )


async def test_answer_to_something_else_never_fills_the_form(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="refund_form",
        asked="refund_reason",
        known=EMMA,
        said={"refund_reason": "how long do refunds take?"},
        others=("utter_article",),
    )
    assert await read(ValidateRefund(desk), tracker) == ({"refund_reason": None}, [])


async def test_refusal_is_told_before_anything_else_is_asked(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="cancel_order_form",
        asked="email",
        known={"order_number": "88120447"},
        said={"email": "Jonas.Weber@example.org"},
    )
    slots, responses = await read(ValidateCancelOrder(desk), tracker)
    assert responses == ["utter_refused_dispatched"]
    assert (slots["form_closed"], slots["requested_slot"]) == (True, None)


async def test_only_item_is_chosen_without_asking(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="change_order_form", activates=True, known={**TOM, "language": "de"}
    )
    slots, _ = await read(ValidateChangeOrder(desk), tracker)
    assert (slots["order_line"], slots["order_line_title"]) == ("1", "Sneaker für jeden Tag")


async def test_item_is_chosen_by_button_value_or_by_name(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    for said in ("2", "بطانية صوف × 1"):
        tracker = make_tracker(
            form="change_order_form",
            asked="order_line",
            known={**MIA, "language": "ar"},
            said={"order_line": said},
        )
        slots, responses = await read(ValidateChangeOrder(desk), tracker)
        assert slots["order_line_title"] == "بطانية صوف"
        assert responses == []


@pytest.mark.parametrize(
    ("said", "quantity", "responses"),
    [
        ("٣", 3, []),
        ("0", 0, []),
        ("viele", None, ["utter_invalid_quantity"]),
        ("11", None, ["utter_quantity_limit"]),
    ],
)
async def test_quantity_is_limited(
    desk: SqliteDesk,
    make_tracker: MakeTracker,
    said: str,
    quantity: int | None,
    responses: list[str],
) -> None:
    tracker = make_tracker(
        form="change_order_form",
        asked="quantity",
        known={**MIA, "order_line": "2", "order_line_title": "Wool throw"},
        said={"quantity": said},
    )
    assert await read(ValidateChangeOrder(desk), tracker) == ({"quantity": quantity}, responses)


async def test_invoice_number_and_email_find_the_order(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    asks = make_tracker(
        form="invoice_form", activates=True, said={"invoice_number": "RE-2026-004711"}
    )
    slots, responses = await read(ValidateInvoice(desk), asks)
    assert (slots["requested_slot"], responses) == ("email", [])
    answers = make_tracker(
        form="invoice_form",
        asked="email",
        known={"invoice_number": "RE-2026-004711"},
        said={"email": "jonas.weber@example.org"},
    )
    assert await read(ValidateInvoice(desk), answers) == ({"order_number": "88120447"}, [])


async def test_invoice_number_beats_the_order_of_earlier_on(
    desk: SqliteDesk, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(
        form="refund_form",
        activates=True,
        known=EMMA,
        said={"invoice_number": "RE-2026-004655", "email": "lucia.ferrer@example.org"},
    )
    slots, responses = await read(ValidateRefund(desk), tracker)
    assert (slots["order_number"], responses) == ("90331562", [])


async def test_shop_that_does_not_answer_closes_the_form(make_tracker: MakeTracker) -> None:
    nobody = HttpDesk("http://127.0.0.1:9", timeouts=(0.3, 0.3), retries=0)
    tracker = make_tracker(form="cancel_order_form", activates=True, known=EMMA)
    slots, responses = await read(ValidateCancelOrder(nobody), tracker)
    assert responses == ["utter_shop_unavailable"]
    assert (slots["form_closed"], slots["requested_slot"]) == (True, None)


async def test_silence_means_no_lookup(make_tracker: MakeTracker) -> None:
    nobody = HttpDesk("http://127.0.0.1:9", timeouts=(0.3, 0.3), retries=0)
    tracker = make_tracker(
        form="cancel_order_form", asked="confirm", known=EMMA, said={"confirm": True}
    )
    assert await read(ValidateCancelOrder(nobody), tracker) == ({}, [])
