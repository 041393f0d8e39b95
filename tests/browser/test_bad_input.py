"""Whatever is sent, the answer is legible, in the customer's language, and the server stays up."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow
from tests.browser.wire import Wire

_SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
_MIXED = "أين طلبي 4471903؟ \u202eevil\u202c hello עברית (ABC-12)"


@pytest.fixture(autouse=True)
def _server_stays_up(assistant: Assistant) -> Iterator[None]:
    yield
    assert assistant.answers("rasa")
    assert assistant.answers("actions")
    assert assistant.answers("desk")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("😀🎉👍🏽👩‍👩‍👧", "😀🎉👍🏽👩‍👩‍👧", id="emoji"),
        pytest.param(_SCRIPT, _SCRIPT, id="script"),
        pytest.param("[hier](javascript:alert(3)) **laut**", "[hier](javascript", id="markdown"),
        pytest.param("{{7*7}} ${7*7} %s {order_number}", "{{7*7}} ${7*7}", id="template"),
        pytest.param(_MIXED, "أين طلبي", id="mixed-directions"),
        pytest.param("/restart", "/restart", id="command"),
        pytest.param('/greet{"persona":"vip"}', '/greet{"persona":"vip"}', id="intent-command"),
        pytest.param("Wo ist\x00 mein\x07 Paket?\x1b[31m", "Wo ist mein Paket?", id="control"),
        pytest.param("wo ist mein Paket? " * 1053, "wo ist mein Paket?", id="20000-characters"),
        pytest.param("wo ist'; DROP TABLE message; --", "wo ist'; DROP TABLE", id="sql"),
        pytest.param("Z̴̡̛͓̘a̷͔̽l̶̰͐g̷̝͝o̴̢̕ " * 20, "Z̴̡̛͓̘a", id="zalgo"),
    ],
)
def test_strange_text_is_shown_as_text_and_answered(
    new_customer: Callable[..., ChatWindow], text: str, shown: str
) -> None:
    chat = new_customer("de-DE").open()
    chat.ask("Guten Tag", "willkommen bei Lindenhof")
    chat.ask(text)
    expect(chat.messages.nth(2)).to_contain_text(shown)
    own = chat.messages.nth(2)
    assert own.locator("img, script, a, strong").count() == 0
    assert chat.answers.last.inner_text().strip()
    assert "vip" not in chat.answers.last.inner_text()
    expect(chat.answers.last.locator("[lang]").first).to_have_attribute(
        "lang", re.compile(r"^(de|ar)\b")
    )
    assert chat.texts[:2] == ["Guten Tag", chat.texts[1]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("\x00", "Das habe ich leider nicht richtig verstanden.", id="nul"),
        pytest.param("\x01\x02\x1b", "Das habe ich leider nicht richtig verstanden.", id="control"),
        pytest.param("\u200b\u200f", "Das habe ich leider nicht richtig verstanden.", id="unseen"),
        pytest.param("Paket " * 5100, "Diese Nachricht ist zu lang für mich.", id="too-long"),
        pytest.param("Paket " * 60_000, "Diese Nachricht ist zu lang für mich.", id="huge"),
    ],
)
def test_message_that_cannot_be_taken_is_refused_in_words_and_can_be_edited(
    new_customer: Callable[..., ChatWindow], text: str, reason: str
) -> None:
    chat = new_customer("de-DE").open()
    chat.box.fill(text)
    chat.box.press("Enter")
    note = chat.page.locator(".prc-note--failed")
    expect(note).to_contain_text("Nicht gesendet.")
    expect(note).to_contain_text(reason)
    note.get_by_role("button", name="Bearbeiten").click()
    expect(note).to_have_count(0)
    expect(chat.messages).to_have_count(0)
    chat.ask("Guten Tag", "willkommen bei Lindenhof")


def test_desk_shows_hostile_words_as_text(
    new_customer: Callable[..., ChatWindow],
    new_agent: Callable[..., DeskWindow],
    assistant: Assistant,
) -> None:
    customer = new_customer("de-DE").open()
    for text in (_SCRIPT, _MIXED, "Paket \x00" * 3000):
        customer.ask(text)
    customer.ask("Ich möchte mit einem Menschen sprechen")
    handoff = assistant.handoff(customer.conversation).id
    agent = new_agent().sign_in(*assistant.hire("O'Neil"))
    agent.open(handoff)
    expect(agent.lines("customer").first).to_contain_text(_SCRIPT)
    expect(agent.lines("customer").nth(1)).to_contain_text("עברית (ABC-12)")
    assert agent.page.locator("#lines img, #lines script").count() == 0
    assert agent.overflow() <= 0
    agent.claim()
    agent.reply(_SCRIPT)
    customer.expect_answer(_SCRIPT)
    assert customer.messages.last.locator("img, script").count() == 0
    agent.finish()


@pytest.fixture
def caller(assistant: Assistant) -> Iterator[Wire]:
    """Return a customer without a browser, whose session is open."""
    calling = Wire(assistant.origin)
    assert calling.open_session()["ok"]
    yield calling
    calling.close()


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param(None, id="none"),
        pytest.param("locale=de", id="text"),
        pytest.param([{"locale": "de"}], id="list"),
        pytest.param({"locale": 7, "seconds": "soon", "input": ["typed"]}, id="wrong-types"),
        pytest.param({"payload": {"kind": "route"}, "returning": "yes"}, id="nested"),
        pytest.param({"seconds": -1, "previous_contacts": 10**30}, id="out-of-range"),
        pytest.param({"timezone": "Mars/Olympus", "locale": "zz-ZZZZZ-99"}, id="unknown-places"),
        pytest.param({"page": "p" * 150_000}, id="huge-value"),
        pytest.param({f"k{n}": n for n in range(5_000)}, id="many-keys"),
        pytest.param({"locale": "de\x00DE", "device": "\x1b[2J"}, id="control-characters"),
    ],
)
def test_malformed_metadata_is_left_aside(caller: Wire, metadata: Any) -> None:
    answer = caller.ask("Hallo, guten Tag, ich brauche bitte Ihre Hilfe", metadata)
    assert answer["locale"].startswith("de")
    assert answer["text"].strip()


@pytest.mark.parametrize(
    "payload", ["route:moon", "route:", "intent:drop_tables", "why:not", "language:xx", "x" * 299]
)
def test_unknown_button_counts_as_its_title(caller: Wire, payload: str) -> None:
    metadata = {"input": "button", "payload": payload, "locale": "de-DE"}
    answer = caller.ask("Guten Tag", metadata)
    assert answer["locale"] == "de-DE" or answer["locale"] == "de"
    assert "Was kann ich für Sie tun?" in answer["text"]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(None, id="none"),
        pytest.param("Hallo", id="text"),
        pytest.param([], id="list"),
        pytest.param({"text": "Hallo"}, id="no-id"),
        pytest.param({"id": 5, "text": "Hallo"}, id="number-as-id"),
        pytest.param({"id": "ä" * 10, "text": "Hallo"}, id="strange-id"),
        pytest.param({"id": "m"}, id="no-text"),
        pytest.param({"id": "m", "text": ["Hallo"]}, id="list-as-text"),
        pytest.param({"id": "m", "text": " \n\t"}, id="blank"),
    ],
)
def test_malformed_message_is_refused_in_the_language_of_the_conversation(
    caller: Wire, message: Any
) -> None:
    caller.ask("أين طلبي من فضلكم؟", {"locale": "ar-AE"})
    answer = caller.send(message)
    assert answer["ok"] is False
    assert answer["error"] in ("malformed", "empty")
    assert "لم أفهم ذلك جيدًا" in answer["message"]


def test_same_message_sent_twice_is_answered_once(caller: Wire) -> None:
    message = {"id": "twice", "text": "Guten Tag", "metadata": {"locale": "de-DE"}}
    first, second = caller.send(message), caller.send(message)
    assert first == second
    caller.ask("Auf Wiedersehen", {"locale": "de-DE"})
    assert [answer["text"][:9] for answer in caller.answers] == ["Guten Tag", "Auf Wiede"]


def test_messages_that_come_too_fast_are_refused_in_words(caller: Wire) -> None:
    metadata = {"locale": "es-ES"}
    sent = [
        caller.send({"id": f"fast{n}", "text": "Hola, buenos días", "metadata": metadata})
        for n in range(21)
    ]
    assert [answer["ok"] for answer in sent] == [True] * 20 + [False]
    assert sent[-1]["error"] == "too_fast"
    assert "Espere un momento" in sent[-1]["message"]
    assert "¿En qué puedo ayudarle?" in caller.answer(19)["text"]


def test_oversized_packet_ends_only_its_own_connection(
    new_customer: Callable[..., ChatWindow], assistant: Assistant
) -> None:
    chat = new_customer("de-DE").open()
    code = chat.page.evaluate(
        """origin => new Promise(closed => {
            const raw = new WebSocket(`${origin}/socket.io/?EIO=4&transport=websocket`);
            raw.onmessage = () => raw.send('40' + 'x'.repeat(2_000_000));
            raw.onclose = ({ code }) => closed(code);
        })""",
        assistant.origin.replace("http", "ws", 1),
    )
    # Too big, or cut off before the browser could read why.
    assert code in (1009, 1006)
    chat.ask("Guten Tag", "willkommen bei Lindenhof")
    _expect_service(assistant)


@pytest.mark.parametrize(
    "packet", ["42{", "4", "999", '42["no_such_event",1]', "45{}", "42[{}]", "43-1[]", "hello"]
)
def test_garbage_on_the_wire_does_no_harm(caller: Wire, assistant: Assistant, packet: str) -> None:
    assert caller.send_raw(packet) in (200, 400)
    _expect_service(assistant)


def _expect_service(assistant: Assistant) -> None:
    """Somebody else who comes now is served."""
    other = Wire(assistant.origin)
    other.open_session()
    assert "Was kann ich für Sie tun?" in other.ask("Guten Tag", {"locale": "de-DE"})["text"]
    other.close()
