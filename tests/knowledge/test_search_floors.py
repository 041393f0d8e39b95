"""What search must reach on the questions of tests/data/search, over the sample's articles."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from persona_router.knowledge.evaluate import Answered, answers, remembering, search_figures
from persona_router.knowledge.search_cases import read_search_case
from persona_router.knowledge.vectors import Encode
from tests.sample_index import knowing_the_sample

CASES = sorted((Path(__file__).parents[1] / "data/search").glob("*.json"))


def pooled(once: Encode, *locales: str) -> Mapping[str, Sequence[Answered]]:
    """Return what is found for each language's questions in the articles of `locales`."""
    return {
        path.stem: answers(
            read_search_case(
                json.loads(path.read_text(encoding="utf-8")), file=path, locales=locales
            ),
            once,
        )
        for path in CASES
    }


@pytest.fixture(scope="module")
def once(encode: Encode) -> Encode:
    """Return the encoder, which encodes no text twice and knows those of the articles."""
    return remembering(knowing_the_sample(encode))


@pytest.fixture(scope="module")
def found(once: Encode) -> Mapping[str, Sequence[Answered]]:
    return pooled(once)


def figures(found: Mapping[str, Sequence[Answered]]) -> Mapping[str, float]:
    return search_figures([one for each in found.values() for one in each], article_from=0.3)


def test_search_beats_words_and_vectors_alone(found: Mapping[str, Sequence[Answered]]) -> None:
    reached = figures(found)
    assert len(found) == 10
    assert reached["recall_at_1"] >= 0.82
    assert reached["recall_at_1"] >= reached["recall_at_1_words"] + 0.02
    assert reached["recall_at_1"] >= reached["recall_at_1_vectors"] + 0.02
    assert reached["recall_at_5"] >= 0.97


def test_search_loses_to_words_or_vectors_in_no_language(
    found: Mapping[str, Sequence[Answered]],
) -> None:
    for language, answered in found.items():
        reached = search_figures(answered)
        alone = max(reached["recall_at_1_words"], reached["recall_at_1_vectors"])
        assert reached["recall_at_1"] >= alone, language
        assert reached["recall_at_5"] >= 0.95, language


def test_score_is_calibrated(found: Mapping[str, Sequence[Answered]]) -> None:
    reached = figures(found)
    assert reached["ece"] <= 0.08
    assert reached["coverage"] >= 0.92
    assert reached["false_answers"] <= 0.3


def test_english_articles_answer_every_language(once: Encode) -> None:
    reached = figures({name: each for name, each in pooled(once, "en").items() if name != "en"})
    assert reached["recall_at_5"] >= 0.9
