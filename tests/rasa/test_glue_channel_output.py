from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from socketio import AsyncServer

from persona_router.chat.history import ChatHistory
from persona_router.rasa.channel_output import WebsiteOutput, as_message

KEPT = {"preferred": "phone", "corrected": False}
NOTHING = {"preferred": None, "corrected": False}


@pytest.fixture
def history(tmp_path: Path) -> ChatHistory:
    return ChatHistory(tmp_path / "website.sqlite")


@pytest.fixture
def output(history: ChatHistory) -> WebsiteOutput:
    return WebsiteOutput(AsyncServer(async_mode="asgi"), history, way_back=lambda _: [])


def shown(history: ChatHistory) -> list[dict[str, Any]]:
    return [as_message(entry) for entry in history.since("c1", 0)]


@pytest.mark.parametrize("remember", [KEPT, NOTHING])
async def test_what_the_page_is_to_remember_reaches_it_and_its_history(
    output: WebsiteOutput, history: ChatHistory, remember: Mapping[str, Any]
) -> None:
    await output.send_response("c1", {"text": "Gern.", "locale": "de", "remember": remember})
    [message] = shown(history)
    assert (message["remember"], message["locale"]) == (remember, "de")


@pytest.mark.parametrize(
    "message",
    [
        {"text": "Hallo"},
        {"text": "Hallo", "remember": "phone"},
        {"text": "Hallo", "remember": None},
        {"text": "Hallo", "remember": KEPT, "from": "agent"},
    ],
    ids=["none", "no mapping", "null", "a person"],
)
async def test_nothing_else_makes_the_page_remember(
    output: WebsiteOutput, history: ChatHistory, message: dict[str, Any]
) -> None:
    await output.send_response("c1", message)
    assert "remember" not in shown(history)[0]
