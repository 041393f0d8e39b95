"""Weights come from data, and a wrong one is named."""

import pytest

from persona_router.content.errors import ContentError
from persona_router.knowledge.weights import search_weights


def test_overrides_are_laid_over_the_defaults() -> None:
    default = search_weights()
    changed = search_weights({"intent": 2, "same_language": {"bias": -5.5}})
    assert (changed.intent, changed.same_language.bias) == (2, -5.5)
    assert changed.same_language.words == default.same_language.words
    assert changed.fallback == default.fallback


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"boost": 1}, "routing.yml: search: Unknown weight 'boost'. Known: passage_length"),
        ({"columns": {"body": 1}}, "search.columns: Unknown weight 'body'. Known: title, heading"),
        ({"intent": "viel"}, "search.intent: 'viel' is not a number. The default is 1.2."),
        ({"columns": 3}, "search.columns: '3' is not a mapping. Give any of: title"),
        ({"terms": 0}, "search.terms: '0' is not a count."),
        ({"fallback": True}, "search.fallback: 'True' is not a number."),
    ],
)
def test_wrong_weight_is_named_with_its_place(overrides: dict[str, object], message: str) -> None:
    with pytest.raises(ContentError) as error:
        search_weights(overrides, file="routing.yml")
    assert message in str(error.value)
