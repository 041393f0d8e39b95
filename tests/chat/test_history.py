import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from persona_router.chat.history import ChatHistory, Entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "website.sqlite"


@pytest.fixture
def history(path: Path) -> ChatHistory:
    return ChatHistory(path)


def texts(entries: list[Entry]) -> list[Any]:
    return [entry.body["text"] for entry in entries]


def test_messages_come_back_in_the_order_they_were_said(history: ChatHistory) -> None:
    history.add_from_customer("c1", "m1", {"text": "أين طلبي؟"})
    history.add_reply("c1", "bot", {"text": "Moment …", "locale": "de"})
    history.add_reply("c1", "agent", {"text": "¡Hola! 🙂"})
    entries = history.since("c1", 0)
    assert texts(entries) == ["أين طلبي؟", "Moment …", "¡Hola! 🙂"]
    assert [e.sender for e in entries] == ["customer", "bot", "agent"]
    assert [e.client_id for e in entries] == ["m1", None, None]
    assert entries[0].seq < entries[1].seq < entries[2].seq
    assert entries[0].at <= entries[1].at


def test_since_returns_only_what_the_browser_missed(history: ChatHistory) -> None:
    first, _ = history.add_from_customer("c1", "m1", {"text": "one"})
    history.add_reply("c1", "bot", {"text": "two"})
    assert texts(history.since("c1", first.seq)) == ["two"]
    assert history.since("c1", first.seq + 1) == []
    assert history.since("c1", 2**52) == []


def test_since_returns_the_last_five_hundred(history: ChatHistory) -> None:
    for number in range(503):
        history.add_reply("c1", "bot", {"text": number})
    found = texts(history.since("c1", 0))
    assert (len(found), found[0], found[-1]) == (500, 3, 502)


def test_message_sent_again_is_not_added_again(history: ChatHistory) -> None:
    first, new = history.add_from_customer("c1", "m1", {"text": "one"})
    again, new_again = history.add_from_customer("c1", "m1", {"text": "changed"})
    assert (new, new_again) == (True, False)
    assert again == first
    assert texts(history.since("c1", 0)) == ["one"]


def test_message_sent_again_by_several_threads_is_one(history: ChatHistory) -> None:
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(history.add_from_customer, "c1", "m1", {"text": "one"}) for _ in range(20)
        ]
    assert sum(done.result()[1] for done in sent) == 1


def test_other_conversations_are_never_returned(history: ChatHistory) -> None:
    history.add_from_customer("c1", "m1", {"text": "mine"})
    _, new = history.add_from_customer("c2", "m1", {"text": "theirs"})
    history.add_reply("c2", "bot", {"text": "for them", "locale": "de"})
    assert new
    assert texts(history.since("c1", 0)) == ["mine"]
    assert texts(history.unhandled("c1")) == ["mine"]
    assert texts(history.unhandled("c2")) == ["theirs"]
    assert history.locale_of("c1") is None
    for conversation in ("", "c", "%", "c1' OR '1'='1", "C2"):
        assert history.since(conversation, 0) == []
        assert history.unhandled(conversation) == []


def test_locale_of_is_that_of_the_latest_reply_that_names_one(history: ChatHistory) -> None:
    history.add_from_customer("c1", "m1", {"text": "x", "locale": "tr"})
    assert history.locale_of("c1") is None
    history.add_reply("c1", "bot", {"text": "a", "locale": "de"})
    history.add_reply("c1", "bot", {"text": "b", "locale": "ar-AE"})
    history.add_reply("c1", "agent", {"text": "c"})
    assert history.locale_of("c1") == "ar-AE"


def test_unhandled_messages_outlive_a_crash(path: Path) -> None:
    history = ChatHistory(path)
    answered, _ = history.add_from_customer("c1", "m1", {"text": "answered"})
    history.add_from_customer("c1", "m2", {"text": "accepted", "metadata": {"seconds": 2}})
    history.add_from_customer("c1", "m3", {"text": "and this"})
    history.mark_handled(answered.seq)
    reopened = ChatHistory(path)
    waiting = reopened.unhandled("c1")
    assert texts(waiting) == ["accepted", "and this"]
    assert waiting[0].body["metadata"] == {"seconds": 2}
    reopened.mark_handled(waiting[0].seq)
    assert texts(ChatHistory(path).unhandled("c1")) == ["and this"]
    assert texts(reopened.since("c1", 0)) == ["answered", "accepted", "and this"]


def test_replies_are_never_unhandled(history: ChatHistory) -> None:
    history.add_reply("c1", "bot", {"text": "x"})
    assert history.unhandled("c1") == []


def test_numbers_never_repeat_after_a_restart(path: Path) -> None:
    first = ChatHistory(path).add_reply("c1", "bot", {"text": "x"})
    assert ChatHistory(path).add_reply("c1", "bot", {"text": "y"}).seq > first.seq


@pytest.mark.parametrize("text", ["\ud800", "\x00", "'; DROP TABLE message; --", "x" * 30_000])
def test_odd_texts_are_kept_as_they_are(history: ChatHistory, text: str) -> None:
    history.add_from_customer("c1", "m1", {"text": text})
    assert texts(history.since("c1", 0)) == [text]


def test_corrupt_file_is_named_with_the_remedy(path: Path) -> None:
    path.write_bytes(b"no database at all" * 99)
    with pytest.raises(OSError, match=r"is no usable chat history .* Move it away\."):
        ChatHistory(path)


def test_history_works_until_its_file_is_gone(history: ChatHistory, path: Path) -> None:
    assert history.works()
    path.unlink()
    with pytest.raises(sqlite3.Error):
        history.works()
