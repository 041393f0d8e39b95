"""What agents see of a conversation."""

import re
import time
from collections.abc import Callable

import pytest

from persona_router.handoff.queue import Handoff, Line
from tests.desk.conftest import Agent, Desk

EVIDENCE = (
    {"signal": "brevity", "value": 0.9, "decibans": {"sprinter": 6.0, "talker": -3.0}},
    {"signal": "home_made", "value": 0.5, "decibans": {"sprinter": -3.0}},
    {"signal": "broken", "value": None, "decibans": None},
)


def shown(html: str) -> str:
    """Return the words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def part_address(page: str, part: str) -> str:
    found = re.search(rf'hx-get="([^"]*{part}[^"]*)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def test_conversation_shows_persona_with_its_evidence(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask(
        persona="sprinter",
        posterior={"talker": 0.15, "sprinter": 0.85},
        evidence=EVIDENCE,
        entities={"order_number": "4471903", "sizes": ["M", "XL"]},
        tried=("self_service",),
        intent="track_order",
        decision_id="d-1",
    )
    words = shown(amira.get(f"/handoffs/{handoff.id}").text)
    assert "Persona sprinter" in words
    assert words.index("sprinter 85%") < words.index("talker 15%")
    assert "Writes tersely (90%): makes it 4 times as likely (+6.0 decibans)" in words
    assert "home made (50%): makes it less likely by a factor of 2 (-3.0 decibans)" in words
    assert "broken" not in words
    assert "Order number 4471903" in words
    assert "M, XL" in words
    assert "Self-service" in words
    assert "d-1" in words


def test_conversation_says_when_no_persona_is_assumed(desk: Desk, amira: Agent) -> None:
    posterior = {"talker": 0.4, "sprinter": 0.6}
    handoff = desk.ask(persona=None, posterior=posterior, evidence=EVIDENCE)
    words = shown(amira.get(f"/handoffs/{handoff.id}").text)
    assert "None assumed" in words
    assert "makes it 4 times as likely" in words


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('"><img src=x onerror=alert(1)>', "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
    ],
)
def test_conversation_shows_html_as_text(desk: Desk, amira: Agent, text: str, escaped: str) -> None:
    handoff = desk.ask(
        transcript=(Line(sender="customer", text=text, at=1.0),),
        entities={text: text},
        reason=text,
        intent=text,
        persona=text,
        language=text,
        locale=text,
        callback_time=text,
        phone_number=text,
        tried=(text,),
    )
    for path in ("/", f"/handoffs/{handoff.id}", f"/handoffs/{handoff.id}/lines"):
        page = amira.get(path).text
        assert escaped in page
        assert "<script>" not in page
        assert "<img" not in page


def test_conversation_marks_each_line_with_its_own_direction(desk: Desk, amira: Agent) -> None:
    lines = tuple(
        Line(sender="customer", text=text, at=1.0) for text in ("أين طلبي؟", "Order 4471903")
    )
    page = amira.get(f"/handoffs/{desk.ask(language='ar', transcript=lines).id}").text
    assert '<p class="text" dir="auto" lang="ar">أين طلبي؟</p>' in page
    assert '<p class="text" dir="auto" lang="ar">Order 4471903</p>' in page


def test_conversation_is_shown_as_recorded_when_rasa_is_down(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    desk.rasa.status = 500
    words = shown(amira.get(f"/handoffs/{handoff.id}").text)
    assert "WO IST MEIN PAKET" in words
    assert "The assistant does not answer" in words


def test_lines_part_brings_only_what_is_new(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    address = part_address(amira.get(f"/handoffs/{handoff.id}").text, "/lines")
    assert amira.get(address).status_code == 204
    desk.rasa.says("c1", "Hallo? Ist da jemand?")
    part = amira.get(address)
    assert "Hallo? Ist da jemand?" in part.text
    assert "WO IST MEIN PAKET" not in part.text
    assert "hx-reswap" not in part.headers
    assert amira.get(part_address(part.text, "/lines")).status_code == 204


def test_lines_part_starts_afresh_when_rasa_is_back(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    desk.rasa.status = 500
    address = part_address(amira.get(f"/handoffs/{handoff.id}").text, "/lines")
    assert amira.get(address).status_code == 204
    desk.rasa.status = 200
    part = amira.get(address)
    assert part.headers["hx-reswap"] == "innerHTML"
    assert part.text.count("WO IST MEIN PAKET") == 1
    assert "does not answer" not in part.text


def test_lines_part_keeps_the_lines_when_rasa_goes_down(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    address = part_address(amira.get(f"/handoffs/{handoff.id}").text, "/lines")
    desk.rasa.status = 500
    part = amira.get(address)
    assert "does not answer" in part.text
    assert "<li" not in part.text
    later = part_address(part.text, "/lines")
    assert "after=1" in later
    desk.rasa.status = 200
    desk.rasa.says("c1", "Noch da?")
    assert amira.get(later).text.count("<li") == 1


def test_lines_part_tells_that_somebody_else_took_over(
    desk: Desk, amira: Agent, zoe: Agent
) -> None:
    handoff = desk.ask()
    address = part_address(amira.get(f"/handoffs/{handoff.id}").text, "/lines")
    zoe.post(f"/handoffs/{handoff.id}/claim")
    assert "taken over or closed in the meantime" in amira.get(address).text


def test_lines_part_tells_that_the_customer_left(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    address = part_address(amira.get(f"/handoffs/{handoff.id}").text, "/lines")
    desk.rasa.status_slot("c1", None)
    assert "gone back to the assistant" in amira.get(address).text


@pytest.mark.parametrize("after", ["-1", "x", "9999", "٣", "1" * 50])
def test_lines_part_takes_odd_counts(desk: Desk, amira: Agent, after: str) -> None:
    part = amira.get(f"/handoffs/{desk.ask().id}/lines?after={after}")
    assert part.status_code == 200
    assert part.text.count("WO IST MEIN PAKET") == 1


def test_closed_conversation_hides_what_was_written_later(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    amira.post(f"/handoffs/{handoff.id}/close")
    later = {"event": "user", "text": "privat", "timestamp": time.time() + 60}
    desk.rasa.append("c1", later)
    words = shown(amira.get(f"/handoffs/{handoff.id}").text)
    assert "WO IST MEIN PAKET" in words
    assert "privat" not in words
