from random import Random

import pytest

from persona_router.core import offpolicy
from persona_router.core.offpolicy import Effect, Sample, estimate

TRUE = {
    ("researcher", "self_service"): 0.45,
    ("researcher", "knowledge_base"): 0.75,
    ("talker", "self_service"): 0.30,
    ("talker", "knowledge_base"): 0.55,
}
"""How likely a visit is resolved, by persona and route."""
ROUTES = ("self_service", "knowledge_base")


def visits(chance: Random, count: int, *, share: float = 0.2, would: str) -> list[Sample]:
    """Return visits under a policy that takes self-service, and tries the article on some."""
    samples = []
    for _ in range(count):
        persona = "researcher" if chance.random() < 0.6 else "talker"
        drawn = chance.random() < share / 2
        route = ROUTES[drawn]
        samples.append(
            Sample(
                context=persona,
                route=route,
                propensity=share / 2 if drawn else 1 - share / 2,
                would=would,
                possible=ROUTES,
                outcome=float(chance.random() < TRUE[persona, route]),
            )
        )
    return samples


def truth(route: str) -> float:
    return 0.6 * TRUE["researcher", route] + 0.4 * TRUE["talker", route]


@pytest.mark.parametrize("would", ROUTES)
def test_simulated_truth_lies_in_95_of_100_intervals(
    would: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 300 simulations, 279 to 291 are 93 to 97 of 100."""
    monkeypatch.setattr(offpolicy, "RESAMPLES", 400)  # for time; more only smooths the ends
    chance, hits = Random(11), {"snips": 0, "doubly_robust": 0}
    for _ in range(300):
        effect = estimate(visits(chance, 1200, would=would))
        for name in hits:
            found = getattr(effect, name)
            hits[name] += found.low <= truth(would) <= found.high
    assert {name: 279 <= number <= 291 for name, number in hits.items()} == dict.fromkeys(
        hits, True
    ), hits


def test_estimates_of_a_table_worked_by_hand() -> None:
    # Self-service 60 times at 0.75 (30 resolved), the article 40 times at 0.25 (30 resolved).
    samples = [
        Sample(
            context="all",
            route=route,
            propensity=propensity,
            would="knowledge_base",
            possible=ROUTES,
            outcome=float(n < resolved),
        )
        for route, propensity, count, resolved in (
            ("self_service", 0.75, 120, 60),
            ("knowledge_base", 0.25, 80, 60),
        )
        for n in range(count)
    ]
    effect = estimate(samples)
    assert effect.logged is not None
    assert effect.snips is not None
    # SNIPS: weights are 4 for each article and 0 else, so 4 * 60 / (4 * 80).
    assert effect.snips.mean == pytest.approx(0.75)
    assert effect.logged.mean == pytest.approx(0.6)
    # Kish: (80 * 4)² / (80 * 4²) = 80.
    assert effect.effective == pytest.approx(80)


@pytest.mark.parametrize("would", ["transplant", "none"])
def test_estimates_of_a_table_of_the_literature(would: str) -> None:
    """Table 2.2 of Hernán and Robins, Causal Inference: What If, has 20 people; here it is tenfold.

    Their sections 2.3 and 2.4 find a risk of death of 1/2 with a transplant and without, by
    standardisation and by inverse probability weighting, though 7 of 13 and 3 of 7 died.
    """
    table = (  # critical condition, treatment, its propensity, people, deaths
        ("no", "transplant", 1 / 2, 4, 1),
        ("no", "none", 1 / 2, 4, 1),
        ("yes", "transplant", 3 / 4, 9, 6),
        ("yes", "none", 1 / 4, 3, 2),
    )
    samples = [
        Sample(
            context=condition,
            route=treatment,
            propensity=propensity,
            would=would,
            possible=("transplant", "none"),
            outcome=float(number < 10 * deaths),
        )
        for condition, treatment, propensity, people, deaths in table
        for number in range(10 * people)
    ]
    effect = estimate(samples)
    assert effect.logged is not None
    assert effect.snips is not None
    assert effect.doubly_robust is not None
    assert effect.logged.mean == pytest.approx(10 / 20)
    assert effect.snips.mean == pytest.approx(1 / 2)
    assert effect.doubly_robust.mean == pytest.approx(1 / 2)


def test_policy_that_changes_nothing_is_estimated_as_what_was() -> None:
    samples = visits(Random(3), 2000, would="self_service")
    effect = estimate(samples)
    assert effect.doubly_robust is not None
    assert effect.doubly_robust.low <= truth("self_service") <= effect.doubly_robust.high
    assert effect.effective > 1500


def test_same_samples_give_the_same_estimate() -> None:
    samples = visits(Random(4), 800, would="knowledge_base")
    assert estimate(samples) == estimate(samples)


@pytest.mark.parametrize(
    ("samples", "refusal"),
    [
        ([], "there is none"),
        (visits(Random(5), 500, share=0.0, would="self_service"), "nothing was tried"),
        (visits(Random(6), 200, would="knowledge_base"), "poor overlap: the trials are worth"),
        (visits(Random(7), 2000, would="phone"), "poor overlap: 100 % would take a way that was"),
    ],
)
def test_poor_overlap_is_refused(samples: list[Sample], refusal: str) -> None:
    if samples and samples[0].propensity == 1.0:
        assert {sample.propensity for sample in samples} == {1.0}
    effect = estimate(samples)
    assert effect.refusal.startswith(refusal)
    assert isinstance(effect, Effect)
    assert effect.snips is None
    assert effect.doubly_robust is None
