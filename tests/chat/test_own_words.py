"""What the chat says by itself: in the language spoken last, at first in the browser's."""

from pathlib import Path
from typing import Any

import pytest

from persona_router.chat.history import ChatHistory
from persona_router.chat.own_words import OwnWords
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.reply.texts import LocaleTexts, Response, Texts

TEXTS = Texts(
    {
        "en": LocaleTexts(
            {
                "utter_failed": Response("That did not work."),
                "utter_too_long": Response("At most {limit} characters."),
                "utter_too_fast": Response("Not so fast."),
                "utter_not_understood": Response("Pardon?"),
            },
            {"button_resume": "Back to the assistant"},
        ),
        "de": LocaleTexts(
            {"utter_failed": Response("Das hat nicht geklappt.")},
            {"button_resume": "Zurück zum Assistenten"},
        ),
    }
)


@pytest.fixture
def history(tmp_path: Path) -> ChatHistory:
    return ChatHistory(tmp_path / "website.sqlite")


@pytest.fixture
def words(history: ChatHistory) -> OwnWords:
    return OwnWords(TEXTS, read_policy(DEFAULT_POLICY), history)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"locale": "de-AT"}, ("de", "Das hat nicht geklappt.")),
        ({"locale": "not a locale"}, ("en", "That did not work.")),
        ({"locale": 7}, ("en", "That did not work.")),
        (None, ("en", "That did not work.")),
        ("de", ("en", "That did not work.")),
    ],
)
def test_first_words_are_in_the_browsers_language(
    words: OwnWords, metadata: Any, said: tuple[str, str]
) -> None:
    assert words.say("utter_failed", "c1", metadata) == said


def test_language_of_the_conversation_goes_before_the_browsers(
    words: OwnWords, history: ChatHistory
) -> None:
    history.add_reply("c1", "bot", {"text": "Guten Tag", "locale": "de"})
    assert words.say("utter_failed", "c1", {"locale": "en"})[0] == "de"
    assert words.way_back("c1") == [{"title": "Zurück zum Assistenten", "payload": "resume"}]


def test_response_that_no_locale_has_is_its_name(words: OwnWords) -> None:
    assert words.say("utter_unheard_of", "c1", None) == ("en", "utter_unheard_of")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("too_long", "At most 30000 characters."),
        ("too_fast", "Not so fast."),
        ("malformed", "Pardon?"),
        ("empty", "Pardon?"),
    ],
)
@pytest.mark.parametrize("raw", [None, [], {"metadata": 3}, {"metadata": {"locale": "en"}}])
def test_each_refusal_has_its_sentence_whatever_was_sent(
    words: OwnWords, code: str, said: str, raw: Any
) -> None:
    assert words.refusal(code, "c1", raw) == said


def test_without_a_title_there_is_no_way_back(history: ChatHistory) -> None:
    nothing = OwnWords(Texts({"en": LocaleTexts({}, {})}), read_policy(DEFAULT_POLICY), history)
    assert nothing.way_back("c1") == []
