"""What a conversation in the browser leaves behind in the routing log."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.servers import Assistant
from tests.browser.waiting import wait_until
from tests.browser.windows import ChatWindow


def test_each_decision_is_one_row_within_a_second_of_its_reply(
    new_customer: Callable[..., ChatWindow], assistant: Assistant
) -> None:
    chat = new_customer("en-GB").open()
    steps: list[Callable[[], None]] = [
        lambda: chat.ask("I want to cancel my order", "What is your order number?"),
        lambda: chat.choose("By phone", "+44 20 7946 0112"),
        lambda: chat.choose("Why this?", "you chose this yourself"),
        lambda: chat.choose("Chat with a colleague", "I am connecting you with a colleague."),
    ]
    for number, step in enumerate(steps, 1):
        step()
        wait_until(lambda: len(assistant.decisions(chat.conversation)) == number, seconds=1)  # noqa: B023
    chat.choose("Back to the assistant", "You are back with the digital assistant.")
    rows = wait_until(lambda: _rows(assistant, chat, 5))
    assert [row["turn"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["route"] for row in rows[:2]] == ["self_service", "phone"]
    assert rows[3]["route"] == "agent"
    assert {row["channel"] for row in rows} == {"website"}
    assert {row["locale"] for row in rows} == {"en-GB"}
    assert {row["failed"] for row in rows} == {0}
    assert len({row["id"] for row in rows}) == 5
    assert rows[0]["intent"] == "cancel_order"
    assert json.loads(rows[1]["reasons"])[0]["code"] == "override"
    assert abs(sum(json.loads(rows[0]["posterior"]).values()) - 1) < 0.01
    logged = json.dumps(rows, ensure_ascii=False)
    assert "I want to cancel my order" not in logged
    expect(chat.messages).to_have_count(10)


def _rows(assistant: Assistant, chat: ChatWindow, number: int) -> list[dict[str, Any]]:
    rows = assistant.decisions(chat.conversation)
    return rows if len(rows) == number else []
