import pytest

from persona_router.core.evidence import EvidenceParams
from persona_router.core.persona import Persona, Strength
from persona_router.core.separation import separation

PLAIN = EvidenceParams(threshold=0.75, tempering=0.0, turn_cap=25.0, meaning_weight=0.8)


def persona(**strengths: Strength) -> Persona:
    return Persona(id="x", name="X", ranking=("agent",), strengths=strengths)


def apart(one: Persona, other: Persona, params: EvidenceParams = PLAIN, turns: int = 1) -> float:
    return separation(one, other, params=params, turns=turns, presence=0.2)


def test_personas_without_a_difference_are_a_coin() -> None:
    same = persona(length=Strength(7.0, -2.0))
    assert apart(same, same, turns=3) == pytest.approx(0.5)


def test_one_signal_gives_the_posterior_that_can_be_worked_out_by_hand() -> None:
    # 10 decibans: ten times as often, in 4/11 and 0.4/11 of the turns.
    one, other = persona(length=Strength(10.0)), persona()
    right = 4 / 11 * 10 / 11 + 7 / 11 * 0.5
    wrong = 0.4 / 11 * 1 / 11 + 10.6 / 11 * 0.5
    assert right == pytest.approx(0.649, abs=0.001)
    assert apart(one, other) == pytest.approx(wrong)
    assert apart(other, one) == pytest.approx(wrong)


def test_more_turns_tell_more_and_tempering_less() -> None:
    one = persona(length=Strength(7.0, -2.0))
    other = persona(length=Strength(-7.0, 2.0))
    first, third = apart(one, other), apart(one, other, turns=3)
    tempered = apart(
        one,
        other,
        params=EvidenceParams(threshold=0.75, tempering=0.5, turn_cap=25.0, meaning_weight=0.8),
        turns=3,
    )
    assert 0.52 < first < tempered < third < 0.95


def test_one_turn_says_no_more_than_the_cap() -> None:
    one = persona(**{f"s{n}": Strength(10.0, -10.0) for n in range(20)})
    other = persona()
    capped = EvidenceParams(threshold=0.75, tempering=0.0, turn_cap=0.01, meaning_weight=0.8)
    assert apart(one, other, params=capped) == pytest.approx(0.5, abs=0.002)
