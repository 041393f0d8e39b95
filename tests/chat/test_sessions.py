import hashlib
import hmac
import re

import pytest

from persona_router.chat.sessions import conversation_of, new_session

SECRET = "the website's secret"
TOKEN = new_session(SECRET)
CONVERSATION, _, SIGNATURE = TOKEN.partition(".")


def test_new_session_is_an_id_and_a_signature() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}\.[0-9a-f]{64}", TOKEN)
    assert conversation_of(TOKEN, SECRET) == CONVERSATION


def test_new_session_never_repeats_itself() -> None:
    assert len({new_session(SECRET) for _ in range(100)}) == 100


def flipped(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(f"{CONVERSATION}.{flipped(SIGNATURE)}", id="tampered-signature"),
        pytest.param(f"{flipped(CONVERSATION)}.{SIGNATURE}", id="another-conversation"),
        pytest.param(f"{CONVERSATION}.{SIGNATURE.upper()}", id="upper-case"),
        pytest.param(f"{CONVERSATION}.{SIGNATURE[:-1]}", id="cut-off"),
        pytest.param(f"{TOKEN}0", id="longer"),
        pytest.param(f" {TOKEN}", id="blank"),
        pytest.param(CONVERSATION, id="no-signature"),
        pytest.param(f"{CONVERSATION}.", id="empty-signature"),
        pytest.param(f".{SIGNATURE}", id="no-conversation"),
        pytest.param("", id="empty"),
        pytest.param(".", id="dot"),
        pytest.param("x" * 10_000, id="huge"),
        pytest.param(f"{CONVERSATION}.{'é' * 64}", id="not-ascii"),
        pytest.param("\ud800.\udfff", id="surrogates"),
        pytest.param(f"{CONVERSATION}\x00.{SIGNATURE}", id="nul"),
        pytest.param(None, id="none"),
        pytest.param(7, id="number"),
        pytest.param([TOKEN], id="list"),
        pytest.param({"token": TOKEN}, id="mapping"),
        pytest.param(TOKEN.encode(), id="bytes"),
    ],
)
def test_conversation_of_a_forged_token_is_none(token: object) -> None:
    assert conversation_of(token, SECRET) is None


def test_conversation_of_another_websites_token_is_none() -> None:
    assert conversation_of(new_session("another secret"), SECRET) is None


def test_conversation_that_signs_nothing_is_none() -> None:
    empty = hmac.new(SECRET.encode(), b"", hashlib.sha256).hexdigest()
    assert conversation_of(f".{empty}", SECRET) is None
