"""What the routing policy demands of articles: usual values, own ones, and unusable ones."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.articles_rules import read_article_rules
from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.policies import DEFAULT_POLICY
from persona_router.core.policy import ArticleRules


def read(values: dict[str, Any]) -> ArticleRules:
    return read_article_rules(Node(Path("routing.yml"), "articles", values))


def test_what_is_left_out_has_its_usual_value() -> None:
    assert read({}) == ArticleRules()
    assert read({"same_words": 1, "local": ["widerruf"]}) == ArticleRules(
        same_words=1.0, local=frozenset({"widerruf"})
    )


def test_starter_spells_out_the_usual_values() -> None:
    starter = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    assert read(starter["articles"]) == ArticleRules()
    assert len(starter["articles"]) == 7


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"foreign_from": 1.5}, "articles.foreign_from: 1.5 is outside 0 to 1."),
        ({"foreign_words": 0}, "articles.foreign_words: 0 is outside 1 to 100."),
        ({"reached_within": 21}, "articles.reached_within: 21 is outside 1 to 20."),
        (
            {"translation_grace_days": -1},
            "articles.translation_grace_days: -1 is outside 0 to 366.",
        ),
        ({"same_meaning": "much"}, "articles.same_meaning: 'much' is not a number."),
        ({"local": [7]}, "articles.local: '7' is no text."),
        ({"same": 1}, "articles.same: Unknown key 'same'. Known: foreign_from, "),
    ],
)
def test_unusable_value_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ContentError) as raised:
        read(values)
    assert str(raised.value).startswith(f"routing.yml: {message}")
