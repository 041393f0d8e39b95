"""How Rasa is given a message of the website, and what the customer reads when it fails."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from socketio import AsyncServer

from persona_router.chat.history import ChatHistory, Entry
from persona_router.chat.own_words import OwnWords
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.rasa.channel_answers import Answers
from persona_router.rasa.channel_output import WebsiteOutput
from persona_router.reply.texts import LocaleTexts, Response, Texts

TEXTS = Texts({"de": LocaleTexts({"utter_failed": Response("Das hat nicht geklappt.")}, {})})
METADATA = {"locale": "de", "device": "phone"}


@pytest.fixture
def history(tmp_path: Path) -> ChatHistory:
    return ChatHistory(tmp_path / "website.sqlite")


@pytest.fixture
def entry(history: ChatHistory) -> Entry:
    body = {"text": "/start", "utterance": "\u2060/start", "metadata": METADATA}
    return history.add_from_customer("c1", "m1", body)[0]


@pytest.fixture
def answers(history: ChatHistory) -> Answers:
    server = AsyncServer(async_mode="asgi")
    output = WebsiteOutput(server, history, way_back=lambda _: [])
    return Answers(server, output, OwnWords(TEXTS, read_policy(DEFAULT_POLICY), history))


async def test_rasa_is_given_the_message_as_one_of_its_own(answers: Answers, entry: Entry) -> None:
    given: list[UserMessage] = []

    async def handle(message: UserMessage) -> None:
        given.append(message)
        await message.output_channel.send_text_message("c1", "Guten Tag")

    answers.connect(Blueprint("website"), handle)
    await answers.answer("c1", entry)
    (message,) = given
    assert (message.text, message.sender_id, message.input_channel, message.message_id) == (
        "\u2060/start", "c1", "website", "m1",
    )  # fmt: skip
    assert message.metadata == METADATA


async def test_customer_is_told_in_their_language_when_rasa_fails(
    answers: Answers, history: ChatHistory, entry: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(message: UserMessage) -> None:
        raise RuntimeError("no such thing")

    answers.connect(Blueprint("website"), handle)
    await answers.answer("c1", entry)
    told = history.since("c1", entry.seq)
    assert [(one.sender, one.body["text"], one.body["locale"]) for one in told] == [
        ("bot", "Das hat nicht geklappt.", "de")
    ]
    assert "a message could not be handled" in caplog.text


async def test_typing_is_shown_only_while_rasa_takes_long(
    answers: Answers, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bool] = []

    async def emit(event: str, data: dict[str, Any], room: str) -> None:
        assert (event, data["from"], room) == ("typing", "bot", "c1")
        shown.append(data["on"])

    monkeypatch.setattr(answers._server, "emit", emit)

    async def at_once(message: UserMessage) -> None:
        pass

    async def after_it_is_shown(message: UserMessage) -> None:
        while not shown:
            await asyncio.sleep(0.01)

    answers.connect(Blueprint("website"), at_once)
    await answers.answer("c1", entry)
    assert shown == [False]
    shown.clear()
    answers.connect(Blueprint("website"), after_it_is_shown)
    await answers.answer("c1", entry)
    assert shown == [True, False]


async def test_message_was_answered_when_the_tracker_holds_it(
    answers: Answers, history: ChatHistory, entry: Entry
) -> None:
    store = InMemoryTrackerStore(Domain.empty())
    app = Sanic("answers", register=False, configure_logging=False)
    app.ctx.agent = type("Agent", (), {"tracker_store": store})()
    blueprint = Blueprint("website")
    app.blueprint(blueprint)

    async def nobody(message: UserMessage) -> None:
        raise AssertionError("nobody writes here")

    answers.connect(blueprint, nobody)
    assert not await answers.was_answered("c1", entry)
    tracker = DialogueStateTracker.from_events("c1", [UserUttered("/start", input_channel="x")])
    await store.save(tracker)
    assert not await answers.was_answered("c1", entry)
    said = UserUttered("/start")
    said.message_id = "m1"
    tracker.update(said)
    await store.save(tracker)
    assert await answers.was_answered("c1", entry)
