"""A conversation belongs to the browser that began it, whatever another one claims."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.servers import Assistant
from tests.browser.windows import STORED_TOKEN, ChatWindow
from tests.browser.wire import Wire

_SECRET_WORDS = "Mein Paket an die Torstraße 120 ist weg"


@pytest.fixture
def victim(new_customer: Callable[..., ChatWindow]) -> ChatWindow:
    """Return a customer who has told something that is nobody else's business."""
    chat = new_customer("de-DE").open()
    chat.ask(_SECRET_WORDS)
    return chat


def _other_conversation(token: str) -> str:
    conversation, _, signature = token.partition(".")
    return f"{conversation[::-1]}.{signature}"


def _other_signature(token: str) -> str:
    return f"{token.partition('.')[0]}.{'0' * 64}"


def _no_signature(token: str) -> str:
    return token.partition(".")[0]


_FORGERIES = [
    pytest.param(_other_signature, id="other-signature"),
    pytest.param(_no_signature, id="no-signature"),
    pytest.param(_other_conversation, id="other-conversation"),
]


def test_forged_token_in_a_browser_shows_no_foreign_history(
    victim: ChatWindow, new_customer: Callable[..., ChatWindow]
) -> None:
    thief = new_customer("en-GB")
    thief.page.evaluate(
        "([key, token]) => localStorage.setItem(key, JSON.stringify(token))",
        [STORED_TOKEN, _other_signature(victim.token)],
    )
    thief.page.reload()
    thief.open()
    expect(thief.messages).to_have_count(0)
    thief.ask("Hello", "welcome to Lindenhof")
    assert thief.conversation != victim.conversation
    assert _SECRET_WORDS not in " ".join(thief.texts)
    victim.ask("4471903")
    expect(thief.messages).to_have_count(2)


@pytest.fixture
def stranger(assistant: Assistant) -> Iterator[Wire]:
    """Return a connection without a session."""
    connected = Wire(assistant.origin)
    yield connected
    connected.close()


@pytest.mark.parametrize("forge", _FORGERIES)
def test_forged_token_on_the_socket_is_refused_and_hears_nothing(
    victim: ChatWindow, stranger: Wire, forge: Callable[[str], str]
) -> None:
    answer = stranger.open_session(forge(victim.token))
    assert answer == {"ok": False, "error": "bad_token"}
    victim.ask("4471903")
    said = stranger.send({"id": "a", "text": "Guten Tag"})
    assert (said["ok"], said["error"]) == (False, "no_session")
    assert stranger.heard == []


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(7, id="number"),
        pytest.param(["a", "b"], id="list"),
        pytest.param({"token": "a"}, id="object"),
        pytest.param("", id="empty"),
        pytest.param(".", id="dot"),
        pytest.param("..", id="dots"),
        pytest.param("' OR 1=1 --", id="sql"),
        pytest.param("شهادة.توقيع", id="arabic"),
        pytest.param("x" * 100_000, id="huge"),
    ],
)
def test_malformed_token_is_refused(stranger: Wire, token: object) -> None:
    assert stranger.open_session(token) == {"ok": False, "error": "bad_token"}


def test_http_api_tells_nothing_without_its_token(victim: ChatWindow, assistant: Assistant) -> None:
    for path in ("tracker", "story"):
        address = f"{assistant.origin}/conversations/{victim.conversation}/{path}"
        answer = victim.page.request.get(address)
        assert answer.status == 401
        assert _SECRET_WORDS not in answer.text()
