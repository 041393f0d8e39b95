import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.content.brand import read_brand
from persona_router.core.brand import AXES, measured_axes, profile, reasons
from persona_router.core.figures import Rate, Tally

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


def test_measured_axes_are_shares_of_what_was_counted() -> None:
    whole = Tally(visits=50, judged=20, watched=40, deflected=30)
    assert measured_axes(
        whole,
        in_time=Rate(27, 30),
        escalations=Rate(12, 48),
        kept_away=Rate(5, 50),
        minimum=30,
    ) == {
        "human_touch": 0.9,
        "technology": 0.75,
        "metrics": 0.4,
        "leadership": 0.25,
        "rigidity": 0.1,
    }


def test_axis_below_the_minimum_or_untold_is_not_measured() -> None:
    whole = Tally(visits=30, judged=0, watched=29, deflected=29)
    assert measured_axes(
        whole, in_time=None, escalations=Rate(29, 29), kept_away=Rate(0, 29), minimum=30
    ) == {"metrics": 0.0}


def test_nothing_is_measured_without_a_case_whatever_the_minimum() -> None:
    none = Rate(0, 0)
    found = measured_axes(Tally(), in_time=none, escalations=none, kept_away=none, minimum=0)
    assert found == {}


def test_reasons_are_the_three_axes_nearest_to_the_type_in_their_order() -> None:
    place = {
        "human_touch": 0.9,
        "technology": 0.9,
        "metrics": 0.4,
        "leadership": 0.9,
        "rigidity": 0.5,
    }
    found = profile(MODEL, {}, place)
    named = [axis.name for axis in reasons(found, MODEL, "traditionalist")]
    assert named == ["human_touch", "metrics", "rigidity"]


def test_axes_of_which_nothing_is_known_are_no_reasons() -> None:
    found = profile(MODEL, {}, {"technology": 0.2, "rigidity": 0.9})
    named = [axis.name for axis in reasons(found, MODEL, "traditionalist")]
    assert named == ["technology", "rigidity"]
