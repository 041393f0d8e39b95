import re
from pathlib import Path

import pytest

from persona_router.chat.history import ChatHistory
from persona_router.chat.pages import Pages
from persona_router.chat.transcript import transcript_page
from persona_router.content.policies import read_policy

POLICY = read_policy(Path(__file__).parents[2] / "data" / "routing.yml")
NOW = 1_800_000_000.0


@pytest.fixture
def history(tmp_path: Path) -> ChatHistory:
    return ChatHistory(tmp_path / "website.sqlite")


def page(history: ChatHistory, locale: str) -> str:
    return transcript_page(history.since("c1", 0), Pages(POLICY).strings(locale), now=NOW)


def test_transcript_tells_who_said_what_in_order_and_escapes_it(history: ChatHistory) -> None:
    body = {"text": "<script>alert(1)</script>", "metadata": {"timezone": "Europe/Berlin"}}
    history.add_from_customer("c1", "m1", body)
    history.add_reply("c1", "bot", {"text": "Moment …", "locale": "de"})
    history.add_reply("c1", "agent", {"text": "Ich helfe.", "name": "Zoë & Co"})
    history.add_reply("c2", "bot", {"text": "nicht Ihre"})
    kept = page(history, "de-AT")
    names = re.findall(r"<bdi>(.*?)</bdi>", kept)
    assert names == ["Sie", "Kundenservice", "Zoë &amp; Co"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in kept
    assert "<script" not in kept
    assert "nicht Ihre" not in kept
    assert '<p class="meta">15. Januar 2027, 09:00:00 MEZ</p>' in kept.replace(" um ", ", ")


def test_transcript_reads_from_right_to_left_in_arabic(history: ChatHistory) -> None:
    history.add_reply("c1", "bot", {"text": "Hello", "locale": "en"})
    kept = page(history, "ar")
    assert '<html lang="ar" dir="rtl">' in kept
    assert "محادثتكم مع خدمة العملاء لدينا" in kept
    assert '<p class="text" dir="auto" lang="en">Hello</p>' in kept


def test_transcript_of_an_odd_time_zone_is_in_utc(history: ChatHistory) -> None:
    history.add_from_customer("c1", "m1", {"text": "Hi", "metadata": {"timezone": "../etc"}})
    assert "UTC" in page(history, "en") or "Coordinated" in page(history, "en")
