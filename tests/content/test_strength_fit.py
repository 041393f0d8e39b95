import pytest

from persona_router.content.strength_fit import SignalledCase, SignalledTurn, fit_strengths
from persona_router.core.evidence import EvidenceParams, posterior, turn_total, weigh
from persona_router.core.persona import Persona, Strength

PARAMS = EvidenceParams(threshold=0.6, tempering=0.3, turn_cap=25.0, meaning_weight=0.8)
PERSONAS = (
    Persona("quick", "Quick", (), {"haste": Strength(4.0), "brevity": Strength(4.0)}),
    Persona("slow", "Slow", (), {"haste": Strength(-4.0), "story": Strength(4.0)}),
)
QUICK, SLOW = {"haste": 1.0, "brevity": 1.0, "story": 0.0}, {"haste": 0.0, "story": 1.0}


def cases(persona: str | None, signals: dict[str, float], count: int, **more) -> list:
    turn = SignalledTurn(signals, **{"meaning": {}, **more})
    return [SignalledCase(f"{persona}-{n}", persona, (turn,)) for n in range(count)]


def said(model, signals, meaning=None, case=None, anybody=0.0) -> dict[str, float]:
    learned = model.of(case)
    personas, params = learned.personas(PERSONAS), learned.params(PARAMS)
    evidence = weigh(signals, meaning or {}, personas, params, anybody=anybody)
    return posterior(turn_total(evidence, personas, params), 1, personas, params)


def test_what_examples_contradict_loses_its_say() -> None:
    hasty = [*cases("quick", QUICK, 30), *cases("slow", {**SLOW, "haste": 1.0}, 30)]
    learned = fit_strengths(hasty, PERSONAS, PARAMS).usual
    assert learned is not None
    gap = learned.strengths["quick"]["haste"].present - learned.strengths["slow"]["haste"].present
    assert gap < 4.0  # the cards say 8
    story = learned.strengths["slow"]["story"].present - learned.strengths["quick"]["story"].present
    assert story > 4.0  # and 4


def test_with_few_examples_the_cards_stay() -> None:
    few = [*cases("quick", QUICK, 5), *cases("slow", SLOW, 5)]
    learned = fit_strengths(few, PERSONAS, PARAMS).usual
    assert learned is not None
    assert learned.strengths["quick"]["haste"].present == pytest.approx(4.0, abs=1.5)


def test_fewer_examples_than_folds_teach_nothing() -> None:
    model = fit_strengths(cases("quick", QUICK, 9), PERSONAS, PARAMS)
    assert model.usual is None
    assert model.held_out == {}


def test_examples_of_undeclared_personas_are_left_out() -> None:
    read = [*cases("quick", QUICK, 10), *cases("slow", SLOW, 10), *cases("vip", SLOW, 10)]
    model = fit_strengths(read, PERSONAS, PARAMS)
    assert not any(case.startswith("vip") for case in model.held_out)


def test_correlated_signals_do_not_count_twice() -> None:
    # Half of each persona shows the cue. Seen through one signal or through two that always go
    # together, it must be as telling.
    def fitted(names: tuple[str, ...]) -> dict[str, float]:
        def of(persona: str, likely: int) -> list:
            shown = cases(persona, dict.fromkeys(names, 1.0), likely)
            plain = cases(persona, dict.fromkeys(names, 0.0), 40 - likely)
            return [*shown, *plain]

        read = [*of("quick", 32), *of("slow", 8)]
        return said(fit_strengths(read, PERSONAS, PARAMS), dict.fromkeys(names, 1.0))

    assert fitted(("x", "y"))["quick"] == pytest.approx(fitted(("x",))["quick"], abs=0.05)


def test_what_nobody_could_label_leaves_both_as_likely() -> None:
    plain = {"haste": 1.0, "brevity": 1.0}
    told = [*cases("quick", QUICK, 20), *cases("slow", SLOW, 20)]
    before = said(fit_strengths(told, PERSONAS, PARAMS), plain)["quick"]
    after = said(fit_strengths([*told, *cases(None, plain, 60)], PERSONAS, PARAMS), plain)["quick"]
    assert 0.5 <= after < before


def test_meaning_outweighs_signals_that_mislead() -> None:
    meant = {"quick": 0.9, "slow": 0.1}
    read = [
        *cases("quick", QUICK, 10, meaning=meant),
        *cases("quick", SLOW, 20, meaning=meant),
        *cases("slow", SLOW, 10, meaning={"quick": 0.1, "slow": 0.9}),
        *cases("slow", QUICK, 20, meaning={"quick": 0.1, "slow": 0.9}),
    ]
    model = fit_strengths(read, PERSONAS, PARAMS)
    assert model.usual is not None
    assert model.usual.meaning_weight > 0.8
    assert said(model, SLOW, meant)["quick"] > 0.6


def test_a_turn_that_could_be_anybodys_says_less() -> None:
    model = fit_strengths([*cases("quick", QUICK, 20), *cases("slow", SLOW, 20)], PERSONAS, PARAMS)
    whole, half, none = (said(model, QUICK, anybody=a)["quick"] for a in (0.0, 0.5, 1.0))
    assert whole > half > none == pytest.approx(0.5)


def test_each_case_is_told_by_what_was_fitted_without_its_fold() -> None:
    # One case contradicts all others: only a model that saw it moves towards it.
    odd = SignalledCase("odd", "slow", (SignalledTurn({"seldom": 1.0}, {}),))
    read = [odd, *cases("quick", QUICK, 15), *cases("slow", SLOW, 15)]
    model = fit_strengths(read, PERSONAS, PARAMS)
    assert set(model.held_out) == {case.id for case in read}
    assert said(model, {"seldom": 1.0}, case="odd")["slow"] == pytest.approx(0.5, abs=0.01)
    assert said(model, {"seldom": 1.0})["slow"] > 0.51


def test_shares_of_the_cards_stay_the_prior() -> None:
    rare = (PERSONAS[0], Persona("slow", "Slow", (), PERSONAS[1].strengths, prior=0.1))
    read = [*cases("quick", QUICK, 15), *cases("slow", SLOW, 15)]
    learned = fit_strengths(read, rare, PARAMS).usual
    assert learned is not None
    assert posterior({}, 0, learned.personas(rare), PARAMS)["slow"] == pytest.approx(0.1 / 1.1)
