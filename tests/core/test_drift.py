from random import Random

import pytest

from persona_router.core.drift import UNDECIDED, CheckIn, Seen, Trust, check_in

SIGNALS = {
    "researcher": {"terms": 0.7, "reads": 0.6, "quick": 0.1, "story": 0.2, "greets": 0.4},
    "sprinter": {"terms": 0.1, "reads": 0.1, "quick": 0.8, "story": 0.05, "greets": 0.1},
    "talker": {"terms": 0.05, "reads": 0.2, "quick": 0.1, "story": 0.8, "greets": 0.7},
    UNDECIDED: {"terms": 0.3, "reads": 0.3, "quick": 0.3, "story": 0.3, "greets": 0.4},
}
USUAL = {"researcher": 0.35, "sprinter": 0.3, "talker": 0.25, UNDECIDED: 0.1}


def visits(
    chance: Random, count: int = 1000, mix: dict[str, float] = USUAL, **more: float
) -> list[Seen]:
    """Return visits of a mix of personas; `more` adds signals to those of the undecided."""
    personas = chance.choices(list(mix), list(mix.values()), k=count)
    return [
        Seen(
            persona=None if persona == UNDECIDED else persona,
            sure=chance.uniform(0.7, 1.0),
            signals={
                name: min(1.0, max(0.0, chance.gauss(1.0 if chance.random() < p else 0.0, 0.2)))
                for name, p in {
                    **SIGNALS[persona],
                    **(more if persona == UNDECIDED else {}),
                }.items()
                if name != "greets" or chance.random() < 0.5
            },
        )
        for persona in personas
    ]


def moved(share: float) -> dict[str, float]:
    """Return the usual mix after this share of the researchers has become sprinters."""
    gone = USUAL["researcher"] * share
    return {
        **USUAL,
        "researcher": USUAL["researcher"] - gone,
        "sprinter": USUAL["sprinter"] + gone,
    }


def compared(found: CheckIn) -> dict[str, bool]:
    return {one.name: one.alarm for one in (*(found.personas or ()), *(found.signals or ()))}


def test_nothing_is_alarming_where_nothing_has_changed() -> None:
    chance = Random(1)
    false = sum(
        any(compared(check_in(visits(chance, 400), visits(chance, 400), minimum=30)).values())
        for _ in range(200)
    )
    # At most 10 of 200 on average; 17 and more come in 2 % of the runs even at just that rate.
    assert false <= 16


@pytest.mark.parametrize(("count", "found_of_40"), [(2000, 36), (5000, 40)])
def test_drift_of_a_month_as_it_was_measured_is_found(count: int, found_of_40: int) -> None:
    """18.7 % of one persona's customers act like another's a month later."""
    chance = Random(2)
    found = 0
    for _ in range(40):
        then, later = visits(chance, count), visits(chance, count, moved(0.187))
        found += any(compared(check_in(then, later, minimum=30)).values())
    assert found >= found_of_40


def test_change_is_told_with_its_size_and_direction() -> None:
    chance = Random(3)
    found = check_in(visits(chance, 3000), visits(chance, 3000, moved(0.5)), minimum=30)
    assert found.personas is not None
    assert found.signals is not None
    shares = {one.name: one for one in found.personas}
    assert [one.name for one in found.personas] == ["researcher", "sprinter", "talker", UNDECIDED]
    assert shares["researcher"].alarm
    assert shares["researcher"].before == pytest.approx(0.35, abs=0.03)
    assert shares["researcher"].now == pytest.approx(0.175, abs=0.03)
    assert shares["researcher"].index > 0.1
    assert not shares["talker"].alarm
    signals = {one.name: one for one in found.signals}
    assert signals["terms"].alarm
    assert signals["terms"].now < signals["terms"].before
    assert found.groups == ()


def test_undecided_who_have_something_in_common_look_like_a_new_persona() -> None:
    chance = Random(4)
    mix = {**USUAL, UNDECIDED: 0.3, "researcher": 0.15}
    later = visits(chance, 2000, mix, quick=0.9, story=0.9)
    found = check_in(visits(chance, 2000), later, minimum=30)
    assert found.groups[0].signals == ("quick", "story")
    assert found.groups[0].visits > 3 * found.groups[0].expected


def test_more_undecided_who_have_nothing_in_common_are_no_new_persona() -> None:
    chance = Random(5)
    mix = {**USUAL, UNDECIDED: 0.3, "researcher": 0.15}
    found = check_in(visits(chance, 2000), visits(chance, 2000, mix), minimum=30)
    assert compared(found)[UNDECIDED]
    assert found.groups == ()


def test_too_few_visits_are_not_compared() -> None:
    chance = Random(6)
    found = check_in(visits(chance, 29), visits(chance, 500), minimum=30)
    assert (found.before, found.now) == (29, 500)
    assert found.personas is None
    assert found.signals is None
    assert check_in([], [], minimum=30).alarms == 0


@pytest.mark.parametrize(
    ("visits", "corrected", "expected", "alarm"),
    [(100, 5, 0.1, False), (100, 25, 0.1, True), (3, 1, 0.1, False), (0, 0, 0.1, False)],
)
def test_persona_that_is_corrected_more_often_than_it_expects_is_alarming(
    visits: int, corrected: int, expected: float, alarm: bool
) -> None:
    trust = Trust(persona="talker", visits=visits, corrected=corrected, expected=expected)
    assert trust.alarm is alarm


def test_corrections_are_counted_for_each_persona() -> None:
    now = [Seen(persona="talker", sure=0.9, signals={}, corrected=n < 4) for n in range(10)] + [
        Seen(persona=None, sure=0.4, signals={})
    ]
    (trust,) = check_in([], now, minimum=30).trust
    assert (trust.persona, trust.visits, trust.corrected) == ("talker", 10, 4)
    assert trust.expected == pytest.approx(0.1)
