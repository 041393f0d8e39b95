"""Whatever a browser sends, the customer gets a sentence in a language that is served."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.rasa.customer import Customer
from tests.served import SERVED

New = Callable[..., Customer]
TEXTS = {
    "empty": "",
    "blank": " \t\n ",
    "20,000 characters": "wo ist mein Paket " * 1_200,
    "20,000 without a space": "x" * 20_000,
    "20,000 digits": "7" * 20_000,
    "emoji": "📦😡😡🤷‍♀️🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "control characters": "\x01\x02\x07\x1b[31m\x7f\u200b",
    "NUL": "where is\x00 my order",
    "NUL alone": "\x00",
    "script": "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "template": "{order_number} {{7*7}} ${env} %s %(x)s",
    "SQL": "'; DROP TABLE decision; --",
    "mixed right-to-left": "\u202eأين طلبي 4471903 my order\u202c؟ \u2067שלום\u2069",
    "combining marks": "Z̸̢̛͙̈́a" * 300,
    "lone surrogate of JSON": json.loads('"\\ud83d where is it"'),
    "markdown": "[x](javascript:alert(1)) ![](http://tracker.example/p.gif)",
    "unicode digits": "٤٤٧١٩٠٣ ۴۴۷ ４４７",
}
METADATA: dict[str, Any] = {
    "nothing": None,
    "wrong types": {
        "input": 1, "payload": {"kind": "route"}, "device": [], "locale": 5, "page": None,
        "referrer": {}, "returning": "yes", "previous_contacts": -4, "seconds": "soon",
        "timezone": 3,
    },
    "huge": {"locale": "d" * 100_000, "page": "/" + "a" * 100_000, "payload": "route:" * 20_000},
    "nested": {"locale": {"locale": {"locale": {"locale": ["de"] * 500}}}},
    "not finite": {"seconds": float("nan"), "previous_contacts": float("inf")},
    "many keys": {f"key{number}": number for number in range(5_000)},
    "odd locale": {"locale": "../../etc/passwd", "timezone": "../../etc/passwd"},
}  # fmt: skip
PAYLOADS = [
    "route:spaceship", "route:", "intent:vip", "intent:nlu_fallback", "language:xx", "slot:",
    "why:why", "/restart", "RESUME", ":", "callback:1", "a" * 5_000, "route:agent\x00",
]  # fmt: skip


def served(heard: list[str]) -> bool:
    """Whether there are replies, all of them in a served language."""
    return bool(heard) and all(reply.rpartition("@")[2] in SERVED for reply in heard)


async def with_person(somebody: Customer) -> bool:
    """Whether the odd text was taken for a wish, after which the assistant is silent."""
    return (await somebody.slots()).get("handoff_status") == "waiting"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_any_text_gets_a_reply(new_customer: New, text: str) -> None:
    somebody = new_customer("de")
    assert served(await somebody.says(text))
    assert somebody.text.strip()
    assert "error" not in await somebody.decision()
    assert served(await somebody.says("Wo ist mein Paket?")) or await with_person(somebody)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_any_text_gets_a_reply_inside_a_form(new_customer: New, text: str) -> None:
    somebody = new_customer("es")
    await somebody.says("quiero cambiar la dirección de entrega del pedido 71004428")
    assert served(await somebody.says(text))
    told = await somebody.says("mateo.gonzalez@example.com")
    assert served(told) or await with_person(somebody)


@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
async def test_any_metadata_gets_a_reply(new_customer: New, metadata: Any) -> None:
    somebody = new_customer("en")
    assert await somebody.sends("Wo ist meine Bestellung?", metadata) == [
        "utter_ask_order_number@de"
    ]
    assert "error" not in await somebody.decision()


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload[:20])
async def test_unknown_button_is_read_as_its_title(new_customer: New, payload: str) -> None:
    somebody = new_customer("en")
    assert await somebody.clicks(payload, "Where is my order?") == ["utter_ask_order_number@en"]
    assert (await somebody.decision())["route"] == "self_service"


@pytest.mark.parametrize(
    ("payload", "title"),
    [("resume", "Back to the assistant"), ("slot:damaged", "It arrived damaged"),
     ("stop", "Stop"), ("why", "Why this?"), ("language:de", "Deutsch")],
)  # fmt: skip
async def test_button_of_long_ago_is_answered(new_customer: New, payload: str, title: str) -> None:
    assert served(await new_customer("en").clicks(payload, title))


async def test_values_in_braces_are_never_filled_with_what_the_assistant_knows(
    new_customer: New,
) -> None:
    somebody = new_customer("en")
    await somebody.says("change the delivery address of order 10457720")
    await somebody.says("oliver.grant@example.com")
    await somebody.says("{email}, {order_number} Road, 12 {phone_number}")
    assert "oliver.grant" not in somebody.text
