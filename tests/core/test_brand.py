import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.content.brand import read_brand
from persona_router.core.brand import AXES, profile

MODEL = read_brand()
IDS = [question.id for question in MODEL.questions]
ANSWERS = st.dictionaries(st.sampled_from(IDS), st.integers(1, 5), min_size=1)
BEST = dict.fromkeys(IDS, 5)


def test_there_are_twelve_questions_and_each_axis_has_some() -> None:
    assert len(MODEL.questions) == 12
    assert {question.axis for question in MODEL.questions} == set(AXES)
    assert set(MODEL.types) == {"traditionalist", "honcho", "selfie", "casualist", "stickler"}


@pytest.mark.parametrize("name", sorted(MODEL.types))
def test_brand_at_a_types_place_is_most_like_it(name: str) -> None:
    found = profile(MODEL, {}, MODEL.types[name])
    assert max(found.likeness, key=lambda one: found.likeness[one]) == name
    assert found.likeness[name] > 0.4


def test_ideal_has_no_gap_and_nothing_is_to_be_changed() -> None:
    found = profile(MODEL, BEST, MODEL.ideal)
    assert found.advice == ()
    assert profile(MODEL, {}, MODEL.ideal).gap == pytest.approx(0.0)


def test_answers_and_measures_are_told_apart_and_weigh_the_same() -> None:
    found = profile(MODEL, {"self_service": 5, "languages": 3}, {"technology": 0.25})
    technology = next(axis for axis in found.axes if axis.name == "technology")
    assert (technology.answered, technology.measured) == (0.75, 0.25)
    assert technology.value == 0.5
    others = [axis for axis in found.axes if axis.name != "technology"]
    assert [axis.value for axis in others] == [None] * 4


def test_yes_to_exceptions_lowers_rigidity() -> None:
    found = profile(MODEL, {"exceptions": 5, "apologies": 4}, {})
    assert next(axis.value for axis in found.axes if axis.name == "rigidity") == 0.125


def test_advice_is_what_moves_most_and_the_most_first() -> None:
    found = profile(MODEL, {**dict.fromkeys(IDS, 4), "executives": 1, "empowered": 1}, {})
    assert {one.question.id for one in found.advice[:2]} == {"executives", "empowered"}
    assert len(found.advice) == 3
    gains = [one.gain for one in found.advice]
    assert gains == sorted(gains, reverse=True)


def test_nothing_known_is_no_profile() -> None:
    with pytest.raises(ValueError, match="nothing is answered and nothing is measured"):
        profile(MODEL, {}, {})


@given(ANSWERS)
def test_likeness_adds_up_to_one_and_the_gap_is_a_share(answers: dict[str, int]) -> None:
    found = profile(MODEL, answers, {})
    assert sum(found.likeness.values()) == pytest.approx(1.0)
    assert 0 <= found.gap <= 1
    assert all(one.gain > 0 for one in found.advice)


@given(ANSWERS)
def test_advice_that_is_followed_brings_the_gain_that_was_told(answers: dict[str, int]) -> None:
    found = profile(MODEL, answers, {})
    for one in found.advice:
        better = {**answers, one.question.id: answers[one.question.id] + 1}
        assert profile(MODEL, better, {}).gap == pytest.approx(found.gap - one.gain)
