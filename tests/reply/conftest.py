"""A composer of the texts in `making`, and what it says."""

from datetime import datetime
from typing import Any

import pytest

from persona_router.reply.compose import Composer, Reply
from persona_router.reply.situation import Situation
from persona_router.reply.texts import Texts
from tests.reply.making import ENGLISH, GERMAN


@pytest.fixture
def composer(policy) -> Composer:
    texts = Texts({"en": ENGLISH, "de": GERMAN})
    return Composer(texts, policy, article_url="/chat/articles/{locale}/{id}")


@pytest.fixture
def say(composer: Composer, noon: datetime):
    """A function that composes a reply in an English situation."""

    def compose(name: str, **fields: Any) -> Reply:
        reply = composer.compose(
            name, Situation(**{"chain": ("en-GB", "en"), "at": noon, **fields})
        )
        assert reply is not None
        return reply

    return compose
