"""In which order messages are answered: none twice, and one at a time in a conversation."""

import asyncio
from pathlib import Path

import pytest

from persona_router.chat.history import ChatHistory, Entry
from persona_router.chat.turns import Turns


class Assistant:
    """Notes what it is asked, and answers when it may."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.known: set[str] = set()
        self.may = asyncio.Event()

    async def answer(self, conversation: str, entry: Entry) -> None:
        self.begun.append(f"{conversation}:{entry.body['text']}")
        await self.may.wait()
        self.ended.append(f"{conversation}:{entry.body['text']}")

    async def was_answered(self, conversation: str, entry: Entry) -> bool:
        return entry.client_id in self.known


@pytest.fixture
def history(tmp_path: Path) -> ChatHistory:
    return ChatHistory(tmp_path / "website.sqlite")


@pytest.fixture
async def assistant() -> Assistant:
    return Assistant()


@pytest.fixture
def turns(history: ChatHistory, assistant: Assistant) -> Turns:
    return Turns(history, answer=assistant.answer, was_answered=assistant.was_answered)


def said(history: ChatHistory, text: str, conversation: str = "c1") -> Entry:
    return history.add_from_customer(conversation, f"{conversation}-{text}", {"text": text})[0]


async def settled() -> None:
    """Let everything run that waits for nothing."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_messages_of_a_conversation_are_answered_one_at_a_time_and_in_order(
    turns: Turns, history: ChatHistory, assistant: Assistant
) -> None:
    for text in ("Guten Tag", "Wo ist mein Paket?", "Hallo?"):
        turns.begin("c1", said(history, text))
    await settled()
    assert assistant.begun == ["c1:Guten Tag"]
    assistant.may.set()
    await settled()
    assert assistant.ended == ["c1:Guten Tag", "c1:Wo ist mein Paket?", "c1:Hallo?"]
    assert history.unhandled("c1") == []


async def test_conversations_do_not_wait_for_each_other(
    turns: Turns, history: ChatHistory, assistant: Assistant
) -> None:
    turns.begin("c1", said(history, "أين طلبي؟"))
    turns.begin("c2", said(history, "Hello", "c2"))
    await settled()
    assert assistant.begun == ["c1:أين طلبي؟", "c2:Hello"]
    assert [entry.body["text"] for entry in history.unhandled("c1")] == ["أين طلبي؟"]


async def test_message_that_is_begun_twice_is_answered_once(
    turns: Turns, history: ChatHistory, assistant: Assistant
) -> None:
    entry = said(history, "Hello")
    turns.begin("c1", entry)
    turns.begin("c1", entry, again=True)
    assistant.may.set()
    await settled()
    assert assistant.begun == ["c1:Hello"]


@pytest.mark.parametrize(("known", "answered"), [(True, []), (False, ["c1:Hello"])])
async def test_message_of_before_a_crash_is_answered_unless_it_was(
    turns: Turns, history: ChatHistory, assistant: Assistant, known: bool, answered: list[str]
) -> None:
    assistant.known = {"c1-Hello"} if known else set()
    assistant.may.set()
    turns.begin("c1", said(history, "Hello"), again=True)
    await settled()
    assert assistant.ended == answered
    assert history.unhandled("c1") == []
