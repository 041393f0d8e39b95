import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.evidence import (
    MEANING,
    Evidence,
    EvidenceParams,
    decided,
    posterior,
    turn_total,
    weigh,
)
from persona_router.core.persona import Persona, Strength

PARAMS = EvidenceParams(threshold=0.6, tempering=0.5, turn_cap=25.0, meaning_weight=0.8)
DECIBANS = st.floats(-1e12, 1e12)
SAYS = st.fixed_dictionaries({"a": DECIBANS, "b": DECIBANS, "c": DECIBANS})


def persona(id_: str, prior: float = 1.0, **strengths: Strength) -> Persona:
    return Persona(id=id_, name=id_, ranking=(), strengths=strengths, prior=prior)


THREE = (persona("a"), persona("b"), persona("c", prior=2.0))


@given(SAYS, st.integers(0, 1_000))
def test_posterior_sums_to_one_for_any_decibans(decibans, turns) -> None:
    shares = posterior(decibans, turns, THREE, PARAMS)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert all(0.0 <= share <= 1.0 for share in shares.values())


@given(SAYS, st.floats(0, 1e6), st.integers(1, 50))
def test_posterior_never_falls_with_more_evidence(decibans, more, turns) -> None:
    before = posterior(decibans, turns, THREE, PARAMS)["b"]
    after = posterior({**decibans, "b": decibans["b"] + more}, turns, THREE, PARAMS)["b"]
    assert after >= before - 1e-12


def test_posterior_of_nothing_known_is_the_prior() -> None:
    assert posterior({}, 0, THREE, PARAMS) == pytest.approx({"a": 0.25, "b": 0.25, "c": 0.5})


def test_posterior_of_ten_decibans_is_tenfold_odds() -> None:
    two = (persona("a"), persona("b"))
    assert posterior({"a": 10.0}, 1, two, PARAMS)["a"] == pytest.approx(10 / 11)


def test_posterior_tempers_what_is_repeated() -> None:
    two = (persona("a"), persona("b"))
    assert posterior({"a": 40.0}, 16, two, PARAMS)["a"] == pytest.approx(10 / 11)
    untempered = EvidenceParams(threshold=0.6, tempering=0.0, turn_cap=25.0, meaning_weight=0.8)
    assert posterior({"a": 10.0}, 16, two, untempered)["a"] == pytest.approx(10 / 11)


def test_weigh_centres_what_speaks_for_everyone() -> None:
    all_for = tuple(persona(p, haste=Strength(7.0)) for p in "abc")
    assert weigh({"haste": 1.0}, {}, all_for, PARAMS) == ()


def test_weigh_lists_the_strongest_first_and_drops_what_says_nothing() -> None:
    two = (
        persona("a", haste=Strength(4.0), length=Strength(-7.0, 2.0)),
        persona("b", pause=Strength(0.02)),
    )
    assert weigh({"haste": 1.0, "length": 1.0, "pause": 1.0, "new": 1.0}, {}, two, PARAMS) == (
        Evidence("length", 1.0, {"a": -3.5, "b": 3.5}),
        Evidence("haste", 1.0, {"a": 2.0, "b": -2.0}),
    )


def test_weigh_counts_meaning_by_its_weight() -> None:
    two = (persona("a"), persona("b"))
    (found,) = weigh({}, {"a": 0.9, "b": 0.09}, two, PARAMS)
    assert found == Evidence(MEANING, 0.9, {"a": 4.0, "b": -4.0})


@pytest.mark.parametrize("meaning", [{}, {"a": 1.0}, {"a": 0.5, "b": 0.3, "z": 0.2}])
def test_weigh_ignores_a_meaning_of_other_personas(meaning) -> None:
    assert weigh({}, meaning, (persona("a"), persona("b")), PARAMS) == ()


def test_weigh_survives_a_meaning_that_is_certain() -> None:
    (found,) = weigh({}, {"a": 1.0, "b": 0.0}, (persona("a"), persona("b")), PARAMS)
    assert found.decibans == {"a": 24.0, "b": -24.0}


def test_weigh_without_personas_is_empty() -> None:
    assert weigh({"haste": 1.0}, {}, (), PARAMS) == ()
    assert turn_total((), (), PARAMS) == {}


def test_turn_total_is_capped_and_keeps_its_proportions() -> None:
    evidence = [Evidence("x", 1.0, {"a": 30.0, "b": -15.0}), Evidence("y", 1.0, {"a": 20.0})]
    two = (persona("a"), persona("b"))
    assert turn_total(evidence, two, PARAMS) == {"a": 25.0, "b": -7.5}


@given(st.lists(SAYS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_accumulated_decibans_do_not_depend_on_the_order_of_turns(turns, random) -> None:
    def total(said):
        sums = dict.fromkeys("abc", 0.0)
        for one in said:
            for name, value in turn_total([Evidence("x", 1.0, one)], THREE, PARAMS).items():
                sums[name] += value
        return sums

    shuffled = list(turns)
    random.shuffle(shuffled)
    assert total(shuffled) == pytest.approx(total(turns), abs=1e-9)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"a": 0.6, "b": 0.4}, "a"),
        ({"a": 0.59, "b": 0.41}, None),
        ({}, None),
    ],
)
def test_decided_assumes_a_persona_from_the_threshold_on(shares, expected) -> None:
    assert decided(shares, PARAMS) == expected
